"""Which documents are asked for, as SQL over the ledger."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from ...errors import InputError
from ..files.tables import name_of, text

LABELS = ("verdict", "step", "rule", "kind", "language")
"""Filters that take one of a few values; the language is the measurement of that name."""
MOST_ROWS = 500


@dataclass(frozen=True, kw_only=True)
class Range:
    """Bounds of a measurement, themselves included; None for none."""

    column: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which documents, in which order, and which of them."""

    labels: Mapping[str, str]
    source: str = ""
    """Part of the name of the source."""
    ranges: tuple[Range, ...] = ()
    where: str = ""
    """A condition in SQL over columns of the ledger."""
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 100

    def condition(self, columns: Mapping[str, str]) -> str:
        """All filters as one condition.

        Args:
            columns: What each label is called in the ledger.

        Raises:
            InputError: when the condition in SQL is none.
        """
        return " AND ".join(self._conditions(columns)) or "TRUE"

    def _conditions(self, columns: Mapping[str, str]) -> Iterator[str]:
        for label, value in self.labels.items():
            yield f"CAST({name_of(columns[label])} AS VARCHAR) = {text(value)}"
        if self.source:
            yield f"contains(source, {text(self.source)})"
        for one in self.ranges:
            column = f"CAST({name_of(one.column)} AS DOUBLE)"
            if one.minimum is not None:
                yield f"({column} >= {one.minimum!r} AND NOT isnan({column}))"
            if one.maximum is not None:
                yield f"{column} <= {one.maximum!r}"
        if self.where.strip():
            yield f"({expression(self.where)})"


def expression(given: str) -> str:
    """One expression of SQL, as DuckDB writes what it has read: nothing stands behind it, and no comment in it.

    Raises:
        InputError: when it is none.
    """
    try:
        return str(duckdb.SQLExpression(given))
    except duckdb.Error as error:
        raise InputError(one_line(error)) from error


def one_line(error: Exception) -> str:
    """What DuckDB says, without the drawing of where."""
    return str(error).strip().splitlines()[0]


def number(given: str, called: str) -> float | None:
    """A bound as the page sends it; None for an empty one.

    Raises:
        InputError: when it is no number.
    """
    if not given.strip():
        return None
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{called}: {given!r} is no number")
    return value
