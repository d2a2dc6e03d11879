"""Connected components of a graph that fits no single worker: alternating star operations over packed edges.

Source: Kiveris et al. 2014, "Connected Components in MapReduce and Beyond", the alternating algorithm of large-star
and small-star. An edge travels as a pair: the node it is addressed to, and a neighbour. Each operation sees all edges
of its nodes and nothing else; nodes are assigned to workers by a hash.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...errors import TextmillError
from ..base.step import UInt64s
from ..packed.packing import mix
from ..packed.pairs import address_pairs, unpack_pairs
from .clusters import Forest


def both_ways(first: UInt64s, second: UInt64s, partitions: int) -> dict[int, bytes]:
    """Address every edge to both of its nodes, as :func:`large_star` and :func:`star_forest` want it."""
    return _addressed(np.concatenate([first, second]), np.concatenate([second, first]), partitions)


def large_star(packed: Iterable[bytes], partitions: int) -> dict[int, bytes]:
    """Link all greater neighbours of a node to its smallest neighbour (or the node itself, if that is smaller).

    Returns the edges addressed as :func:`small_star` wants them: to the greater node.
    """
    node, neighbour = _distinct(packed)
    smallest = np.minimum(_smallest(node, neighbour), node)
    greater = neighbour > node
    return _addressed(neighbour[greater], smallest[greater], partitions)


def small_star(packed: Iterable[bytes], partitions: int) -> dict[int, bytes]:
    """Link a node and its smaller neighbours to the smallest of these; edges are then addressed both ways."""
    node, neighbour = _distinct(packed)
    smallest = _smallest(node, neighbour)
    others = neighbour != smallest
    heads = np.concatenate([smallest, smallest[others]])
    return both_ways(np.concatenate([node, neighbour[others]]), heads, partitions)


def star_forest(packed: Iterable[bytes], rounds: int) -> Forest:
    """Read the finished stars, from the edges of the nodes that are smallest of their cluster.

    Raises:
        TextmillError: when some cluster is not a star yet, so that more rounds are needed.
    """
    node, neighbour = _distinct(packed)
    is_leaf = _smallest(node, neighbour) < node
    if (is_leaf[1:] & (node[1:] == node[:-1])).any():  # a leaf must have no edge but the one to its root
        raise TextmillError(
            f"clusters of duplicates were not complete after {rounds} rounds of joining; run again with more "
            "component_rounds, or with components='single'"
        )
    order = np.argsort(neighbour[~is_leaf])
    return Forest(neighbour[~is_leaf][order], node[~is_leaf][order])


def _distinct(packed: Iterable[bytes]) -> tuple[UInt64s, UInt64s]:
    node, neighbour = unpack_pairs(packed)
    order = np.lexsort((neighbour, node))
    node, neighbour = node[order], neighbour[order]
    is_new = np.ones(len(node), dtype=np.bool_)
    is_new[1:] = (node[1:] != node[:-1]) | (neighbour[1:] != neighbour[:-1])
    return node[is_new], neighbour[is_new]


def _smallest(node: UInt64s, neighbour: UInt64s) -> UInt64s:
    """The smallest neighbour of each edge's node; edges are sorted."""
    is_start = np.ones(len(node), dtype=np.bool_)
    is_start[1:] = node[1:] != node[:-1]
    smallest: UInt64s = neighbour[np.flatnonzero(is_start)[np.cumsum(is_start) - 1]]
    return smallest


def _addressed(node: UInt64s, neighbour: UInt64s, partitions: int) -> dict[int, bytes]:
    return dict(address_pairs(node, neighbour, mix(node[:, None]) % np.uint64(partitions)))
