"""Read bytes one by one, find the next that matters, compare and count them.

A signed index may count from the end of an array, which compiled code asks of each one; in loops over bytes that took a
tenth of their time. So the positions here have no sign where they are read.
"""

from __future__ import annotations

import numpy as np

from .buffers import Bytes, Int64s
from .eight_bytes import line_feeds_of
from .instructions import bits_set, load_eight, trailing_zeros
from .kernel import inlined, inner, integer, kernel

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


@kernel
def count_line_feeds(data: Bytes, position: int, end: int) -> int:
    """How many there are."""
    count = 0
    while position + 8 <= end:
        count += bits_set(line_feeds_of(load_eight(data, position)))
        position += 8
    while position < end:
        count += data[position] == 0x0A
        position += 1
    return count


def line_feeds_in(offsets: Int64s, data: Bytes) -> Int64s:
    """How many there are in each document."""
    counts = np.empty(len(offsets) - 1, dtype=np.int64)
    _line_feeds_in(offsets, data, counts)
    return counts


@kernel
def _line_feeds_in(offsets: Int64s, data: Bytes, counts: Int64s) -> None:
    for document in range(len(counts)):
        counts[document] = count_line_feeds(data, offsets[document], offsets[document + 1])


@inner
def line_end(data: Bytes, position: int, end: int) -> int:
    """Where the next line feed stands, or the end."""
    while position + 8 <= end:
        feeds = line_feeds_of(load_eight(data, position))
        position += trailing_zeros(feeds) >> 3
        if feeds:
            return position
    while position < end and data[position] != 0x0A:
        position += 1
    return position


@inner
def same_bytes(data: Bytes, start: int, other: Bytes, other_start: int, count: int) -> bool:
    """Whether so many bytes of two arrays are the same."""
    at = 0
    while at + 8 <= count:
        if load_eight(data, start + at) != load_eight(other, other_start + at):
            return False
        at += 8
    while at < count:
        if data[start + at] != other[other_start + at]:
            return False
        at += 1
    return True
