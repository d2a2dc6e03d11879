"""What one pass over the characters of a document counts: its characters by class, and the runs they form."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, auto

import numpy as np

from ..machine.buffers import Bytes, Int64s
from ..machine.kernel import inner, integer
from ..unicode.unicode_table import Blocks, Index, Property, decode, lookup


class CharStatistic(IntEnum):
    """Columns of the matrix, each a count over one document; chars are code points."""

    CHARS = 0
    ALPHA = auto()
    """``str.isalpha``"""
    ALNUM = auto()
    """``str.isalnum``"""
    DIGITS = auto()
    """``str.isdecimal``"""
    SPACES = auto()
    """``str.isspace``"""
    NEMO_PLAIN = auto()
    """ASCII letters and digits, line feeds and ``? ! , .``"""
    NEMO_SPACES = auto()
    """Space, tab, line feed, carriage return and backspace."""
    BRACKETS = auto()
    """``( ) [ ] { }`` and U+27E8, U+27E9"""
    URL_CHARS = auto()
    """In ``http://…`` and ``https://…``, up to white space, a quote, ``# ` { | } ~`` or anything beyond ASCII."""
    RUNS = auto()
    """Runs of word characters (letters, digits, marks, low lines), and runs of anything else between white space."""
    LONGEST_WORD_CHARS = auto()
    """Of words between white space."""
    COMMON_WORDS = auto()
    """Occurrences of the, be, to, of, and, that, have, with between white space, in small letters only."""
    NEWLINES = auto()
    LINES = auto()
    """Pieces between ``\\n``, but for an empty one at the end."""
    MAX_LINE_CHARS = auto()
    SECOND_LINE_CHARS = auto()
    """Length of the second-longest piece, 0 where there are fewer."""
    THIRD_LINE_CHARS = auto()
    FILLED_LINES = auto()
    """Pieces between ``\\n`` that are not blank."""
    FILLED_LINE_CHARS = auto()
    UNENDED_LINES = auto()
    """Filled lines that do not end with ``. ? ! " '``, white space aside."""
    UNIQUE_LINES = auto()
    """Different filled lines."""
    UNIQUE_LINE_CHARS = auto()
    PARAGRAPHS = auto()
    """Pieces between ``\\n\\n``, empty ones too."""
    PARAGRAPH_CHARS = auto()
    UNIQUE_PARAGRAPHS = auto()
    UNIQUE_PARAGRAPH_CHARS = auto()
    BOILERPLATE_PARAGRAPHS = auto()
    """Paragraphs that hold one of :data:`BOILERPLATE`, in any case."""


ALPHA, ALNUM, DIGIT = int(Property.ALPHA), int(Property.ALNUM), int(Property.DIGIT)
SPACE, MARK = int(Property.SPACE), int(Property.MARK)

GAP, WORD, OTHER = 0, 1, 2
"""What a character is to a run."""

FIRST_CLASS, CLASSES = int(CharStatistic.ALPHA), 7
"""The columns that are plain counts of a class stand together; beyond ASCII the first four have members."""


def ascii_runs(of_ascii: Sequence[int]) -> Bytes:
    """By ASCII character, of which the properties are given, whether it stands in a gap, a word or another run."""
    runs = np.zeros(128, dtype=np.uint8)
    for byte, bits in enumerate(of_ascii):
        if not bits & SPACE:
            runs[byte] = WORD if bits & ALNUM or byte == 0x5F else OTHER
    return runs


def ascii_classes(of_ascii: Sequence[int]) -> Int64s:
    """By ASCII character, of which the properties are given, a bit for each column that counts a class."""
    classes = np.zeros(128, dtype=np.int64)
    for byte, bits in enumerate(of_ascii):
        classes[byte] = _class_bits.function(bits)
        is_plain = 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39
        if is_plain or byte == 0x0A or byte == 0x3F or byte == 0x21 or byte == 0x2C or byte == 0x2E:
            classes[byte] |= 1 << (CharStatistic.NEMO_PLAIN - FIRST_CLASS)
        if byte == 0x20 or 0x08 <= byte <= 0x0A or byte == 0x0D:
            classes[byte] |= 1 << (CharStatistic.NEMO_SPACES - FIRST_CLASS)
        if byte == 0x28 or byte == 0x29 or byte == 0x5B or byte == 0x5D or byte == 0x7B or byte == 0x7D:
            classes[byte] |= 1 << (CharStatistic.BRACKETS - FIRST_CLASS)
    return classes


@inner
def _class_bits(bits: int) -> int:
    result = 0
    if bits & ALPHA:
        result |= 1 << (CharStatistic.ALPHA - FIRST_CLASS)
    if bits & ALNUM:
        result |= 1 << (CharStatistic.ALNUM - FIRST_CLASS)
    if bits & DIGIT:
        result |= 1 << (CharStatistic.DIGITS - FIRST_CLASS)
    if bits & SPACE:
        result |= 1 << (CharStatistic.SPACES - FIRST_CLASS)
    return result


@inner
def count_classes(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    runs_of: Bytes,
    classes: Int64s,
    histogram: Int64s,
    row: Int64s,
) -> None:
    """Count characters, classes, runs and line feeds; ``histogram`` is room for 128 counts."""
    histogram[:] = 0
    chars = runs = 0
    previous = GAP
    position = 0
    while position < len(text):
        byte = integer(text[position])
        if byte < 0x80:
            histogram[byte] += 1
            run = integer(runs_of[byte])
            position += 1
        else:
            code_point, width = decode(text, position)
            bits = lookup(index, blocks, code_point)
            run = GAP if bits & SPACE else (WORD if bits & (ALNUM | MARK) else OTHER)
            row[CharStatistic.ALPHA] += bits & ALPHA != 0
            row[CharStatistic.ALNUM] += bits & ALNUM != 0
            row[CharStatistic.DIGITS] += bits & DIGIT != 0
            row[CharStatistic.SPACES] += bits & SPACE != 0
            row[CharStatistic.BRACKETS] += code_point == 0x27E8 or code_point == 0x27E9
            position += width
        chars += 1
        runs += run != previous and run != GAP
        previous = run
    for byte in range(128):
        if histogram[byte]:
            for number in range(CLASSES):
                if classes[byte] >> number & 1:
                    row[FIRST_CLASS + number] += histogram[byte]
    row[CharStatistic.CHARS] = chars
    row[CharStatistic.RUNS] = runs
    row[CharStatistic.NEWLINES] = histogram[0x0A]
