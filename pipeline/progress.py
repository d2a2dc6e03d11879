"""How far a local run is: workers leave counters in small files, the front end adds them up."""

from __future__ import annotations

import itertools
import os
import struct
import time
from dataclasses import dataclass
from pathlib import Path

RECORD = struct.Struct("<5q")
MINIMUM_SECONDS_BETWEEN_WRITES = 0.2

_numbers = itertools.count()


@dataclass
class Progress:
    """Counters of a run or of one worker in it."""

    documents: int = 0
    text_bytes: int = 0
    kept: int = 0
    work_done: int = 0
    """Work that is through, by :func:`work_of_pass`."""
    shards: int = 0


LATER_PASS_SHARE = 0.1
"""About how much of the first pass's work a later one is: it reads no input and sees only what is left."""


def work_of_pass(number: int, split_bytes: int) -> int:
    """How much of a run's work one pass over a split is."""
    return split_bytes if number == 0 else round(split_bytes * LATER_PASS_SHARE)


class ProgressWriter:
    """Counts for one worker process and shows the counts now and then; costs nothing when there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self.totals = Progress()
        # One file for each writer: a worker process has one for each of its steps in the graph.
        name = f"worker-{os.getpid()}-{next(_numbers)}"
        self._path = folder / name if folder is not None and folder.is_dir() else None
        self._written = 0.0

    def add(
        self, *, documents: int = 0, text_bytes: int = 0, kept: int = 0, work_done: int = 0, shards: int = 0
    ) -> None:
        """Count, and write the counts out when the last time is a while ago."""
        self.totals.documents += documents
        self.totals.text_bytes += text_bytes
        self.totals.kept += kept
        self.totals.work_done += work_done
        self.totals.shards += shards
        now = time.monotonic()
        if self._path is not None and (work_done or now - self._written > MINIMUM_SECONDS_BETWEEN_WRITES):
            totals = self.totals
            record = RECORD.pack(totals.documents, totals.text_bytes, totals.kept, totals.work_done, totals.shards)
            try:
                self._path.write_bytes(record)
            except OSError:  # progress is not worth failing for
                self._path = None
            self._written = now


def read_progress(folder: Path) -> Progress:
    """Add up what all workers have written so far."""
    total = Progress()
    for path in sorted(folder.glob("worker-*")):
        try:
            record = path.read_bytes()
        except OSError:
            continue
        if len(record) != RECORD.size:  # caught in the middle of a write
            continue
        documents, text_bytes, kept, work_done, shards = RECORD.unpack(record)
        total.documents += documents
        total.text_bytes += text_bytes
        total.kept += kept
        total.work_done += work_done
        total.shards += shards
    return total
