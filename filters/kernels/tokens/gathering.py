"""Runs of token ids copied to where they belong, and counted from zero in each run."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..machine.buffers import Bytes, Int32s, Int64s
from ..machine.instructions import copy_bytes
from ..machine.kernel import kernel

ID_BYTES = 4


@kernel
def _copy_runs(data: Bytes, starts: Int64s, places: Int64s, lengths: Int64s, out: Bytes) -> None:
    for run in range(len(starts)):
        copy_bytes(out, 4 * places[run], data, 4 * starts[run], 4 * lengths[run])


@kernel
def _count_runs(places: Int64s, lengths: Int64s, out: Int32s) -> None:
    for run in range(len(places)):
        place = places[run]
        for position in range(lengths[run]):
            out[place + position] = np.int32(position)


def copy_runs(ids: Int32s, starts: Int64s, places: Int64s, lengths: Int64s, out: Int32s) -> None:
    """Copy run i, ``ids[starts[i]:starts[i] + lengths[i]]``, to ``out`` from ``places[i]`` on.

    Raises:
        IndexError: when a run does not lie in ``ids``, or has no room in ``out``.
    """
    _check(starts, lengths, len(ids))
    _check(places, lengths, len(out))
    _copy_runs(_bytes(ids), starts, places, lengths, _bytes(out))


def count_runs(places: Int64s, lengths: Int64s, out: Int32s) -> None:
    """Write 0, 1, 2 … into each run of ``out``: what ``position_ids`` are.

    Raises:
        IndexError: when a run does not lie in ``out``.
    """
    _check(places, lengths, len(out))
    _count_runs(places, lengths, out)


def _check(starts: Int64s, lengths: Int64s, limit: int) -> None:
    if len(starts) and (starts.min() < 0 or lengths.min() < 0 or int((starts + lengths).max()) > limit):
        raise IndexError(f"a run of tokens lies outside of the {limit:,} that there are")


def _bytes(ids: npt.NDArray[Any]) -> Bytes:
    return ids.view(np.uint8)
