"""Rounds that choose the document of each cluster that is kept, and tell the others why they go."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pc

from ...dedup.base.step import CLUSTER_SIZE, DocumentDeduplicator
from ...dedup.packed.packing import mix
from ...dedup.packed.pairs import unpack_pairs
from ..files.staging import read_staged
from .exchange import Message, address, by_split, row_in_split
from .verifying import SKETCH

PRIORITY = "_priority"

REMOVALS, SURVIVORS = b"R", b"S"
"""First byte of a message to a split, which says what the records behind it are."""

REMOVAL = np.dtype([("row", "<u4"), ("survivor_id", "S32"), ("cluster_id", "S32"), ("similarity", "<f4")])
"""A document to remove, the ids of the one kept instead and of its cluster's first, and how alike it and the kept are;
the last is not a number where that is unknown."""

SURVIVOR = np.dtype([("row", "<u4"), ("size", "<u8")])
"""A document that is kept of a cluster, and how many it stands for from now on."""


def fact_type(sketch_bytes: int, *, has_size: bool) -> np.dtype[Any]:
    """What is sent of a document of a cluster to where the survivor is chosen."""
    fields: list[tuple[Any, ...]] = [("root", "<u8"), ("row", "<u8"), ("priority", "<u8"), ("doc_id", "S32")]
    if has_size:
        fields.append(("size", "<u8"))
    return np.dtype([*fields, ("sketch", "u1", (sketch_bytes,))])


_WIDTH = struct.Struct("<I")
"""Before the facts of a message: the width of their sketches."""


class Chooser:
    """What the two rounds do for one step.

    Args:
        step: The step.
        partitions: Into how many groups clusters are divided.
        has_size: Whether documents may stand for others already, by an earlier deduplication.
    """

    def __init__(self, step: DocumentDeduplicator, partitions: int, *, has_size: bool) -> None:
        self.step, self.partitions, self.has_size = step, partitions, has_size
        self.is_ranked = step.keep != "first"

    def tell(self, _: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At a split: id, priority and sketch of its documents in clusters, to where the cluster is decided."""
        assert path is not None
        width = self.step.sketch_bytes if self.step.sketch_bytes >= 0 else _width(path)
        rows, roots = unpack_pairs(packed)
        order = np.argsort(rows)
        places = row_in_split(rows[order])
        facts = np.zeros(len(rows), dtype=fact_type(width, has_size=self.has_size))
        facts["root"], facts["row"] = roots[order], rows[order]
        columns = ["doc_id", *([PRIORITY] if self.is_ranked else []), *([SKETCH] if self.step.sketch_bytes else [])]
        columns += [CLUSTER_SIZE] if self.has_size else []
        first_row = 0
        for batch in read_staged(path, columns):
            begin, end = np.searchsorted(places, [first_row, first_row + batch.num_rows])
            if end > begin:
                chosen = batch.take(places[begin:end].astype(np.int64) - first_row)
                part = facts[begin:end]
                part["doc_id"] = np.asarray(chosen["doc_id"].to_pylist(), dtype="S32")
                if self.is_ranked:
                    part["priority"] = chosen[PRIORITY].to_numpy()
                if self.has_size:
                    part["size"] = pc.fill_null(chosen[CLUSTER_SIZE], 1).to_numpy()
                if self.step.sketch_bytes:
                    sketches = np.frombuffer(b"".join(chosen[SKETCH].to_pylist()), dtype=np.uint8)
                    part["sketch"] = sketches.reshape(len(chosen), -1)
            first_row += batch.num_rows
        for number, chunk in address(facts, mix(facts["root"][:, None]) % np.uint64(self.partitions)):
            yield number, _WIDTH.pack(width) + chunk

    def choose(self, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
        """Where clusters are decided: the survivor has the best priority, and among those the smallest row."""
        kind = fact_type(_WIDTH.unpack_from(packed[0])[0], has_size=self.has_size)
        facts = np.frombuffer(b"".join(chunk[_WIDTH.size :] for chunk in packed), dtype=kind)
        facts = facts[np.lexsort((facts["row"], facts["priority"], facts["root"]))]
        is_first = np.ones(len(facts), dtype=np.bool_)
        is_first[1:] = facts["root"][1:] != facts["root"][:-1]
        cluster = np.cumsum(is_first) - 1
        survivors = np.flatnonzero(is_first)[cluster]
        roots = np.flatnonzero(facts["row"] == facts["root"])[cluster]  # each cluster has one, in the same order
        gone = np.flatnonzero(~is_first)
        removals = np.empty(len(gone), dtype=REMOVAL)
        removals["row"] = row_in_split(facts["row"][gone])
        removals["survivor_id"] = facts["doc_id"][survivors[gone]]
        removals["cluster_id"] = facts["doc_id"][roots[gone]]
        if self.step.sketch_bytes:
            removals["similarity"] = self.step.sketch_similarity(
                facts["sketch"][gone], facts["sketch"][survivors[gone]]
            )
        else:
            removals["similarity"] = np.nan if self.step.similarity is None else self.step.similarity
        for split, records in by_split(removals, facts["row"][gone]):
            yield split, REMOVALS + records
        begins = np.flatnonzero(is_first)
        kept = np.empty(len(begins), dtype=SURVIVOR)
        kept["row"] = row_in_split(facts["row"][begins])
        sizes = facts["size"] if self.has_size else np.ones(len(facts), dtype=np.uint64)
        kept["size"] = np.add.reduceat(sizes, begins) if len(begins) else 0
        for split, records in by_split(kept, facts["row"][begins]):
            yield split, SURVIVORS + records


def _width(path: str) -> int:
    """The width of the sketches of a split; those of documents in clusters are all as wide."""
    lengths = (int(pc.max(pc.binary_length(batch[SKETCH])).as_py() or 0) for batch in read_staged(path, [SKETCH]))
    return next(filter(None, lengths))
