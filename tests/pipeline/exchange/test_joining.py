"""Clusters of linked documents, joined in a tree and by stars, against plain Python."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill import TextmillError
from textmill.dedup.documents.clusters import Forest, forest_of
from textmill.dedup.packed.pairs import pack_pairs, unpack_pairs
from textmill.pipeline.exchange.exchange import Round, take_rounds
from textmill.pipeline.exchange.joining import by_stars, in_a_tree

PARTITIONS = 8
EDGES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40)


def row(number: int) -> int:
    """A document of one of four splits."""
    return (number % 4) << 32 | number // 4


def linking(number: int, packed: Sequence[bytes], path: str | None) -> Forest:
    assert path is None
    return forest_of(*unpack_pairs(packed))


def clusters(edges: list[tuple[int, int]]) -> dict[int, int]:
    """Of every document that is linked to another, the smallest row of its cluster."""
    found = {row(one): row(one) for edge in edges for one in edge}
    for _ in found:
        for one, other in edges:
            found[row(one)] = found[row(other)] = min(found[row(one)], found[row(other)])
    alone = {root for root in found.values() if [*found.values()].count(root) == 1}
    return {one: root for one, root in found.items() if root not in alone}


def joined(rounds: tuple[Round, ...], edges: list[tuple[int, int]]) -> dict[int, int]:
    messages = []
    for number in range(PARTITIONS):
        here = np.array([(row(a), row(b)) for a, b in edges[number::PARTITIONS]], dtype=np.uint64).reshape(-1, 2)
        if len(here):
            messages.append((number, pack_pairs(*here.T)))
    told: dict[int, int] = {}
    for split, packed in take_rounds(rounds, messages, []).items():
        rows, roots = unpack_pairs(packed)
        assert {one >> 32 for one in rows.tolist()} <= {split}  # each document's own split is told
        assert not told.keys() & set(rows.tolist())
        told |= dict(zip(rows.tolist(), roots.tolist(), strict=True))
    return told


@settings(max_examples=60)
@given(EDGES)
def test_both_ways_find_the_same_clusters(edges: list[tuple[int, int]]) -> None:
    expected = clusters(edges)
    assert joined(in_a_tree("Link", linking, at_splits=False, partitions=PARTITIONS), edges) == expected
    rounds = by_stars("Link", linking, at_splits=False, partitions=PARTITIONS, rounds=12)
    assert joined(rounds, edges) == expected


@pytest.mark.parametrize(("partitions", "groups"), [(1, 1), (8, 2), (32, 5)])
def test_forests_are_merged_by_groups(partitions: int, groups: int) -> None:
    first, *_ = in_a_tree("Link", linking, at_splits=True, partitions=partitions)
    packed = [pack_pairs(np.array([row(4)], np.uint64), np.array([row(8)], np.uint64))]
    told = {number for one in range(partitions) for number, _ in first.work(one, packed, None)}
    assert told == set(range(groups))
    assert list(first.work(0, [], None)) == []  # nothing is sent of nothing
    assert first.at_splits


def test_rounds_are_named_and_too_few_are_told() -> None:
    names = [one.name for one in by_stars("Link", linking, at_splits=True, partitions=2, rounds=2)]
    assert names == ["Link", "Large star 1", "Small star 1", "Large star 2", "Small star 2", "Clusters"]
    chain = [(number, number + 1) for number in range(30)]
    with pytest.raises(TextmillError, match="not complete after 1 rounds"):
        joined(by_stars("Link", linking, at_splits=False, partitions=PARTITIONS, rounds=1), chain)
