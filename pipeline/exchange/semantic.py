"""Documents that mean the same: centres of a sample of embeddings, then pairs within the cluster of each centre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from ...dedup.base.step import UInt64s
from ...dedup.documents.clusters import Forest, empty_forest, merge_forests
from ...dedup.documents.kmeans import Int8s, find_centres, nearest
from ...dedup.documents.semantic import SemanticDedup, link_alike
from ...errors import TextmillError
from ..files.staging import read_staged
from ..steps.plan import PlannedStep
from .clusters import ClusterExchange, Links
from .exchange import Message, Round
from .surviving import PRIORITY
from .verifying import SKETCH

MOST_SAMPLED = 100_000
LEAST_SAMPLED = 4096
SAMPLED_FOR_CENTRE = 32
LEAST_OF_SPLIT = 256
"""A split sends at least so many vectors for the sample, if it has them."""

_SAMPLE = np.dtype([("split", "<u4"), ("width", "<u4"), ("documents", "<u8"), ("listed", "<u8")])
_CENTRES = np.dtype([("width", "<u4"), ("count", "<u4")])


class SemanticExchange(ClusterExchange):
    """Finds out which documents belong together by their embeddings; then all goes as for other deduplications::

    a sample of vectors ─ centres ─ vectors by cluster ─ compare      documents that belong together
    """

    def __init__(self, planned: PlannedStep, *, partitions: int, component_rounds: int, has_size: bool = False) -> None:
        super().__init__(planned, partitions=partitions, component_rounds=component_rounds, has_size=has_size)
        assert isinstance(planned.step, SemanticDedup)
        self.semantic = planned.step
        self.is_ranked = planned.step.keep != "first"

    @property
    def links(self) -> Links:
        """Centres in one place, assignment at splits, comparison by cluster."""
        first = (
            Round(name="Find centres", work=self.find_centres),
            Round(name="Assign", work=self.assign, at_splits=True),
        )
        return Links(first, "Compare", self.compare, at_splits=False)

    def collector(self, path: str, splits: int) -> _VectorCollector:  # noqa: ARG002
        """Vectors, of which a sample is sent at once."""
        return _VectorCollector(self.semantic, splits)

    def find_centres(self, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
        """In one place: centres of the sample, to every split."""
        headers = np.array([np.frombuffer(chunk, dtype=_SAMPLE, count=1)[0] for chunk in packed])
        widths = np.unique(headers["width"])
        if len(widths) > 1:
            raise TextmillError(
                f"{self.label}: vectors of {widths[0]} and of {widths[-1]} numbers cannot be compared; embed all "
                "documents by one model"
            )
        width, hashes, vectors = int(widths[0]), [], []
        for chunk, header in zip(packed, headers, strict=True):
            listed = int(header["listed"])
            hashes.append(np.frombuffer(chunk, dtype="<u8", count=listed, offset=_SAMPLE.itemsize))
            vectors.append(np.frombuffer(chunk, dtype=np.int8, offset=_SAMPLE.itemsize + 8 * listed))
        count = self.semantic.cluster_count(int(headers["documents"].sum()))
        sampled = min(max(SAMPLED_FOR_CENTRE * count, LEAST_SAMPLED), MOST_SAMPLED)
        sample = np.concatenate(vectors).reshape(-1, width)
        keys = np.concatenate(hashes)
        order = np.lexsort((*sample.T[:8], keys))[:sampled]  # equal hashes are equal ids; their vectors decide
        centres = find_centres(sample[order], count) if count > 1 else sample[order][:1]
        header = np.array((width, len(centres)), dtype=_CENTRES).tobytes()
        for split in np.unique(headers["split"]).tolist():
            yield split, header + centres.tobytes()

    def assign(self, number: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At a split: each vector to the partition of its nearest centre."""
        assert path is not None
        header = np.frombuffer(packed[0], dtype=_CENTRES, count=1)[0]
        width = int(header["width"])
        centres = np.frombuffer(packed[0], dtype=np.int8, offset=_CENTRES.itemsize).reshape(-1, width)
        record = _record(width)
        parts: list[Any] = []
        first_row = number << 32
        for batch in read_staged(path, [SKETCH, *([PRIORITY] if self.is_ranked else [])]):
            places, vectors = _vectors(batch[SKETCH], width)
            part = np.zeros(len(places), dtype=record)
            if self.is_ranked:
                part["rank"] = batch[PRIORITY].take(pa.array(places)).to_numpy()
            part["row"] = places.astype(np.uint64) + np.uint64(first_row)
            part["vector"] = vectors
            part["centre"] = nearest(vectors, centres)
            parts.append(part)
            first_row += batch.num_rows
        records = np.concatenate(parts)
        partition = records["centre"] % self.partitions
        for target in np.unique(partition).tolist():
            yield target, np.uint32(width).tobytes() + records[partition == target].tobytes()

    def compare(self, _: int, packed: Sequence[bytes], __: str | None) -> Forest:
        """At a partition: join the documents of each cluster that are alike."""
        if not packed:
            return empty_forest()
        record = _record(int(np.frombuffer(packed[0], dtype="<u4", count=1)[0]))
        records = np.concatenate([np.frombuffer(chunk, dtype=record, offset=4) for chunk in packed])
        records = records[np.argsort(records["centre"], kind="stable")]
        starts = np.flatnonzero(np.diff(records["centre"], prepend=np.uint32(0xFFFFFFFF)))
        return merge_forests([self._link(cluster) for cluster in np.split(records, starts[1:])])

    def _link(self, cluster: Any) -> Forest:
        rows, ranks = (cluster[name].astype(np.uint64) for name in ("row", "rank"))
        return link_alike(rows, ranks, np.ascontiguousarray(cluster["vector"]), self.semantic.min_similarity)


