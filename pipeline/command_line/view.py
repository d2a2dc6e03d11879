"""``textmill view``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ...errors import InputError
from .options import Json, Store


def view(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    opens: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    code: Annotated[bool, typer.Option("--code", help="Import steps that the run's recipe names in Python.")] = False,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Look through the documents of a run in a browser, and move its thresholds; ends with Ctrl-C."""
    try:
        from ..viewing.serve import serve
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise InputError(f"view needs {error.name}: pip install 'textmill[view]'") from error

    def tell(address: str) -> None:
        print(
            json.dumps({"address": address}) if as_json else f"{address}\nOnly this machine; Ctrl-C ends.", flush=True
        )

    try:
        serve(folder, code=code, opens=opens, on_ready=tell)
    except KeyboardInterrupt:
        return
