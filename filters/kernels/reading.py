"""Read bytes at positions that are never negative.

A signed index may count from the end of an array, which compiled code asks of each one; in loops over bytes that took a
tenth of their time. An index without a sign cannot.
"""

from __future__ import annotations

import numpy as np

from ..batch import Bytes
from .jit import inlined, integer

ONE = np.uint64(1)


@inlined
def byte_at(data: Bytes, position: int) -> int:
    """The byte at a position of an array, 0 to 255."""
    return integer(data[np.uint64(position)])


@inlined
def next_event(data: Bytes, start: int, end: int, events: Bytes) -> int:
    """Where the next byte stands that means something by a table of 256, or ``end``."""
    position, limit = np.uint64(start), np.uint64(end)
    while position < limit and events[data[position]] == 0:
        position += ONE
    return integer(position)
