"""Run a job on this machine: a driver process of our own with Beam in it, watched so that nothing can hang.

Beam's local runner hangs when a worker is killed, and cannot be interrupted cleanly. Therefore it runs in a process
group of its own: this process shows progress, passes on errors, and ends the whole group when anything goes wrong.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import cloudpickle

from ... import errors
from ..files.storage import local_path, write_atomically
from ..job.job import WORK_FOLDER, Job
from ..job.progress import PROGRESS, Progress, read_progress
from .driver_process import take_driver

POLL_SECONDS = 0.1
LOG_FILE = "log.txt"


def run_local(job: Job, workers: int, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Run a job with so many worker processes and wait for it.

    Raises:
        TextmillError: what the job raised, or that a process of it died.
    """
    with _shared_folder(job) as work:
        _run_driver(job, work, workers, on_progress)


@contextmanager
def _shared_folder(job: Job) -> Iterator[Path]:
    """The work folder; where that lies in another store, a folder on this disk, of which at most the log is kept."""
    output = local_path(job.output)
    if output is not None:
        yield output / WORK_FOLDER
        return
    with tempfile.TemporaryDirectory(prefix="textmill-run-") as folder:
        try:
            yield Path(folder)
        except errors.TextmillError:
            with suppress(errors.TextmillError), write_atomically(job.folder(WORK_FOLDER, LOG_FILE)) as sink:
                sink.write((Path(folder) / LOG_FILE).read_bytes())
            raise


def _run_driver(job: Job, work: Path, workers: int, on_progress: Callable[[Progress], None] | None) -> None:
    progress = work / PROGRESS
    shutil.rmtree(progress, ignore_errors=True)  # that of the run before this one
    progress.mkdir(parents=True)
    (work / "alive").touch()
    driver = take_driver()
    try:
        # cloudpickle carries functions of notebooks and scripts by value, which other processes cannot import. The job
        # goes through a pipe: unpickling runs what a pickle says, and a file might be somebody else's.
        driver.begin(work, workers, cloudpickle.dumps(replace(job, shared=str(work))))
        while driver.process.poll() is None:
            if on_progress is not None:
                on_progress(read_progress(progress))
            time.sleep(POLL_SECONDS)
        if on_progress is not None:
            on_progress(read_progress(progress))
        if driver.process.returncode != 0:
            log = job.folder(WORK_FOLDER, LOG_FILE)
            last_words = "" if (work / LOG_FILE).exists() else driver.last_words() or "it printed nothing"
            raise _error(driver.process.returncode, driver.errors.readline(), log, last_words)
    finally:
        driver.end()


def _error(code: int, line: bytes, log: str, last_words: str) -> errors.TextmillError:
    """What went wrong in the driver: its own words if it had time for them, else where its log is, if it has one."""
    try:
        failure = json.loads(line)
        kind = getattr(errors, failure["kind"], errors.TextmillError)
        error: errors.TextmillError = kind(failure["message"])
        return error
    except (ValueError, KeyError):
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        if last_words:
            hint = "look whether a file beside your program has the name of a module"
            return errors.TextmillError(f"the run's driver process {how} before it could begin: {last_words}; {hint}")
        return errors.TextmillError(f"the run's driver process {how}; its log is {log}")
