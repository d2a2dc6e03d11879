"""``textmill estimate``."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import (
    Code,
    Encoding,
    Extraction,
    HtmlField,
    Json,
    Kind,
    Lines,
    MaxDocumentMb,
    RecipeArgument,
    Set,
    Store,
    TextField,
    WikiNamespaces,
    load_named,
    reading_of,
)


def estimate(
    recipe: RecipeArgument,
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT…", help="Files, folders, globs, or label=path; each label is a source."),
    ],
    share: Annotated[float, typer.Option(help="Of the documents, drawn by a hash of their ids.")] = 0.01,
    read_mb: Annotated[
        float, typer.Option(min=0, help="Up to so many megabytes of input are read whole, of more only some splits.")
    ] = 1000,
    salt: Annotated[str, typer.Option(help="Another one draws another sample.")] = "estimate",
    workers: Annotated[int, typer.Option(help="Processes of the run to be; 0 takes all cores.")] = 0,
    settings: Set = None,
    code: Code = None,
    _store: Store = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    lines: Lines = False,
    encoding: Encoding = None,
    wiki_namespace: WikiNamespaces = None,
    kind: Kind = None,
    extraction: Extraction = "main",
    max_document_mb: MaxDocumentMb = 20,
    as_json: Json = False,
) -> None:
    """Tell before a run what it will keep, what each rule will remove, and what it takes, from a sample."""
    from ..commands.show_estimate import show_estimate
    from ..estimating.estimate import estimate as estimate_run

    found = estimate_run(
        load_named(recipe, settings, code),
        inputs,
        share=share,
        salt=salt,
        read_whole_bytes=int(read_mb * 1e6),
        workers=workers or None,
        reading=reading_of(
            text_field=text_field,
            html_field=html_field,
            lines=lines,
            encoding=encoding,
            wiki_namespaces=tuple(wiki_namespace or (0,)),
            kind=kind,
            inputs=inputs,
            extraction=extraction,
            max_document_bytes=int(max_document_mb * 1e6),
        ),
    )
    show_estimate(found, as_json=as_json)
