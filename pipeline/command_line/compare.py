"""``textmill compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Json


def compare(
    first: Annotated[str, typer.Argument(metavar="DIR_A", help="The output folder of a run.")],
    second: Annotated[str, typer.Argument(metavar="DIR_B", help="The output folder of another one.")],
    held_out: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Texts that neither run has read, of the kind that one wants; each folder in it is a domain.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", "-o", metavar="FILE", help="Write a page to look at, too.")
    ] = None,
    samples: Annotated[int, typer.Option(help="How often each run is drawn from.")] = 8,
    tokens: Annotated[int, typer.Option(help="Tokens of each sample, at most.")] = 5_000_000,
    text_field: Annotated[str, typer.Option(help="Field or column of the text, in what is held out.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not say what is being done.")] = False,
    as_json: Json = False,
) -> None:
    """Compare two finished runs: what each kept, and from which more is learnt."""
    from ..commands.compare import ComparisonOrder, compare_runs
    from ..comparing.proxy import ProxyOptions
    from ..input.inputs import InputOptions

    order = ComparisonOrder(
        first=first,
        second=second,
        held_out=held_out,
        html=html,
        options=ProxyOptions(samples=samples, tokens=tokens),
        reading=InputOptions(text_field=text_field),
    )
    for line in compare_runs(order, quiet=quiet, as_json=as_json):
        print(line)
