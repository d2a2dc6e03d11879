"""``textmill stats``."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import (
    Encoding,
    Extraction,
    HtmlField,
    Json,
    Kind,
    Lines,
    Store,
    TextField,
    WikiNamespaces,
    reading_of,
)


def stats(
    given: Annotated[
        list[str], typer.Argument(metavar="DIR|INPUT…", help="The output folder of a run; or files, folders, globs.")
    ],
    top: Annotated[int, typer.Option(min=1, help="List so many sources, domains, words of each.")] = 10,
    html: Annotated[str | None, typer.Option(metavar="FILE", help="Write a page with bars too.")] = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    lines: Lines = False,
    encoding: Encoding = None,
    wiki_namespace: WikiNamespaces = None,
    kind: Kind = None,
    extraction: Extraction = "main",
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Count documents, text and tokens by source, kind, language, domain and length, and the most frequent words."""
    from ..commands.show_stats import show_stats, stats_page
    from ..commands.stats import count, refuse_several
    from ..files.storage import write_atomically

    refuse_several(given)
    reading = reading_of(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        inputs=given,
        extraction=extraction,
    )
    found = count(given, reading, top=top)
    show_stats(found, as_json=as_json)
    if html is not None:
        with write_atomically(html) as sink:
            sink.write(stats_page(found, " ".join(given)).encode())
