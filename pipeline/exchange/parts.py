"""Parts of documents that have stood before: from packed keys to what each split cuts out of its documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from ...dedup.base.indexed import Indexed
from ...dedup.base.step import UInt64s
from ...dedup.packed.packing import KEY_BITS, gather
from ...dedup.parts.deduplicators import PartDeduplicator
from ...dedup.parts.part_keys import answered, collect, decide, distinct_rows, frames, short_key_bits
from ...dedup.parts.seen import SeenWindows
from ..files.staging import read_staged
from ..job.job import Job
from ..steps.documents import EMPTY, Documents, concerned
from ..steps.masks import blank
from ..steps.plan import PlannedStep
from ..steps.staged import restore
from .exchange import Exchange, Message, Round
from .seen_index import read_partition, write_partition
from .sent import Sent, all_of, recall_sent, send

ANCHORS, SHORT, WHOLE = "anchors", "short", "whole"
"""What a split has sent, in this order: anchors of its windows, short keys of windows, and whole keys."""


class PartExchange(Exchange):
    """Finds windows of documents that have stood before.

    Most keys stand in one split only. So first the splits send a few bits of each key, and are told which of them
    another split has too; the whole keys of these are then compared. Where a step narrows its windows down by anchors,
    short keys of the anchors come before those of the windows. A run that writes an index sends all keys whole, at
    once, for that is what an index holds.
    """

    def __init__(self, planned: PlannedStep, job: Job) -> None:
        super().__init__(planned, partitions=job.partitions)
        assert isinstance(planned.step, PartDeduplicator)
        self.step = planned.step
        self.plan = job.recipe.plan

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Tell each split which of its keys stand before it."""
        rounds: list[Round] = []
        if self.step.narrows:
            rounds.append(Round(name="Shared anchors", work=self._shared))
            rounds.append(Round(name="Candidates", work=self._candidates, at_splits=True))
        if not self._writes_index:
            rounds.append(Round(name="Shared keys", work=self._shared))
            rounds.append(Round(name="Whole keys", work=self._whole, at_splits=True))
        return (*rounds, Round(name="Seen before", work=self._seen_before))

    @property
    def _writes_index(self) -> bool:
        return isinstance(self.step, Indexed) and self.step.write_index is not None

    def collector(self, path: str, splits: int) -> _PartKeyCollector:
        """Keys of the first round."""
        name = ANCHORS if self.step.narrows else WHOLE if self._writes_index else SHORT
        return _PartKeyCollector(self.step, self.partitions, name, path, splits)

    def decisions(self, packed: Iterable[bytes], path: str) -> SeenWindows:
        """What stands before the split, ready to go through its batches in order."""
        answers = list(packed)
        if not answers:
            none = np.empty((0, 1), dtype=np.uint64)
            return SeenWindows(none, none)
        keys = recall_sent(path, WHOLE)
        is_before = np.zeros(len(keys.words), dtype=np.bool_)
        is_before[keys.is_sent] = answered(answers, keys.words[keys.is_sent], self.partitions)
        is_within = keys.is_repeated & ~is_before
        # The first word is enough for a split to tell its own windows apart.
        return SeenWindows(gather(keys.words[is_before])[:, :1], gather(keys.words[is_within])[:, :1])

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

    def _shared(self, partition: int, packed: Sequence[bytes], _: str | None) -> Iterator[Message]:
        yield from decide(frames(packed), partition, shared=True, seen=self._of_earlier_runs(partition))

    def _candidates(self, split: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At a split: the windows whose anchors are shared, or occur in the split more than once."""
        assert path is not None
        anchors = recall_sent(path, ANCHORS)
        is_shared = answered(packed, anchors.words, self.partitions) | anchors.is_repeated
        none = np.empty((0, 1), dtype=np.uint64)
        shared = SeenWindows(gather(anchors.words[is_shared]), none)
        found = [np.empty((0, self.step.width), dtype=np.uint64)]
        for batch in read_staged(path):
            documents = restore(batch, self.plan, removed_have_text=False)
            mask = concerned(self.planned, documents)
            if mask.any():
                found.append(distinct_rows(self.step.candidate_keys(documents.view(mask)["text"], shared), counted=2))
        keys = all_of(collect(found), anchors.splits)
        bits = short_key_bits(anchors.splits)
        yield from send(path, SHORT, keys, split, self.partitions, key_bits=bits).items()

    def _whole(self, split: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At a split: the whole keys of what is shared; what occurs in this split alone is remembered only."""
        assert path is not None
        keys = recall_sent(path, SHORT)
        is_shared = answered(packed, keys.words, self.partitions)
        chosen = is_shared | keys.is_repeated
        sent = Sent(keys.words[chosen], keys.is_repeated[chosen], is_shared[chosen], keys.splits)
        more_bits = self.step.more_bits
        yield from send(path, WHOLE, sent, split, self.partitions, key_bits=KEY_BITS, more_bits=more_bits).items()

    def _seen_before(self, partition: int, packed: Sequence[bytes], _: str | None) -> Iterator[Message]:
        found = frames(packed)
        if isinstance(self.step, Indexed) and self.step.write_index is not None:
            words = np.concatenate([frame.first for frame in found]).reshape(-1, 1)
            write_partition(self.step.write_index, partition, self.partitions, words)
        yield from decide(found, partition, shared=False, seen=self._of_earlier_runs(partition))

    def _of_earlier_runs(self, partition: int) -> UInt64s | None:
        if not isinstance(self.step, Indexed) or not self.step.indexes:
            return None
        folders = self.step.indexes
        return np.concatenate([read_partition(self.step, one, partition, self.partitions) for one in folders])


class _PartKeyCollector:
    def __init__(self, step: PartDeduplicator, partitions: int, name: str, path: str, splits: int) -> None:
        self.step, self.partitions, self.name = step, partitions, name
        self.path, self.splits = path, splits
        self.split = 0
        self.found: list[UInt64s] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        self.split = int(rows[0] >> np.uint64(32))
        self.found.append(distinct_rows(self.step.keys(batch).words, counted=2))
        return {}

    def packed(self) -> Mapping[int, bytes]:
        if not any(map(len, self.found)):
            return {}
        key_bits = KEY_BITS if self.name == WHOLE else short_key_bits(self.splits)
        keys = all_of(collect(self.found), self.splits)
        return send(self.path, self.name, keys, self.split, self.partitions, key_bits=key_bits)
