"""One run at a time in an output folder, distinguished from what a killed run has left.

The system itself keeps the locks of files and drops those of processes that are gone, so that nothing stale can be
in the way. The run holds ``lock``; its worker processes share ``alive``, because they outlive a killed run by a moment
in which they may still write. Other stores, and some file systems in a network, have no such locks: there both runs go
on, and as long as they run the same recipe they write the same bytes.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ...errors import InputError
from .storage import local_path

WITHOUT_LOCKS = frozenset({errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK})
"""What file systems answer that keep no locks: some of those in a network."""
LONGEST_WAIT_SECONDS = 15.0
"""Workers see within about two seconds that their run is gone."""


@contextmanager
def exclusive(work: str) -> Iterator[None]:
    """Be the only run that works in a work folder while the block lasts.

    Raises:
        InputError: when another run does.
    """
    output, folder = work.rpartition("/")[0], local_path(work)
    if folder is None:
        yield
        return
    with (folder / "lock").open("a+b") as lock, (folder / "alive").open("a+b") as alive:
        try:
            is_ours = _try(lock)
        except OSError as error:
            if error.errno not in WITHOUT_LOCKS:
                raise
            yield
            return
        if not is_ours:
            raise InputError(
                f"the output folder {output} is in use by {_owner(folder)}; wait for its end or name another folder"
            )
        lock.truncate(0)
        lock.write(json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode())
        lock.flush()
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not _try(alive):
            if time.monotonic() > deadline:
                raise InputError(f"processes of an earlier run are still at work in {output}; wait for their end")
            time.sleep(0.05)
        fcntl.flock(alive, fcntl.LOCK_UN)
        yield


def stay_alive(work: Path) -> None:
    """Hold a share of a run's folder until this process ends."""
    share = os.open(work / "alive", os.O_RDONLY)  # left open: closing it would give the share back
    with suppress(OSError):  # as above
        fcntl.flock(share, fcntl.LOCK_SH)


def _try(alive: IO[bytes]) -> bool:
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(folder: Path) -> str:
    try:
        holder = json.loads((folder / "lock").read_bytes())
        return f"process {holder['process']} on {holder['host']}"
    except (OSError, ValueError, KeyError):
        return "another run"
