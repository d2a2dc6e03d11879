"""What steps have seen and how long they took, counted by the workers and added up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(kw_only=True)
class StepTotals:
    """What a step has seen and how long it took, over all workers."""

    documents: int = 0
    text_bytes: int = 0
    """UTF-8 bytes of these documents as they were read."""
    nanoseconds: int = 0
    """By the clock."""
    cpu_nanoseconds: int = 0
    """Of the threads that took the steps: what a busy machine does not stretch."""
    batches: int = 0

    def __iadd__(self, other: StepTotals) -> StepTotals:
        self.documents += other.documents
        self.text_bytes += other.text_bytes
        self.nanoseconds += other.nanoseconds
        self.cpu_nanoseconds += other.cpu_nanoseconds
        self.batches += other.batches
        return self

    @property
    def busy_nanoseconds(self) -> int:
        """CPU time; where that is not known, time by the clock."""
        return self.cpu_nanoseconds or self.nanoseconds

    @property
    def mb_per_second(self) -> float | None:
        """Speed of one core; None when it took no time."""
        return self.text_bytes * 1e3 / self.busy_nanoseconds if self.busy_nanoseconds else None


class Spent(NamedTuple):
    """What something took."""

    nanoseconds: int
    cpu_nanoseconds: int


class Stopwatch:
    """Time since it was made, by the clock and of this thread."""

    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter_ns(), time.thread_time_ns()

    def spent(self) -> Spent:
        """So far."""
        return Spent(time.perf_counter_ns() - self._clock, time.thread_time_ns() - self._cpu)


def add_totals(totals: dict[str, StepTotals], more: Mapping[str, StepTotals]) -> None:
    """Add totals of steps, by their ids, to others in place."""
    for step, seen in more.items():
        into = totals.setdefault(step, StepTotals())
        into += seen
