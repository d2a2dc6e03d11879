"""Whole documents that say the same: from packed keys to clusters, and to the one of each that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...dedup.clusters import link, merge_forests, pack_forest, removals, unpack_forest
from ...dedup.packing import join_records, pack, partition
from ...dedup.step import DocumentDeduplicator, UInt64s
from ..engine import Documents
from ..plan import PlannedStep
from ..staging import read_staged
from .barrier import Barrier, Message, Round, by_split

DUPLICATE = "duplicate"

PAIR = np.dtype([("row", "<u8"), ("survivor", "<u8")])
"""A document to remove and the one kept instead, by row number."""

REMOVAL = np.dtype([("row", "<u8"), ("survivor_id", "S32")])
"""A document to remove and the id of the one kept instead."""


class Dropped(NamedTuple):
    """Removals of one split, sorted by row."""

    rows: UInt64s
    survivors: npt.NDArray[np.bytes_]


class ClusterBarrier(Barrier):
    """Joins documents that share keys to clusters and keeps one document of each."""

    def __init__(self, planned: PlannedStep, *, partitions: int) -> None:
        super().__init__(planned, partitions=partitions)
        assert isinstance(planned.step, DocumentDeduplicator)
        self.step = planned.step

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Link each partition, join the forests, and name the survivors where they lie."""
        return (
            Round(name="Link", work=_link),
            Round(name="Clusters", work=_clusters),
            Round(name="Name survivors", work=_name_survivors, at_splits=True),
        )

    def collector(self) -> _KeyCollector:
        """Keys, dealt to partitions."""
        return _KeyCollector(self.step, self.partitions)

    def decisions(self, packed: Iterable[bytes]) -> Dropped:
        """The removals in the order of their rows."""
        records = np.frombuffer(b"".join(packed), dtype=REMOVAL)
        records = records[np.argsort(records["row"], kind="stable")]
        return Dropped(rows=records["row"].copy(), survivors=records["survivor_id"])

    def apply(self, documents: Documents, rows: UInt64s, decisions: Dropped) -> None:
        """Remove duplicates, each in favour of its survivor."""
        found = np.flatnonzero(np.isin(rows, decisions.rows))
        if not len(found):
            return
        survivors = decisions.survivors[np.searchsorted(decisions.rows, rows[found])]
        mask = np.zeros(len(rows), dtype=np.bool_)
        mask[found] = True
        documents.remove(mask, step=self.planned.id, rule=DUPLICATE)
        documents.verdicts["kept_instead"][found] = [name.decode() for name in survivors]


class _KeyCollector:
    def __init__(self, step: DocumentDeduplicator, partitions: int) -> None:
        self.step, self.partitions = step, partitions
        self.chunks: dict[int, list[bytes]] = {}

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        records = pack(self.step.keys(batch), rows, self.step.priority(batch))
        for number, chunk in partition(records, self.partitions).items():
            self.chunks.setdefault(number, []).append(chunk)
        return {}

    def packed(self) -> Mapping[int, bytes]:
        return {number: b"".join(chunks) for number, chunks in sorted(self.chunks.items())}


def _link(_: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    yield 0, pack_forest(link(join_records(packed)))


def _clusters(_: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    """Deal removals to the splits in which their survivors lie: only there the survivor's id is known."""
    removed, survivors = removals(merge_forests([unpack_forest(forest) for forest in packed]))
    pairs = np.empty(len(removed), dtype=PAIR)
    pairs["row"], pairs["survivor"] = removed, survivors
    yield from by_split(pairs, pairs["survivor"])


def _name_survivors(_: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
    """Look the survivors' ids up in their staged split, and deal the removals to the splits that must apply them."""
    assert path is not None
    pairs = np.frombuffer(b"".join(packed), dtype=PAIR)
    pairs = pairs[np.argsort(pairs["survivor"], kind="stable")]
    wanted = (pairs["survivor"] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    named = np.empty(len(pairs), dtype=REMOVAL)
    named["row"] = pairs["row"]
    first_row = 0
    for batch in read_staged(path):
        begin, end = np.searchsorted(wanted, [first_row, first_row + batch.num_rows])
        if end > begin:
            ids = batch["doc_id"].take(wanted[begin:end] - first_row)
            named["survivor_id"][begin:end] = np.asarray(ids.to_pylist(), dtype="S32")
        first_row += batch.num_rows
    yield from by_split(named, named["row"])
