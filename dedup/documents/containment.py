"""Documents that hold another as a part: fingerprints by which they meet, and which of them belong together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...filters.kernels.machine.buffers import Int64s
from ..base.step import Keys, UInt64s
from .clusters import Forest, forest_of
from .shingles import Shingles
from .winnowing import winnow

FINGERPRINT_SHINGLES = 64
"""Of so many shingles in a row one is a fingerprint at least, so that a part of that length is found wherever it
stands; on average one in 32.5 is."""

LEAST_SHARED = 0.25
"""Pairs are compared in full if they share so many of the fingerprints of the document that has fewer."""

_HALF = np.uint64(32)


def fingerprints(found: Shingles) -> Keys:
    """Choose shingles of each document by winnowing: a document and one that it stands in choose the same.

    A key is made of a shingle and the next one: 32 bits would not tell the shingles of a large corpus apart.
    """
    begins, ends = found.offsets[:-1], found.offsets[1:]
    # The last shingle has none behind it here, but may have in a longer document: others are chosen from, if there are.
    last = np.maximum(ends - (ends - begins > 1), begins)
    chosen = np.flatnonzero(winnow(found.hashes.astype(np.uint64), begins, last, FINGERPRINT_SHINGLES))
    documents = np.searchsorted(ends, chosen, side="right")
    following = found.hashes[np.minimum(chosen + 1, ends[documents] - 1)]
    words = (found.hashes[chosen].astype(np.uint64) << _HALF) | following.astype(np.uint64)
    order = np.lexsort((words, documents))
    words, documents = words[order], documents[order]
    is_new = np.ones(len(words), dtype=np.bool_)
    is_new[1:] = (words[1:] != words[:-1]) | (documents[1:] != documents[:-1])
    return Keys(words[is_new].reshape(-1, 1), documents[is_new].astype(np.int64))


class Links(NamedTuple):
    """Pairs that belong together, each known where its ``own`` document lies."""

    own: UInt64s
    """The contained document; of two that contain each other the one with the higher row."""
    other: UInt64s
    size: Int64s
    """Shingles of the other."""
    is_mutual: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    """Whether each contains the other."""


def links(low: UInt64s, high: UInt64s, shared: Int64s, sizes: tuple[Int64s, Int64s], least: float) -> Links:
    """Keep the pairs of which the smaller set is contained in the other, and say which of them that is.

    Args:
        low: Lower rows.
        high: Higher rows.
        shared: Shingles that both have.
        sizes: Shingles of the lower and of the higher.
        least: The share of the smaller set that the other must hold.
    """
    first, second = sizes
    belongs = shared >= least * np.maximum(np.minimum(first, second), 1)
    is_mutual = belongs & (shared >= least * np.maximum(first, second))
    low_is_own = ~is_mutual & (first < second)
    own, other = np.where(low_is_own, low, high), np.where(low_is_own, high, low)
    size = np.where(low_is_own, second, first)
    return Links(own[belongs], other[belongs], size[belongs], is_mutual[belongs])


def attach(found: Links) -> Forest:
    """Join each document to those like it, or else to the largest that contains it, and to no second one.

    Otherwise a part that stands in two pages, which have nothing else in common, would make them one cluster. Of
    documents like each other only the first is attached, for their containers might differ.
    """
    linked = np.unique(found.own[found.is_mutual])
    alone = ~found.is_mutual & ~np.isin(found.own, linked)
    own, other, size = found.own[alone], found.other[alone], found.size[alone]
    order = np.lexsort((other, -size, own))
    own, other = own[order], other[order]
    is_first = np.ones(len(own), dtype=np.bool_)
    is_first[1:] = own[1:] != own[:-1]
    mutual = found.is_mutual
    return forest_of(
        np.concatenate([found.own[mutual], own[is_first]]), np.concatenate([found.other[mutual], other[is_first]])
    )
