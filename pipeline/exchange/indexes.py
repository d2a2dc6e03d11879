"""Documents that an earlier run has seen: from packed keys to those that stand in its index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from ...dedup.base.indexed import Indexed
from ...dedup.base.step import UInt64s
from ...dedup.packed.packing import KEY_BITS, gather
from ...dedup.parts.part_keys import answer, answered, collect, distinct_rows, frames
from ...dedup.parts.seen import SeenWindows
from ..steps.documents import Documents, concerned
from ..steps.plan import PlannedStep
from .exchange import Exchange, Message, Round
from .seen_index import index_name, read_partition, write_partition
from .sent import all_of, recall_sent, send

SEEN = "seen"
LOOKED_UP = "looked-up"
"""What a split has sent."""

Decisions: TypeAlias = list[SeenWindows]
"""For each index the keys of the split that stand in it."""


class IndexExchange(Exchange):
    """Removes whole documents whose keys stand in the index of an earlier run, and writes the index of this one.

    It stands before the exchange that compares the documents of this run with each other.
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

    def collector(self, path: str, splits: int) -> _KeyCollector:
        """Each key of the split once."""
        return _KeyCollector(self.step, self.partitions, path, splits)

    def decisions(self, packed: Iterable[bytes], path: str) -> Decisions:
        """The keys found, by index."""
        answers = list(packed)
        if not answers:
            return []
        words = recall_sent(path, LOOKED_UP).words
        found = [answered(answers, words, self.partitions, number) for number in range(len(self.step.indexes))]
        return [SeenWindows(gather(words[is_found]), words[:0]) for is_found in found]

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
        found = frames(packed)
        width = self.step.key_width
        words = [np.stack([frame.first, frame.more], axis=1)[:, :width] for frame in found]
        if self.step.write_index is not None:
            write_partition(self.step.write_index, partition, self.partitions, np.concatenate(words))
        for number, folder in enumerate(self.step.indexes):
            seen = read_partition(self.step, folder, partition, self.partitions)[:, :width]
            known = SeenWindows(seen, seen[:0])
            for frame, keys in zip(found, words, strict=True):
                numbers = np.flatnonzero(known.holds(keys))
                if len(numbers):
                    yield frame.split, answer(frame, numbers, partition, number)


class _KeyCollector:
    def __init__(self, step: Indexed, partitions: int, path: str, splits: int) -> None:
        self.step, self.partitions, self.path, self.splits = step, partitions, path, splits
        self.split = 0
        self.found: list[UInt64s] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        self.split = int(rows[0] >> np.uint64(32))
        self.found.append(distinct_rows(self.step.keys(batch).words))
        return {}

    def packed(self) -> Mapping[int, bytes]:
        if not any(map(len, self.found)):
            return {}
        keys = all_of(collect(self.found), self.splits)
        more_bits = KEY_BITS * (self.step.key_width - 1)
        return send(self.path, LOOKED_UP, keys, self.split, self.partitions, key_bits=KEY_BITS, more_bits=more_bits)
