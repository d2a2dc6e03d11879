"""Which of several duplicates stays: documents ranked by length, by date, or by a measurement; lower is better."""

from __future__ import annotations

import datetime
import json
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

UInt64s: TypeAlias = npt.NDArray[np.uint64]
Keep: TypeAlias = Literal["first", "longest", "newest", "highest", "lowest"]

DATE_FIELDS = ("warc_date", "date", "timestamp")
"""Fields of the metadata that may hold a document's date: WARC-Date as the reader names it, then usual names."""

_WORST = np.uint64(np.iinfo(np.uint64).max)
_EPOCH = datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)


def longest_first(text: pa.Array) -> UInt64s:
    """Rank by UTF-8 bytes."""
    length_bytes = np.asarray(pc.binary_length(text)).astype(np.uint64)
    ranks: UInt64s = _WORST - length_bytes
    return ranks


def newest_first(metadata: pa.Array, by: str | None) -> UInt64s:
    """Rank by the date in the metadata, to the second; without a date that can be read a document comes last."""
    fields = DATE_FIELDS if by is None else (by,)
    seconds = [_seconds(one, fields) for one in metadata.to_pylist()]
    ranks: UInt64s = _WORST - np.array(seconds, dtype=np.uint64)
    return ranks


def extreme_first(values: pa.Array, *, highest: bool) -> UInt64s:
    """Rank by a measurement; those that were not taken, or are no number, come last."""
    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    missing = np.isnan(numbers)
    if highest:
        numbers = -numbers
    bits = (numbers + 0.0).view(np.uint64)  # adding makes one zero of the two
    sign = np.uint64(1 << 63)
    # Read as integers, floats order by size: turn all bits of negative ones, and only the sign of the others.
    ranks: UInt64s = np.where(bits & sign, ~bits, bits | sign)
    ranks[missing] = _WORST
    return ranks


def extreme_value(ranks: UInt64s, *, highest: bool) -> npt.NDArray[np.float64]:
    """The numbers that :func:`extreme_first` has given these ranks."""
    sign = np.uint64(1 << 63)
    values = np.where(ranks & sign, ranks ^ sign, ~ranks).view(np.float64)
    return -values + 0.0 if highest else values


def _seconds(metadata: str | None, fields: tuple[str, ...]) -> int:
    """Seconds since the year 1, plus one; 0 without a date."""
    if not metadata:
        return 0
    try:
        known: Any = json.loads(metadata)
    except ValueError:
        return 0
    if not isinstance(known, dict):
        return 0
    for field in fields:
        value = known.get(field)
        if isinstance(value, str):
            try:
                date = datetime.datetime.fromisoformat(value.strip())
            except ValueError:
                continue
            if date.tzinfo is None:
                date = date.replace(tzinfo=datetime.UTC)
            return (date - _EPOCH) // datetime.timedelta(seconds=1) + 1
    return 0
