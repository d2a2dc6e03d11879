"""Whole documents that say the same: from packed keys to clusters, and to the one of each that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...dedup.base.step import CLUSTER_SIZE, DocumentDeduplicator, UInt64s
from ...dedup.documents.clusters import Forest, link
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.packed.packing import KEY_BITS, Records, join_records, pack, partition, verified_key_bits
from ..steps.documents import Documents, concerned
from ..steps.plan import PlannedStep
from .containing import FINGERPRINTS, ContainmentVerifier, find_sharing
from .exchange import Collector, Exchange, Round, row_in_split
from .joining import Linking, by_stars, in_a_tree
from .surviving import PRIORITY, REMOVAL, REMOVALS, SURVIVOR, SURVIVORS, Chooser
from .verifying import SKETCH, Verifier, find_candidates

DUPLICATE = "duplicate"


class Decisions(NamedTuple):
    """What is to be done with the documents of a split."""

    removals: npt.NDArray[Any]
    survivors: npt.NDArray[Any]


class Links(NamedTuple):
    """Rounds before the one that links documents, and that one: its name, what it does, and whether it is at splits."""

    first: tuple[Round, ...]
    name: str
    linking: Linking
    at_splits: bool


class ClusterExchange(Exchange):
    """Joins documents that share keys to clusters and keeps one document of each::

        keys by partition ─ link, or find candidates ─ send evidence ─ verify      documents that belong together
          ─ join forests in a tree, or stars in rounds                             clusters
          ─ tell who its members are ─ choose the survivor                         removals by split

    Args:
        planned: The step in its place.
        partitions: Into how many groups keys and clusters are divided.
        component_rounds: Rounds of joining clusters that are spread over all partitions; 0 joins them in one place.
        has_size: Whether an earlier deduplication has counted how many documents each stands for.
    """

    def __init__(self, planned: PlannedStep, *, partitions: int, component_rounds: int, has_size: bool = False) -> None:
        super().__init__(planned, partitions=partitions)
        assert isinstance(planned.step, DocumentDeduplicator)
        self.step = planned.step
        self.component_rounds, self.has_size = component_rounds, has_size

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Link documents, join them to clusters, choose survivors."""
        chooser = Chooser(self.step, self.partitions, has_size=self.has_size)
        first, name, linking, at_splits = self.links
        if self.component_rounds:
            joined = by_stars(
                name, linking, at_splits=at_splits, partitions=self.partitions, rounds=self.component_rounds
            )
        else:
            joined = in_a_tree(name, linking, at_splits=at_splits, partitions=self.partitions)
        return (
            *first,
            *joined,
            Round(name="Tell members", work=chooser.tell, at_splits=True),
            Round(name="Choose survivors", work=chooser.choose),
        )

    @property
    def links(self) -> Links:
        """How it is found out which documents belong together."""
        first: tuple[Round, ...] = ()
        name, at_splits = "Link", False
        linking: Linking = _link
        if self._is_verified:
            assert isinstance(self.step, MinHashDedup)
            at_splits = True
            if self._finds_parts:
                container = ContainmentVerifier(self.step)
                name, linking = "Attach", container.attach
                first = (
                    Round(name="Find candidates", work=find_sharing),
                    Round(name="Weigh", work=container.weigh, at_splits=True),
                    Round(name="Send evidence", work=container.answer, at_splits=True),
                    Round(name="Verify", work=container.measure, at_splits=True),
                )
            else:
                verifier = Verifier(self.step, by_sketch=self.step.verify == "signature")
                name, linking = "Verify", verifier.check
                first = (
                    Round(name="Find candidates", work=find_candidates),
                    Round(name="Send evidence", work=verifier.send, at_splits=True),
                )
        return Links(first, name, linking, at_splits)

    @property
    def _is_verified(self) -> bool:
        return isinstance(self.step, MinHashDedup) and self.step.verify != "none"

    @property
    def _finds_parts(self) -> bool:
        return isinstance(self.step, MinHashDedup) and self.step.verify == "containment"

    @property
    def columns(self) -> Mapping[str, pa.DataType]:
        """What decides who stays, and what documents are compared by."""
        columns: dict[str, pa.DataType] = {}
        if self.step.keep != "first":
            columns[PRIORITY] = pa.uint64()
        if self.step.sketch_bytes:
            columns[SKETCH] = pa.binary(self.step.sketch_bytes)
        if self._finds_parts:
            columns[FINGERPRINTS] = pa.uint32()
        return columns

    def collector(self, path: str, splits: int) -> Collector:  # noqa: ARG002  (all that counts is sent)
        """Keys, divided into partitions."""
        key_bits = verified_key_bits(splits) if self._is_verified else KEY_BITS
        return _KeyCollector(self.step, self.partitions, key_bits)

    def decisions(self, packed: Iterable[bytes], path: str) -> Decisions:  # noqa: ARG002
        """Removals and survivors in the order of their rows."""
        messages = list(packed)
        return Decisions(_sorted(messages, REMOVALS, REMOVAL), _sorted(messages, SURVIVORS, SURVIVOR))

    def apply(self, documents: Documents, rows: UInt64s, decisions: Decisions) -> None:
        """Remove duplicates, each in favour of its survivor, and count what every document stands for."""
        if not len(rows):
            return
        first_row = row_in_split(rows)[0]
        self._count(documents, _of_batch(decisions.survivors, first_row, len(rows)), first_row)
        removals = _of_batch(decisions.removals, first_row, len(rows))
        found = removals["row"] - first_row.astype(np.uint32)
        mask = np.zeros(len(rows), dtype=np.bool_)
        mask[found] = True
        documents.remove(mask, step=self.planned.id, rule=DUPLICATE)
        for column, field in (("kept_instead", "survivor_id"), ("cluster", "cluster_id")):
            documents.verdicts[column][found] = [name.decode() for name in removals[field]]
        known = ~np.isnan(removals["similarity"])
        documents.verdicts["similarity"][found[known]] = [
            round(float(value), 4) for value in removals["similarity"][known]
        ]

    def _count(self, documents: Documents, survivors: npt.NDArray[Any], first_row: np.uint64) -> None:
        """Set the size of survivors; others that the step compares stand for themselves, unless they did for more."""
        mask = concerned(self.planned, documents) & documents.kept
        before = documents.measurements.get(CLUSTER_SIZE)
        sizes = np.ones(len(mask), dtype=np.int64)
        if before is not None:
            sizes = pc.fill_null(before, 1).to_numpy(zero_copy_only=False).copy()
        sizes[survivors["row"] - first_row.astype(np.uint32)] = survivors["size"]
        documents.set_measurement(CLUSTER_SIZE, pa.int64(), pa.array(sizes[mask]), mask)


