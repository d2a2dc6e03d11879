"""Duplicates that a sample cannot see, because their partners lie in what was not read."""

from __future__ import annotations

import math

from .intervals import Floats, Interval


def share_removed(partners: Floats, read: float) -> tuple[Interval, float]:
    """Which share of the documents deduplication removes in the whole corpus, and which it removes of what was read.

    A document of a cluster of c is removed with chance 1 - 1/c. Of its c - 1 partners each was read with the chance
    ``read``, so what was read shows a thinned number of them. Partners of documents are taken for negative binomial,
    which thinning leaves negative binomial: same dispersion, mean times ``read``. Dispersion and mean are found by
    moments. What holds without that model bounds the interval: no fewer are removed than are seen to be, and, as
    1 - 1/c is never above (c - 1)/2, no more than half the partners, which are seen with the chance ``read``.

    Args:
        partners: How many duplicates each document of the sample has among what was read.
        read: Share of the corpus that was read.
    """
    if not len(partners) or not partners.any():
        return Interval(value=0.0, low=0.0, high=0.0), 0.0
    seen = float((1 - 1 / (1 + partners)).mean())
    if read >= 1:
        return Interval(value=seen, low=seen, high=seen), seen
    mean, variance = float(partners.mean()), float(partners.var())
    dispersion = mean**2 / (variance - mean) if variance > mean else math.inf
    high = max(seen, min(mean / read / 2, 1.0))
    modelled = 1 - _mean_reciprocal(mean / read, dispersion)
    return Interval(value=min(max(modelled, seen), high), low=seen, high=high), seen


def _mean_reciprocal(mean: float, dispersion: float) -> float:
    """The mean of 1 / (1 + K) for a negative binomial K, or Poisson where the dispersion is infinite."""
    if math.isinf(dispersion) or dispersion > 1e6:
        return -math.expm1(-mean) / mean
    scale = mean / dispersion
    if abs(dispersion - 1) < 1e-9:
        return math.log1p(scale) / scale
    return -math.expm1((1 - dispersion) * math.log1p(scale)) / (scale * (dispersion - 1))
