"""Parts of documents that have stood before: from packed keys to what each split cuts out of its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ...dedup.indexed import Indexed
from ...dedup.part_keys import decide, distinct_rows, join_split_keys, pack_split_keys, unpack_decision
from ...dedup.parts import PartDeduplicator
from ...dedup.seen import SeenWindows
from ...dedup.step import UInt64s
from ..files.staging import read_staged
from ..job.seen_index import read_partition, write_partition
from ..steps.engine import EMPTY, Documents, blank, concerned, restore
from ..steps.plan import PlannedStep
from .barrier import Barrier, Message, Round

if TYPE_CHECKING:
    from ..job.job import Job


class PartBarrier(Barrier):
    """Finds windows of documents that have stood before.

    Where a step narrows its windows down by anchors, three rounds do it: which anchors occur more than once, which keys
    the windows with such anchors have (asked of the staged splits), and which of these keys occur before.
    """

    def __init__(self, planned: PlannedStep, job: Job) -> None:
        super().__init__(planned, partitions=job.partitions)
        assert isinstance(planned.step, PartDeduplicator)
        self.step = planned.step
        self.plan = job.recipe.plan

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Tell each split which of its keys stand before it."""
        decided = Round(name="Seen before", work=self._seen_before)
        if not self.step.narrows:
            return (decided,)
        shared = Round(name="Shared anchors", work=self._shared_anchors)
        return (shared, Round(name="Candidates", work=self._candidates, at_splits=True), decided)

    def collector(self) -> _PartKeyCollector:
        """Keys of the first round."""
        return _PartKeyCollector(self.step, self.partitions)

    def decisions(self, packed: Iterable[bytes]) -> SeenWindows:
        """What stands before the split, ready to go through its batches in order."""
        return SeenWindows(*unpack_decision(packed))

    def apply(self, documents: Documents, rows: UInt64s, decisions: SeenWindows) -> None:
        """Cut out what has stood before; documents of which nothing is left are removed."""
        mask = concerned(self.planned, documents) & documents.kept
        if not mask.any():
            return
        before = documents.view(mask)["text"]
        first_document = int(rows[0] & np.uint64(0xFFFFFFFF))
        text, taken = self.step.drop(before, decisions, first_document)
        for measurement, declared in self.step.measurements.items():
            documents.set_measurement(self.planned.columns[measurement], declared, taken[measurement], mask)
        if text is before:
            return
        documents.set_text(text, mask)
        emptied = np.zeros(len(mask), dtype=np.bool_)
        emptied[mask] = blank(text)
        documents.remove(emptied, step=self.planned.id, rule=EMPTY, value="0", threshold="1")

    def _shared_anchors(self, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
        yield from decide(join_split_keys(packed), shared=True)

    def _candidates(self, split: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        assert path is not None
        shared = SeenWindows(*unpack_decision(packed))
        found = []
        for batch in read_staged(path):
            documents = restore(batch, self.plan, removed_have_text=False)
            mask = concerned(self.planned, documents)
            if mask.any():
                found.append(distinct_rows(self.step.candidate_keys(documents.view(mask)["text"], shared), counted=2))
        yield from pack_split_keys(found, split, self.partitions).items()

    def _seen_before(self, partition: int, packed: Sequence[bytes], _: str | None) -> Iterator[Message]:
        seen = None
        if isinstance(self.step, Indexed):
            parts = [read_partition(self.step, folder, partition, self.partitions) for folder in self.step.indexes]
            seen = np.concatenate(parts) if parts else None
            if self.step.write_index is not None:
                words = join_split_keys(packed).words
                write_partition(self.step.write_index, partition, self.partitions, words)
        yield from decide(join_split_keys(packed, seen), shared=False)


class _PartKeyCollector:
    def __init__(self, step: PartDeduplicator, partitions: int) -> None:
        self.step, self.partitions = step, partitions
        self.split = 0
        self.found: list[UInt64s] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        self.split = int(rows[0] >> np.uint64(32))
        self.found.append(distinct_rows(self.step.keys(batch).words, counted=2))
        return {}

    def packed(self) -> Mapping[int, bytes]:
        return pack_split_keys(self.found, self.split, self.partitions)