def _sorted(messages: Sequence[bytes], kind: bytes, record: np.dtype[Any]) -> npt.NDArray[Any]:
    """The records of one kind, in the order of their rows."""
    records = np.frombuffer(b"".join(message[1:] for message in messages if message[:1] == kind), dtype=record)
    return records[np.argsort(records["row"])]


def _of_batch(records: npt.NDArray[Any], first_row: np.uint64, count: int) -> npt.NDArray[Any]:
    """The records of a batch's documents."""
    begin, end = np.searchsorted(records["row"], [first_row, first_row + np.uint64(count)])
    return records[begin:end]


class _KeyCollector:
    def __init__(self, step: DocumentDeduplicator, partitions: int, key_bits: int) -> None:
        self.step, self.partitions, self.key_bits = step, partitions, key_bits
        self.records: list[Records] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        keys, sketches = self.step.keys_and_sketches(batch)
        self.records.append(pack(keys, rows))
        columns: dict[str, pa.Array] = {}
        priority = self.step.priority(batch)
        if priority is not None:
            columns[PRIORITY] = pa.array(priority)
        if sketches is not None:
            data = pa.py_buffer(np.ascontiguousarray(sketches))
            columns[SKETCH] = pa.Array.from_buffers(pa.binary(sketches.shape[1]), len(sketches), [None, data])
        if isinstance(self.step, MinHashDedup) and self.step.verify == "containment":
            counts = np.bincount(keys.document, minlength=batch.num_rows) - self.step.bands
            columns[FINGERPRINTS] = pa.array(np.maximum(counts, 0).astype(np.uint32))
        return columns

    def packed(self) -> Mapping[int, bytes]:
        if not self.records:
            return {}
        return partition(np.concatenate(self.records), self.partitions, key_bits=self.key_bits)


def _link(_: int, packed: Sequence[bytes], __: str | None) -> Forest:
    return link(join_records(packed))
