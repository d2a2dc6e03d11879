"""Cut texts into windows of words and marks, as linear models of quality read them, in training and in use alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels.machine.buffers import Bytes, Int64s, TextBuffers
from ..kernels.machine.kernel import inner, kernel

WINDOW_BYTES = 2000
"""A window ends at the first word behind this many bytes: about 350 English words."""
GROWTH = 3
"""A mark takes a space on either side."""
MOST_DIGITS, MOST_MARKS = 4, 3

LETTER, MARK, ALONE, GAP, QUOTE, APOSTROPHE, DASH, DOTS, NOTHING = range(9)
"""What a character of several bytes is taken for."""


class WordWindows(NamedTuple):
    """Words and marks of n documents, each followed by one space, cut into windows."""

    data: Bytes
    ends: Int64s
    """Where each window ends in ``data``; it begins where the one before ends. Shape (windows,)."""
    of_document: Int64s
    """Windows that each document has, shape (n,); a document without a word or mark has none."""

    @property
    def starts(self) -> Int64s:
        """Where each window begins."""
        return np.concatenate((np.zeros(1, dtype=np.int64), self.ends[:-1]))[: len(self.ends)]


def cut_word_windows(text: TextBuffers) -> WordWindows:
    """Words in lower case and marks, in windows.

    Words are runs of letters, with the apostrophes in them; ASCII becomes lower case, a run of digits as many zeros, at
    most four. Every other sign is a word of its own, up to three times where it is repeated; so are the end of a line
    and each Han character and Kana. Blank lines count for nothing, because they come from how a text was extracted.
    Typographic quotes, dashes and dots are written in ASCII.
    """
    size, count = int(text.offsets[-1] - text.offsets[0]), len(text.offsets) - 1
    data = np.empty(GROWTH * size + 8, dtype=np.uint8)
    ends = np.empty(GROWTH * size // WINDOW_BYTES + count + 1, dtype=np.int64)
    of_document = np.zeros(count, dtype=np.int64)
    written = _cut(text.offsets, text.data, WINDOW_BYTES, data, ends, of_document)
    return WordWindows(data, ends[:written].copy(), of_document)


@kernel
def _cut(offsets: Int64s, source: Bytes, window_bytes: int, data: Bytes, ends: Int64s, of_document: Int64s) -> int:
    out, windows = 0, 0
    for row in range(len(offsets) - 1):
        i, end = offsets[row], offsets[row + 1]
        start = out
        while i < end:
            if out - start >= window_bytes and data[out - 1] == 0x20:
                ends[windows] = out
                windows += 1
                of_document[row] += 1
                start = out
            byte = source[i]
            if _is_letter(byte):
                data[out] = byte | 0x20
                out += 1
                i += 1
            elif byte < 0x80:
                i, out = _ascii_sign(source, i, end, data, start, out)
            else:
                length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                kind = _kind(byte, source[i + 1], source[i + 2] if length > 2 else 0)
                i += length
                if kind == APOSTROPHE and out > start and data[out - 1] != 0x20 and i < end and _is_letter(source[i]):
                    data[out] = 0x27
                    out += 1
                elif kind != NOTHING:
                    out = _put(source, i - length, length, kind, data, start, out)
        out = _gap(data, start, out)
        if out > start:
            ends[windows] = out
            windows += 1
            of_document[row] += 1
    return windows


@inner
def _is_letter(byte: int) -> bool:
    return 0x61 <= byte | 0x20 <= 0x7A


@inner
def _gap(data: Bytes, start: int, out: int) -> int:
    """End the word that is being written."""
    if out > start and data[out - 1] != 0x20:
        data[out] = 0x20
        out += 1
    return out


@inner
def _ascii_sign(source: Bytes, i: int, end: int, data: Bytes, start: int, out: int) -> tuple[int, int]:
    """White space, digits, or a mark; returns where to go on reading and writing."""
    byte = source[i]
    first = i
    if byte <= 0x20 or byte == 0x7F:
        ends_line = False
        while i < end and (source[i] <= 0x20 or source[i] == 0x7F):
            ends_line |= source[i] == 0x0A
            i += 1
        out = _gap(data, start, out)
        if ends_line and out > start:
            data[out] = 0x0A
            out += 1
        return i, _gap(data, start, out)
    if 0x30 <= byte <= 0x39:
        while i < end and 0x30 <= source[i] <= 0x39:
            i += 1
        for _ in range(min(i - first, MOST_DIGITS)):
            data[out] = 0x30
            out += 1
        return i, out
    if byte == 0x27 and out > start and data[out - 1] != 0x20 and i + 1 < end and _is_letter(source[i + 1]):
        data[out] = byte
        return i + 1, out + 1
    while i < end and source[i] == byte:
        i += 1
    out = _gap(data, start, out)
    for _ in range(min(i - first, MOST_MARKS)):
        data[out] = byte
        out += 1
    return i, _gap(data, start, out)


@inner
def _kind(first: int, second: int, third: int) -> int:
    """What a character of several bytes is; a sign has no letter of any script beside it in its block."""
    kind = LETTER
    if first == 0xC2:  # U+0080 to U+00BF
        kind = GAP if second <= 0xA0 else MARK
    elif first == 0xE2 and second == 0x80:  # U+2000 to U+203F
        if third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF:
            kind = GAP
        elif third <= 0x8F:
            kind = NOTHING
        elif third <= 0x95:
            kind = DASH
        elif third == 0x98 or third == 0x99:
            kind = APOSTROPHE
        elif third == 0x9C or third == 0x9D:
            kind = QUOTE
        else:
            kind = DOTS if third == 0xA6 else MARK
    elif first == 0xE2 and second <= 0xAF:  # up to U+2BFF: signs, arrows, boxes
        kind = MARK
    elif first == 0xE3 and second == 0x80:  # U+3000 to U+303F
        kind = GAP if third == 0x80 else MARK
    elif (first == 0xEF and second == 0xBC and third < 0x90) or (first == 0xF0 and second == 0x9F):
        kind = MARK  # wide ASCII signs, and emoji
    elif (first == 0xE3 and second >= 0x81) or 0xE4 <= first <= 0xE9 or (first == 0xF0 and second >= 0xA0):
        kind = ALONE
    return kind


@inner
def _put(source: Bytes, at: int, length: int, kind: int, data: Bytes, start: int, out: int) -> int:
    """Write a character of several bytes; returns where to go on writing."""
    if kind == LETTER:
        for k in range(length):
            data[out + k] = source[at + k]
        return out + length
    out = _gap(data, start, out)
    if kind == GAP:
        return out
    if kind <= ALONE:
        for k in range(length):
            data[out + k] = source[at + k]
        out += length
    else:
        sign = 0x22 if kind == QUOTE else 0x27 if kind == APOSTROPHE else 0x2D if kind == DASH else 0x2E
        for _ in range(3 if kind == DOTS else 1):
            data[out] = sign
            out += 1
    return _gap(data, start, out)
