"""Run a job on this machine: a driver process of our own with Beam in it, watched so that nothing can hang.

Beam's local runner hangs when a worker is killed, and cannot be interrupted cleanly. Therefore it runs in a process
group of its own: this process shows progress, passes on errors, and ends the whole group when anything goes wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import cloudpickle

from ... import errors
from ..files.storage import write_atomically
from ..job.job import Job
from ..job.progress import Progress, read_progress
from ..output.manifest import WORK_FOLDER

POLL_SECONDS = 0.1
JOB_FILE = "job.pickle"
LOG_FILE = "log.txt"


def run_local(job: Job, workers: int, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Run a job with so many worker processes and wait for it.

    Raises:
        TextmillError: what the job raised, or that a process of it died.
    """
    work = Path(job.output) / WORK_FOLDER
    shutil.rmtree(work / "progress", ignore_errors=True)  # that of the run before this one
    (work / "progress").mkdir(parents=True)
    # cloudpickle carries functions of notebooks and scripts by value, which other processes cannot import.
    with write_atomically(str(work / JOB_FILE)) as sink:
        sink.write(cloudpickle.dumps(replace(job, messages_in_files=True)))
    told, tell = os.pipe()
    command = [sys.executable, "-m", "textmill.pipeline.run.local_driver", str(work)]
    command += [str(number) for number in (workers, os.getpid(), tell)]
    with os.fdopen(told, "rb") as errors_told, _process_group(command, work / LOG_FILE, tell) as process:
        while process.poll() is None:
            if on_progress is not None:
                on_progress(read_progress(work / "progress"))
            time.sleep(POLL_SECONDS)
        if on_progress is not None:
            on_progress(read_progress(work / "progress"))
        if process.returncode != 0:
            raise _error(process.returncode, errors_told.readline(), work)


@contextmanager
def _process_group(command: list[str], log: Path, pipe: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process in a group of its own, with the writing end of a pipe; the group does not outlive this block."""
    environment = dict(os.environ)
    # Functions that a recipe names by module are found by the workers where this process finds them.
    environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    # Each worker is one core's share: threads of libraries would only fight over the cores.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "ARROW_NUM_THREADS"):
        environment.setdefault(variable, "1")
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            pass_fds=(pipe,),
        )
    os.close(pipe)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # all gone already
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _error(code: int, line: bytes, work: Path) -> errors.TextmillError:
    """What went wrong in the driver: its own words if it had time for them, else the end of its log."""
    try:
        told = json.loads(line)
        kind = getattr(errors, told["kind"], errors.TextmillError)
        error: errors.TextmillError = kind(told["message"])
        return error
    except (ValueError, KeyError):
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return errors.TextmillError(f"the run's driver process {how}; its log is {work / LOG_FILE}")
