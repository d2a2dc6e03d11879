"""``textmill train perplexity``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import Json


def perplexity(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE…", help="Finished runs, folders, files or globs, as PATH or label=PATH."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A new folder.")],
    order: Annotated[int, typer.Option(help="Words of the longest n-grams, 1 to 6.")] = 5,
    words: Annotated[
        str,
        typer.Option(
            help="What parts words: white space, and dictionaries in lines of scripts without it (script); whitespace, "
            "uax29, dictionary."
        ),
    ] = "script",
    fold: Annotated[
        bool, typer.Option("--fold", help="Write text as CCNet does: lower case, no accents, every digit 0.")
    ] = False,
    prune: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,…",
            help="Leave out n-grams of one word, two words, … not seen more often; the last is for all longer ones. "
            "0,0,1 by default.",
        ),
    ] = None,
    by_language: Annotated[
        bool, typer.Option("--by-language", help="A model for each language: en.lm, de.lm, …")
    ] = False,
    weight: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="LABEL=NUMBER", help="A source's share of the sample; by size otherwise."),
    ] = None,
    temperature: Annotated[
        float, typer.Option(help="Power of a language's size that gives its share in a source; below 1 for rare ones.")
    ] = 1.0,
    megabytes: Annotated[
        float, typer.Option(help="Text to learn from, drawn by a hash of the documents' ids.")
    ] = 100.0,
    text_field: Annotated[str, typer.Option(help="Field or column of the text, in what is no finished run.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not say what is being done.")] = False,
    as_json: Json = False,
) -> None:
    """Learn a language model for the step perplexity from finished runs, folders or files."""
    from ...errors import InputError
    from ..commands.train_perplexity import PerplexityOrder, train_perplexity_folder
    from ..input.inputs import InputOptions
    from ..training.perplexity import PerplexityOptions

    try:
        thresholds = PerplexityOptions.prune[:order] if prune is None else [int(one) for one in prune.split(",")]
    except ValueError:
        raise InputError(f"--prune {prune} is no list of numbers; write it as in 0,0,1") from None
    report = train_perplexity_folder(
        PerplexityOrder(
            sources=sources,
            output=output,
            weights=weight or (),
            temperature=temperature,
            megabytes=megabytes,
            by_language=by_language,
            reading=InputOptions(text_field=text_field),
        ),
        PerplexityOptions(order=order, words=words, fold=fold, prune=thresholds),
        quiet=quiet,
    )
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        print((output / "README.md").read_text(encoding="utf-8"), end="")
