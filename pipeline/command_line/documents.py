"""``textmill clean`` and ``textmill explain``: files, or one document."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from ...errors import InputError
from .options import (
    Code,
    Encoding,
    Extraction,
    FileArgument,
    FilesArgument,
    HtmlField,
    Json,
    Kind,
    Lines,
    MaxDocumentMb,
    RecipeOption,
    Set,
    Store,
    TextField,
    WikiNamespaces,
    load_named,
    reading_of,
    without_collecting,
)


def clean(
    files: FilesArgument,
    recipe: RecipeOption = "default",
    settings: Set = None,
    code: Code = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="A .txt, .jsonl, .md or .parquet file.")
    ] = None,
    output_dir: Annotated[
        str | None, typer.Option(metavar="DIR", help="Write a file for each input file below this folder instead.")
    ] = None,
    output_format: Annotated[
        str | None, typer.Option("--format", metavar="NAME", help="What to write: text, jsonl, markdown or parquet.")
    ] = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    lines: Lines = False,
    encoding: Encoding = None,
    wiki_namespace: WikiNamespaces = None,
    kind: Kind = None,
    extraction: Extraction = "main",
    max_document_mb: MaxDocumentMb = 20,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not write verdicts.")] = False,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Clean files: cleaned text to standard output, FILE or DIR, verdicts to standard error.

    Exits with 1 when nothing was kept, and with 2 when nothing could be read.
    """
    with without_collecting():
        from ..commands.clean import Destination, clean_files
        from ..commands.written_texts import format_of

    if output is not None and output_dir is not None:
        raise InputError("give --output for one file or --output-dir for many, not both")
    reading = reading_of(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        inputs=files,
        extraction=extraction,
        max_document_bytes=int(max_document_mb * 1e6),
    )
    form = format_of(output_format, output, as_json=as_json)
    to = Destination(output=output, folder=output_dir, format=form)
    raise typer.Exit(clean_files(load_named(recipe, settings, code), files, to, reading, quiet=quiet))


def explain(
    file: FileArgument,
    recipe: RecipeOption = "default",
    settings: Set = None,
    code: Code = None,
    limit: Annotated[int, typer.Option(min=1, help="How many documents of the file to explain.")] = 10,
    document: Annotated[
        str | None, typer.Option(metavar="ID", help="Of a finished run (FILE is its folder), this document.")
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="With --document: an input of the run, to read texts again.")
    ] = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    lines: Lines = False,
    encoding: Encoding = None,
    wiki_namespace: WikiNamespaces = None,
    kind: Kind = None,
    extraction: Extraction = "main",
    max_document_mb: MaxDocumentMb = 20,
    _store: Store = None,
    every: Annotated[bool, typer.Option("--all", help="Every rule, all evidence, all edits.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="A page with cuts and offending lines marked.")] = False,
    as_json: Json = False,
) -> None:
    """Show which rules remove a document or come near to it, the lines that drive them, and what was edited."""
    if as_html and (as_json or document is not None):
        raise InputError(f"give --html or {'--json' if as_json else '--document'}, not both")
    reading = reading_of(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        inputs=[file],
        extraction=extraction,
        max_document_bytes=int(max_document_mb * 1e6),
    )
    if document is not None:
        from ..commands.duplicates import describe, judged

        found_there = judged(file, document, inputs or (), reading)
        print(json.dumps(asdict(found_there)) if as_json else "\n".join(describe(found_there)))
        return
    from itertools import islice

    from ..commands.explain import explain_file, explanations_as_html
    from ..commands.show_explanation import show_explanation

    loaded = load_named(recipe, settings, code)
    if as_html:
        print(explanations_as_html(loaded, file, reading, limit))
        return
    found = explain_file(loaded, file, reading)
    for explanation in islice(found, limit):
        show_explanation(explanation, as_json=as_json, every=every)
    if next(found, None) is not None and not as_json:
        print(f"more documents follow; --limit {limit * 10} shows more", file=sys.stderr)
