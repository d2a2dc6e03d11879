"""From records that share keys to clusters of duplicates.

Each partition of the keys is reduced to a forest by :func:`link`, and forests are joined by :func:`merge_forests`. A
forest is canonical: it depends only on which documents hang together, not on the
order of records, the number of partitions, or the order of merging. All work is linear in the size of a bucket, but
for the sorting: no pairs are ever listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...filters.kernels.machine.buffers import Int64s
from ...filters.kernels.machine.kernel import kernel
from ..base.step import UInt64s
from ..packed.packing import Records
from ..packed.pairs import pack_pairs, unpack_pairs


class Forest(NamedTuple):
    """Clusters of two and more documents, each as edges to its smallest row."""

    rows: UInt64s
    """Every document that is not the smallest of its cluster, ascending."""
    roots: UInt64s
    """The smallest row of its cluster."""


def link(records: Records) -> Forest:
    """Join all documents that share a key, directly or through others.

    Args:
        records: What :func:`~textmill.dedup.packed.packing.join_records` gives; a bucket must be whole, so all records
            of a key have to be here. One bucket may hold every document.
    """
    words, rows = records["key"], records["row"]
    order = np.argsort(words[:, 0]) if words.shape[1] == 1 else np.lexsort(words.T[::-1])
    words, rows = words[order], rows[order]
    is_start = bucket_starts(words)
    # Any member can stand for its bucket: the forest is canonical after the components are formed.
    first = np.flatnonzero(is_start)[np.cumsum(is_start) - 1]
    edges = np.flatnonzero(~is_start)
    return forest_of(rows[edges], rows[first[edges]])


def bucket_starts(words: UInt64s) -> npt.NDArray[np.bool_]:
    """Where a bucket begins in sorted keys of shape (n, width)."""
    is_start = np.ones(len(words), dtype=np.bool_)
    is_start[1:] = (words[1:] != words[:-1]).any(axis=1)
    return is_start


def merge_forests(forests: Sequence[Forest]) -> Forest:
    """Join forests over the same rows; associative and commutative, so it may be done in a tree."""
    if not forests:
        return empty_forest()
    return forest_of(
        np.concatenate([forest.rows for forest in forests]), np.concatenate([forest.roots for forest in forests])
    )


def empty_forest() -> Forest:
    """A forest without clusters, neutral in every merge."""
    none = np.empty(0, dtype=np.uint64)
    return Forest(none, none)


def pack_forest(forest: Forest) -> bytes:
    """Forest as bytes."""
    return pack_pairs(forest.rows, forest.roots)


def unpack_forest(packed: bytes) -> Forest:
    """Forest from bytes that :func:`pack_forest` wrote."""
    return Forest(*unpack_pairs([packed]))


def forest_of(first: UInt64s, second: UInt64s) -> Forest:
    """Reduce edges in any number and order to the canonical forest."""
    nodes, numbers = np.unique(np.concatenate([first, second]), return_inverse=True)
    roots = np.arange(len(nodes))
    _join(numbers[: len(first)].astype(np.int64), numbers[len(first) :].astype(np.int64), roots)
    linked = np.flatnonzero(roots != np.arange(len(nodes)))
    return Forest(nodes[linked], nodes[roots[linked]])


@kernel
def _join(first: Int64s, second: Int64s, parents: Int64s) -> None:
    """Union-find: every node begins as its own parent and ends with the smallest node of its component.

    The smaller root always becomes the parent, so nodes point downwards and one pass in order flattens the trees;
    path halving keeps the search short (logarithmic, amortised) although trees are not balanced by rank.
    """
    for edge in range(len(first)):
        left, right = first[edge], second[edge]
        while parents[left] != left:
            parents[left] = parents[parents[left]]
            left = parents[left]
        while parents[right] != right:
            parents[right] = parents[parents[right]]
            right = parents[right]
        if left < right:
            parents[right] = left
        elif right < left:
            parents[left] = right
    for node in range(len(parents)):
        parents[node] = parents[parents[node]]
