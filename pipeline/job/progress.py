"""How far a run is: workers count what they do, in small files on this machine and in Beam's metrics everywhere."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..steps.totals import StepTotals, add_totals

MINIMUM_SECONDS_BETWEEN_WRITES = 0.2
PROGRESS = "progress"
"""The folder of the counts, in the one that all workers of this machine share."""
COMPILING = "compiling"
"""A file in it that is there once a kernel has had to be compiled."""

_numbers = itertools.count()


@dataclass(kw_only=True)
class Progress:
    """Counters of a run, of one worker in it, or of one batch."""

    documents: int = 0
    text_bytes: int = 0
    kept: int = 0
    """Of the documents read, those that the first pass has kept."""
    work_done: int = 0
    """Work that is through, by :func:`work_of_pass`."""
    shards: int = 0
    shuffled_bytes: int = 0
    """Bytes that workers have sent each other through the runner."""
    splits: int = 0
    """Splits of the whole run, as far as known."""
    splits_done: Counter[str] = field(default_factory=Counter)
    """Splits that are through, by the number of the pass."""
    steps: dict[str, StepTotals] = field(default_factory=dict)
    """By the step's id; reading, staging and writing among them."""
    removed: Counter[str] = field(default_factory=Counter)
    """Documents removed, by ``step.rule``."""
    is_compiling: bool = False
    """Whether text kernels have had to be compiled, which takes longer than the first documents do."""

    def __iadd__(self, other: Progress) -> Progress:
        self.documents += other.documents
        self.text_bytes += other.text_bytes
        self.kept += other.kept
        self.work_done += other.work_done
        self.shards += other.shards
        self.shuffled_bytes += other.shuffled_bytes
        self.splits = max(self.splits, other.splits)
        self.splits_done.update(other.splits_done)
        self.removed.update(other.removed)
        self.is_compiling |= other.is_compiling
        add_totals(self.steps, other.steps)
        return self

    def as_dict(self) -> dict[str, Any]:
        """The counters as JSON can hold them."""
        return {**vars(self), "steps": {step: vars(seen) for step, seen in self.steps.items()}}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Progress:
        """Take up what :meth:`as_dict` has made of one."""
        counters = {name: Counter(found[name]) for name in ("splits_done", "removed")}
        steps = {step: StepTotals(**totals) for step, totals in found["steps"].items()}
        return cls(**{**found, **counters, "steps": steps})

    def current_pass(self) -> int | None:
        """Number of the pass that is at work; None when it is not known."""
        if not self.splits:
            return None
        number = 0
        while self.splits_done[str(number)] >= self.splits:
            number += 1
        return number


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

    def add(self, more: Progress) -> None:
        """Count, and write the counts out when the last time is a while ago."""
        self.totals += more
        now = time.monotonic()
        if self._path is None or not (
            more.work_done or more.shuffled_bytes or now - self._written > MINIMUM_SECONDS_BETWEEN_WRITES
        ):
            return
        partial = self._path.with_name(f".{self._path.name}")
        try:
            partial.write_text(json.dumps(self.totals.as_dict()))
            os.replace(partial, self._path)  # noqa: PTH105  # kept apart from results: tests count those
        except OSError:  # progress is not worth failing for
            self._path = None
        self._written = now


def read_progress(folder: Path) -> Progress:
    """Add up what all workers have written so far."""
    total = Progress(is_compiling=(folder / COMPILING).exists())
    for path in sorted(folder.glob("worker-*")):
        try:
            total += Progress.from_dict(json.loads(path.read_bytes()))
        except (OSError, ValueError):
            continue
    return total
