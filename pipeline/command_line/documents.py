"""``textmill clean`` and ``textmill explain``: one file, or one document."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from .options import (
    Code,
    Encoding,
    Extraction,
    FileArgument,
    HtmlField,
    Json,
    Kind,
    Lines,
    RecipeOption,
    Set,
    Store,
    TextField,
    WikiNamespaces,
    load_named,
    reading_of,
)


def clean(
    file: FileArgument,
    recipe: RecipeOption = "default",
    settings: Set = None,
    code: Code = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A .txt, .jsonl or .parquet file.")] = None,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    lines: Lines = False,
    encoding: Encoding = None,
    wiki_namespace: WikiNamespaces = None,
    kind: Kind = None,
    extraction: Extraction = "main",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not write verdicts.")] = False,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Clean one file: cleaned text to standard output or OUT, verdicts to standard error."""
    from ..commands.clean import clean_file

    reading = reading_of(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        extraction=extraction,
    )
    clean_file(load_named(recipe, settings, code), file, output, reading, as_json=as_json, quiet=quiet)


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
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Show for each document every rule with value, threshold and distance, and what was edited."""
    reading = reading_of(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        extraction=extraction,
    )
    if document is not None:
        from ..commands.duplicates import describe, judged

        found_there = judged(file, document, inputs or (), reading)
        print(json.dumps(asdict(found_there)) if as_json else "\n".join(describe(found_there)))
        return
    from itertools import islice

    from ..commands.explain import explain_file
    from ..commands.show import show_explanation

    found = explain_file(load_named(recipe, settings, code), file, reading)
    for explanation in islice(found, limit):
        show_explanation(explanation, as_json=as_json)
    if next(found, None) is not None and not as_json:
        print(f"more documents follow; --limit {limit * 10} shows more", file=sys.stderr)
