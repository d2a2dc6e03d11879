"""Documents that an earlier run has seen: from packed keys to those that stand in its index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from ...dedup.indexed import Indexed
from ...dedup.part_keys import distinct_rows, frame, frames, join_split_keys, pack_split_keys
from ...dedup.seen import SeenWindows
from ...dedup.step import UInt64s
from ..job.seen_index import index_name, read_partition, write_partition
from ..steps.engine import Documents, concerned
from ..steps.plan import PlannedStep
from .barrier import Barrier, Message, Round

SEEN = "seen"

Decisions: TypeAlias = list[SeenWindows]
"""For each index the keys of the split that stand in it."""


class IndexBarrier(Barrier):
    """Removes whole documents whose keys stand in the index of an earlier run, and writes the index of this one.

    It stands before the barrier that compares the documents of this run with each other.
    """

    def __init__(self, planned: PlannedStep, *, partitions: int) -> None:
        super().__init__(planned, partitions=partitions)
        assert isinstance(planned.step, Indexed)
        self.step = planned.step

    @property
    def label(self) -> str:
        """Not that of the comparison behind it."""
        return f"{self.planned.id} index"

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Look the keys of each partition up."""
        return (Round(name="Look up seen", work=self._look_up),)

    def collector(self) -> _KeyCollector:
        """Each key of the split once."""
        return _KeyCollector(self.step, self.partitions)

    def decisions(self, packed: Iterable[bytes]) -> Decisions:
        """The keys found, by index."""
        found: list[list[UInt64s]] = [[] for _ in self.step.indexes]
        for chunk in packed:
            for _, number, words in frames(chunk):
                found[number].append(words)
        none = np.empty((0, self.step.key_width), dtype=np.uint64)
        return [SeenWindows(np.concatenate([none, *parts]), none) for parts in found]

    def apply(self, documents: Documents, rows: UInt64s, decisions: Decisions) -> None:
        """Remove what has been seen; the ledger names the first index that has one of its keys."""
        mask = concerned(self.planned, documents) & documents.kept
        if not mask.any() or not any(len(seen) for seen in decisions):
            return
        keys = self.step.keys(documents.view(mask))
        standing = np.flatnonzero(mask)
        for folder, seen in zip(self.step.indexes, decisions, strict=True):
            gone = np.zeros(len(rows), dtype=np.bool_)
            gone[standing[keys.document[seen.holds(keys.words)]]] = True
            gone &= documents.kept
            documents.remove(gone, step=self.planned.id, rule=SEEN, kept_instead=index_name(folder))

    def _look_up(self, partition: int, packed: Sequence[bytes], _: str | None) -> Iterator[Message]:
        found = join_split_keys(packed)
        if self.step.write_index is not None:
            write_partition(self.step.write_index, partition, self.partitions, found.words)
        for number, folder in enumerate(self.step.indexes):
            seen = read_partition(self.step, folder, partition, self.partitions)
            is_seen = SeenWindows(seen, seen[:0]).holds(found.words)
            for split in np.unique(found.splits[is_seen]).tolist():
                yield split, frame(found.words[is_seen & (found.splits == split)], split, number)


class _KeyCollector:
    def __init__(self, step: Indexed, partitions: int) -> None:
        self.step, self.partitions = step, partitions
        self.split = 0
        self.found: list[UInt64s] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        self.split = int(rows[0] >> np.uint64(32))
        self.found.append(distinct_rows(self.step.keys(batch).words))
        return {}

    def packed(self) -> Mapping[int, bytes]:
        return pack_split_keys(self.found, self.split, self.partitions)
