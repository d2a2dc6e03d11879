"""The ``textmill`` command."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from ..errors import AccountingError, InputError, TextmillError
from ..version import __version__
from .command_line.train import train
from .files.storage import UNWRITABLE
from .run.runners import LOCAL, runner_names

if TYPE_CHECKING:
    from .recipes.definition import RecipeDefinition

EXIT_UNACCOUNTED = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="textmill",
    help="Raw web, book and code text in; clean, deduplicated, scrubbed, tokenised Parquet shards out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

kernels = typer.Typer(help="Machine code of the text kernels.", no_args_is_help=True)
app.add_typer(kernels, name="kernels")
app.add_typer(train, name="train")

RecipeArgument = Annotated[str, typer.Argument(metavar="RECIPE", help="A preset's name or a recipe file.")]
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="One file of any kind that textmill reads; - for standard input.")
]
RecipeOption = Annotated[str, typer.Option("--recipe", metavar="NAME", help="A preset's name or a recipe file.")]
TextField = Annotated[
    str, typer.Option(help="Field or column of the text in JSON, Parquet, Arrow and CSV; doc.text is one in another.")
]
HtmlField = Annotated[
    str | None, typer.Option(metavar="NAME", help="Field or column of a page in HTML, whose main content is the text.")
]
Lines = Annotated[bool, typer.Option("--lines", help="Take every line of a text file for a document.")]
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Charset of text and HTML files, instead of telling it by their bytes."),
]
WikiNamespaces = Annotated[
    list[int] | None,
    typer.Option(
        "--wiki-namespace",
        metavar="NUMBER",
        help="Read pages of this namespace of a wiki; 0, the articles, by default.",
    ),
]
Kind = Annotated[str | None, typer.Option(help="Take every document for web, book, code or other.")]
Extraction = Annotated[str, typer.Option(help="What of a page of HTML is its text: main, precise, or all.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="STEP.PARAMETER=VALUE", help="Set a parameter; none switches a rule off."),
]
Code = Annotated[
    bool | None,
    typer.Option(
        "--code/--no-code",
        help="Run the Python that a recipe names, or refuse it; by default that of local files is run.",
        show_default=False,
    ),
]


def _use_stores(given: list[str] | None) -> None:
    if given:
        from .files.stores import parse_store_options, use_store_options

        use_store_options(parse_store_options(given))


Store = Annotated[
    list[str] | None,
    typer.Option(
        "--store",
        metavar="STORE.OPTION=VALUE",
        callback=_use_stores,
        help="Open a store so: s3.endpoint=URL, s3.profile=NAME, gs.anonymous=true; see docs/stores.md.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write results as JSON.")]

beam_options: list[str] = []
"""What stands behind ``--`` on the command line."""


def main() -> None:
    """Run the command line; the process's exit code is 0, 1 (did not add up) or 2 (wrong use)."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # texts are UTF-8 whatever the terminal is, file names any bytes
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    elif sys.stdout is None:  # closed by whoever started us
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # as long as the process
    arguments = sys.argv[1:]
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, beam_options[:] = arguments[:cut], arguments[cut + 1 :]
    try:
        code = app(args=arguments, standalone_mode=False)
    except AccountingError as error:
        sys.exit(_say(error, EXIT_UNACCOUNTED))
    except TextmillError as error:
        wrong_use = type(error) is not TextmillError
        sys.exit(_say(error, EXIT_WRONG_USE if wrong_use else EXIT_UNACCOUNTED))
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITABLE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would fail once more at the end
        sys.exit(_say(f"cannot write to standard output: {error.strerror}", EXIT_UNACCOUNTED))
    except Exception as error:
        # Errors of use come from typer's own copy of click, which exports no base class to catch them by.
        show, exit_code = getattr(error, "show", None), getattr(error, "exit_code", None)
        if show is None or exit_code is None:
            raise
        show()
        sys.exit(exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _interrupt(*_: object) -> NoReturn:
    """Being asked to end is the same as Ctrl-C: what the run has started ends with it."""
    raise KeyboardInterrupt


def _say(message: object, code: int) -> int:
    print(f"textmill: {message}", file=sys.stderr)
    return code


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"textmill {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, help="Show the version.")] = False,
) -> None:
    """Raw text in; clean, deduplicated, scrubbed, tokenised Parquet shards out."""


