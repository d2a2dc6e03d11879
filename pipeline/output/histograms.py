"""What documents measured, in bins: many measurements from two looks at the ledger."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .charts import Histogram

if TYPE_CHECKING:
    import duckdb

BINS = 40
SAMPLED_DOCUMENTS = 200_000
"""Histograms of a larger corpus are drawn from about so many documents, picked by their ids: all values of these are in
memory at once."""

Thresholds: TypeAlias = tuple[float | None, float | None]
"""Minimum and maximum."""


def count_histograms(
    tables: duckdb.DuckDBPyConnection, measurements: Mapping[str, Thresholds], documents: int
) -> dict[str, Histogram]:
    """A histogram of each measurement of the ledger, with its thresholds, where any document has a finite value.

    A look at the ledger opens every file of it, of which there are as many as splits: therefore all measurements are
    taken at once, first where their values lie and then how many fall into each bin.
    """
    if not measurements:
        return {}
    picked = picked_documents(documents, SAMPLED_DOCUMENTS)
    columns = [_column(name) for name in measurements]
    values = ", ".join(f"CASE WHEN isfinite({column}) THEN {column} END v{i}" for i, column in enumerate(columns))
    look = f"FROM (SELECT {values} FROM ledger WHERE {picked})"
    ends = "[quantile_disc(v{0}, 0.005), quantile_disc(v{0}, 0.995), min(v{0}), max(v{0})]"
    asked = f"{ends}, bool_and(v{{0}} = floor(v{{0}}))"
    row = _row(tables, [asked.format(i) for i in range(len(columns))], look)
    bins: dict[str, _Bins] = {}
    for name, found_ends, whole in zip(measurements, row[::2], row[1::2], strict=True):
        if found_ends[0] is not None:
            bins[name] = _bins(found_ends, bool(whole), measurements[name])
    numbers = {name: i for i, name in enumerate(measurements)}
    counted = _row(tables, [f"histogram({found.place(f'v{numbers[name]}')})" for name, found in bins.items()], look)
    return {
        name: Histogram(
            found.low,
            found.high,
            [counts.get(i, 0) for i in range(found.bars)],
            *measurements[name],
            whole=found.whole,
            beyond=found.beyond,
        )
        for (name, found), counts in zip(bins.items(), counted, strict=True)
    }


def picked_documents(documents: int, sampled: int) -> str:
    """SQL that is true of about ``sampled`` of so many documents, by their ids, which are random."""
    return f"doc_id < '{int(sampled / documents * 16**8):08x}'" if documents > sampled else "true"


class _Bins(NamedTuple):
    low: float
    high: float
    bars: int
    whole: bool
    beyond: bool
    """Whether values lie outside, which the end bins hold then."""

    def place(self, value: str) -> str:
        """SQL for the number of the bin in which a value lies."""
        scaled = f"floor(({value} - {self.low!r}) / {self.high - self.low!r} * {self.bars})"
        # Functions of several arguments leave nulls out, which would put what was not measured into the first bin.
        return f"CASE WHEN {value} IS NOT NULL THEN least(greatest({scaled}, 0), {self.bars - 1})::BIGINT END"


def _bins(ends: Sequence[float], whole: bool, thresholds: Thresholds) -> _Bins:
    """From where all but the outermost hundredth of the values lie, and the thresholds, to bins."""
    low, high, least, most = ends
    bounds = [bound for bound in thresholds if bound is not None and math.isfinite(bound)]
    low, high = min([low, *bounds]), max([high, *bounds])
    count = BINS
    if whole:  # counts: one bin, or several whole numbers, for each bar
        low, high = math.floor(low), math.ceil(high)
        width = -(-(high - low + 1) // BINS)
        count = -(-(high - low + 1) // width)
        low, high = low - 0.5, low - 0.5 + count * width
    elif low == high:
        low, high = low - 0.5, high + 0.5
    return _Bins(low, high, count, whole, least < low or most > high)


def _column(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"::DOUBLE'


def _row(tables: duckdb.DuckDBPyConnection, asked: Sequence[str], look: str) -> tuple[Any, ...]:
    return (tables.execute(f"SELECT {', '.join(asked)} {look}").fetchone() or ()) if asked else ()
