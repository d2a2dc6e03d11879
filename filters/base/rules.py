"""Rules: thresholds on measurements, kept apart from the measuring so that they can be re-cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import RecipeError


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A document fails when its measurement is below ``minimum``, above ``maximum``, or not in ``allowed``.

    Bounds are inclusive: a value equal to a bound passes. A null or NaN measurement passes, because nothing is known.
    Where each document has a bound of its own, as rules of many languages have, another measurement holds it; a
    document for which that is null passes.
    """

    name: str
    """The threshold's parameter in the filter's constructor (``min_words``); the ledger names the rule by it."""
    measurement: str
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str | bool, ...] | None = None
    minimum_in: str | None = None
    """The measurement that holds each document's own minimum."""
    maximum_in: str | None = None

    @property
    def bound_in(self) -> str | None:
        """The measurement that holds each document's own bound, if there is one."""
        return self.minimum_in or self.maximum_in

    def with_bound(self, bound: float | None) -> Rule:
        """The rule as it is for a document that has this bound of its own."""
        if self.bound_in is None:
            return self
        minimum, maximum = (bound, self.maximum) if self.minimum_in else (self.minimum, bound)
        return replace(self, minimum_in=None, maximum_in=None, minimum=minimum, maximum=maximum)

    def __post_init__(self) -> None:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise RecipeError(
                f"{self.name}: minimum {self.minimum} is above maximum {self.maximum}, so nothing could pass; swap them"
            )

    def fails(self, column: pa.Array, bounds: pa.Array | None = None) -> npt.NDArray[np.bool_]:
        """Tell for each value of the measurement whether it breaks the rule; shape (n,)."""
        failed = np.zeros(len(column), dtype=np.bool_)
        if self.allowed is not None:
            known = np.asarray(pc.is_valid(column))
            allowed = pa.array(self.allowed, type=column.type) if self.allowed else pa.array([], type=column.type)
            found = np.asarray(pc.is_in(column, value_set=allowed))
            return np.asarray(known & ~found, dtype=np.bool_)
        values = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        if bounds is not None:
            own = np.asarray(bounds.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
            failed |= values < own if self.minimum_in else values > own
        if self.minimum is not None:
            failed |= values < self.minimum
        if self.maximum is not None:
            failed |= values > self.maximum
        return failed

    def is_broken_by(self, value: object, bound: object = None) -> bool:
        """Tell whether one value breaks the rule, as :meth:`fails` does for a column; None and NaN never do."""
        if value is None:
            return False
        if self.allowed is not None:
            return value not in self.allowed
        assert isinstance(value, (int, float))
        minimum, maximum = self.minimum, self.maximum
        if isinstance(bound, (int, float)) and (value < bound if self.minimum_in else value > bound):
            return True
        return (minimum is not None and value < minimum) or (maximum is not None and value > maximum)

    def broken_threshold(self, value: object) -> str:
        """Name the bound that ``value`` breaks, as the ledger shows it."""
        if self.allowed is not None:
            return "|".join(str(item) for item in self.allowed)
        if self.minimum is not None and isinstance(value, (int, float)) and value < self.minimum:
            return repr(self.minimum)
        return repr(self.maximum)


def check_bounds(owner: str, low_name: str, low: float | None, high_name: str, high: float | None) -> None:
    """Refuse thresholds that contradict each other.

    Raises:
        RecipeError: when ``low`` is above ``high``.
    """
    if low is not None and high is not None and low > high:
        raise RecipeError(f"{owner}: {low_name}={low} is above {high_name}={high}, so nothing could pass")
