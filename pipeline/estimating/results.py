"""What an estimate says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .costs import CloudCost
from .intervals import Interval


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is read and what is kept, of all or of a source or language."""

    read: Interval
    documents: Interval
    tokens: Interval | None
    """None for a recipe without a tokenizer."""
    bytes: Interval
    """Of the kept documents, as they were read."""


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What a rule will remove."""

    step: str
    rule: str
    documents: Interval


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What the run takes."""

    cpu_seconds: float
    wall_seconds: float
    """On this machine."""
    workers: int
    seconds_by_step: Mapping[str, float]
    work_bytes: float
    """Disk for staged documents while the run lasts."""
    output_bytes: float
    memory_bytes: float
    dataflow: tuple[CloudCost, ...]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run will do."""

    recipe: str
    share: float
    documents_drawn: int
    documents_read: int
    partners: int
    """Documents that were taken along because they share a key with one that was drawn."""
    splits_read: int
    splits: int
    all: Kept
    by_source: Mapping[str, Kept]
    by_language: Mapping[str, Kept]
    by_source_and_language: Mapping[str, Mapping[str, Kept]]
    removed: tuple[Removed, ...]
    unseen_below: float
    """What is not listed, as a rule or a language that no document drawn met, has no more documents than this."""
    quarantined: Interval
    resources: Resources
    notes: tuple[str, ...]
