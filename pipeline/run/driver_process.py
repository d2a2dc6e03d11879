"""The driver of a local run as its front end sees it: a group of processes, of which the first can be started ahead.

A driver imports Beam and more before it can do anything, which takes it over a second. Started first of all by a
command, it does so on another core while the command reads the recipe and looks at the input. Until it is told what to
run it has nothing to do with any folder, and it ends when the process that started it does.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..files.stores import loaded_libraries

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "ARROW_NUM_THREADS")

START = "import gc; gc.disable(); from textmill.pipeline.run.local_driver import start; start()"
"""Collecting garbage while modules are imported, which leave none, takes a tenth of the time that they take."""

LONGEST_SOCKET_FOLDER = 90
"""Characters; the system takes 107 for the path of a socket."""

_ahead: list[DriverProcess] = []


class DriverProcess:
    """A driver and, later, its workers, in a process group of their own."""

    def __init__(self, libraries: Iterable[str] = ()) -> None:
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(_import_paths())
        # Each worker is one core's share: threads of libraries would only fight over the cores.
        for variable in THREAD_VARIABLES:
            environment.setdefault(variable, "1")
        errors_out, errors_in = os.pipe()
        self.printed = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the process
        """What it prints until it knows the folder of its log: why it cannot even be imported, if so."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, str(os.getpid()), str(errors_in), *libraries],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self.printed,
            env=environment,
            start_new_session=True,
            pass_fds=(errors_in,),
        )
        os.close(errors_in)
        self.errors = os.fdopen(errors_out, "rb")
        """Where it tells in one line what has gone wrong."""
        self.sockets: Path | None = None

    def begin(self, work: Path, workers: int, job: bytes) -> None:
        """Tell it to run a pickled job in a work folder."""
        assert self.process.stdin is not None
        self.sockets = make_socket_folder()
        # Functions that a recipe names by module are found by the workers where this process finds them.
        orders = {
            "work": str(work),
            "workers": workers,
            "sockets": str(self.sockets),
            "libraries": loaded_libraries(),
            "import_paths": _import_paths(),
        }
        with suppress(BrokenPipeError), self.process.stdin as pipe:  # it may have died already, which shows soon
            pipe.write(json.dumps(orders).encode() + b"\n" + job)

    def last_words(self) -> str:
        """The last line that it printed before it had a log; empty when it printed none."""
        self.printed.seek(0)
        lines = [line.strip() for line in self.printed.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else ""

    def end(self) -> None:
        """Let nothing of the group go on."""
        with suppress(ProcessLookupError):  # all gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.errors.close()
        self.printed.close()
        if self.sockets is not None:
            shutil.rmtree(self.sockets, ignore_errors=True)
        if self.process.stdin is not None:
            self.process.stdin.close()


def make_socket_folder() -> Path:
    """A folder of this user alone, whose path is short enough for sockets in it."""
    folder = tempfile.mkdtemp(prefix="textmill-")
    if len(folder) > LONGEST_SOCKET_FOLDER:
        os.rmdir(folder)  # noqa: PTH106  # it is a str here
        folder = tempfile.mkdtemp(prefix="textmill-", dir="/tmp")
    return Path(folder)


def start_ahead(libraries: Iterable[str] = ()) -> None:
    """Start the driver that the next local run of this process will take, which imports these as well."""
    if not _ahead:
        _ahead.append(DriverProcess(libraries))
        atexit.register(_ahead[0].end)


def take_driver() -> DriverProcess:
    """The driver that was started ahead, or a new one; ending it is up to the caller."""
    if not _ahead:
        return DriverProcess()
    driver = _ahead.pop()
    atexit.unregister(driver.end)
    return driver


def _import_paths() -> list[str]:
    return [path or str(Path.cwd()) for path in sys.path]
