"""Quantiles and intervals beside SciPy's, and how often they hold."""

import numpy as np
import pytest
from scipy import stats

from textmill.pipeline.estimating.intervals import NOMINAL, Units, most_unseen, student, total


def _units(sizes: np.ndarray, whole: float, share: float) -> Units:
    return Units(drawn=len(sizes), there=0, sizes={"size": (sizes, whole)}, share=share)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 20, 1000])
def test_quantiles_are_those_of_student(freedom: int) -> None:
    assert student(freedom) == pytest.approx(stats.t.ppf((1 + NOMINAL) / 2, freedom), rel=0.02)


def test_documents_of_a_split_that_hang_together_widen_the_interval() -> None:
    ones = np.ones(20)
    mixed = total([(_units(ones, 2000.0, 0.0), np.tile([4.0, 6.0], 10))])
    apart = total([(_units(ones, 2000.0, 0.0), np.tile([0.0, 10.0], 10))])
    assert mixed.value == apart.value == 10_000
    assert apart.high - apart.low > 4 * (mixed.high - mixed.low)


def test_nothing_found_among_300_may_still_be_one_in_a_hundred() -> None:
    found = total([(_units(np.ones(300), 30_000.0, 0.01), np.zeros(300))], count_of=30_000)
    assert (found.value, found.low) == (0, 0)
    assert 300 < found.high < 700
    assert 300 < most_unseen(300, 30_000) < 700


def test_counts_of_rare_things_hold() -> None:
    chance = np.random.default_rng(8)
    held = 0
    for _ in range(1000):
        drawn = (chance.random(500) < 0.004).astype(float)  # two of 500
        found = total([(_units(np.ones(500), 50_000.0, 0.01), drawn)], count_of=50_000)
        held += found.low <= 200 <= found.high
    assert held >= 950


def test_a_size_that_goes_with_the_figure_narrows_the_interval() -> None:
    chance = np.random.default_rng(9)
    sizes = chance.lognormal(6, 1, 200)
    units = Units(
        drawn=200,
        there=20_000,
        sizes={"documents": (np.ones(200), 20_000.0), "bytes": (sizes, 20_000 * float(sizes.mean()))},
        share=0.01,
    )
    plain = total([(_units(np.ones(200), 20_000.0, 0.01), sizes / 4)])
    helped = total([(units, sizes / 4)])
    assert helped.high - helped.low < 0.01 * (plain.high - plain.low)
