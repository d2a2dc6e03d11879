"""``textmill kernels …``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .examples import epilog
from .options import Json

kernels = typer.Typer(help="Machine code of the text kernels.", no_args_is_help=True)


@kernels.command("build", epilog=epilog("kernels build"))
def build(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="A folder in place of the package's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the machine code of all text kernels, for wheels and container images that carry it."""
    from ..commands.build_kernels import build_kernels

    built = build_kernels(output)
    if as_json:
        print(json.dumps({**built._asdict(), "folder": str(built.folder)}))
    else:
        removed = f", {built.removed} out of date removed" if built.removed else ""
        print(f"{built.folder}: {built.kernels} kernels for {built.level}, {built.compiled} compiled{removed}")
