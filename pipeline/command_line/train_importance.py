"""``textmill train importance``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import Json


def importance(
    target: Annotated[
        list[str],
        typer.Option(
            "--target", metavar="SOURCE", help="What is wanted: a finished run, folder, file or glob; may be repeated."
        ),
    ],
    raw: Annotated[
        list[str], typer.Option("--raw", metavar="SOURCE", help="What is drawn from, cleaned alike; may be repeated.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A new folder.")],
    weight: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="LABEL=NUMBER", help="A target's share of the target; by size otherwise."),
    ] = None,
    megabytes: Annotated[
        float, typer.Option(help="Text to learn from on each side, drawn by a hash of the documents' ids.")
    ] = 200.0,
    buckets: Annotated[int, typer.Option(help="Numbers that words and pairs of words are hashed to.")] = 10_000,
    text_field: Annotated[str, typer.Option(help="Field or column of the text, in what is no finished run.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not say what is being done.")] = False,
    as_json: Json = False,
) -> None:
    """Learn which documents are like a target corpus, for the step importance (DSIR)."""
    from ..commands.train_importance import ImportanceOrder, train_importance_folder
    from ..input.inputs import InputOptions

    order = ImportanceOrder(
        target=target,
        raw=raw,
        output=output,
        weights=weight or (),
        megabytes=megabytes,
        buckets=buckets,
        reading=InputOptions(text_field=text_field),
    )
    report = train_importance_folder(order, quiet=quiet)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        print((output / "README.md").read_text(encoding="utf-8"), end="")
