"""Commands and drivers without what starting them costs: a process that has all they need, and is copied for each.

A copy is a process of its own as that of the installed command or of a driver that runs from Python start: with its own
folder, environment, input, output and exit code, and the same code from ``main`` or ``local_driver.start`` on. Only
modules, models and tables are there already; a fresh start takes seconds of CPU time to load them.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import logging
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NoReturn

from textmill.pipeline.run.driver_process import THREAD_VARIABLES

if __package__:
    from .copied_driver import be_driver, copy_drivers
else:
    from copied_driver import be_driver, copy_drivers

CORPUS = Path(__file__).parents[1] / "examples" / "corpus"
SHIM = """#!{python} -IS
import json, os, signal, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    order = {{"argv": [{program!r}, *sys.argv[1:]], "cwd": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(connection, [json.dumps(order).encode() + b"\\n"], [0, 1, 2])
    answers = connection.makefile()
    process = int(answers.readline())
    signal.signal(signal.SIGINT, lambda number, _: os.kill(process, number))
    code = os.waitstatus_to_exitcode(int(answers.readline()))
    os.kill(os.getpid(), -code) if code < 0 else sys.exit(code)
"""
"""The command for shells: asks for a copy as :meth:`CommandServer.start` does."""


class Served:
    """A copy, as what is used of :class:`subprocess.Popen`."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.answers: IO[str] = connection.makefile()
        self.pid = int(self.answers.readline())
        self.returncode: int | None = None
        self.stdin: IO[bytes] | None = None

    def poll(self) -> int | None:
        return self.wait() if self.returncode is not None or select.select([self.connection], [], [], 0)[0] else None

    def wait(self) -> int:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(int(self.answers.readline()))
            self.answers.close()
            self.connection.close()
        return self.returncode


class CommandServer:
    """A process to copy, and how it is asked for that."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix="textmill-", dir="/tmp"))
        self.address = str(self.folder / "socket")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(self.address)
            listening.listen()
            # A driver's libraries have one thread; those of commands, which get their own environment, may not care.
            environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(listening.fileno())],
                stdin=subprocess.PIPE,
                env=environment,
                pass_fds=(listening.fileno(),),
            )

    def start(self, order: Mapping[str, Any], descriptors: list[int]) -> Served:
        """Start a copy that carries out an order."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.address)
        socket.send_fds(connection, [json.dumps(order).encode() + b"\n"], descriptors)
        return Served(connection)

    def run(
        self, *arguments: str, cwd: Path, environment: Mapping[str, str], timeout: int, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command in a copy, with what is given as its standard input."""
        argv = [str(self.program), *arguments]
        order = {"argv": argv, "cwd": str(cwd), "environment": dict(environment)}
        with tempfile.TemporaryFile() as into, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            into.write((given or "").encode())
            into.seek(0)
            served = self.start(order, [file.fileno() for file in (into, out, err)])
            late = not select.select([served.connection], [], [], timeout)[0]
            if late:
                os.kill(served.pid, signal.SIGKILL)
            code = served.wait()
            told = []
            for file in (out, err):
                file.seek(0)
                told.append(file.read())
            if late:
                raise subprocess.TimeoutExpired(argv, timeout, *told)
        return subprocess.CompletedProcess(argv, code, told[0].decode(), told[1].decode())

    def start_driver(
        self, command: list[str], *, stderr: IO[bytes], env: dict[str, str], pass_fds: tuple[int], **rest: Any
    ) -> Served:
        """A driver, asked for as by :class:`~textmill.pipeline.run.driver_process.DriverProcess`."""
        assert rest == {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "start_new_session": True}
        listen, tell = os.pipe()
        order = {"driver": command[3:], "cwd": str(Path.cwd()), "environment": env}
        served = self.start(order, [listen, stderr.fileno(), pass_fds[0]])
        os.close(listen)
        served.stdin = os.fdopen(tell, "wb")
        return served

    def write_shim(self, path: Path) -> None:
        """Write a program that is the command for shells and scripts."""
        path.write_text(SHIM.format(python=sys.executable, address=self.address, program=str(self.program)))
        path.chmod(0o755)

    def end(self) -> None:
        """Let the process end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder)


def _load() -> None:
    """Load what commands and drivers load when called, save for DuckDB, which complains when a copy ends."""
    commands = importlib.import_module("textmill.pipeline.commands")
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}")
    for name in ("cli", "recipes.registry", "run.local", "run.local_driver", "run.graph"):
        importlib.import_module(f"textmill.pipeline.{name}")
    importlib.import_module("apache_beam.runners.worker.sdk_worker_main")
    importlib.import_module("apache_beam.runners.portability.fn_api_runner")
    with suppress(ImportError):
        importlib.import_module("s3fs")
    logging.root.handlers.clear()  # Beam has set it up
    _warm_up()
    logging.root.setLevel(logging.WARNING)
    copy_drivers()
    gc.freeze()  # what is here stays: no copy looks through it, not even when it ends


def _warm_up() -> None:
    """Load models, tables and patterns, and what Beam knows of our functions, with the default recipe and corpus.

    Nothing is tokenized and no graph run: that may start threads, without which copies would wait for ever.
    """
    import apache_beam as beam

    from textmill import Recipe, Tokenize
    from textmill.pipeline.job.job import Job
    from textmill.pipeline.passes.single import run_passes
    from textmill.pipeline.run.graph import build
    from textmill.pipeline.steps.own import leave_pandas_out

    recipe = Recipe.load("default")
    leave_pandas_out(recipe.plan)
    steps = [step for step in recipe.steps if not isinstance(step, Tokenize)]
    with tempfile.TemporaryDirectory() as folder:
        run_passes(Job(recipe=Recipe("warm", steps), inputs=(str(CORPUS),), output=folder))
    assert recipe.plan.tokenizer is not None
    recipe.plan.tokenizer.identity()
    build(beam.Pipeline(), Job(recipe=recipe, inputs=(str(CORPUS),), output=""))


def _become(order: dict[str, Any], descriptors: list[int]) -> None:
    """Be the command that was asked for, as if it had been started anew."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = order["argv"]
    sys.modules["__main__"].__file__ = sys.argv[0]  # what processes that it starts take for the program
    os.environ.clear()
    os.environ.update(order["environment"])
    given = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path not in sys.path]
    sys.path[:1] = [str(Path(sys.argv[0]).parent), *given]


def _carry_out(order: dict[str, Any], descriptors: list[int], connection: socket.socket) -> None:
    """In a copy: become the driver that was asked for, or the command, which is still to be called."""
    if "driver" in order:
        os.setsid()  # first: who ends its group before there is one would wait for ever
    connection.sendall(f"{os.getpid()}\n".encode())
    connection.close()
    os.chdir(order["cwd"])
    tempfile.tempdir = None  # it stands in the environment
    if "driver" in order:
        listen, stderr, errors = descriptors
        _, _, *libraries = order["driver"]
        be_driver([str(os.getppid()), str(errors), *libraries], listen, stderr, order["environment"], errors)
    _become(order, descriptors)


def serve(listening: socket.socket) -> bool:
    """Carry out orders until the input ends; true in a copy that is a command."""
    _load()
    running: dict[int, tuple[int, socket.socket]] = {}
    while 0 not in (ready := select.select([0, listening, *running], [], [])[0]):  # the input tells only its end
        for ended in running.keys() & set(ready):
            process, connection = running.pop(ended)
            with suppress(BrokenPipeError):
                connection.sendall(f"{os.waitpid(process, 0)[1]}\n".encode())
            connection.close()
            os.close(ended)
        if listening not in ready:
            continue
        connection, _ = listening.accept()
        line, descriptors, _, _ = socket.recv_fds(connection, 1 << 16, 3)
        while not line.endswith(b"\n"):
            line += connection.recv(1 << 16)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries have threads, which wait for work
            process = os.fork()
        if process == 0:
            for asked in (listening, *(other for _, other in running.values())):
                asked.close()
            _carry_out(json.loads(line), descriptors, connection)
            return True
        running[os.pidfd_open(process)] = process, connection
        for descriptor in descriptors:
            os.close(descriptor)
    return False


def _end(code: object) -> NoReturn:
    """End at once: taking apart all that is loaded takes longer than most commands."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    # A shell has what it starts in the background ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if serve(socket.socket(fileno=int(sys.argv[1]))):
        from textmill.pipeline.cli import main

        try:
            main()
        except SystemExit as stop:
            _end(stop.code)
        _end(None)
