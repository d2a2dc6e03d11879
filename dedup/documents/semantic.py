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
from .clusters import Forest, forest_of
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
    (up to 100,000), and begins with the first of it. Within a cluster documents are taken in the order that ``keep``
    gives (SemDeDup takes those farthest from the centre first), and each goes if it is as alike to one that stays as it
    must be: whatever goes has that cosine to its ``kept_instead``, and no chain of topics joins pages of two. Pairs
    that k-means parts are not found: with few documents (up to 2,000) there is one cluster, and all are compared.

    Args:
        min_similarity: The least cosine of two documents that mean the same. It belongs to the model: look at pairs in
            the ledger (``similarity``) before trusting one.
        clusters: Of k-means; None for one in 1,000 documents, and no more than the square root of their number.
        salt: Another text draws another sample.
        embeddings: The measurement with the vectors; another one for the second ``embed`` step of a recipe.
        keep: Which document of a cluster stays: "first", "longest", "newest", "highest" or "lowest".
        by: The date or measurement that decides, as with every
            :class:`~textmill.dedup.base.step.DocumentDeduplicator`.

    Example:
        >>> SemanticDedup(min_similarity=0.9, keep="longest").cluster_count(500_000)
        500
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


def link_alike(rows: UInt64s, ranks: UInt64s, vectors: Int8s, least: float) -> Forest:
    """Join the documents of a cluster to the ones that stay.

    From the best rank on, the first row among equals, each document stays unless it is so much like one that does;
    else it is joined to the best of these. So no chain of alike ones joins two that are not.

    Args:
        rows: Of the documents, all different, in any order.
        ranks: What decides who stays, lower is better.
        vectors: Shape (n, width), of any length but 0.
        least: The least cosine.
    """
    order = np.lexsort((rows, ranks))
    rows, vectors = rows[order], vectors[order]
    norms = squares(vectors).astype(np.float64)
    keeper = np.full(len(rows), -1, dtype=np.int64)
    for start in range(0, len(rows), BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, len(rows))
        # Compared exactly: whole numbers on the left, and on the right what every processor rounds alike.
        bounds = least * np.sqrt(norms[start:stop, None] * norms[None, start:])
        alike = products(vectors[start:stop], vectors[start:]).astype(np.float64) >= bounds
        behind = keeper[start:]
        for place in np.flatnonzero(np.triu(alike, k=1).any(axis=1)).tolist():
            if behind[place] < 0:
                joined = alike[place] & (behind < 0)
                joined[: place + 1] = False
                behind[joined] = start + place
    gone = np.flatnonzero(keeper >= 0)
    return forest_of(rows[gone], rows[keeper[gone]])
