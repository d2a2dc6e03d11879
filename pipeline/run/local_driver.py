"""The process that drives Beam for a local run; started by :mod:`.local`, never imported by it."""

from __future__ import annotations

import gc
import itertools
import json
import logging
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import TextmillError
from ...filters.kernels.machine.kernel import before_compiling
from ..files.lock import stay_alive
from ..files.storage import local_path
from ..files.stores import load_libraries
from ..job.job import Job
from ..job.progress import COMPILING, PROGRESS
from ..steps.own import leave_pandas_out
from .local import LOG_FILE
from .local_worker import die_with_parent, employ, fork_workers, socket_address
from .run_log import log_to
from .warming import warm_up

DRIVER_VARIABLE = "TEXTMILL_DRIVER"
"""Environment variable that holds the driver's process number, for whoever looks for it among the run's processes."""
LONGEST_MESSAGE = 10_000
"""Characters of an error; what fits into a pipe that nobody reads yet."""
SHORT_OF_MEMORY = "the machine may be short of memory; with fewer --workers, --resume goes on with what is done"


def main(parent: int, error_pipe: int, libraries: Iterable[str]) -> int:
    """Be ready to run a job, which may need these libraries, and run it when it comes; returns the exit code."""
    with suppress(ImportError):  # reported when it fails again
        from . import graph  # Beam with it
    load_libraries(libraries)
    line = sys.stdin.buffer.readline()
    if not line:  # the front end has ended
        return 0
    orders = json.loads(line)
    work, workers, sockets = Path(orders["work"]), orders["workers"], Path(orders["sockets"])
    pickled = sys.stdin.buffer.read()
    sys.path += [path for path in orders["import_paths"] if path not in sys.path]
    with (work / LOG_FILE).open("wb") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    stay_alive(work)
    log_to(work)
    try:
        job: Job = pickle.loads(pickled)
        os.environ[DRIVER_VARIABLE] = str(os.getpid())
        from . import graph  # noqa: F401  # for the driver and its workers

        logging.getLogger().setLevel(logging.ERROR)  # importing Beam configures logging once more
        leave_pandas_out(job.recipe.plan)
        load_libraries(orders["libraries"])
        with before_compiling(lambda _: _tell_compiling(work)):
            if workers > 1:
                warm_up(job)
            gc.freeze()  # or else the first collection in each copy would write to all that is shared
            gc.enable()
            if workers > 1:
                bind_to_sockets(sockets)
                employ(fork_workers(workers, error_pipe), sockets)
            die_with_parent(parent, sockets, *([work] if local_path(job.output) is None else []))
            threading.excepthook = lambda failure: _on_thread_failure(error_pipe, failure)
            run_beam(job, workers)
    except Exception as error:
        _tell(error_pipe, error)
        logging.getLogger(__name__).exception("the run failed")
        return 1
    return 0


def run_beam(job: Job, workers: int) -> None:
    """Build the graph and run it on Beam's own local runner, named so that nothing is looked up or downloaded."""
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner
    from apache_beam.transforms.environments import SubprocessSDKEnvironment

    from .graph import build

    environment = SubprocessSDKEnvironment.from_command_string("forked already") if workers > 1 else None
    options = PipelineOptions(direct_num_workers=workers)
    pipeline = beam.Pipeline(runner=FnApiRunner(default_environment=environment), options=options)
    build(pipeline, job)
    pipeline.run().wait_until_finish()


def bind_to_loopback() -> None:
    """Keep the ports of Beam's driver to this machine: Beam binds them, unprotected, to every interface."""
    _bind(lambda bind, address: bind(address.replace("[::]:", "127.0.0.1:")))


def bind_to_sockets(folder: Path) -> None:
    """Put sockets in a folder of this user alone in the place of ports, which every user of the machine can reach.

    Who can speak to them can have a worker, or the driver, unpickle what they wish.
    """
    numbers = itertools.count(1)

    def bind_to_next(bind: Callable[[str], int], _address: str) -> int:
        number = next(numbers)
        bind(socket_address(folder, number))
        return number

    _bind(bind_to_next)


def _bind(instead: Callable[[Callable[[str], int], str], int]) -> None:
    import grpc._server

    server: Any = grpc._server._Server
    bind = server.add_insecure_port
    server.add_insecure_port = lambda self, address: instead(lambda other: bind(self, other), address)


def _tell_compiling(work: Path) -> bool:
    """Let whoever shows progress say why nothing is read yet."""
    with suppress(OSError):
        (work / PROGRESS / COMPILING).touch()
    return False


def _on_thread_failure(error_pipe: int, failure: threading.ExceptHookArgs) -> None:
    """A dead worker shows as an exception in the thread that waits for it, and Beam would wait for ever."""
    traceback.print_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)
    if failure.thread is not None and failure.thread.name == "run_worker":
        _tell(error_pipe, TextmillError(f"a worker process died ({failure.exc_value}); {SHORT_OF_MEMORY}"))
        sys.stderr.flush()
        os._exit(1)


def _tell(error_pipe: int, error: BaseException) -> None:
    """Tell the front end the error, by a pipe, since the disk may be full; workers' errors arrive wrapped in Beam's."""
    kind, message = unwrap(error)
    os.write(error_pipe, json.dumps({"kind": kind, "message": message[:LONGEST_MESSAGE]}).encode() + b"\n")


def unwrap(error: BaseException) -> tuple[str, str]:
    """Name and message of an error of ours, however deep it lies in what a runner says of a failed run."""
    if isinstance(error, TextmillError):
        return type(error).__name__, str(error).split(" [while running ", 1)[0]
    text = str(error).strip()
    for line in reversed(text.splitlines()):  # a worker's traceback: the last line names the exception
        name, separator, message = line.partition(": ")
        if separator and name.startswith("textmill.errors."):
            return name.rsplit(".", 1)[1], message.split(" [while running ", 1)[0]
    last = text.splitlines()[-1].split(" [while running ", 1)[0] if text else type(error).__name__
    return "TextmillError", f"the run failed: {type(error).__name__}: {last}"


def start() -> None:
    """Be the process that the command line of :class:`~.driver_process.DriverProcess` asks for."""
    parent, error_pipe, *libraries = sys.argv[1:]
    exit_code = main(int(parent), int(error_pipe), libraries)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # what this process holds is not worth taking apart: the system is quicker
