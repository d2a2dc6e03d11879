"""What kernels know of Unicode: by code point its word-break class, its properties, and its folded form.

Two-level tables: ``blocks[index[code_point >> 7] << 7 | code_point & 127]``. Kernels get them as arguments, because
numba would compile global arrays into every kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..machine.buffers import Bytes
from ..machine.instructions import bits_set, load_eight
from ..machine.kernel import inner, integer

CODE_POINTS = 0x110000
BLOCK_BITS = 7
DELETED = 0x80000000
"""Distance that stands for: nothing is left of this code point."""
ONE, TWO, THREE = np.uint64(1), np.uint64(2), np.uint64(3)
BLOCK_SHIFT, IN_BLOCK = np.uint64(BLOCK_BITS), np.uint64((1 << BLOCK_BITS) - 1)
HIGHEST = np.uint64(0x8080808080808080)
"""The highest bit of each of eight bytes."""
MAGIC = b"textmill unicode 1\n"

Index: TypeAlias = npt.NDArray[np.uint16]
Blocks: TypeAlias = npt.NDArray[np.uint32]


class WordBreak(IntEnum):
    """Word_Break classes of UAX #29, in the lowest five bits of the properties."""

    OTHER = 0
    CR = 1
    LF = 2
    NEWLINE = 3
    EXTEND = 4
    ZWJ = 5
    FORMAT = 6
    REGIONAL_INDICATOR = 7
    KATAKANA = 8
    HEBREW_LETTER = 9
    LETTER = 10
    SINGLE_QUOTE = 11
    DOUBLE_QUOTE = 12
    MID_NUMBER_LETTER = 13
    MID_LETTER = 14
    MID_NUMBER = 15
    NUMERIC = 16
    EXTEND_NUMBER_LETTER = 17
    SPACE = 18


WORD_BREAK_MASK = 31


class Property(IntFlag):
    """Properties above the word-break class."""

    PICTOGRAPH = 1 << 5
    ALPHA = 1 << 6
    """``str.isalpha``"""
    DIGIT = 1 << 7
    """``str.isdecimal``"""
    ALNUM = 1 << 8
    SPACE = 1 << 9
    """``str.isspace``"""
    LINE_END = 1 << 10
    """``str.splitlines`` ends a line here."""
    PUNCTUATION = 1 << 11
    """In datatrove's set, control characters among them."""
    TERMINAL = 1 << 12
    """Sentence_Terminal: marks that end a sentence in any script."""
    UPPER = 1 << 13
    HAN_KANA = 1 << 14
    """Scripts written without spaces whose characters count as words one by one: Han, Hiragana, Katakana."""
    MARK = 1 << 15
    """Nonspacing mark (Mn)."""
    SYMBOL = 1 << 16
    """Any punctuation or symbol (general category P or S)."""


@dataclass(frozen=True, slots=True)
class UnicodeTable:
    """Read-only tables."""

    index: Index
    properties: Blocks
    fold_index: Index
    fold_distance: Blocks

    def of_all_points(self) -> Blocks:
        """The properties of every code point, in order: 4 MB, for those who make tables of their own from them."""
        return np.ascontiguousarray(self.properties.reshape(-1, 1 << BLOCK_BITS)[self.index]).ravel()


@cache
def load() -> UnicodeTable:
    """Read the tables that come with textmill (Unicode data of the ``regex`` module that built them)."""
    content = Path(__file__).with_name("unicode.bin").read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError("filters/kernels/unicode/unicode.bin is damaged; install textmill again")
    position = len(MAGIC)
    arrays: list[Any] = []
    for _ in range(2):
        blocks = int(np.frombuffer(content, "<u4", 1, position)[0])
        position += 4
        index = np.frombuffer(content, "<u2", CODE_POINTS >> BLOCK_BITS, position)
        position += index.nbytes
        table = np.frombuffer(content, "<u4", blocks << BLOCK_BITS, position)
        position += table.nbytes
        # Frozen copies: aligned for the kernels, and of one type whatever the bytes they came from.
        arrays += [index.astype(np.uint16), table.astype(np.uint32)]
    for array in arrays:
        array.setflags(write=False)
    return UnicodeTable(*arrays)


@inner
def decode(data: Bytes, position: int) -> tuple[int, int]:
    """Code point at a position of valid UTF-8, and its width in bytes."""
    at = np.uint64(position)  # has no sign, see scanning
    first = integer(data[at])
    if first < 0x80:
        return first, 1
    second = integer(data[at + ONE]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second, 2
    third = integer(data[at + TWO]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third, 3
    return (first & 0x07) << 18 | second << 12 | third << 6 | (integer(data[at + THREE]) & 0x3F), 4


@inner
def count_chars(data: Bytes, start: int, end: int) -> int:
    """Code points in a range of valid UTF-8: bytes that continue none, eight at a time."""
    chars = end - start
    position = start
    while position + 8 <= end:
        block = load_eight(data, position)
        chars -= bits_set(block & ~(block << ONE) & HIGHEST)
        position += 8
    while position < end:
        chars -= data[position] & 0xC0 == 0x80
        position += 1
    return chars


@inner
def lookup(index: Index, blocks: Blocks, code_point: int) -> int:
    """Entry of a code point in a two-level table."""
    return integer(blocks[_place(index, code_point)])


@inner
def _place(index: Index, code_point: int) -> np.uint64:
    point = np.uint64(code_point)
    return np.uint64(index[point >> BLOCK_SHIFT]) << BLOCK_SHIFT | (point & IN_BLOCK)


@inner
def fold(index: Index, blocks: Blocks, code_point: int) -> int:
    """Folded form of a code point: lower case, accent stripped, digit to 0; 0 where nothing is left (marks)."""
    distance = integer(blocks[_place(index, code_point)])
    if distance == DELETED:
        return 0
    return (code_point + distance) & 0xFFFFFFFF


@inner
def encode(code_point: int, target: Bytes, position: int) -> int:
    """Write a code point as UTF-8 and return the position behind it."""
    if code_point < 0x80:
        target[position] = code_point
        return position + 1
    if code_point < 0x800:
        target[position] = 0xC0 | code_point >> 6
        target[position + 1] = 0x80 | code_point & 0x3F
        return position + 2
    if code_point < 0x10000:
        target[position] = 0xE0 | code_point >> 12
        target[position + 1] = 0x80 | code_point >> 6 & 0x3F
        target[position + 2] = 0x80 | code_point & 0x3F
        return position + 3
    target[position] = 0xF0 | code_point >> 18
    target[position + 1] = 0x80 | code_point >> 12 & 0x3F
    target[position + 2] = 0x80 | code_point >> 6 & 0x3F
    target[position + 3] = 0x80 | code_point & 0x3F
    return position + 4
