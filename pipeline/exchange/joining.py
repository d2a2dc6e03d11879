"""Rounds that join linked documents to clusters: forests merged in a tree, or stars over packed edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isqrt

import numpy as np

from ...dedup.documents.clusters import Forest, merge_forests, pack_forest, unpack_forest
from ...dedup.documents.stars import both_ways, large_star, small_star, star_forest
from .exchange import Message, Round, pairs_by_split

Linking = Callable[[int, Sequence[bytes], str | None], Forest]


def in_a_tree(name: str, linking: Linking, *, at_splits: bool, partitions: int) -> tuple[Round, ...]:
    """Link, then merge the forests by groups, and the groups' forests in one place."""
    groups = max(1, isqrt(partitions))
    return (
        Round(name=name, work=partial(_to_group, linking, groups), at_splits=at_splits),
        Round(name="Join forests", work=_join_forests),
        Round(name="Clusters", work=_clusters),
    )


def by_stars(name: str, linking: Linking, *, at_splits: bool, partitions: int, rounds: int) -> tuple[Round, ...]:
    """Link, then take the edges through so many rounds of large-star and small-star, and check that they are stars."""
    stars: list[Round] = []
    for number in range(1, rounds + 1):
        stars.append(Round(name=f"Large star {number}", work=partial(_large_star, partitions)))
        stars.append(Round(name=f"Small star {number}", work=partial(_small_star, partitions)))
    return (
        Round(name=name, work=partial(_to_stars, linking, partitions), at_splits=at_splits),
        *stars,
        Round(name="Clusters", work=partial(_check_stars, rounds)),
    )


def _to_group(
    linking: Linking, groups: int, number: int, packed: Sequence[bytes], path: str | None
) -> Iterator[Message]:
    forest = linking(number, packed, path)
    if len(forest.rows):
        yield number % groups, pack_forest(forest)


def _join_forests(_: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    yield 0, pack_forest(merge_forests([unpack_forest(forest) for forest in packed]))


def _clusters(_: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    yield from _to_members(merge_forests([unpack_forest(forest) for forest in packed]))


def _to_stars(
    linking: Linking, partitions: int, number: int, packed: Sequence[bytes], path: str | None
) -> Iterator[Message]:
    forest = linking(number, packed, path)
    yield from both_ways(forest.rows, forest.roots, partitions).items()


def _large_star(partitions: int, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    yield from large_star(packed, partitions).items()


def _small_star(partitions: int, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    yield from small_star(packed, partitions).items()


def _check_stars(rounds: int, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    yield from _to_members(star_forest(packed, rounds))


def _to_members(forest: Forest) -> Iterator[Message]:
    """Tell every document of a cluster, the smallest too, to which it belongs."""
    roots = np.unique(forest.roots)
    yield from pairs_by_split(np.concatenate([roots, forest.rows]), np.concatenate([roots, forest.roots]))