def _record(width: int) -> np.dtype[Any]:
    return np.dtype([("row", "<u8"), ("rank", "<u8"), ("centre", "<u4"), ("vector", "i1", (width,))])


def _vectors(sketches: pa.Array, width: int) -> tuple[Any, Int8s]:
    """Which documents have a vector, and these."""
    listed = sketches.to_pylist()
    places = np.array([place for place, one in enumerate(listed) if one], dtype=np.int64)
    joined = b"".join(one for one in listed if one)
    return places, np.frombuffer(joined, dtype=np.int8).reshape(-1, width)


class _VectorCollector:
    def __init__(self, step: SemanticDedup, splits: int) -> None:
        self.step = step
        self.most = min(MOST_SAMPLED, max(LEAST_OF_SPLIT, 2 * MOST_SAMPLED // splits))
        self.split = 0
        self.width = 0
        self.hashes: list[int] = []
        self.vectors: list[bytes] = []

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:
        listed = batch[self.step.embeddings]
        lengths = pc.fill_null(pc.list_value_length(listed), 0).to_numpy().astype(np.int64)
        known = np.unique(lengths[lengths > 0])
        if len(known) > 1 or (self.width and len(known) and known[0] != self.width):
            raise TextmillError(
                f"{self.step.name}: documents have vectors of {self.width or known[0]} and of {known[-1]} numbers, "
                "which cannot be compared; embed all of them by one model"
            )
        if len(known):
            self.width, self.split = int(known[0]), int(rows[0] >> np.uint64(32))
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        values = np.ascontiguousarray(listed.flatten().to_numpy(zero_copy_only=False).astype(np.int8))
        sketches = pa.Array.from_buffers(
            pa.binary(), len(listed), [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(values.tobytes())]
        )
        for doc_id, vector in zip(batch["doc_id"].to_pylist(), sketches.to_pylist(), strict=True):
            if vector:
                self.hashes.append(xxhash.xxh3_64_intdigest(f"{self.step.name}\x00{self.step.salt}\x00{doc_id}"))
                self.vectors.append(vector)
        priority = self.step.priority(batch)
        ranked = {} if priority is None else {PRIORITY: pa.array(priority)}
        return {**ranked, SKETCH: sketches}

    def packed(self) -> Mapping[int, bytes]:
        if not self.vectors:
            return {}
        order = sorted(range(len(self.hashes)), key=self.hashes.__getitem__)[: self.most]
        header = np.array((self.split, self.width, len(self.vectors), len(order)), dtype=_SAMPLE).tobytes()
        hashes = np.array([self.hashes[one] for one in order], dtype="<u8")
        return {0: header + hashes.tobytes() + b"".join(self.vectors[one] for one in order)}
