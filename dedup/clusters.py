"""From records that share keys to clusters of duplicates, and to the documents that go.

Each partition of the keys is reduced to a forest by :func:`link`, forests are joined by :func:`merge_forests`, and
:func:`removals` reads the result. A forest is canonical: it depends only on which documents hang together, not on the
order of records, the number of partitions, or the order of merging. All work is linear in the size of a bucket, but
for the sorting: no pairs are ever listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..filters.batch import Int64s
from ..filters.kernels.jit import njit
from .packing import Records
from .step import UInt64s


class Forest(NamedTuple):
    """Clusters of two and more documents, each as edges to its smallest row."""

    rows: UInt64s
    """Every document that is not the smallest of its cluster, ascending."""
    roots: UInt64s
    """The smallest row of its cluster."""
    priorities: UInt64s | None
    """Rank of each of ``rows``, lower is better; None when only the rows count."""
    root_priorities: UInt64s | None
    """Rank of each of ``roots``."""


def link(records: Records) -> Forest:
    """Join all documents that share a key, directly or through others.

    Args:
        records: What :func:`~textmill.dedup.packing.join_records` gives; a bucket must be whole, so all records of a
            key have to be here. One bucket may hold every document.
    """
    words, rows = records["key"], records["row"]
    order = np.argsort(words[:, 0]) if words.shape[1] == 1 else np.lexsort(words.T[::-1])
    words, rows = words[order], rows[order]
    is_start = np.ones(len(rows), dtype=np.bool_)
    is_start[1:] = (words[1:] != words[:-1]).any(axis=1)
    # Any member can stand for its bucket: the forest is canonical after the components are formed.
    first = np.flatnonzero(is_start)[np.cumsum(is_start) - 1]
    edges = np.flatnonzero(~is_start)
    heads = first[edges]
    if "priority" not in (records.dtype.names or ()):
        return _forest(rows[edges], rows[heads], None, None)
    priorities = records["priority"][order]
    return _forest(rows[edges], rows[heads], priorities[edges], priorities[heads])


def merge_forests(forests: Sequence[Forest]) -> Forest:
    """Join forests over the same rows; associative and commutative, so it may be done in a tree.

    Raises:
        ValueError: when some forests rank their documents and others do not.
    """
    forests = [forest for forest in forests if len(forest.rows)]
    if not forests:
        return empty_forest()
    rows = np.concatenate([forest.rows for forest in forests])
    roots = np.concatenate([forest.roots for forest in forests])
    priorities = [forest.priorities for forest in forests if forest.priorities is not None]
    root_priorities = [forest.root_priorities for forest in forests if forest.root_priorities is not None]
    if not priorities:
        return _forest(rows, roots, None, None)
    if len(priorities) != len(forests):
        raise ValueError("forests with and without priorities were merged")
    return _forest(rows, roots, np.concatenate(priorities), np.concatenate(root_priorities))


def removals(forest: Forest) -> tuple[UInt64s, UInt64s]:
    """Tell which documents go and which are kept instead.

    Returns:
        Removed rows in ascending order, and for each the survivor of its cluster: the document of the best priority
        and among those the smallest row.
    """
    if forest.priorities is None or forest.root_priorities is None:
        return forest.rows, forest.roots
    roots, where = np.unique(forest.roots, return_index=True)
    rows = np.concatenate([roots, forest.rows])
    clusters = np.concatenate([roots, forest.roots])
    priorities = np.concatenate([forest.root_priorities[where], forest.priorities])
    order = np.lexsort((rows, priorities, clusters))
    rows, clusters = rows[order], clusters[order]
    is_survivor = np.ones(len(rows), dtype=np.bool_)
    is_survivor[1:] = clusters[1:] != clusters[:-1]
    survivors = rows[is_survivor][np.cumsum(is_survivor) - 1]
    removed, kept_instead = rows[~is_survivor], survivors[~is_survivor]
    by_row = np.argsort(removed)
    return removed[by_row], kept_instead[by_row]


def empty_forest() -> Forest:
    """A forest without clusters, neutral in every merge."""
    none = np.empty(0, dtype=np.uint64)
    return Forest(none, none, None, None)


def pack_forest(forest: Forest) -> bytes:
    """Forest as bytes: 8 bytes of header, then 16 bytes an edge, or 32 with priorities."""
    columns = [column for column in forest if column is not None]
    header = np.array([len(columns)], dtype="<u8")
    return b"".join(column.astype("<u8", copy=False).tobytes() for column in [header, *columns])


def unpack_forest(packed: bytes) -> Forest:
    """Forest from bytes that :func:`pack_forest` wrote."""
    values = np.frombuffer(packed, dtype="<u8").astype(np.uint64, copy=False)
    columns = values[1:].reshape(int(values[0]), -1)
    if len(columns) == 2:
        return Forest(columns[0], columns[1], None, None)
    return Forest(*columns)


def _forest(rows: UInt64s, heads: UInt64s, priorities: UInt64s | None, head_priorities: UInt64s | None) -> Forest:
    """Reduce edges in any number and order to the canonical forest."""
    nodes, where, numbers = np.unique(np.concatenate([rows, heads]), return_index=True, return_inverse=True)
    roots = _components(numbers[: len(rows)].astype(np.int64), numbers[len(rows) :].astype(np.int64), len(nodes))
    linked = np.flatnonzero(roots != np.arange(len(nodes)))
    if priorities is None or head_priorities is None:
        return Forest(nodes[linked], nodes[roots[linked]], None, None)
    ranks = np.concatenate([priorities, head_priorities])[where]
    return Forest(nodes[linked], nodes[roots[linked]], ranks[linked], ranks[roots[linked]])


@njit
def _components(first: Int64s, second: Int64s, nodes: int) -> Int64s:
    """Union-find: the smallest node of each node's component, shape (nodes,).

    The smaller root always becomes the parent, so nodes point downwards and one pass in order flattens the trees;
    path halving keeps the search short (logarithmic, amortised) although trees are not balanced by rank.
    """
    parents = np.arange(nodes)
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
    for node in range(nodes):
        parents[node] = parents[parents[node]]
    return parents
