"""The ``textmill`` command."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import AccountingError, TextmillError
from ..version import __version__
from .command_line.compare import compare
from .command_line.documents import clean, explain
from .command_line.estimate import estimate
from .command_line.examples import epilog
from .command_line.folders import export, init, mix, push, recipes, retune, verify
from .command_line.kernels import kernels
from .command_line.options import EXIT_UNACCOUNTED, EXIT_WRONG_USE, beam_options, say
from .command_line.run import run
from .command_line.stats import stats
from .command_line.train import train
from .command_line.train_importance import importance
from .command_line.train_perplexity import perplexity
from .command_line.train_quality import quality
from .command_line.view import view
from .commands.printable import printable
from .files.storage import UNWRITABLE

app = typer.Typer(
    name="textmill",
    help="Raw web, book and code text in; clean, deduplicated, scrubbed, tokenised Parquet shards out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for command in (run, clean, explain, recipes, init, retune, verify, mix, export, estimate, stats, view, compare, push):
    # Whole sentences in the list of commands, which click would cut at 45 characters.
    summary = (command.__doc__ or "").partition("\n")[0]
    app.command(epilog=epilog(command.__name__), short_help=summary)(command)
app.add_typer(kernels, name="kernels")
for learner in (quality, perplexity, importance):
    train.command(epilog=epilog(f"train {learner.__name__}"))(learner)
app.add_typer(train, name="train")


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
    _leave_out_others(arguments)
    try:
        code = app(args=arguments, standalone_mode=False)
    except AccountingError as error:
        sys.exit(say(error, EXIT_UNACCOUNTED))
    except TextmillError as error:
        wrong_use = type(error) is not TextmillError
        sys.exit(say(error, EXIT_WRONG_USE if wrong_use else EXIT_UNACCOUNTED))
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if error.filename is not None or error.errno not in UNWRITABLE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would fail once more at the end
        sys.exit(say(f"cannot write to standard output: {error.strerror}", EXIT_UNACCOUNTED))
    except Exception as error:
        # Errors of use come from typer's own copy of click, which exports no base class to catch them by.
        show, exit_code = getattr(error, "show", None), getattr(error, "exit_code", None)
        if show is None or exit_code is None:
            raise
        if isinstance(message := getattr(error, "message", None), str):
            error.message = printable(message)  # type: ignore[attr-defined]  # it quotes what was given
        show()
        sys.exit(exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _leave_out_others(arguments: list[str]) -> None:
    """Know one command alone where one is asked for: typer would look at the parameters of all of them."""
    asked = [
        command for command in app.registered_commands if getattr(command.callback, "__name__", None) in arguments[:1]
    ]
    if asked:
        app.registered_commands, app.registered_groups = asked, []


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"textmill {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, help="Show the version.")] = False,
) -> None:
    """Raw text in; clean, deduplicated, scrubbed, tokenised Parquet shards out."""
