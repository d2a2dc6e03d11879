"""The last results of kernels, so that filters behind each other share one pass over the text.

What was taken of a column serves for a selection of its rows too: a filter for English documents finds what one for all
documents has counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Matrix: TypeAlias = npt.NDArray[np.int64]

REMEMBERED_COLUMNS = 4
"""For how many columns each thread remembers what was taken of them."""


class _Local(threading.local):
    """What each thread remembers."""

    def __init__(self) -> None:
        self.columns: deque[_Column] = deque(maxlen=REMEMBERED_COLUMNS)


class _Column(NamedTuple):
    identity: tuple[int, ...]
    text: pa.Array
    """Kept with its results: while it lives, no other can have its address."""
    results: dict[Hashable, Matrix]
    selected: tuple[_Column, npt.NDArray[np.int64]] | None
    """The column that this one is a selection of, and which of its rows."""


_local = _Local()


def remembered(text: pa.Array, key: Hashable, take: Callable[[], Matrix]) -> Matrix:
    """Return what was taken of the same column under the same key, or take it now.

    Each thread remembers a few columns. A column is the same when its buffers and their range are, whatever object
    holds them.
    """
    column = _column(text) or _new_column(text)
    known = _recalled(column, key)
    if known is not None:
        return known
    result = take()
    _keep(column, key, result)
    return result


def recalled(text: pa.Array, key: Hashable) -> Matrix | None:
    """What was taken of the same column under the same key, or of one that it is a selection of, if anything was."""
    column = _column(text)
    return None if column is None else _recalled(column, key)


def _recalled(column: _Column, key: Hashable) -> Matrix | None:
    if key not in column.results and column.selected is not None:
        whole, rows = column.selected
        if key in whole.results:
            _keep(column, key, whole.results[key][rows])
    return column.results.get(key)


def remember(text: pa.Array, key: Hashable, result: Matrix) -> None:
    """Keep what a pass has learnt besides what it was made for."""
    _keep(_column(text) or _new_column(text), key, result)


def remember_selection(text: pa.Array, selected: pa.Array, rows: npt.NDArray[np.int64]) -> None:
    """Say that a column consists of these rows of another one."""
    whole = _column(text) or _new_column(text)
    if whole.identity != _identity(selected):
        _local.columns.append(_Column(_identity(selected), selected, {}, (whole, rows)))


def _keep(column: _Column, key: Hashable, result: Matrix) -> None:
    result.setflags(write=False)
    column.results[key] = result


def _column(text: pa.Array) -> _Column | None:
    identity = _identity(text)
    columns: deque[_Column] = _local.columns
    found: _Column
    for found in reversed(columns):
        if found.identity == identity:
            return found
    return None


def _new_column(text: pa.Array) -> _Column:
    column = _Column(_identity(text), text, {}, None)
    _local.columns.append(column)
    return column


def _identity(text: pa.Array) -> tuple[int, ...]:
    return len(text), text.offset, *[0 if buffer is None else buffer.address for buffer in text.buffers()]
