"""Near duplicates: documents that share most of their word n-grams."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...errors import RecipeError
from ...filters.kernels.machine.buffers import Bytes, Floats
from ..base.indexed import Indexed
from ..base.step import DocumentDeduplicator, Keys
from .containment import fingerprints
from .shingles import Shingles, shingles
from .signatures import Scheme, band_keys, minhash, permutations
from .verification import SETS, SIGNATURES, SKETCH_VALUES, Verification, sketch_similarity, sketches

Preset: TypeAlias = Literal["fineweb", "refinedweb", "redpajama", "bigcode"]
PRESETS: Mapping[str, dict[str, int]] = {
    "fineweb": {"bands": 14, "rows": 8, "ngram": 5},
    "refinedweb": {"bands": 450, "rows": 20, "ngram": 5},
    "redpajama": {"bands": 9, "rows": 13, "ngram": 13},
    "bigcode": {"bands": 25, "rows": 10, "ngram": 5},
}
"""Published geometries."""

MOST_PERMUTATIONS = 1 << 16
"""Seven times RefinedWeb's 9,000, and 256 KB for the signature of each document."""

LUCK = 0.03
"""A pair that shares a band with no more than this chance is taken for a lucky one."""

CONTAINED = 0.8
"""The share of a document's shingles that another must hold to contain it, unless ``min_similarity`` says otherwise."""

_PERMUTATIONS = 112


