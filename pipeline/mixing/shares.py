"""How many tokens each source and language gives to each stage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...errors import RecipeError
from .definition import Mix

Tokens = npt.NDArray[np.float64]


def share_out(mix: Mix, there: Sequence[int]) -> Tokens:
    """Tokens wanted of each source in each stage, shape (stages, sources).

    Args:
        mix: With the budget, the weights, and what to do where a source has too little.
        there: Tokens that each source has.

    Raises:
        RecipeError: when a source has too little and the mix does not say what to do then.
    """
    names = [source.name for source in mix.sources]
    has = np.array(there, dtype=np.float64)
    limits = has * [source.max_epochs for source in mix.sources]
    weights = np.array(
        [has if stage.weights is None else [stage.weights.get(name, 0.0) for name in names] for stage in mix.stages]
    )
    for number, name in enumerate(names):
        if not there[number] and weights[:, number].any():
            raise RecipeError(f"source {name} has no tokens that may be taken; leave it out, or look at its condition")
    if not has.any():
        raise RecipeError("none of the sources has tokens that may be taken")
    fractions = weights / weights.sum(axis=1, keepdims=True) * [[stage.share] for stage in mix.stages]
    demand = fractions.sum(axis=0)
    most = float(np.min(limits[demand > 0] / demand[demand > 0]))
    budget = most if mix.tokens is None else float(mix.tokens)
    if budget <= most or mix.shortage == "shrink":
        wanted: Tokens = fractions * min(budget, most)
        return wanted
    if mix.shortage == "redistribute":
        return _redistribute(fractions * budget, limits)
    short = int(np.argmin(np.where(demand > 0, limits / np.maximum(demand, 1e-300), np.inf)))
    raise RecipeError(
        f"source {names[short]} has {there[short]:,} tokens, of which {demand[short] * budget:,.0f} are wanted: "
        f"{demand[short] * budget / has[short]:.2f} epochs, but max_epochs is {mix.sources[short].max_epochs:g}; "
        f"lower tokens to {int(most):,}, raise max_epochs, or say shortage: shrink or redistribute"
    )


def _redistribute(wanted: Tokens, limits: Tokens) -> Tokens:
    """Sources that have too little give all they may; the others give the rest by their weights."""
    stages = wanted.sum(axis=1, keepdims=True)
    given = wanted.copy()
    is_short = np.zeros(len(limits), dtype=np.bool_)
    while True:
        total = given.sum(axis=0)
        newly = ~is_short & (total > limits * (1 + 1e-12))
        if not newly.any():
            return given
        is_short |= newly
        given[:, newly] *= limits[newly] / total[newly]
        left = stages - given[:, is_short].sum(axis=1, keepdims=True)
        others = wanted[:, ~is_short]
        sums = others.sum(axis=1, keepdims=True)
        given[:, ~is_short] = np.divide(others * left, sums, out=np.zeros_like(others), where=sums > 0)


def by_temperature(there: Sequence[int], wanted: float, temperature: float | None, max_epochs: float) -> Tokens:
    """Tokens wanted of each language of a source.

    Languages get shares of their tokens to the power of 1/temperature (Devlin et al. 2018, multilingual BERT); one that
    has too little gives what it may, and the others the rest.
    """
    has = np.array(there, dtype=np.float64)
    weights = np.power(has, 1 / (temperature or 1.0))
    shares = weights / weights.sum() * wanted if has.any() else weights
    given: Tokens = _redistribute(shares.reshape(1, -1), has * max_epochs)[0]
    return given
