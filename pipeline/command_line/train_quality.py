"""``textmill train quality``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import Code, Json, Store, load_named


def quality(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A new folder.")],
    positive: Annotated[
        list[str] | None,
        typer.Option(
            "--positive",
            metavar="[LABEL=]SOURCE",
            help="Texts as they are wanted: a finished run, folder, file or glob.",
        ),
    ] = None,
    negative: Annotated[
        list[str] | None, typer.Option("--negative", metavar="[LABEL=]SOURCE", help="Texts of the other kind.")
    ] = None,
    labelled: Annotated[
        list[str] | None,
        typer.Option("--labelled", metavar="[LABEL=]SOURCE", help="Texts whose records say their labels themselves."),
    ] = None,
    label_field: Annotated[
        list[str] | None,
        typer.Option("--label-field", metavar="NAME", help="Field of these records with a label or a list of them."),
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="LABEL=NUMBER", help="A source's share; by the root of its size otherwise."),
    ] = None,
    form: Annotated[
        str, typer.Option(help="fasttext (quantised, under 2 MB) or linear (hashed words and pairs, 1 MB for a label).")
    ] = "fasttext",
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", metavar="NAME", help="Clean all texts by this preset or recipe file first."),
    ] = None,
    code: Code = None,
    cost: Annotated[
        float, typer.Option(help="Linear: what an error costs; less carries over better to sources that are unlike.")
    ] = 0.3,
    megabytes: Annotated[float, typer.Option(help="Text to draw, as much of each side, by a hash of ids.")] = 40.0,
    held_out: Annotated[float, typer.Option(help="Share of each label to measure with.")] = 0.2,
    split_by: Annotated[
        str, typer.Option(help="What is held out whole: auto, label, site, folder, file or document.")
    ] = "auto",
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", metavar="LABEL", help="Only measure with this source.")
    ] = None,
    about: Annotated[str, typer.Option(help="What the model has learnt and cannot judge, for its card and file.")] = "",
    text_field: Annotated[str, typer.Option(help="Field or column of the text, in what is no finished run.")] = "text",
    lines: Annotated[bool, typer.Option("--lines", help="Take every line of a text file for a document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not say what is being done.")] = False,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Learn a classifier of quality, or of topics, and measure it on sources that it has not seen."""
    from ..commands.train_quality import QualityOrder, train_quality_folder
    from ..input.inputs import InputOptions

    order = QualityOrder(
        output=output,
        positive=positive or (),
        negative=negative or (),
        labelled=labelled or (),
        label_fields=label_field or (),
        weights=weight or (),
        form=form,
        cost=cost,
        recipe=None if recipe is None else load_named(recipe, None, code),
        megabytes=megabytes,
        held_out=held_out,
        split_by=split_by,
        leave_out=leave_out or (),
        about=about,
        reading=InputOptions(text_field=text_field, lines=lines),
    )
    card = train_quality_folder(order, quiet=quiet)
    if as_json:
        print(json.dumps(card, ensure_ascii=False))
    else:
        print((output / "README.md").read_text(encoding="utf-8"), end="")
