"""Find and class the bytes that cut texts, eight at a time."""

from __future__ import annotations

import numpy as np

from ..batch import Bytes
from .eight_bytes import HIGH, LOW7
from .jit import bits_set, load_eight, njit, trailing_zeros

FROM_BLANK, PAST_TILDE = np.uint64(0x6060606060606060), np.uint64(0x0101010101010101)
BLANKS = np.uint64(0x2020202020202020)
LINE_FEEDS = np.uint64(0x0A0A0A0A0A0A0A0A)
FROM_TAB, PAST_RETURN = np.uint64(0x7777777777777777), np.uint64(0x7272727272727272)
FROM_SEPARATOR, PAST_SPACE = np.uint64(0x6464646464646464), np.uint64(0x5F5F5F5F5F5F5F5F)


@njit
def spaces_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is ASCII white space as Python has it: 0x09-0x0D, 0x1C-0x20."""
    bare = block & LOW7
    controls = (bare + FROM_TAB) & ~(bare + PAST_RETURN)
    return (controls | ((bare + FROM_SEPARATOR) & ~(bare + PAST_SPACE))) & ~block & HIGH


@njit
def printable_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is printable ASCII: 0x20-0x7E."""
    bare = block & LOW7
    return (bare + FROM_BLANK) & ~(bare + PAST_TILDE) & ~block & HIGH


@njit
def blanks_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is a space."""
    return ~(((block ^ BLANKS) & LOW7) + LOW7) & ~block & HIGH


@njit
def line_feeds_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is a line feed."""
    return ~(((block ^ LINE_FEEDS) & LOW7) + LOW7) & ~block & HIGH


@njit
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


@njit
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


@njit
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
