"""Duplicates that a sample cannot see are extrapolated within bounds that need no model."""

import numpy as np
import pytest

from textmill.pipeline.estimating.thinning import share_removed


def test_nothing_seen_is_nothing_removed() -> None:
    removed, seen = share_removed(np.zeros(10), 0.1)
    assert (removed.value, removed.low, removed.high, seen) == (0, 0, 0, 0)


def test_what_was_read_whole_is_counted() -> None:
    removed, seen = share_removed(np.array([0.0, 0.0, 1.0, 1.0]), 1.0)
    assert removed.value == removed.low == removed.high == seen == 0.25


@pytest.mark.parametrize("dispersion", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("read", [0.1, 0.5])
def test_thinned_partners_give_what_the_whole_corpus_removes(dispersion: float, read: float) -> None:
    chance = np.random.default_rng(3)
    partners = chance.negative_binomial(dispersion, dispersion / (dispersion + 0.8), 400_000)
    true = float((1 - 1 / (1 + partners)).mean())
    removed, seen = share_removed(chance.binomial(partners, read).astype(float), read)
    assert seen < true
    assert removed.value == pytest.approx(true, rel=0.05)
    assert removed.low <= true <= removed.high


def test_bounds_hold_where_the_model_does_not() -> None:
    chance = np.random.default_rng(4)
    partners = np.where(chance.random(400_000) < 0.3, 1, 0)  # pairs and nothing else
    removed, _ = share_removed(chance.binomial(partners, 0.2).astype(float), 0.2)
    assert removed.low <= 0.15 <= removed.high * 1.02


@pytest.mark.parametrize(("partners", "read", "high"), [(1.0, 0.8, 0.625), (1.0, 0.5, 1.0), (3.0, 0.5, 1.0)])
def test_no_more_are_removed_than_half_the_partners_and_than_there_are(
    partners: float, read: float, high: float
) -> None:
    removed, seen = share_removed(np.full(10, partners), read)
    assert (removed.low, removed.high) == (seen, high)
    assert seen == 1 - 1 / (1 + partners)
