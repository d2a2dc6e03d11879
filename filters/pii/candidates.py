"""Where personal data may stand: one pass over the bytes of a batch, so that regular expressions see only windows."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ..kernels.machine.buffers import Bytes, Int64Matrix, Int64s, TextBuffers
from ..kernels.machine.eight_bytes import FROM_0, HIGH, LOW7
from ..kernels.machine.instructions import load_eight, trailing_zeros
from ..kernels.machine.kernel import inner, kernel

Truth: TypeAlias = bool | np.bool_

EMAIL, QUAD, COLONS, DIGITS, CARD = 1, 2, 4, 8, 16
"""Kinds of candidate, to be added up: an "@", three dots between digits, two colons, 7 digits, 13 digits."""

# Classes of bytes: 1 digit, 2 part of a number run, 4 part of an IPv6 run, 8 colon, 16 before an "@", 32 in a domain,
# 64 "@".


def _byte_classes() -> Bytes:
    classes = np.zeros(256, dtype=np.uint8)
    letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for members, flag in (
        (b"0123456789", 1 | 2 | 4 | 16 | 32),
        (b" ()+-./", 2),
        (b"abcdefABCDEF", 4),
        (letters, 16 | 32),
        (b"_+%-", 16),
        (b":", 4 | 8),
        (b".", 4),
        (b"@", 64),
    ):
        for byte in members:
            classes[byte] |= flag
    return classes


CLASSES = _byte_classes()
PAST_COLON = np.uint64(0x4545454545454545)  # 0x80 - ord(";") in each byte
ATS = np.uint64(0x4040404040404040)


def find_candidates(text: TextBuffers) -> Int64s:
    """List windows that may hold personal data, in the order of the text.

    Returns:
        Rows of (document, start, end, kinds), shape (n, 4); start and end count bytes within the document, and a match
        of that kind must begin in ``[start, end)``.
    """
    capacity = 1024 + (int(text.offsets[-1] - text.offsets[0]) >> 8)
    while True:
        found = np.empty((capacity, 4), dtype=np.int64)
        count = int(_scan(text.offsets, text.data, CLASSES, found))
        if count <= capacity:
            return found[:count]
        capacity = count


@kernel
def _scan(offsets: Int64s, data: Bytes, classes: Bytes, found: Int64Matrix) -> int:
    """Fill ``found`` as far as it goes and return how many windows there are."""
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        colons_seen = begin  # runs around colons are looked at once
        i = begin
        while i < end:
            if i + 8 <= end:
                block = load_eight(data, i)
                i += trailing_zeros(_begins_one(block)) >> 3
                if i >= end or not _begins_one(block):
                    continue
            flags = classes[data[i]]
            start: int = i
            stop: int = i
            kinds: int = 0
            after = i + 1
            if flags & 1:
                start, stop, kinds = _number_run(begin, end, i, data, classes)
                after = stop
            elif flags & 8 and i >= colons_seen:
                start, stop, kinds = _colon_run(begin, end, i, data, classes)
                colons_seen = stop
            elif flags & 64 and _is_at_of_email(begin, end, i, data, classes):
                start, stop, kinds = max(begin, i - 66), i, 1
            if kinds:
                if count < len(found):
                    found[count, 0], found[count, 1] = row, start - begin
                    found[count, 2], found[count, 3] = stop - begin, kinds
                count += 1
            i = after
    return count


@inner
def _begins_one(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is a digit, a colon or an "@"."""
    bare = block & LOW7
    digit_or_colon = (bare + FROM_0) & ~(bare + PAST_COLON)
    return (digit_or_colon | ~((bare ^ ATS) + LOW7)) & ~block & HIGH


@inner
def _number_run(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> tuple[int, int, int]:
    """Start, end and kinds of the run of digits, blanks and ``()+-./`` around the digit at i."""
    start = i
    while start > begin and classes[data[start - 1]] & 2:
        start -= 1
    digits, dots, kinds = 0, 0, 0
    k = i
    while k < end and classes[data[k]] & 2:
        byte = data[k]
        if classes[byte] & 1:
            digits += 1
            if dots == 3:
                kinds = 2
        elif byte == 0x2E and k > i and classes[data[k - 1]] & 1:
            dots += 1
        else:
            dots = 0
        k += 1
    if digits >= 7:
        kinds |= 8
    if digits >= 13:
        kinds |= 16
    return start, k, kinds


@inner
def _colon_run(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> tuple[int, int, int]:
    """Start, end and kinds of the run of hexadecimal digits, colons and dots around the colon at i."""
    start = i
    while start > begin and classes[data[start - 1]] & 4:
        start -= 1
    colons = 0
    k = i
    while k < end and classes[data[k]] & 4:
        if data[k] == 0x3A:
            colons += 1
        k += 1
    return start, k, 4 if colons >= 2 else 0


@inner
def _is_at_of_email(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> Truth:
    """Whether the "@" at i has a name before it and a first label with a dot behind it."""
    if i == begin or i + 1 >= end or not classes[data[i - 1]] & 16 or not classes[data[i + 1]] & 32:
        return False
    k = i + 1
    while k < end and k - i < 66 and (classes[data[k]] & 32 or data[k] == 0x2D):
        k += 1
    return k < end and data[k] == 0x2E
