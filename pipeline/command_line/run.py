"""``textmill run``."""

from __future__ import annotations

import json
import os
import signal
from typing import Annotated, NoReturn

import typer

from ..commands.printable import tell
from ..run.runners import LOCAL, runner_names
from .options import (
    EXIT_INTERRUPTED,
    Code,
    Encoding,
    Extraction,
    HtmlField,
    Json,
    Kind,
    Lines,
    MaxDocumentMb,
    RecipeArgument,
    Set,
    Store,
    TextField,
    WikiNamespaces,
    beam_options,
    load_named,
    reading_of,
    say,
)


def run(
    recipe: RecipeArgument,
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT…", help="Files, folders, globs, or label=path.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="A new or empty folder.")],
    settings: Set = None,
    code: Code = None,
    _store: Store = None,
    runner: Annotated[str, typer.Option(metavar="NAME", help=f"Where to run: {runner_names()}.")] = LOCAL,
    flink_master: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Flink's web interface.")] = None,
    spark_master: Annotated[str | None, typer.Option(metavar="URL", help="Spark's master: spark://HOST:7077.")] = None,
    workers: Annotated[int, typer.Option(help="Processes, or tasks on a cluster; 0 lets us choose.")] = 0,
    text_field: TextField = "text",
    html_field: HtmlField = None,
    lines: Lines = False,
    encoding: Encoding = None,
    wiki_namespace: WikiNamespaces = None,
    kind: Kind = None,
    extraction: Extraction = "main",
    keep_removed: Annotated[bool, typer.Option("--keep-removed", help="Also write all removed texts.")] = False,
    samples: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="Texts to keep and show of each rule near its bound, and far from it."),
    ] = 5,
    no_samples: Annotated[bool, typer.Option("--no-samples", help="Keep and show no removed text.")] = False,
    measure_all: Annotated[bool, typer.Option("--measure-all", help="Take costly measurements of all.")] = False,
    shard_mb: Annotated[
        float | None, typer.Option(min=0.001, help="Megabytes of text for one shard; 256, and less in small runs.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,…", help="Measurements to be columns of shards; gopher.*, license, input_label."),
    ] = None,
    partition: Annotated[
        str | None, typer.Option(metavar="NAME,…", help="Shards in folders by these columns: language,source.")
    ] = None,
    max_document_mb: MaxDocumentMb = 20,
    components: Annotated[
        str, typer.Option(help="Join duplicates to clusters on a single worker, distributed, or auto by input size.")
    ] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run in DIR.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Json = False,
) -> None:
    """Run a recipe over files and write shards, ledger and manifest. Beam options may follow behind --."""
    from ..files.stores import needed_libraries
    from ..run.driver_process import start_ahead

    if runner == LOCAL:
        start_ahead(needed_libraries([*inputs, output]))
    from ..commands.show import RunDisplay
    from ..run.run import RunOptions, run_recipe

    loaded = load_named(recipe, settings, code)
    watched = RunOptions.warn_after_documents
    display = RunDisplay(loaded.plan, warn_after_documents=watched, quiet=quiet or as_json)
    options = RunOptions(
        workers=workers or (os.cpu_count() or 1 if runner == LOCAL else 0),
        runner=runner,
        runner_options=(
            *([f"--flink_master={flink_master}"] if flink_master else []),
            *([f"--spark_master_url={spark_master}"] if spark_master else []),
            *beam_options,
        ),
        reading=reading_of(
            text_field=text_field,
            html_field=html_field,
            lines=lines,
            encoding=encoding,
            wiki_namespaces=tuple(wiki_namespace or (0,)),
            kind=kind,
            inputs=inputs,
            extraction=extraction,
            max_document_bytes=int(max_document_mb * 1e6),
        ),
        keep_removed=keep_removed,
        samples=0 if no_samples else samples,
        measure_all=measure_all,
        shard_bytes=None if shard_mb is None else int(shard_mb * 1e6),
        columns=_names(columns),
        partition=_names(partition),
        components=components,
        resume=resume,
        on_notice=lambda notice: None if quiet else tell(f"textmill: {notice}"),
        on_progress=display.update,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with display.watching(inputs):
            manifest = run_recipe(loaded, inputs, output, options)
    except KeyboardInterrupt as interruption:
        message = f"interrupted; {interruption}" if str(interruption) else "interrupted"
        raise typer.Exit(say(f"{message}; --resume goes on with {output}", EXIT_INTERRUPTED)) from interruption
    if template := manifest.get("template"):
        print(json.dumps({"template": template, "output": output}) if as_json else f"The job is written to {template}.")
        if not (quiet or as_json):
            print("When a job started from it has ended, the same command with --resume checks and settles it.")
    elif as_json:
        print(json.dumps(manifest["totals"] | {"output": output}))
    elif not quiet:
        display.summary(manifest, output)


def _names(given: str | None) -> list[str] | None:
    """What stands between commas; an empty text is no names, where None leaves them to the recipe."""
    return None if given is None else [name.strip() for name in given.split(",") if name.strip()]


def _interrupt(*_: object) -> NoReturn:
    """Being asked to end is the same as Ctrl-C: what the run has started ends with it."""
    raise KeyboardInterrupt
