"""What steps have seen and how long they took, counted by the workers and added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(kw_only=True)
class StepTotals:
    """What a step has seen and how long it took, over all workers."""

    documents: int = 0
    text_bytes: int = 0
    """UTF-8 bytes of these documents as they were read."""
    nanoseconds: int = 0
    batches: int = 0

    def __iadd__(self, other: StepTotals) -> StepTotals:
        self.documents += other.documents
        self.text_bytes += other.text_bytes
        self.nanoseconds += other.nanoseconds
        self.batches += other.batches
        return self

    @property
    def mb_per_second(self) -> float | None:
        """Speed of one worker; None when it took no time."""
        return self.text_bytes * 1e3 / self.nanoseconds if self.nanoseconds else None


def add_totals(totals: dict[str, StepTotals], more: Mapping[str, StepTotals]) -> None:
    """Add totals of steps, by their ids, to others in place."""
    for step, seen in more.items():
        into = totals.setdefault(step, StepTotals())
        into += seen
