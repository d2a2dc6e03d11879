"""``textmill train …``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .examples import epilog
from .options import Json

train = typer.Typer(help="Train tokenizers and models that recipes run.", no_args_is_help=True)


@train.command(epilog=epilog("train tokenizer"))
def tokenizer(
    model: Annotated[str, typer.Argument(metavar="bpe|unigram|wordpiece", help="What is learnt.")],
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE…", help="Finished runs, folders, files or globs, as PATH or label=PATH."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A new folder.")],
    vocabulary_size: Annotated[int, typer.Option(help="Entries, with special tokens and bytes.")] = 32_000,
    pattern: Annotated[
        str, typer.Option(help="How bpe cuts text: gpt2, cl100k, o200k, llama3, or a regular expression.")
    ] = "o200k",
    digits: Annotated[
        str, typer.Option(help="Numbers: as the pattern has it (pattern), apart, or in threes.")
    ] = "pattern",
    byte_tokens: Annotated[
        str,
        typer.Option("--bytes", help="bpe over bytes (level), or over characters with bytes for rare ones (fallback)."),
    ] = "level",
    special: Annotated[
        list[str] | None, typer.Option("--special", metavar="TOKEN", help="A further special token.")
    ] = None,
    minimum_count: Annotated[int, typer.Option(help="How often a pair must occur to become a token.")] = 2,
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
    check_megabytes: Annotated[float, typer.Option(help="Text that the result is measured on.")] = 500.0,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", metavar="TOKENIZER", help="Measure beside this one; cl100k and o200k by default."),
    ] = None,
    text_field: Annotated[str, typer.Option(help="Field or column of the text, in what is no finished run.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not say what is being done.")] = False,
    as_json: Json = False,
) -> None:
    """Learn a tokenizer from finished runs, folders or files, and measure it beside others."""
    from ..commands.train import TokenizerOrder, train_tokenizer_folder
    from ..input.inputs import InputOptions
    from ..training.tokenizer_options import TokenizerOptions

    options = TokenizerOptions(
        model=model,
        vocabulary_size=vocabulary_size,
        bytes=byte_tokens,
        pattern=pattern,
        digits=digits,
        special=tuple(special or ()),
        minimum_count=minimum_count,
    )
    order = TokenizerOrder(
        sources=sources,
        output=output,
        weights=weight or (),
        temperature=temperature,
        megabytes=megabytes,
        check_megabytes=check_megabytes,
        compare=("cl100k", "o200k") if compare is None else compare,
        reading=InputOptions(text_field=text_field),
    )
    report = train_tokenizer_folder(order, options, quiet=quiet)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        print((output / "README.md").read_text(encoding="utf-8"), end="")