@app.command()
def run(
    recipe: RecipeArgument,
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or label=path.")],
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
    keep_removed: Annotated[bool, typer.Option("--keep-removed", help="Also write the removed texts.")] = False,
    measure_all: Annotated[bool, typer.Option("--measure-all", help="Take costly measurements of all.")] = False,
    shard_mb: Annotated[
        float | None, typer.Option(min=0.001, help="Megabytes of text for one shard; 256, and less in small runs.")
    ] = None,
    max_document_mb: Annotated[float, typer.Option(min=0.001, help="Longer documents are quarantined.")] = 100,
    components: Annotated[
        str, typer.Option(help="Join duplicates to clusters on a single worker, distributed, or auto by input size.")
    ] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run in DIR.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Json = False,
) -> None:
    """Run a recipe over files and write shards, ledger and manifest. Beam options may follow behind --."""
    from .run.driver_process import start_ahead

    if runner == LOCAL:
        start_ahead()
    from .commands.show import RunDisplay
    from .run.run import RunOptions, run_recipe

    loaded = _load(recipe, settings, code)
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
        reading=_reading(
            text_field=text_field,
            html_field=html_field,
            lines=lines,
            encoding=encoding,
            wiki_namespaces=tuple(wiki_namespace or (0,)),
            kind=kind,
            extraction=extraction,
            max_document_bytes=int(max_document_mb * 1e6),
        ),
        keep_removed=keep_removed,
        measure_all=measure_all,
        shard_bytes=None if shard_mb is None else int(shard_mb * 1e6),
        components=components,
        resume=resume,
        on_notice=lambda notice: None if quiet else print(f"textmill: {notice}", file=sys.stderr),
        on_progress=display.update,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with display.watching(inputs):
            manifest = run_recipe(loaded, inputs, output, options)
    except KeyboardInterrupt as interruption:
        message = f"interrupted; {interruption}" if str(interruption) else "interrupted"
        raise typer.Exit(_say(f"{message}; --resume goes on with {output}", EXIT_INTERRUPTED)) from interruption
    if as_json:
        print(json.dumps(manifest["totals"] | {"output": output}))
    elif not quiet:
        display.summary(manifest, output)


@app.command()
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
    from .commands.clean import clean_file

    reading = _reading(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        extraction=extraction,
    )
    clean_file(_load(recipe, settings, code), file, output, reading, as_json=as_json, quiet=quiet)


@app.command()
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
    reading = _reading(
        text_field=text_field,
        html_field=html_field,
        lines=lines,
        encoding=encoding,
        wiki_namespaces=tuple(wiki_namespace or (0,)),
        kind=kind,
        extraction=extraction,
    )
    if document is not None:
        from .commands.duplicates import describe, judged

        found_there = judged(file, document, inputs or (), reading)
        print(json.dumps(asdict(found_there)) if as_json else "\n".join(describe(found_there)))
        return
    from itertools import islice

    from .commands.explain import explain_file
    from .commands.show import show_explanation

    found = explain_file(_load(recipe, settings, code), file, reading)
    for explanation in islice(found, limit):
        show_explanation(explanation, as_json=as_json)
    if next(found, None) is not None and not as_json:
        print(f"more documents follow; --limit {limit * 10} shows more", file=sys.stderr)


