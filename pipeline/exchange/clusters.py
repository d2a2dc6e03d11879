"""Whole documents that say the same: from packed keys to clusters, and to the one of each that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...dedup.base.step import DocumentDeduplicator, UInt64s
from ...dedup.documents.clusters import Forest, link
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.packed.packing import KEY_BITS, Records, join_records, pack, partition, verified_key_bits
from ..steps.engine import Documents
from ..steps.plan import PlannedStep
from .exchange import Exchange, Round, row_in_split
from .joining import Linking, by_stars, in_a_tree
from .surviving import PRIORITY, REMOVAL, Chooser
from .verifying import SKETCH, Verifier, find_candidates

DUPLICATE = "duplicate"


class ClusterExchange(Exchange):
    """Joins documents that share keys to clusters and keeps one document of each::

        keys by partition ─ link, or find candidates ─ send evidence ─ verify      documents that belong together
          ─ join forests in a tree, or stars in rounds                             clusters
          ─ tell who its members are ─ choose the survivor                         removals by split

    Args:
        planned: The step in its place.
        partitions: Into how many groups keys and clusters are divided.
        component_rounds: Rounds of joining clusters that are spread over all partitions; 0 joins them in one place.
    """

    def __init__(self, planned: PlannedStep, *, partitions: int, component_rounds: int) -> None:
        super().__init__(planned, partitions=partitions)
        assert isinstance(planned.step, DocumentDeduplicator)
        self.step = planned.step
        self.component_rounds = component_rounds

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Link documents, join them to clusters, choose survivors."""
        chooser = Chooser(self.step, self.partitions)
        first: tuple[Round, ...] = ()
        name, at_splits = "Link", False
        linking: Linking = _link
        if self._is_verified:
            assert isinstance(self.step, MinHashDedup)
            verifier = Verifier(self.step)
            name, linking, at_splits = "Verify", verifier.check, True
            first = (
                Round(name="Find candidates", work=find_candidates),
                Round(name="Send evidence", work=verifier.send, at_splits=True),
            )
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
    def _is_verified(self) -> bool:
        return isinstance(self.step, MinHashDedup) and self.step.verify != "none"

    @property
    def columns(self) -> Mapping[str, pa.DataType]:
        """What decides who stays, and what documents are compared by."""
        columns: dict[str, pa.DataType] = {}
        if self.step.keep != "first":
            columns[PRIORITY] = pa.uint64()
        if self.step.sketch_bytes:
            columns[SKETCH] = pa.binary(self.step.sketch_bytes)
        return columns

    def collector(self, path: str, splits: int) -> _KeyCollector:  # noqa: ARG002  (all that counts is sent)
        """Keys, divided into partitions."""
        key_bits = verified_key_bits(splits) if self._is_verified else KEY_BITS
        return _KeyCollector(self.step, self.partitions, key_bits)

    def decisions(self, packed: Iterable[bytes], path: str) -> npt.NDArray[Any]:  # noqa: ARG002
        """The removals in the order of their rows."""
        records = np.frombuffer(b"".join(packed), dtype=REMOVAL)
        return records[np.argsort(records["row"])]

    def apply(self, documents: Documents, rows: UInt64s, decisions: npt.NDArray[Any]) -> None:
        """Remove duplicates, each in favour of its survivor."""
        if not len(rows):
            return
        numbers = row_in_split(rows)
        begin, end = np.searchsorted(decisions["row"], [numbers[0], numbers[0] + np.uint64(len(rows))])
        removals = decisions[begin:end]
        found = removals["row"] - numbers[0].astype(np.uint32)
        mask = np.zeros(len(rows), dtype=np.bool_)
        mask[found] = True
        documents.remove(mask, step=self.planned.id, rule=DUPLICATE)
        for column, field in (("kept_instead", "survivor_id"), ("cluster", "cluster_id")):
            documents.verdicts[column][found] = [name.decode() for name in removals[field]]
        known = ~np.isnan(removals["similarity"])
        documents.verdicts["similarity"][found[known]] = [
            round(float(value), 4) for value in removals["similarity"][known]
        ]


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
        return columns

    def packed(self) -> Mapping[int, bytes]:
        if not self.records:
            return {}
        return partition(np.concatenate(self.records), self.partitions, key_bits=self.key_bits)


def _link(_: int, packed: Sequence[bytes], __: str | None) -> Forest:
    return link(join_records(packed))
