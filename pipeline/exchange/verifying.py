"""Rounds that compare candidate pairs before clusters are formed. Only what candidates are compared by travels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...dedup.base.step import UInt64s
from ...dedup.documents.candidates import candidates, distinct
from ...dedup.documents.clusters import Forest, forest_of
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.documents.verification import (
    Evidence,
    choose,
    join_evidence,
    pack_evidence,
    shingle_sets,
    similarity,
    unpack_evidence,
)
from ...dedup.packed.packing import join_records
from ...dedup.packed.pairs import unpack_pairs
from ...filters.kernels.machine.buffers import Int64s
from ..files.staging import read_staged
from .exchange import Message, pairs_by_split, row_in_split

SKETCH = "_sketch"

REMOTE_PAIR = np.dtype([("low", "<u4"), ("high", "<u4")])
"""A candidate on its way to the split of its higher row: an index into the evidence beside it, and a row."""


def find_candidates(_: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    """At a partition: pairs that share a key, each to the split of its lower row."""
    found = candidates(join_records(packed))
    yield from pairs_by_split(found.low, found.high)


class Verifier:
    """What the two rounds at splits do for one step.

    Args:
        step: The step.
        by_sketch: Whether documents are compared by their sketches; otherwise by their sets of shingles.
    """

    def __init__(self, step: MinHashDedup, *, by_sketch: bool = False) -> None:
        self.step, self.by_sketch = step, by_sketch

    def send(self, _: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At the split of the lower rows: their evidence, once to each split that has a document to compare."""
        low, high = distinct(*unpack_pairs(packed))  # several bands find the same pair
        evidence = self.evidence(path, np.unique(low))
        order = np.argsort(high >> np.uint64(32), kind="stable")
        low, high = low[order], high[order]
        splits, starts = np.unique(high >> np.uint64(32), return_index=True)
        for split, lows, highs in zip(
            splits.tolist(), np.split(low, starts[1:]), np.split(high, starts[1:]), strict=True
        ):
            rows, index = np.unique(lows, return_inverse=True)
            remote = np.empty(len(lows), dtype=REMOTE_PAIR)
            remote["low"], remote["high"] = index, row_in_split(highs)
            yield split, np.uint64(len(remote)).tobytes() + remote.tobytes() + pack_evidence(choose(evidence, rows))

    def check(self, number: int, packed: Sequence[bytes], path: str | None) -> Forest:
        """At the split of the higher rows: join the pairs that are as alike as they must be."""
        base = np.uint64(number << 32)
        wanted: list[UInt64s] = []
        received: list[tuple[Evidence, Int64s, UInt64s]] = []
        for chunk in packed:
            count = int(np.frombuffer(chunk, dtype="<u8", count=1)[0])
            remote = np.frombuffer(chunk, dtype=REMOTE_PAIR, count=count, offset=8)
            high = remote["high"].astype(np.uint64) | base
            received.append((unpack_evidence(chunk[8 + remote.nbytes :]), remote["low"].astype(np.int64), high))
            wanted.append(high)
        own = self.evidence(path, np.unique(np.concatenate(wanted)))
        least = self.step.verified_similarity
        edges: list[tuple[UInt64s, UInt64s]] = []
        for evidence, index, high in received:
            alike = similarity(self.step.verify, evidence, index, own, np.searchsorted(own.rows, high)) >= least
            edges.append((evidence.rows[index[alike]], high[alike]))
        return forest_of(np.concatenate([low for low, _ in edges]), np.concatenate([high for _, high in edges]))

    def evidence(self, path: str | None, rows: UInt64s) -> Evidence:
        """What the documents of these rows are compared by, read or computed from their staged split."""
        assert path is not None
        parts: list[Evidence] = []
        first_row = 0
        wanted = row_in_split(rows)
        for batch in read_staged(path, [SKETCH] if self.by_sketch else ["text"]):
            begin, end = np.searchsorted(wanted, [first_row, first_row + batch.num_rows])
            if end > begin:
                chosen = batch.take(wanted[begin:end] - first_row)
                if self.by_sketch:
                    width = self.step.sketch_bytes
                    values = np.frombuffer(b"".join(chosen[SKETCH].to_pylist()), dtype=np.uint8)
                    offsets = np.arange(end - begin + 1, dtype=np.int64) * width
                    parts.append(Evidence(rows[begin:end], offsets, values))
                else:
                    found = self.step.verified_shingles(chosen)
                    parts.append(shingle_sets(found.offsets, found.hashes, rows[begin:end]))
            first_row += batch.num_rows
        return join_evidence(parts)
