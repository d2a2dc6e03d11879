"""Commands about recipes, and about the output folders of runs and mixes."""

from __future__ import annotations

import json
import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ...errors import AccountingError, InputError
from ..commands.printable import tell
from .options import EXIT_INTERRUPTED, Json, Set, Store, say


def recipes(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show this recipe.")] = None,
    as_json: Json = False,
) -> None:
    """List the presets, or show one as the file that it is."""
    from ..commands.show_recipes import show_presets, show_recipe

    if name is None:
        show_presets(as_json=as_json)
    else:
        show_recipe(name, as_json=as_json)


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path("recipe.yaml"),
    preset: Annotated[
        str | None, typer.Option("--from", metavar="NAME", help="Copy this preset or recipe file, with its comments.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a recipe to begin with, every parameter of its steps in it as a comment."""
    from ..commands.init import write_recipe

    write_recipe(file, preset)
    if as_json:
        print(json.dumps({"recipe": str(file), "from": preset}, ensure_ascii=False))
    else:
        print(f"{file} is written; try it with: textmill clean FILE --recipe {shlex.quote(str(file))}")


def retune(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    settings: Set = None,
    code: Annotated[bool, typer.Option("--code", help="Import steps that the run's recipe names in Python.")] = False,
    write: Annotated[str | None, typer.Option("--write", metavar="FILE", help="Write the recipe to.")] = None,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Tell from the ledger alone what other thresholds would keep and drop."""
    from ..commands.retune import retune as retune_folder
    from ..commands.retune import retuned_recipe
    from ..commands.show_retuning import show_retuning
    from ..files import storage
    from ..recipes.recipe_writer import recipe_yaml
    from ..recipes.settings import parse_settings

    parsed = parse_settings(settings or ())
    show_retuning(retune_folder(folder, parsed, code=code), as_json=as_json)
    if write is not None:
        recipe = retuned_recipe(folder, parsed, code=code)
        described = f"{recipe.name} with {', '.join(settings or ()) or 'nothing changed'}"
        content = recipe_yaml(recipe, name=Path(write).stem, description=described)
        local = storage.local_path(write)
        if local is None:
            with storage.write_atomically(write) as sink:
                sink.write(content.encode("utf-8"))
            return
        try:
            local.write_text(content, encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write {write}: {error}") from error


def verify(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a run, mix or export.")],
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Check a finished run or mix: checksums, rows, and that every document and token is accounted for."""
    from ..commands.verify import verify_folder

    problems = verify_folder(folder)
    if as_json:
        print(json.dumps({"folder": folder, "verified": not problems, "problems": problems}, ensure_ascii=False))
    if problems:
        raise AccountingError(f"{folder} does not verify:\n" + "\n".join(f"  {problem}" for problem in problems))
    if not as_json:
        print(f"{folder}: all files and documents accounted for")


def mix(
    file: Annotated[str, typer.Argument(metavar="MIX.yaml", help="Sources, weights, stages and packing.")],
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="DIR", help="A new or empty folder.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 takes one for each core.")] = 0,
    plan_only: Annotated[bool, typer.Option("--plan-only", "--dry-run", help="Print the plan and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Mix finished runs by shares of tokens, shuffle and pack them."""
    from ..commands.mix import mix_sources

    if output is None and not plan_only:
        raise InputError("say where to write with --output DIR, or --plan-only to see the plan")
    count = workers or os.cpu_count() or 1
    with _whole_or_nothing():
        mix_sources(file, output, workers=count, plan_only=plan_only, quiet=quiet, as_json=as_json)


def export(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a mix or run.")],
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help="megatron, mds, litdata, nanotron, numpy, webdataset, jsonl[.zst]."
        ),
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="A new or empty folder.")],
    part: Annotated[str, typer.Option(help="Which folder of DIR: shards, or held_out of a mix.")] = "shards",
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Write a mix or run as the files that a training framework opens."""
    from ..export.export import export as export_folder
    from ..export.export import tell

    with _whole_or_nothing():
        print(tell(export_folder(folder, output, form, part), output, as_json=as_json))


def push(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a run, mix or export.")],
    repository: Annotated[str, typer.Option("--repo", metavar="OWNER/NAME", help="A data set repository of the Hub.")],
    token: Annotated[
        str | None, typer.Option(help="A token that may write; better by HF_TOKEN, which nobody else sees.")
    ] = None,
    private: Annotated[
        bool | None, typer.Option("--private/--public", help="Of a repository that is made.", show_default=False)
    ] = None,
    revision: Annotated[str | None, typer.Option(metavar="BRANCH", help="A branch; main by default.")] = None,
    folders: Annotated[
        str | None, typer.Option(metavar="NAME,…", help="Which folders of data; shards, held_out, ledger by default.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Json = False,
) -> None:
    """Verify a folder, and publish it as a data set of the Hugging Face Hub (HF_ENDPOINT names another server)."""
    import dataclasses

    from ..commands.push import push as push_folder

    pushed = push_folder(
        folder,
        repository,
        token=token,
        private=private,
        revision=revision,
        folders=None if folders is None else [name.strip() for name in folders.split(",") if name.strip()],
        on_progress=lambda done: None if quiet or as_json else tell(done),
    )
    if as_json:
        print(json.dumps(dataclasses.asdict(pushed)))
    elif not quiet:
        gone = f", {pushed.removed_files:,} of before deleted" if pushed.removed_files else ""
        print(f"{pushed.files:,} files in {pushed.repository} ({pushed.revision}){gone}: {pushed.url}")


@contextmanager
def _whole_or_nothing() -> Iterator[None]:
    """Being interrupted, or asked to end, leaves nothing behind, and says so."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt as interruption:
        raise typer.Exit(say("interrupted; nothing was written", EXIT_INTERRUPTED)) from interruption
