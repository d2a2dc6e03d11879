"""The driver of a local run without what starting it costs: a copy of a process that has imported Beam.

It stands in the place of ``subprocess.Popen`` in :mod:`textmill.pipeline.run.driver_process`, of which it does what is
used there: the driver is a process in a session of its own, with its own environment, pipes and descriptors, and runs
the same code from ``local_driver.start`` on. Two of the four seconds of CPU time that a small run takes are importing.
The installed command and runs from Python start theirs afresh.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, NoReturn


class CopiedProcess:
    """What a driver process uses of :class:`subprocess.Popen`."""

    def __init__(
        self, command: list[str], *, stderr: Any, env: dict[str, str], pass_fds: tuple[int], **rest: Any
    ) -> None:
        assert rest == {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "start_new_session": True}
        listen, tell = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        ready, made = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            os.close(made)
            be_driver(command[3:], listen, stderr.fileno(), env, pass_fds[0])
        os.close(listen)
        os.close(made)
        os.read(ready, 1)  # until it has closed its end: who ends its group before there is one would wait for ever
        os.close(ready)
        self.stdin = os.fdopen(tell, "wb")

    def poll(self) -> int | None:
        return self._look(os.WNOHANG)

    def wait(self) -> int:
        code = self._look(0)
        assert code is not None
        return code

    def _look(self, options: int) -> int | None:
        if self.returncode is None:
            found, status = os.waitpid(self.pid, options)
            if found:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def be_driver(arguments: list[str], listen: int, stderr: int, environment: dict[str, str], errors: int) -> NoReturn:
    """In a copy, which has a session of its own: be the driver that was asked for."""
    for descriptor, number in ((listen, 0), (os.open(os.devnull, os.O_WRONLY), 1), (stderr, 2)):
        os.dup2(descriptor, number)
    os.closerange(3, errors)
    os.closerange(errors + 1, 1024)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    sys.argv = ["-c", *arguments]
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = dict.fromkeys(["", *environment["PYTHONPATH"].split(os.pathsep), *sys.path])
    gc.disable()
    from textmill.pipeline.run.local_driver import start

    start()
    raise AssertionError("a driver ends itself")


def copy_drivers() -> None:
    """From now on drivers that this process starts are copies of it."""
    from textmill.pipeline.run import driver_process

    driver_process.subprocess = SimpleNamespace(  # type: ignore[assignment]
        Popen=CopiedProcess, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL
    )
