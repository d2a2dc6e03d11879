"""Quantiles and intervals beside SciPy's, and how often they hold."""

import numpy as np
import pytest
from scipy import stats

from textmill.pipeline.estimating.intervals import (
    NOMINAL,
    Interval,
    Units,
    most_unseen,
    share_by_weight,
    student,
    total,
)


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


def wilson(found: int, drawn: int, quantile: float) -> tuple[float, float]:
    level = float(2 * stats.norm.cdf(quantile) - 1)
    ends = stats.binomtest(found, drawn).proportion_ci(level, method="wilson")
    return float(ends.low), float(ends.high)


@pytest.mark.parametrize("found", [30, 50, 99, 100])
def test_shares_of_documents_as_heavy_as_each_other_lie_between_wilsons_ends(found: int) -> None:
    interval = share_by_weight(np.ones(100), np.arange(100) < found, 0.0)
    low, high = wilson(found, 100, student(99))
    assert (interval.value, interval.low, interval.high) == pytest.approx((found / 100, low, high))


def test_a_count_of_documents_drawn_one_by_one_lies_between_wilsons_ends() -> None:
    drawn = np.repeat([1.0, 0.0], [30, 71])  # the variance of 101 that are drawn is divided by 100
    interval = total([(_units(np.ones(101), 10_100.0, 0.0), drawn)], count_of=10_100)
    low, high = wilson(30, 101, student(100))
    assert (interval.value, interval.low, interval.high) == pytest.approx((3000, 10_100 * low, 10_100 * high), rel=0.01)


def test_a_count_over_splits_that_differ_is_as_wide_as_of_so_many_fewer_documents() -> None:
    drawn = np.array([0.0, 10.0] * 5)  # of ten splits of ten documents, half have nothing but what is counted
    interval = total([(_units(np.full(10, 10.0), 10_000.0, 0.0), drawn)], count_of=10_000)
    low, high = wilson(5, 10, student(9))
    assert (interval.low, interval.high) == pytest.approx((10_000 * low, 10_000 * high), rel=0.1)
    alike = total([(_units(np.full(10, 10.0), 10_000.0, 0.0), np.array([4.0, 6.0] * 5))], count_of=10_000)
    assert alike.high - alike.low < 0.3 * (interval.high - interval.low)


def test_what_was_never_drawn_ends_where_wilson_says() -> None:
    _, high = wilson(0, 300, float(stats.norm.ppf((1 + NOMINAL) / 2)))
    assert most_unseen(300, 30_000) == pytest.approx(30_000 * high)


def test_of_none_drawn_nothing_is_expected_and_documents_of_strata_add_up() -> None:
    assert total([]) == total([(_units(np.ones(0), 50.0, 0.0), np.zeros(0))]) == Interval(value=0, low=0, high=0)
    assert total([(_units(np.zeros(3), 50.0, 0.0), np.zeros(3))]).value == 0  # no size to go by
    none = [(_units(np.ones(100), 1000.0, 0.0), np.zeros(100))] * 3
    _, high = wilson(0, 300, student(299))
    assert total(none, count_of=3000).high == pytest.approx(3000 * high)


def test_spreads_of_strata_add_up_with_the_freedom_of_satterthwaite() -> None:
    figures = np.array([1.0, 2.0, 3.0, 4.0])
    one = total([(_units(np.ones(4), 400.0, 0.0), figures)])
    two = total([(_units(np.ones(4), 400.0, 0.0), figures)] * 2)
    spread = 400 * figures.std(ddof=1) / 2
    assert (one.value, two.value) == (1000, 2000)
    assert one.value - one.low == pytest.approx(min(student(3) * spread, 1000))
    assert two.value - two.low == pytest.approx(student(6) * spread * 2**0.5)
    assert two.high == pytest.approx(2000 * np.exp((2000 - two.low) / 2000))
    half = total([(_units(np.ones(4), 400.0, 0.5), figures)] * 2)  # where half is known, only half can vary
    assert half.value - half.low == pytest.approx((two.value - two.low) / 2**0.5)
