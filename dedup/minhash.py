"""Near duplicates: documents that share most of their word n-grams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import RecipeError
from .indexed import Indexed
from .shingles import Shingles, shingles
from .signatures import Scheme, band_keys, minhash, permutations
from .step import DocumentDeduplicator, Keep, Keys


@dataclass(frozen=True, kw_only=True)
class MinHashDedup(Indexed, DocumentDeduplicator):
    """Remove documents that share most of their word n-grams with another.

    Every document gets a MinHash signature of ``bands * rows`` values; two documents of Jaccard similarity s share all
    values of at least one band with probability ``1 - (1 - s ** rows) ** bands`` and then belong together, also by
    way of third documents. With the defaults that is 5 % at s = 0.5, 56 % at 0.7, 77 % at 0.75, 92 % at 0.8 and
    99 % at 0.85.

    Words are folded (case, accents, digits, punctuation; Han and Kana characters one by one), so that copies that
    differ in these only are the same. A document of fewer words than ``ngram`` is compared as a whole; one without
    any word (blank, punctuation, emoji) has nothing to compare and always stays.

    Source: Broder 1997 (resemblance by min-wise hashing); bands, rows and n-gram of FineWeb (Penedo et al. 2024,
    section 3.4). Ours differs from datatrove's in that short documents are deduplicated too, that words are cut at
    whatever is no letter instead of by a language's tokenizer, and that signatures are by default those of
    datasketch's "affine32" scheme.

    Args:
        bands: Groups of signature values; more of them find less similar pairs.
        rows: Values in a group; more of them find fewer.
        ngram: Words in a shingle.
        seed: Seed of datasketch's permutations.
        keep: Which document of a cluster stays: "first" read, or "longest" in bytes.
        scheme: datasketch's permutations: "affine32" (its default since 2.0, an order of magnitude faster) or
            "legacy" (its only one before, modulo the prime 2**61 - 1, as datatrove has it).
        max_words: Words of a very long document that are looked at, from its beginning.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.indexed.Indexed`. A document that shares a band
            with one counts as seen, by itself, without verification.
        write_index: Folder to write an index to, 8 bytes a band of a document (112 with the defaults).
    """

    name: ClassVar[str] = "minhash_dedup"

    bands: int = 14
    rows: int = 8
    ngram: int = 5
    seed: int = 1
    keep: Keep = "first"
    scheme: Scheme = "affine32"
    max_words: int = 1_000_000

    def __post_init__(self) -> None:
        super().__post_init__()
        for parameter in ("bands", "rows", "ngram"):
            if getattr(self, parameter) < 1:
                raise RecipeError(f"{self.name}: {parameter} is {getattr(self, parameter)}; it must be at least 1")
        if self.max_words < self.ngram:
            raise RecipeError(f"{self.name}: max_words ({self.max_words}) is less than ngram ({self.ngram})")
        if self.scheme not in get_args(Scheme):
            raise RecipeError(f"{self.name}: scheme is {self.scheme!r}; choose one of {', '.join(get_args(Scheme))}")
        if not 0 <= self.seed < 2**32:
            raise RecipeError(f"{self.name}: seed is {self.seed}; it must be from 0 to 2**32 - 1")

    @classmethod
    def for_threshold(cls, threshold: float, permutations: int = 112, **parameters: Any) -> MinHashDedup:
        """Choose bands and rows as ``datasketch.MinHashLSH`` does: fewest wrong pairs around a Jaccard similarity.

        Args:
            threshold: Similarity above which documents count as duplicates, between 0 and 1.
            permutations: At most so many signature values are computed.
            **parameters: Any other parameter of the step.

        Raises:
            RecipeError: when the threshold or the number of permutations is out of range.
        """
        if not 0 < threshold < 1:
            raise RecipeError(f"{cls.name}: threshold is {threshold}; it must lie between 0 and 1")
        if permutations < 2:
            raise RecipeError(f"{cls.name}: permutations is {permutations}; it must be at least 2")
        from datasketch import MinHashLSH

        index = MinHashLSH(threshold=threshold, num_perm=permutations)
        return cls(bands=index.b, rows=index.r, **parameters)

    def probability(self, similarity: float) -> float:
        """Chance that two documents of this Jaccard similarity are found to be duplicates of each other."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)

    def key_parameters(self) -> Mapping[str, Any]:
        """All that decides signatures and bands."""
        names = ("bands", "rows", "ngram", "seed", "scheme", "max_words")
        return {name: getattr(self, name) for name in names}

    def setup(self) -> None:
        """Fetch the permutations from datasketch, whose import takes half a second."""
        permutations(self.bands * self.rows, self.seed, self.scheme)

    def shingles(self, batch: pa.RecordBatch) -> Shingles:
        """The sets of 32-bit hashes that signatures are made of."""
        return shingles(batch["text"], ngram=self.ngram, max_words=self.max_words)

    def signatures(self, batch: pa.RecordBatch) -> npt.NDArray[Any]:
        """MinHash signatures, shape (n, bands * rows), to be loaded into ``datasketch.MinHash(hashvalues=…)``.

        Bit for bit what datasketch computes of :meth:`shingles` with the same seed and scheme: uint32 for "affine32",
        uint64 for "legacy". A document without words has the greatest value throughout.
        """
        return self._signatures(self.shingles(batch)).astype(np.uint64 if self.scheme == "legacy" else np.uint32)

    def keys(self, batch: pa.RecordBatch) -> Keys:
        """One key for each band of each document that has a word."""
        found = self.shingles(batch)
        documents = np.flatnonzero(np.diff(found.offsets))
        signatures, identities = self._signatures(found)[documents], found.identities[documents]
        words = band_keys(signatures, identities, self.bands, self.rows)
        return Keys(words.reshape(-1, 1), np.repeat(documents, self.bands).astype(np.int64))

    def _signatures(self, found: Shingles) -> npt.NDArray[np.uint32]:
        return minhash(found.offsets, found.hashes, count=self.bands * self.rows, seed=self.seed, scheme=self.scheme)
