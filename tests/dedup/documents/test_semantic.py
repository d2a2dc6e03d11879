"""Clusters of embeddings: exact sums, the same centres whatever the blocks, and pairs as listed one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from textmill import Recipe
from textmill.dedup.documents import kmeans, semantic
from textmill.dedup.documents.clusters import forest_of
from textmill.dedup.documents.kmeans import Int8s, find_centres, nearest, products, squares
from textmill.dedup.documents.semantic import SemanticDedup, link_alike
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch


def blobs(count: int, width: int, centres: int, spread: float) -> tuple[Int8s, np.ndarray[Any, np.dtype[np.int64]]]:
    generator = np.random.default_rng(width)
    middles = generator.normal(size=(centres, width))
    of = generator.integers(0, centres, count)
    vectors = middles[of] + spread * generator.normal(size=(count, width))
    scale = 127 / np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors * scale).astype(np.int8), of


@pytest.mark.parametrize("width", [8, 384, 1040, 1536])
def test_products_are_exact(width: int) -> None:
    vectors = np.random.default_rng(0).integers(-127, 128, (50, width)).astype(np.int8)
    vectors[0], vectors[1] = 127, -127
    wide = vectors.astype(np.int64)
    assert (products(vectors, vectors).astype(np.int64) == wide @ wide.T).all()
    assert (squares(vectors) == np.diag(wide @ wide.T)).all()


def test_centres_are_found_and_the_same_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, of = blobs(3000, 32, 12, 0.2)
    # The first of the sample are where centres begin: one of each blob, so that none is parted.
    firsts = [int(np.flatnonzero(of == number)[0]) for number in range(12)]
    sample = np.concatenate([vectors[firsts], vectors])
    centres = find_centres(sample, 12)
    assert len(centres) == 12
    assigned = nearest(vectors, centres)
    assert len({(int(one), int(other)) for one, other in zip(assigned, of, strict=True)}) == 12
    monkeypatch.setattr(kmeans, "BLOCK_ROWS", 7)
    assert (find_centres(sample, 12) == centres).all()
    assert (nearest(vectors, centres) == assigned).all()


def test_fewer_different_vectors_than_centres() -> None:
    vectors = np.array([[1, 2, 3]] * 5 + [[-3, 2, 1]] * 5, dtype=np.int8)
    assert len(find_centres(vectors, 4)) == 2


@pytest.mark.parametrize("block", [3, 256])
@pytest.mark.parametrize("is_ranked", [False, True])
def test_what_goes_is_like_what_stays(block: int, is_ranked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a slow twin that takes one document after the other, and compares it with all that stay."""
    monkeypatch.setattr(semantic, "BLOCK_ROWS", block)
    vectors, _ = blobs(300, 24, 60, 0.3)
    generator = np.random.default_rng(4)
    rows = generator.permutation(np.arange(300, dtype=np.uint64) << np.uint64(31))
    ranks = generator.integers(0, 20, 300).astype(np.uint64) * np.uint64(is_ranked)
    low, high = np.indices((300, 300)).reshape(2, -1)
    cosines = SemanticDedup().sketch_similarity(vectors[low].view(np.uint8), vectors[high].view(np.uint8))
    wide = vectors.astype(np.float64) / np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    np.testing.assert_allclose(cosines.reshape(300, 300), wide @ wide.T, atol=1e-12)
    assert not np.isclose(cosines, 0.9, atol=1e-9).any()
    alike = cosines.reshape(300, 300) >= 0.9
    stays: list[int] = []
    joined: list[tuple[int, int]] = []
    for one in sorted(range(300), key=lambda one: (int(ranks[one]), int(rows[one]))):
        keeper = next((other for other in stays if alike[one, other]), None)
        if keeper is None:
            stays.append(one)
        else:
            joined.append((one, keeper))
    expected = forest_of(*(rows[list(column)] for column in zip(*joined, strict=True)))
    found = link_alike(rows, ranks, vectors, 0.9)
    assert 100 < len(found.rows) < 250
    assert (found.rows == expected.rows).all()
    assert (found.roots == expected.roots).all()
    assert len(link_alike(rows[:1], ranks[:1], vectors[:1], 0.5).rows) == 0


def test_no_chain_joins_what_is_not_alike() -> None:
    angles = np.arange(5) * 0.2
    vectors = np.rint(127 * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.int8)
    rows = np.arange(5, dtype=np.uint64)
    found = link_alike(rows, np.zeros(5, dtype=np.uint64), vectors, 0.97)
    assert (found.rows.tolist(), found.roots.tolist()) == ([1, 3], [0, 2])
    ranked = link_alike(rows, np.array([9, 0, 9, 9, 9], dtype=np.uint64), vectors, 0.97)
    assert (ranked.rows.tolist(), ranked.roots.tolist()) == ([1, 2, 4], [0, 0, 3])  # 1 stays in place of 0 and 2


def test_equal_vectors_reach_a_similarity_of_one() -> None:
    vectors = np.array([[3, 4, 5], [6, 8, 10], [3, 4, 6], [3, 4, 5]], dtype=np.int8)
    rows = np.arange(4, dtype=np.uint64)
    assert link_alike(rows, np.zeros(4, dtype=np.uint64), vectors, 1.0).rows.tolist() == [1, 3]


def test_how_many_clusters() -> None:
    step = SemanticDedup()
    assert [step.cluster_count(count) for count in (1, 1999, 2000, 500_000, 4_000_000)] == [1, 1, 2, 500, 2000]
    assert SemanticDedup(clusters=7).cluster_count(10**9) == 7


def test_no_document_has_a_key_before_all_vectors_are_known() -> None:
    keys = SemanticDedup().keys(make_batch(["a text", "another"]))
    assert (keys.words.shape, keys.document.shape) == ((0, 1), (0,))


def test_the_vectors_are_those_of_an_earlier_step() -> None:
    with pytest.raises(RecipeError, match=r"reads embed\.vector, but no embed stands before it"):
        Recipe("r", [SemanticDedup()])


def test_mistakes_are_refused() -> None:
    for given, message in (
        ({"min_similarity": 0}, "above 0"),
        ({"min_similarity": 1.1}, "at most 1"),
        ({"clusters": 0}, "at least 1"),
        ({"keep": "best"}, "keep is 'best'; choose one of first"),
    ):
        with pytest.raises(RecipeError, match=message):
            SemanticDedup(**given)  # type: ignore[arg-type]
