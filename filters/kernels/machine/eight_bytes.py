"""Classes of eight bytes at once, by plain arithmetic on one 64-bit number."""

from __future__ import annotations

import numpy as np

from .kernel import inner

HIGH = np.uint64(0x8080808080808080)
LOW7 = np.uint64(0x7F7F7F7F7F7F7F7F)
CASE = np.uint64(0x2020202020202020)
FROM_A = np.uint64(0x1F1F1F1F1F1F1F1F)  # 0x80 - ord("a") in each byte: the sum reaches 0x80 from there on
PAST_Z = np.uint64(0x0505050505050505)
FROM_0 = np.uint64(0x5050505050505050)
PAST_9 = np.uint64(0x4646464646464646)
LOW_LINES = np.uint64(0x5F5F5F5F5F5F5F5F)
FROM_EXCLAMATION = np.uint64(0x5F5F5F5F5F5F5F5F)  # 0x80 - ord("!")
FROM_BLANK, PAST_TILDE = np.uint64(0x6060606060606060), np.uint64(0x0101010101010101)
BLANKS = np.uint64(0x2020202020202020)
LINE_FEEDS = np.uint64(0x0A0A0A0A0A0A0A0A)
FROM_TAB, PAST_RETURN = np.uint64(0x7777777777777777), np.uint64(0x7272727272727272)
FROM_SEPARATOR, PAST_SPACE = np.uint64(0x6464646464646464), np.uint64(0x5F5F5F5F5F5F5F5F)
ZERO = np.uint64(0)


@inner
def same_of(block: np.uint64, eight: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is the ASCII character which stands eight times in ``eight``."""
    return ~(((block ^ eight) & LOW7) + LOW7) & ~block & HIGH


@inner
def letters_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is an ASCII letter."""
    folded = (block & LOW7) | CASE
    return (folded + FROM_A) & ~(folded + PAST_Z) & ~block & HIGH


@inner
def digits_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is an ASCII digit."""
    bare = block & LOW7
    return (bare + FROM_0) & ~(bare + PAST_9) & ~block & HIGH


@inner
def low_lines_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is ``_``."""
    return same_of(block, LOW_LINES)


@inner
def above_space_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is ASCII above the space; DEL among them."""
    return ((block & LOW7) + FROM_EXCLAMATION) & ~block & HIGH


@inner
def spaces_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is ASCII white space as Python has it: 0x09-0x0D, 0x1C-0x20."""
    bare = block & LOW7
    controls = (bare + FROM_TAB) & ~(bare + PAST_RETURN)
    return (controls | ((bare + FROM_SEPARATOR) & ~(bare + PAST_SPACE))) & ~block & HIGH


@inner
def printable_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is printable ASCII: 0x20-0x7E."""
    bare = block & LOW7
    return (bare + FROM_BLANK) & ~(bare + PAST_TILDE) & ~block & HIGH


@inner
def blanks_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is a space."""
    return same_of(block, BLANKS)


@inner
def line_feeds_of(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is a line feed."""
    return same_of(block, LINE_FEEDS)
