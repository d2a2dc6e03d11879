"""Near duplicates of documents that an earlier run has seen: those that share a band are compared with what it kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...dedup.base.step import Keys, UInt64s
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.documents.verification import (
    SIGNATURES,
    Evidence,
    count_shared,
    shingle_sets,
    similarity,
)
from ...dedup.packed.packing import Records, join_records, pack, partition
from ...dedup.packed.pairs import unpack_pairs
from ..steps.documents import Documents
from ..steps.plan import PlannedStep
from .exchange import Exchange, Message, Round, pairs_by_split, row_in_split
from .indexes import SEEN
from .seen_index import (
    index_evidence,
    index_name,
    read_evidence,
    read_partition,
    write_evidence,
    write_partition,
)
from .verifying import SKETCH, Verifier

ROWS_OF_A_KEY = 8
"""Of documents that share a band so many are kept in an index to be compared with: the first ones."""


class Decisions(NamedTuple):
    """Documents of a split that were seen, in the order of their rows."""

    places: UInt64s
    folder: npt.NDArray[np.int64]
    """Which of the indexes has it."""
    similarity: npt.NDArray[np.float64]
    bands: npt.NDArray[np.int64]
    """Bands that it shares with an index that has nothing to compare it with; 0 where it was compared."""


class VerifiedIndexExchange(Exchange):
    """Removes documents that are near duplicates of those of an earlier run, and writes the index of this one."""

    def __init__(self, planned: PlannedStep, *, partitions: int) -> None:
        super().__init__(planned, partitions=partitions)
        assert isinstance(planned.step, MinHashDedup)
        self.step = planned.step

    @property
    def label(self) -> str:
        """Not that of the comparison behind it."""
        return f"{self.planned.id} index"

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Look the keys of each partition up."""
        return (Round(name="Look up seen", work=self._look_up),)

    @property
    def columns(self) -> Mapping[str, pa.DataType]:
        """What documents are compared by, where an index has signatures."""
        return {SKETCH: pa.binary(self.step.sketch_bytes)}

    def collector(self, path: str, splits: int) -> _Collector:  # noqa: ARG002
        """Keys with their rows."""
        return _Collector(self.step, self.partitions)

    def decisions(self, packed: Iterable[bytes], path: str) -> Decisions:
        """Compare what shares a band."""
        asked: dict[int, list[bytes]] = {}
        for message in packed:
            asked.setdefault(int.from_bytes(message[:2], "little"), []).append(message[2:])
        taken: dict[int, tuple[int, float, int]] = {}
        for number in sorted(asked):
            rows, known = unpack_pairs(asked[number])
            kind = index_evidence(self.step, self.step.indexes[number])
            if kind is None:
                found, counts = np.unique(rows, return_counts=True)
                alike = (counts / self.step.bands) ** (1 / self.step.rows)
                bands = counts
            else:
                found, alike = self._compared(path, kind, rows, known, self.step.indexes[number])
                bands = np.zeros(len(found), dtype=np.int64)
            places = row_in_split(found).tolist()
            for place, share, shared in zip(places, alike.tolist(), bands.tolist(), strict=True):
                taken.setdefault(place, (number, share, shared))
        places = sorted(taken)
        return Decisions(
            np.array(places, dtype=np.uint64),
            np.array([taken[place][0] for place in places], dtype=np.int64),
            np.array([taken[place][1] for place in places], dtype=np.float64),
            np.array([taken[place][2] for place in places], dtype=np.int64),
        )

    def apply(self, documents: Documents, rows: UInt64s, decisions: Decisions) -> None:
        """Remove what has been seen; the ledger names the first index that has it, and how alike the two are."""
        if not len(rows):
            return
        first = row_in_split(rows)[0]
        begin, end = np.searchsorted(decisions.places, [first, first + np.uint64(len(rows))])
        for at in range(begin, end):  # only documents that are removed
            gone = np.zeros(len(rows), dtype=np.bool_)
            gone[int(decisions.places[at] - first)] = True
            said = {"kept_instead": index_name(self.step.indexes[decisions.folder[at]])}
            if decisions.bands[at]:
                of = f"of {self.step.bands} bands"
                said |= {"value": f"{decisions.bands[at]} {of}, not verified", "threshold": f"1 {of}"}
            documents.remove(gone, step=self.planned.id, rule=SEEN, **said)
            documents.verdicts["similarity"][gone] = round(float(decisions.similarity[at]), 4)

    def _compared(
        self, path: str, kind: str, rows: UInt64s, known: UInt64s, folder: str
    ) -> tuple[UInt64s, npt.NDArray[np.float64]]:
        """Rows that are as alike as they must be to a document of an index, and how alike."""
        pairs = np.unique(np.stack([rows, known], axis=1), axis=0)
        own = Verifier(self.step, by_sketch=kind == SIGNATURES).evidence(path, np.unique(pairs[:, 0]))
        read = partial(read_evidence, folder)
        kept = np.zeros(len(pairs), dtype=np.float64)
        splits = pairs[:, 1] >> np.uint64(32)
        for split in np.unique(splits).tolist():
            here = np.flatnonzero(splits == split)
            theirs = read(split)
            low = np.searchsorted(own.rows, pairs[here, 0])
            kept[here] = self._similarity(kind, own, low, theirs, np.searchsorted(theirs.rows, pairs[here, 1]))
        alike = kept >= self.step.verified_similarity
        found, starts = np.unique(pairs[alike, 0], return_index=True)
        return found, np.maximum.reduceat(kept[alike], starts) if len(found) else kept[:0]

    def _similarity(self, kind: str, own: Evidence, low: Any, theirs: Evidence, high: Any) -> npt.NDArray[np.float64]:
        if kind == SIGNATURES:
            return similarity("signature", own, low, theirs, high)
        if self.step.verify == "containment":  # of this document in the one seen: a longer page has more to say
            shared: npt.NDArray[np.float64] = count_shared(own, low, theirs, high) / np.maximum(
                np.diff(own.offsets)[low], 1
            )
            return shared
        return similarity("jaccard", own, low, theirs, high)

    def _look_up(self, number: int, packed: Sequence[bytes], _: str | None) -> Iterator[Message]:
        records = join_records(packed)
        if self.step.write_index is not None:
            write_partition(self.step.write_index, number, self.partitions, self._written(records))
        keys = records["key"][:, 0]
        for folder_number, folder in enumerate(self.step.indexes):
            seen = read_partition(self.step, folder, number, self.partitions)
            seen = seen[np.argsort(seen[:, 0], kind="stable")]
            begins, ends = (np.searchsorted(seen[:, 0], keys, side=side) for side in ("left", "right"))
            if seen.shape[1] == 1:
                ends = np.minimum(ends, begins + 1)
            counts = ends - begins
            if not counts.any():
                continue
            at = np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
            known = seen[at, 1] if seen.shape[1] == 2 else np.zeros(len(at), dtype=np.uint64)
            for split, pairs in pairs_by_split(np.repeat(records["row"], counts), known):
                yield split, folder_number.to_bytes(2, "little") + pairs

    def _written(self, records: Records) -> UInt64s:
        """Keys as an index has them, each with its first rows where it keeps what these are compared by."""
        words = np.stack([records["key"][:, 0], records["row"]], axis=1)
        if not self.step.index_evidence:
            return np.ascontiguousarray(words[:, :1])
        words = np.unique(words, axis=0)
        is_kept = np.ones(len(words), dtype=np.bool_)
        is_kept[ROWS_OF_A_KEY:] = words[ROWS_OF_A_KEY:, 0] != words[:-ROWS_OF_A_KEY, 0]
        return words[is_kept]


class _Collector:
    def __init__(self, step: MinHashDedup, partitions: int) -> None:
        self.step, self.partitions = step, partitions
        self.records: list[Records] = []
        self.evidence: list[Evidence] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        keys, sketches = self.step.banded_keys_and_sketches(batch)
        self.records.append(pack(Keys(keys.words, keys.document), rows))
        if self.step.write_index is not None and self.step.index_evidence:
            if self.step.verify == "signature":
                offsets = np.arange(len(rows) + 1, dtype=np.int64) * sketches.shape[1]
                self.evidence.append(Evidence(rows, offsets, sketches.reshape(-1)))
            else:
                found = self.step.verified_shingles(batch)
                self.evidence.append(shingle_sets(found.offsets, found.hashes, rows))
        data = pa.py_buffer(np.ascontiguousarray(sketches))
        return {SKETCH: pa.Array.from_buffers(pa.binary(sketches.shape[1]), len(sketches), [None, data])}

    def packed(self) -> Mapping[int, bytes]:
        if not self.records:
            return {}
        if self.evidence:
            assert self.step.write_index is not None
            write_evidence(self.step.write_index, self.evidence)
        return partition(np.concatenate(self.records), self.partitions)
