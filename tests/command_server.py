"""The command without what starting it costs: a process that has imported it, and is copied for each call.

A call is a process of its own as that of the installed command: with its own folder, environment, output and exit code,
and the same code from ``main`` on. Only the modules are there already; a fresh start takes up to a second of CPU time
to import them.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textmill.pipeline.run.driver_process import THREAD_VARIABLES

if __package__:
    from .copied_driver import copy_drivers
else:
    from copied_driver import copy_drivers


class CommandServer:
    """A process to copy, and how it is asked for that."""

    def __init__(self, program: Path) -> None:
        self.program = program
        # A driver's libraries have one thread; those of commands, which get their own environment, may not care.
        environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
        command = [sys.executable, __file__]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(
        self, *arguments: str, cwd: Path, environment: Mapping[str, str], timeout: int
    ) -> subprocess.CompletedProcess[str]:
        """Run the command in a copy."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        argv = [str(self.program), *arguments]
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            order = {"argv": argv, "cwd": str(cwd), "environment": dict(environment), "timeout": timeout}
            print(json.dumps({**order, "out": str(out), "err": str(err)}), file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
            assert answer, "the process that runs commands has ended"
            if answer == "late\n":
                raise subprocess.TimeoutExpired(argv, timeout, out.read_bytes(), err.read_bytes())
            told, errors = out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        return subprocess.CompletedProcess(argv, os.waitstatus_to_exitcode(int(answer)), told, errors)

    def end(self) -> None:
        """Let the process end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def _load() -> None:
    """Import what commands and drivers import when called, save for DuckDB, which complains when a copy ends."""
    commands = importlib.import_module("textmill.pipeline.commands")
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}")
    for name in ("cli", "recipes.registry", "run.local", "run.local_driver", "run.graph"):
        importlib.import_module(f"textmill.pipeline.{name}")
    importlib.import_module("apache_beam.runners.worker.sdk_worker_main")
    importlib.import_module("apache_beam.runners.portability.fn_api_runner")
    logging.root.handlers.clear()  # Beam has set it up
    logging.root.setLevel(logging.WARNING)
    copy_drivers()
    gc.freeze()  # what is here stays: no copy looks through it, not even when it ends


def _become(order: dict[str, Any]) -> None:
    """Be the process that was asked for, as if it had been started anew."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    out, err = (os.open(order[name], flags, 0o600) for name in ("out", "err"))
    for descriptor, number in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = order["argv"]
    os.environ.clear()
    os.environ.update(order["environment"])
    tempfile.tempdir = None  # it stands in the environment
    os.chdir(order["cwd"])


def _wait(child: int, seconds: int) -> str:
    """How a copy has ended; one that takes too long is killed."""

    def too_late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_late)
    signal.alarm(seconds)
    try:
        return str(os.waitpid(child, 0)[1])
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "late"
    finally:
        signal.alarm(0)


def serve() -> dict[str, Any] | None:
    """Answer orders until there are no more; in a copy, return the order to carry out."""
    _load()
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries have threads, which wait for work
            child = os.fork()
        if child == 0:
            return order  # type: ignore[no-any-return]
        print(_wait(child, order["timeout"]), flush=True)
    return None


if __name__ == "__main__":
    # A shell has what it starts in the background ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    given = serve()
    if given is not None:
        _become(given)
        from textmill.pipeline.cli import main

        sys.exit(main())  # type: ignore[func-returns-value]
