"""The seam between two passes, which every kind of deduplication fills in its own way.

An exchange says three things:

1. what a split emits in the pass before it (:meth:`Exchange.collector`): packed bytes, each addressed to a number;
2. how packed bytes are grouped (:attr:`Exchange.rounds`): each round gathers what is addressed to one number and sends
   packed bytes on; the last round addresses splits. Rounds are pure functions of bytes and staged files, used by the
   Beam graph and by the road without Beam alike, so the two cannot diverge;
3. how a split acts on what it was sent (:meth:`Exchange.apply`), batch by batch, at the start of the next pass.

Only documents removed go through ``documents.remove``; a kind that edits text (lines, spans) has its ``apply`` call
``documents.set_text`` and ``documents.set_measurement`` with the columns of ``planned.columns``, and ``remove`` those
that it leaves empty. Messages come in any order and may be empty: whatever a round or ``apply`` makes of them must
depend on nothing but their contents.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

from ...dedup.base.step import UInt64s
from ...dedup.packed.pairs import address_pairs
from ..job.facts import Selected
from ..steps.documents import Documents
from ..steps.plan import PlannedStep

Message: TypeAlias = tuple[int, bytes]
"""Packed bytes and the number of the partition or split they are addressed to."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """One grouping of messages by their number."""

    name: str
    """What it does, as the label of a stage in the graph."""
    work: Callable[[int, Sequence[bytes], str | None], Iterable[Message]]
    """From a number and all packed bytes addressed to it to new messages."""
    at_splits: bool = False
    """The numbers are those of splits, and the third argument is the path of the staged split; otherwise None."""


class Collector(Protocol):
    """Gathers what one split emits."""

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        """Take the documents of a batch that the step concerns, with their numbers in the whole corpus.

        Returns the columns of :attr:`Exchange.columns` for these documents.
        """

    def packed(self) -> Mapping[int, bytes]:
        """All that the split emits, by the number it is addressed to in the first round."""


class Exchange(ABC):
    """One deduplication or selection between two passes. Small and picklable: it travels in the graph."""

    def __init__(self, planned: PlannedStep, *, partitions: int) -> None:
        self.planned = planned
        self.partitions = partitions

    @property
    def label(self) -> str:
        """Names its stages in the graph."""
        return self.planned.id

    @property
    @abstractmethod
    def rounds(self) -> tuple[Round, ...]:
        """The groupings in order; the messages of the last one are addressed to splits."""

    @property
    def columns(self) -> Mapping[str, pa.DataType]:
        """Columns to stage beside the documents, for rounds at splits to read; null where the step is not concerned."""
        return {}

    @abstractmethod
    def collector(self, path: str, splits: int) -> Collector:
        """Start collecting what one split emits, staged under a path, of so many splits."""

    @abstractmethod
    def decisions(self, packed: Iterable[bytes], path: str) -> Any:
        """Unpack what a split, staged under a path, was sent, in whatever order it came."""

    def facts(self, decisions: Any) -> Mapping[str, Selected]:  # noqa: ARG002  # most have none
        """What the manifest says of decisions, by group."""
        return {}

    @abstractmethod
    def apply(self, documents: Documents, rows: UInt64s, decisions: Any) -> None:
        """Remove or edit the documents of a staged batch, whose numbers in the whole corpus are given."""


def take_rounds(
    rounds: Sequence[Round],
    messages: Iterable[Message],
    paths: Sequence[str | None],
    observe: Callable[[str, int], None] | None = None,
) -> dict[int, list[bytes]]:
    """Take messages through rounds here and now, as a runner does on many workers.

    Args:
        rounds: Those of an exchange.
        messages: What the splits have emitted.
        paths: The staged splits by their number.
        observe: Called with every message that is sent, with the name of the round that receives it.

    Returns:
        The messages addressed to each split.
    """
    receivers = [*(one.name for one in rounds), "splits"]
    grouped = _by_number(messages, receivers[0], observe)
    for one, receiver in zip(rounds, receivers[1:], strict=True):
        sent = (
            message
            for number in sorted(grouped)
            for message in one.work(number, grouped.pop(number), paths[number] if one.at_splits else None)
        )
        grouped = _by_number(sent, receiver, observe)
    return grouped


def _by_number(
    messages: Iterable[Message], receiver: str, observe: Callable[[str, int], None] | None
) -> dict[int, list[bytes]]:
    grouped: dict[int, list[bytes]] = {}
    for number, packed in messages:
        if observe is not None:
            observe(receiver, len(packed))
        grouped.setdefault(number, []).append(packed)
    return grouped


def by_split(records: Any, rows: UInt64s) -> Iterator[Message]:
    """Address packed records to the splits in which the documents of the given rows lie."""
    return address(records, rows >> np.uint64(32))


def address(records: Any, numbers: UInt64s) -> Iterator[Message]:
    """Address packed records to the given numbers."""
    if not len(numbers):
        return
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    for number, chunk in zip(found, np.split(records[order], starts[1:]), strict=True):
        yield int(number), chunk.tobytes()


def pairs_by_split(rows: UInt64s, others: UInt64s) -> Iterator[Message]:
    """Address pairs to the splits in which their first rows lie; see :mod:`~textmill.dedup.packed.pairs`."""
    return address_pairs(rows, others, rows >> np.uint64(32))


def row_in_split(rows: UInt64s) -> UInt64s:
    """Where documents stand in their split."""
    return rows & np.uint64(0xFFFFFFFF)