@app.command()
def recipes(name: Annotated[str | None, typer.Argument(metavar="NAME", help="Show this recipe.")] = None) -> None:
    """List the presets, or show one as the file that it is."""
    from .recipes.presets import preset_names, recipe_source

    if name is not None:
        print(recipe_source(name)[0], end="")
        return
    import shutil
    import textwrap

    import yaml

    for preset in preset_names():
        described = yaml.safe_load(recipe_source(preset)[0]).get("description", "")
        width = max(40, shutil.get_terminal_size().columns)
        print(textwrap.fill(f"{preset:10} {described}", width, subsequent_indent=" " * 11))


@app.command()
def retune(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    settings: Set = None,
    code: Annotated[bool, typer.Option("--code", help="Import steps that the run's recipe names in Python.")] = False,
    write: Annotated[Path | None, typer.Option("--write", metavar="FILE", help="Write the recipe to.")] = None,
    _store: Store = None,
    as_json: Json = False,
) -> None:
    """Tell from the ledger alone what other thresholds would keep and drop."""
    from .commands.retune import retune as retune_folder
    from .commands.retune import retuned_recipe
    from .commands.show_retuning import show_retuning
    from .recipes.recipe_writer import recipe_yaml
    from .recipes.settings import parse_settings

    parsed = parse_settings(settings or ())
    show_retuning(retune_folder(folder, parsed, code=code), as_json=as_json)
    if write is not None:
        recipe = retuned_recipe(folder, parsed, code=code)
        described = f"{recipe.name} with {', '.join(settings or ()) or 'nothing changed'}"
        try:
            write.write_text(recipe_yaml(recipe, name=write.stem, description=described), encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write {write}: {error}") from error


@app.command()
def verify(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The output folder of a run or mix.")],
    _store: Store = None,
) -> None:
    """Check a finished run or mix: checksums, rows, and that every document and token is accounted for."""
    from .commands.verify import verify_folder

    problems = verify_folder(folder)
    if problems:
        raise AccountingError(f"{folder} does not verify:\n" + "\n".join(f"  {problem}" for problem in problems))
    print(f"{folder}: all files and documents accounted for")


@app.command()
def mix(
    file: Annotated[str, typer.Argument(metavar="MIX.yaml", help="Sources, weights, stages and packing.")],
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="DIR", help="A new or empty folder.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 takes one for each core.")] = 0,
    plan_only: Annotated[bool, typer.Option("--plan-only", "--dry-run", help="Print the plan and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Json = False,
) -> None:
    """Mix finished runs by shares of tokens, shuffle and pack them."""
    from .commands.mix import mix_sources

    if output is None and not plan_only:
        raise InputError("say where to write with --output DIR, or --plan-only to see the plan")
    count = workers or os.cpu_count() or 1
    mix_sources(file, output, workers=count, plan_only=plan_only, quiet=quiet, as_json=as_json)


@app.command()
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
    as_json: Json = False,
) -> None:
    """Write a mix or run as the files that a training framework opens."""
    from .export.export import export as export_folder
    from .export.export import tell

    print(tell(export_folder(folder, output, form, part), output, as_json=as_json))


@kernels.command("build")
def build(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="A folder in place of the package's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the machine code of all text kernels, for wheels and container images that carry it."""
    from .commands.build_kernels import build_kernels

    built = build_kernels(output)
    if as_json:
        print(json.dumps({**built._asdict(), "folder": str(built.folder)}))
    else:
        removed = f", {built.removed} out of date removed" if built.removed else ""
        print(f"{built.folder}: {built.kernels} kernels for {built.level}, {built.compiled} compiled{removed}")


def _load(recipe: str, settings: list[str] | None, code: bool | None) -> RecipeDefinition:
    from .recipes.recipe_file import load_recipe
    from .recipes.settings import parse_settings

    return load_recipe(recipe, parse_settings(settings or ()), code=code)


def _reading(**options: Any) -> Any:
    from ..filters.base.batch import KINDS
    from .input.inputs import InputOptions

    kind = options["kind"]
    if kind is not None and kind not in KINDS:
        raise InputError(f"unknown kind {kind!r}; kinds are {', '.join(KINDS)}")
    return InputOptions(**options)
