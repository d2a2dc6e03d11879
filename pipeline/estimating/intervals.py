"""Totals of a corpus from a sample of it, each with an interval that holds it 19 times in 20."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
"""How often an interval is to hold the figure."""
NOMINAL = 0.98
"""What it is computed for. Sizes of documents are skewed and spreads are estimated from the same sample, so that
intervals hold a few percent less often than they are computed for (benchmarks/estimate.py)."""
_Z = NormalDist().inv_cdf((1 + NOMINAL) / 2)
_RARE = 0.1
_FEW_DEGREES = {1: 31.82, 2: 6.965}


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure, and between which it lies 19 times in 20."""

    value: float
    low: float
    high: float

    def scaled(self, value: float, low: float, high: float) -> Interval:
        """The figure times another one that has an interval of its own."""
        return Interval(value=self.value * value, low=self.low * low, high=self.high * high)


@dataclass(frozen=True, kw_only=True)
class Units:
    """What was drawn from one stratum, by chance and each unit with the same one.

    Units are documents where the whole stratum has been read, and splits where only some were: documents of a file hang
    together, so that ten thousand of one split say less than a thousand of all.
    """

    drawn: int
    there: float
    """Units in the stratum; of documents a count, since all were read."""
    sizes: Mapping[str, tuple[Floats, float]]
    """What a figure may go with: for each unit drawn how much of it there is, and how much in the whole stratum."""
    share: float
    """Which share of the units is drawn; 0 where a correction for it would promise too much."""


def total(parts: Sequence[tuple[Units, Floats]], *, count_of: float | None = None) -> Interval:
    """Estimate a total over strata from what each unit drawn contributes to it.

    Each stratum's total is its mean per unit, or its ratio to a size known of the whole stratum (Cochran 1977, chapter
    6), whichever spreads less. The variances are those between units, added up; the quantile is Student's with the
    degrees of freedom of Satterthwaite (1946).

    Args:
        parts: For each stratum its units, and the figure of each of them.
        count_of: The documents that are counted among, if it is a count: its interval is then Wilson's (1927), which
            also holds where none or all were found.
    """
    value = variance = satterthwaite = 0.0
    drawn = 0.0
    for units, figures in parts:
        if not units.drawn:
            continue
        estimates = [_ratio(figures, size, whole, units) for size, whole in units.sizes.values() if size.sum() > 0]
        found, spread = min(estimates, key=lambda one: one[1]) if estimates else (0.0, 0.0)
        value += found
        variance += spread
        drawn += units.drawn / max(1 - units.share, 1e-9)
        if units.drawn > 1:
            satterthwaite += spread**2 / (units.drawn - 1)
    freedom = variance**2 / satterthwaite if satterthwaite > 0 else max(drawn - 1, 1.0)
    quantile = student(freedom)
    if count_of is not None and count_of > 0:
        return _wilson(value, variance, count_of, drawn, quantile)
    half = quantile * math.sqrt(variance)
    # Sizes are skewed: a sample that lacks the large ones also shows too little spread, so above it is wider.
    high = value * math.exp(half / value) if value > 0 else half
    return Interval(value=value, low=max(value - half, 0.0), high=high)


def share_by_weight(weights: Floats, found: npt.NDArray[np.bool_], drawn_share: float) -> Interval:
    """Which share of all weight is found, where a few heavy documents decide it.

    Wilson's interval with the effective number of documents of Kish (1965): a sample in which all large documents
    happen to be kept has no spread to show, yet the next large one may be removed.
    """
    whole = float(weights.sum())
    effective = whole**2 / float((weights**2).sum()) / max(1 - drawn_share, 1e-9)
    share = float(weights[found].sum()) / whole
    return _wilson(share, share * (1 - share) / effective, 1.0, effective, student(max(effective - 1, 1.0)))


def most_unseen(drawn: int, among: float) -> float:
    """How many of the documents there can be of what no document drawn was."""
    return _wilson(0.0, 0.0, among, max(drawn, 1), _Z).high


def student(freedom: float) -> float:
    """The two-sided quantile of Student's t, by the expansion of Abramowitz and Stegun (1964), 26.7.5."""
    freedom = max(freedom, 1.0)
    if freedom < 3:
        return _FEW_DEGREES[int(freedom)]
    z = _Z
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _ratio(figures: Floats, size: Floats, whole: float, units: Units) -> tuple[float, float]:
    ratio = figures.sum() / size.sum()
    residuals = figures - ratio * size
    count = units.drawn
    if count < 2:
        return float(ratio * whole), float((ratio * whole) ** 2)
    spread = (whole / size.sum()) ** 2 * count / (count - 1) * float((residuals**2).sum()) * (1 - units.share)
    return float(ratio * whole), spread


def _wilson(value: float, variance: float, among: float, drawn: float, quantile: float) -> Interval:
    share = min(max(value / among, 0.0), 1.0)
    spread = variance / among**2
    # So many documents drawn one by one would spread as much; none found, or all, spread as chance alone would.
    effective = share * (1 - share) / spread if spread > 0 and 0 < share < 1 else drawn
    effective = max(effective, 1.0)
    square = quantile**2 / effective
    middle = (share + square / 2) / (1 + square)
    half = quantile / (1 + square) * math.sqrt(share * (1 - share) / effective + square / (4 * effective))
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    # Of a handful Wilson's lower end is too high; Wilson and Hilferty's (1931) is that of a Poisson number.
    found = share * effective
    if 0 < share < _RARE:
        low = min(low, share * max(1 - 1 / (9 * found) - quantile / (3 * math.sqrt(found)), 0.0) ** 3)
    return Interval(value=value, low=min(low * among, value), high=max(high * among, value))
