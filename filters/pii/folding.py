"""Digits, blanks and marks of other scripts as those of ASCII, so that every expression knows only these."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..kernels.machine.buffers import Bytes, Int64s, TextBuffers
from ..kernels.machine.eight_bytes import HIGH
from ..kernels.machine.instructions import load_eight, store_eight
from ..kernels.machine.kernel import inner, kernel

NOTHING, DROPPED = 0, 1
_SIGNS = {
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "-": "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d",
    "+": "\uff0b",
    ".": "\uff0e",
    ":": "\uff1a",
    "=": "\uff1d",
    "@": "\uff20",
    "(": "\uff08",
    ")": "\uff09",
    "/": "\uff0f",
    "\x01": "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
}
_ZEROS = (
    *(0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0),
    *(0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10),
)


def _table() -> Bytes:
    """By code point below U+10000: the byte that is put for it, 0 for none, 1 where it is left out."""
    table = np.zeros(0x10000, dtype=np.uint8)
    for byte, characters in _SIGNS.items():
        for character in characters:
            table[ord(character)] = ord(byte)
    for zero in _ZEROS:
        table[zero : zero + 10] = np.arange(0x30, 0x3A, dtype=np.uint8)
    return table


TABLE = _table()


class Folded(NamedTuple):
    """Texts as they are searched, and where what was changed stood."""

    text: TextBuffers
    places: Int64s
    """Twice the position of each change in the folded bytes, plus one where a byte stands for it, ascending."""
    shrunk: Int64s
    """Bytes fewer up to and with each change, a zero before the first."""
    begin: int
    """Where the first text begins in its own bytes."""

    def original(self, row: int, start: int, end: int, offsets: Int64s) -> tuple[int, int]:
        """Where bytes of a folded document stood in the document itself."""
        if not len(self.places):
            return start, end
        base = int(self.text.offsets[row])
        shift = self.begin - int(offsets[row]) + base
        first = start + int(self.shrunk[np.searchsorted(self.places, 2 * (base + start) + 1)])
        last = end + int(self.shrunk[np.searchsorted(self.places, 2 * (base + end))])
        return first + shift, last + shift


def fold(text: TextBuffers) -> Folded:
    """The same buffers where there is nothing to fold."""
    count = int(_count(text.offsets, text.data, TABLE))
    begin = int(text.offsets[0])
    none = np.zeros(0, dtype=np.int64)
    if not count:
        return Folded(text, none, none, 0)
    offsets = np.zeros(len(text.offsets), dtype=np.int64)
    data = np.empty(int(text.offsets[-1]) - begin + 8, dtype=np.uint8)
    places, shrunk = np.empty(count, dtype=np.int64), np.zeros(count + 1, dtype=np.int64)
    _fold(text.offsets, text.data, TABLE, offsets, data, places, shrunk)
    return Folded(TextBuffers(offsets, data[: offsets[-1]]), places, shrunk, begin)


@inner
def _put(data: Bytes, i: int, end: int, table: Bytes) -> tuple[int, int]:
    """What is put for the character at i, and how many bytes it has."""
    byte = np.int64(data[i])
    if byte < 0xC2 or byte >= 0xF0:
        return 0, 1
    if byte < 0xE0:
        if i + 1 >= end:
            return 0, 1
        return int(np.int64(table[(byte & 0x1F) << 6 | np.int64(data[i + 1]) & 0x3F])), 2
    if i + 2 >= end:
        return 0, 1
    if 0xE4 <= byte <= 0xEE:
        return 0, 3
    return int(
        np.int64(table[(byte & 0x0F) << 12 | (np.int64(data[i + 1]) & 0x3F) << 6 | np.int64(data[i + 2]) & 0x3F])
    ), 3


@kernel
def _count(offsets: Int64s, data: Bytes, table: Bytes) -> int:
    count = 0
    for row in range(len(offsets) - 1):
        i, end = offsets[row], offsets[row + 1]
        while i < end:
            if i + 8 <= end and not load_eight(data, i) & HIGH:
                i += 8
            elif data[i] < 0x80:
                i += 1
            else:
                put, size = _put(data, i, end, table)
                count += put > 0
                i += size
    return count


@kernel
def _fold(
    offsets: Int64s, data: Bytes, table: Bytes, new_offsets: Int64s, folded: Bytes, places: Int64s, shrunk: Int64s
) -> None:
    at, count, fewer = 0, 0, 0
    for row in range(len(offsets) - 1):
        i, end = offsets[row], offsets[row + 1]
        while i < end:
            if i + 8 <= end:
                block = load_eight(data, i)
                if not block & HIGH:
                    store_eight(folded, at, block)
                    at += 8
                    i += 8
                    continue
            put, size = _put(data, i, end, table)
            if put == 0:
                for k in range(size):
                    folded[at + k] = data[i + k]
                at += size
            elif put == 1:
                fewer += size
                places[count], shrunk[count + 1] = 2 * at, fewer
                count += 1
            else:
                folded[at] = put
                fewer += size - 1
                places[count], shrunk[count + 1] = 2 * at + 1, fewer
                count += 1
                at += 1
            i += size
        new_offsets[row + 1] = at
