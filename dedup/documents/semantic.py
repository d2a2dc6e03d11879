"""Documents that mean the same: embeddings compared within clusters of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...errors import RecipeError
from ...filters.kernels.machine.buffers import Bytes
from ..base.step import DocumentDeduplicator, Keys, UInt64s
from .clusters import Forest, forest_of, merge_forests
from .kmeans import Int8s, products, squares

VARIABLE = -1
DOCUMENTS_IN_CLUSTER = 1000
BLOCK_ROWS = 256


@dataclass(frozen=True, kw_only=True)
class SemanticDedup(DocumentDeduplicator):
    """Remove documents whose embedding points where that of another does.

    Source: Abbas et al. 2023, "SemDeDup": embeddings are clustered by k-means, and documents of one cluster compared
    by cosine; NeMo Curator does the same. Reads the vectors of the step ``embed``, which must stand before it; a
    document without one is compared with nothing. What it finds are paraphrases, translations (by a model of several
    languages), and pages that differ in names and numbers alone. It is for what is left by ``exact_dedup`` and
    ``minhash_dedup``, which are cheaper and surer.

    How ours differs: vectors are compared as whole numbers of a byte for each dimension, with exact sums, so that the
    same vectors give the same bytes everywhere; k-means learns from a sample by a keyed hash of the documents' ids
    (up to 100,000), and begins with the first of it. Pairs above the similarity are joined to clusters, also by way
    of third documents, and the survivor is chosen as by any other deduplication, where SemDeDup keeps the one that lies
    farthest from its centre. Pairs that k-means parts are not found: with few documents (up to 2,000) there is one
    cluster, and all pairs are compared.

    Args:
        min_similarity: The least cosine of two documents that mean the same. It belongs to the model: look at pairs in
            the ledger (``similarity``) before trusting one.
        clusters: Of k-means; None for one in 1,000 documents, and no more than the square root of their number.
        salt: Another text draws another sample.
        embeddings: The measurement with the vectors; another one for the second ``embed`` step of a recipe.
        keep: Which document of a cluster stays: "first", "longest", "newest", "highest" or "lowest".
        by: The date or measurement that decides, as with every
            :class:`~textmill.dedup.base.step.DocumentDeduplicator`.
    """

    name: ClassVar[str] = "semantic_dedup"

    min_similarity: float = 0.95
    clusters: int | None = None
    salt: str = ""
    embeddings: str = "embed.vector"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.min_similarity <= 1:
            raise RecipeError(f"{self.name}: min_similarity is {self.min_similarity}; it must be above 0 and at most 1")
        if self.clusters is not None and self.clusters < 1:
            raise RecipeError(f"{self.name}: clusters is {self.clusters}; it must be at least 1")

    @property
    def reads(self) -> Mapping[str, str]:  # type: ignore[override]  # the user names the measurement
        """The vectors."""
        return {self.embeddings: "embed"}

    @property
    def sketch_bytes(self) -> int:
        """As wide as the model's vectors."""
        return VARIABLE

    def keys(self, batch: pa.RecordBatch) -> Keys:  # noqa: ARG002
        """None: what belongs together is not known before all vectors are."""
        return Keys(np.empty((0, 1), dtype=np.uint64), np.empty(0, dtype=np.int64))

    def sketch_similarity(self, left: Bytes, right: Bytes) -> npt.NDArray[np.float64]:
        """Cosines of n pairs of vectors."""
        one, other = left.view(np.int8), right.view(np.int8)
        dots = (one.astype(np.int64) * other.astype(np.int64)).sum(axis=1)
        return np.asarray(dots / np.sqrt(np.maximum(squares(one) * squares(other), 1).astype(np.float64)))

    def cluster_count(self, documents: int) -> int:
        """Centres for so many documents."""
        if self.clusters is not None:
            return self.clusters
        return max(1, min(documents // DOCUMENTS_IN_CLUSTER, isqrt(documents)))


def link_alike(rows: UInt64s, vectors: Int8s, least: float) -> Forest:
    """Join all documents of a cluster whose cosine is at least so much; rows differ, in any order."""
    order = np.argsort(rows)
    rows, vectors = rows[order], vectors[order]
    norms = squares(vectors).astype(np.float64)
    forests: list[Forest] = []
    for start in range(0, len(rows), BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, len(rows))
        # Compared exactly: whole numbers on the left, and on the right what every processor rounds alike.
        bounds = least * np.sqrt(norms[start:stop, None] * norms[None, start:])
        alike = products(vectors[start:stop], vectors[start:]).astype(np.float64) >= bounds
        low, high = np.nonzero(np.triu(alike, k=1))
        if len(low):
            forests.append(forest_of(rows[start + low], rows[start + high]))
    return merge_forests(forests)
