"""Candidate pairs compared, beside plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup import MinHashDedup
from textmill.dedup.documents.verification import (
    Evidence,
    choose,
    pack_evidence,
    shingle_sets,
    similarity,
    sketch_similarity,
    unpack_evidence,
)
from textmill.filters.base.batch import make_batch


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 20), max_size=12), min_size=1, max_size=6))
def test_exact_similarities_are_those_of_python_sets(members):
    offsets = np.cumsum([0, *map(len, members)]).astype(np.int64)
    hashes = np.array([value for part in members for value in part], dtype=np.uint32)
    count = len(members)
    evidence = shingle_sets(offsets, hashes, np.arange(count, dtype=np.uint64))
    back = unpack_evidence(pack_evidence(evidence))
    assert all(np.array_equal(one, other) for one, other in zip(evidence, back, strict=True))
    low, high = (index.ravel() for index in np.indices((count, count)))
    sets = [set(part) for part in members]
    for how in ("jaccard", "containment"):
        found = similarity(how, evidence, low, back, high)
        for left, right, value in zip(low.tolist(), high.tolist(), found.tolist(), strict=True):
            shared, union = len(sets[left] & sets[right]), len(sets[left] | sets[right])
            whole = union if how == "jaccard" else min(len(sets[left]), len(sets[right]))
            assert value == (shared / whole if whole else 0)


def test_sketches_come_back_and_are_compared_byte_by_byte():
    values = np.array([[1, 2, 3, 4], [1, 2, 9, 9], [8, 8, 8, 8]], np.uint8)
    evidence = Evidence(np.array([3, 4, 7], np.uint64), np.arange(4) * 4, values.ravel())
    back = unpack_evidence(pack_evidence(evidence))
    assert all(np.array_equal(one, other) for one, other in zip(evidence, back, strict=True))
    low, high = np.array([0, 0, 1]), np.array([0, 1, 2])
    found = similarity("signature", evidence, low, back, high)
    assert found.tolist() == sketch_similarity(values[low], values[high]).tolist()
    assert found[0] == 1 > found[1] > found[2]


def test_chosen_evidence_is_that_of_the_rows():
    evidence = Evidence(np.array([2, 5, 9], np.uint64), np.array([0, 1, 3, 6]), np.arange(6, dtype=np.uint32))
    part = choose(evidence, np.array([2, 9], np.uint64))
    assert (part.rows.tolist(), part.offsets.tolist(), part.values.tolist()) == ([2, 9], [0, 1, 4], [0, 3, 4, 5])


@pytest.mark.parametrize("true", [0.0, 0.3, 0.6, 0.9, 1.0])
def test_sketches_estimate_the_similarity_without_bias(true):
    rng = np.random.default_rng(1)
    left = rng.integers(0, 256, (2000, 112), dtype=np.uint8)
    right = np.where(rng.random(left.shape) < true, left, rng.integers(0, 256, left.shape, dtype=np.uint8))
    estimates = sketch_similarity(left, right)
    assert abs(estimates.mean() - true) < 0.01
    assert estimates.std() < 0.05


def test_equal_texts_have_similarity_one_and_unrelated_ones_almost_none():
    texts = ["some words that stand here twice and make a text", "an entirely unrelated text about bees and honey"]
    _, sketches = MinHashDedup().keys_and_sketches(make_batch([texts[0], texts[0], texts[1]]))
    assert sketch_similarity(sketches[:1], sketches[1:2])[0] == 1.0
    assert sketch_similarity(sketches[:1], sketches[2:])[0] < 0.1