@dataclass(frozen=True, kw_only=True)
class MinHashDedup(Indexed, DocumentDeduplicator):
    """Remove documents that share most of their word n-grams with another.

    Every document gets a MinHash signature of ``bands * rows`` values; two documents of Jaccard similarity s share all
    values of at least one band with probability ``1 - (1 - s ** rows) ** bands`` and then belong together, also by
    way of third documents. With the defaults that is 5 % at s = 0.5, 56 % at 0.7, 77 % at 0.75, 92 % at 0.8 and
    99 % at 0.85.

    Words are folded (case, accents, punctuation; Han and Kana characters one by one), so that copies that differ in
    these only are the same. Digits count as they are, unless ``fold_digits``. A document
    of fewer words than ``ngram`` is compared as a whole; one without any word (blank, punctuation, emoji) has nothing
    to compare and always stays.

    Pairs that share a band are candidates only: before clusters are formed, each is verified, and one that fails joins
    nothing, so that no false bridge glues two groups together. Unless ``min_similarity`` says otherwise a pair must be
    as similar as the geometry finds in 3 of 100 cases (0.465 with the defaults): what is less alike shares a band by
    luck. Bands with more than two documents are compared with the first and with their neighbour, not all with all.

    With ``verify: containment`` a document of which another holds four fifths (``min_similarity``) is a duplicate of
    it, however much longer that is. It joins the largest one that holds it, and only that: two pages that quote the
    same article and nothing else in common both stay. Which of the two stays is what ``keep`` says, and only "longest"
    makes sure that it is the page that has all the text; with "first" a page goes in favour of an article read
    before it. The ``similarity`` in the ledger stays the (estimated) Jaccard similarity, which is small then.
    Near copies are accepted by their signatures, if these leave no doubt; other pairs by their whole sets of shingles.

    Source: Broder 1997 (resemblance by min-wise hashing); bands, rows and n-gram of FineWeb (Penedo et al. 2024,
    section 3.4). Ours differs from datatrove's in that short documents are deduplicated too, that words are cut at
    whatever is no letter instead of by a language's tokenizer, and that signatures are by default those of
    datasketch's "affine32" scheme.

    Args:
        bands: Groups of signature values; more of them find less similar pairs.
        rows: Values in a group; more of them find fewer.
        ngram: Words in a shingle.
        seed: Seed of datasketch's permutations.
        preset: A published geometry instead of the three above: "fineweb" (14 bands of 8 rows, 5 words), "refinedweb"
            (450 of 20, 5 words; Penedo et al. 2023), "redpajama" (9 of 13, 13 words; version 2 at 0.8) or "bigcode"
            (25 of 10, 5 words).
        threshold: A Jaccard similarity instead of bands and rows, which are then chosen as by :meth:`for_threshold`.
        verify: How candidates are verified: by the "signature" as a whole (or its first 512 values), by exact
            "jaccard" similarity of the shingle sets, by "containment" of the smaller set in the other, or "none".
            "containment" also finds candidates of another kind: an article inside a page three or thirty times as
            long, of which any 64 shingles in a row share a fingerprint. See below.
        min_similarity: What verification demands.
        keep: Which document of a cluster stays: "first", "longest", "newest", "highest" or "lowest".
        by: The date or measurement that decides, as with every
            :class:`~textmill.dedup.base.step.DocumentDeduplicator`.
        scheme: datasketch's permutations: "affine32" (its default since 2.0, an order of magnitude faster) or
            "legacy" (its only one before, modulo the prime 2**61 - 1, as datatrove has it).
        fold_digits: Find candidates by words in which every digit is 0, as FineWeb and DCLM do. Unless ``verify`` is
            "none", they are then verified by words in which digits count: what differs in most of its numbers stays.
        max_words: Words of a very long document that are looked at, from its beginning.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.base.indexed.Indexed`. A document that shares
            a band with one is compared with its documents, by what the index keeps of them, and counts as seen if
            they are as alike as ``verify`` demands (with "containment": if it is contained in one). Where an index
            keeps keys alone it counts as seen at once; the ledger then says how many bands it shares, and its
            ``similarity`` is what that suggests.
        write_index: Folder to write an index to, 16 bytes a band of a document (224 with the defaults).
        index_evidence: Keep in the index what documents are compared by: signatures (112 bytes a document), or the
            sets of shingles (about 3 bytes a word) where ``verify`` compares these. Otherwise the index holds keys
            alone, 8 bytes a band.

    Example:
        >>> step = MinHashDedup(bands=14, rows=8, ngram=5)
        >>> [round(step.probability(similarity), 2) for similarity in (0.5, 0.8)]
        [0.05, 0.92]
    """

    name: ClassVar[str] = "minhash_dedup"

    bands: int = 14
    rows: int = 8
    ngram: int = 5
    seed: int = 1
    preset: Preset | None = None
    threshold: float | None = None
    verify: Verification = "signature"
    min_similarity: float | None = None
    scheme: Scheme = "affine32"
    max_words: int = 1_000_000
    fold_digits: bool = False
    index_evidence: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._take_geometry()
        if self.min_similarity is not None and not 0 <= self.min_similarity <= 1:
            raise RecipeError(f"{self.name}: min_similarity is {self.min_similarity}; it must be from 0 to 1")
        for parameter in ("bands", "rows", "ngram"):
            if getattr(self, parameter) < 1:
                raise RecipeError(f"{self.name}: {parameter} is {getattr(self, parameter)}; it must be at least 1")
        if self.bands * self.rows > MOST_PERMUTATIONS:
            raise RecipeError(
                f"{self.name}: bands * rows is {self.bands * self.rows}; {MOST_PERMUTATIONS} permutations are the most"
            )
        if self.max_words < self.ngram:
            raise RecipeError(f"{self.name}: max_words ({self.max_words}) is less than ngram ({self.ngram})")
        if not 0 <= self.seed < 2**32:
            raise RecipeError(f"{self.name}: seed is {self.seed}; it must be from 0 to 2**32 - 1")

    def _take_geometry(self) -> None:
        """Set bands, rows and ngram as the preset or the threshold has them."""
        geometry: dict[str, int] = {}
        if self.preset is not None:
            if self.preset not in PRESETS:
                raise RecipeError(f"{self.name}: preset is {self.preset!r}; choose one of {', '.join(PRESETS)}")
            if self.threshold is not None:
                raise RecipeError(f"{self.name}: preset and threshold both choose bands and rows; leave one out")
            geometry = PRESETS[self.preset]
        elif self.threshold is not None:
            geometry = _optimal(self.threshold, _PERMUTATIONS)
        defaults = {field.name: field.default for field in dataclasses.fields(self)}
        for parameter, value in geometry.items():
            given = getattr(self, parameter)
            if given not in (defaults[parameter], value):
                chosen = f"preset {self.preset}" if self.preset else f"threshold {self.threshold}"
                raise RecipeError(f"{self.name}: {chosen} has {parameter} {value}, not {given}; leave one of them out")
            object.__setattr__(self, parameter, value)

    @classmethod
    def for_threshold(cls, threshold: float, permutations: int = _PERMUTATIONS, **parameters: Any) -> MinHashDedup:
        """Choose bands and rows as ``datasketch.MinHashLSH`` does: fewest wrong pairs around a Jaccard similarity.

        Args:
            threshold: Similarity above which documents count as duplicates, between 0 and 1.
            permutations: At most so many signature values are computed.
            **parameters: Any other parameter of the step.

        Raises:
            RecipeError: when the threshold or the number of permutations is out of range.
        """
        return cls(**{**parameters, **_optimal(threshold, permutations)})

    def probability(self, similarity: float) -> float:
        """Chance that two documents of this Jaccard similarity are found to be duplicates of each other."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)

    def key_parameters(self) -> Mapping[str, Any]:
        """All that decides signatures and bands."""
        names = ("bands", "rows", "ngram", "seed", "scheme", "max_words", "fold_digits")
        return {name: getattr(self, name) for name in names}

    @property
    def verified_similarity(self) -> float:
        """What a candidate pair must reach: ``min_similarity``, or what the geometry finds in 3 of 100 cases.

        What is contained in another document must be so to four fifths.
        """
        if self.min_similarity is not None:
            return self.min_similarity
        if self.verify == "containment":
            return CONTAINED
        return float((1 - (1 - LUCK) ** (1 / self.bands)) ** (1 / self.rows))

    @property
    def kept_evidence(self) -> str | None:
        """Signatures or sets, as ``verify`` compares by them."""
        if not self.index_evidence or self.verify == "none":
            return None
        return SIGNATURES if self.verify == "signature" else SETS

    @property
    def sketch_bytes(self) -> int:
        """One byte for each value of the signature that is compared."""
        return min(self.bands * self.rows, SKETCH_VALUES)

    def sketch_similarity(self, left: Bytes, right: Bytes) -> Floats:
        """Jaccard similarity, as estimated from the lowest bytes of signature values."""
        return sketch_similarity(left, right)

    def setup(self) -> None:
        """Draw the permutations."""
        permutations(self.bands * self.rows, self.seed, self.scheme)

    def shingles(self, batch: pa.RecordBatch) -> Shingles:
        """The sets of 32-bit hashes that signatures are made of."""
        return shingles(batch["text"], ngram=self.ngram, max_words=self.max_words, fold_digits=self.fold_digits)

    def verified_shingles(self, batch: pa.RecordBatch) -> Shingles:
        """The sets that candidates are compared by, in which digits always count."""
        return shingles(batch["text"], ngram=self.ngram, max_words=self.max_words)

    def signatures(self, batch: pa.RecordBatch) -> npt.NDArray[Any]:
        """MinHash signatures, shape (n, bands * rows), to be loaded into ``datasketch.MinHash(hashvalues=…)``.

        Bit for bit what datasketch computes of :meth:`shingles` with the same seed and scheme: uint32 for "affine32",
        uint64 for "legacy". A document without words has the greatest value throughout.
        """
        return self._signatures(self.shingles(batch)).astype(np.uint64 if self.scheme == "legacy" else np.uint32)

    def keys(self, batch: pa.RecordBatch) -> Keys:
        """One key for each band of each document that has a word."""
        return self._banded(self.shingles(batch))[0]

    def keys_and_sketches(self, batch: pa.RecordBatch) -> tuple[Keys, Bytes]:
        """Keys of bands, and of fingerprints where parts are to be found; then the low bytes of each signature."""
        found = self.shingles(batch)
        keys, signatures = self._banded(found)
        if self.verify == "containment":
            parts = fingerprints(found)
            keys = Keys(np.concatenate([keys.words, parts.words]), np.concatenate([keys.document, parts.document]))
        return keys, self._sketches(batch, signatures)

    def banded_keys_and_sketches(self, batch: pa.RecordBatch) -> tuple[Keys, Bytes]:
        """Keys of bands, which are those of an index, and the low bytes of each signature."""
        keys, signatures = self._banded(self.shingles(batch))
        return keys, self._sketches(batch, signatures)

    def _sketches(self, batch: pa.RecordBatch, signatures: npt.NDArray[np.uint32]) -> Bytes:
        return sketches(self._signatures(self.verified_shingles(batch)) if self.fold_digits else signatures)

    def _banded(self, found: Shingles) -> tuple[Keys, npt.NDArray[np.uint32]]:
        """Keys of the bands, and the signatures they are made of."""
        documents = np.flatnonzero(np.diff(found.offsets))
        signatures = self._signatures(found)
        words = band_keys(signatures[documents], found.identities[documents], self.bands, self.rows)
        return Keys(words.reshape(-1, 1), np.repeat(documents, self.bands).astype(np.int64)), signatures

    def _signatures(self, found: Shingles) -> npt.NDArray[np.uint32]:
        return minhash(found.offsets, found.hashes, count=self.bands * self.rows, seed=self.seed, scheme=self.scheme)


def _optimal(threshold: float, permutations: int) -> dict[str, int]:
    """Bands and rows as datasketch weighs them."""
    if not 0 < threshold < 1:
        raise RecipeError(f"{MinHashDedup.name}: threshold is {threshold}; it must lie between 0 and 1")
    if permutations < 2:
        raise RecipeError(f"{MinHashDedup.name}: permutations is {permutations}; it must be at least 2")
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=permutations)
    return {"bands": index.b, "rows": index.r}
