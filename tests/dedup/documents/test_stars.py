"""Components by rounds of star operations, beside scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from textmill.dedup.documents.clusters import Forest
from textmill.dedup.documents.stars import both_ways, large_star, small_star, star_forest
from textmill.errors import TextmillError


def exchange(parts, work):
    grouped = {}
    for packed in parts.values():
        for number, chunk in work(packed).items():
            grouped.setdefault(number, []).append(chunk)
    return grouped


def by_rounds(first, second, *, partitions, rounds):
    first, second = np.asarray(first, dtype=np.uint64), np.asarray(second, dtype=np.uint64)
    parts = {number: [chunk] for number, chunk in both_ways(first, second, partitions).items()}
    for _ in range(rounds):
        parts = exchange(parts, lambda packed: large_star(packed, partitions))
        parts = exchange(parts, lambda packed: small_star(packed, partitions))
    forests = [star_forest(packed, rounds) for packed in parts.values()]
    rows = np.concatenate([np.empty(0, np.uint64), *(forest.rows for forest in forests)])
    roots = np.concatenate([np.empty(0, np.uint64), *(forest.roots for forest in forests)])
    order = np.argsort(rows)
    return Forest(rows[order], roots[order])


def oracle(first, second):
    nodes, numbers = np.unique(np.concatenate([first, second]), return_inverse=True)
    half = len(first)
    size = max(len(nodes), 1)
    graph = coo_matrix((np.ones(half), (numbers[:half], numbers[half:])), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    smallest = np.full(labels.max() + 1, -1, dtype=np.int64)
    for number in range(len(nodes))[::-1]:
        smallest[labels[number]] = number
    roots = nodes[smallest[labels[: len(nodes)]]] if len(nodes) else nodes
    return dict(zip(nodes[roots != nodes].tolist(), roots[roots != nodes].tolist(), strict=True))


@settings(max_examples=100, deadline=None)
@given(
    edges=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda edge: edge[0] != edge[1]), max_size=60
    ),
    partitions=st.integers(1, 7),
)
def test_random_graphs_have_the_components_of_scipy(edges, partitions):
    first = np.array([edge[0] for edge in edges], dtype=np.uint64) << np.uint64(31)
    second = np.array([edge[1] for edge in edges], dtype=np.uint64) << np.uint64(31)
    forest = by_rounds(first, second, partitions=partitions, rounds=8)
    assert dict(zip(forest.rows.tolist(), forest.roots.tolist(), strict=True)) == oracle(first, second)


def test_edges_that_come_twice_count_once():
    edges = both_ways(np.array([4, 5, 9], dtype=np.uint64), np.array([1, 1, 8], dtype=np.uint64), 1)[0]
    forest = star_forest([edges, edges], 1)
    assert (forest.rows.tolist(), forest.roots.tolist()) == ([4, 5, 9], [1, 1, 8])


@pytest.mark.parametrize("order", ["ascending", "mixed"])
def test_a_long_chain_is_one_cluster(order):
    count = 20_000
    nodes = np.arange(count) if order == "ascending" else np.argsort(np.arange(count) * 7919 % count, kind="stable")
    forest = by_rounds(nodes[:-1], nodes[1:], partitions=5, rounds=16)
    assert np.array_equal(forest.rows, np.arange(1, count))
    assert not forest.roots.any()


def test_one_giant_star_takes_one_round():
    count = 300_000
    forest = by_rounds(np.full(count - 1, 5), np.arange(count - 1) + 6, partitions=3, rounds=1)
    assert len(forest.rows) == count - 1
    assert set(forest.roots.tolist()) == {5}


def test_too_few_rounds_fail_loudly():
    nodes = np.arange(1000)
    with pytest.raises(TextmillError, match="not complete after 1 rounds"):
        by_rounds(nodes[:-1], nodes[1:], partitions=2, rounds=1)


def test_no_edges_no_clusters():
    assert both_ways(np.empty(0, np.uint64), np.empty(0, np.uint64), 4) == {}
    assert len(by_rounds([], [], partitions=4, rounds=2).rows) == 0
