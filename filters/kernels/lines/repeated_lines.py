"""Lines and paragraphs of a document, the pieces between line feeds: how many there are, and which repeat."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int64s, UInt64s
from ..machine.hashing import FACTOR, SEED, hash_bytes, mix
from ..machine.kernel import inlined, inner, integer
from ..machine.scanning import ONE, byte_at
from ..unicode.unicode_table import Blocks, Index, Property, decode, lookup
from ..words.boundaries import skip_space

TERMINAL = int(Property.TERMINAL)


class LineStatistic(IntEnum):
    """Columns of the matrix of ``line_statistics``, each a count over one document; chars are code points."""

    CHARS = 0
    HASHES = auto()
    ELLIPSES = auto()
    """``...`` and ``…``."""
    CURLY_BRACKETS = auto()
    LOREM_IPSUM = auto()
    LINES = auto()
    """As ``str.splitlines`` counts them."""
    BULLET_LINES = auto()
    """Lines of which the first character behind white space is ``•`` or ``-``."""
    ELLIPSIS_LINES = auto()
    """Lines that end with ``...`` or ``…``, white space aside."""
    SENTENCES = auto()
    """Sentence ends, and lines that break off without one."""
    NEWLINES = auto()
    FILLED_LINES = auto()
    """Pieces between ``\\n`` that are not blank."""
    TERMINAL_LINES = auto()
    """Filled lines whose last character ends sentences."""
    SHORT_LINES = auto()
    """Filled lines of at most so many chars as was asked."""
    DUPLICATE_LINES = auto()
    """Filled lines that have stood before in the document, the first occurrence not counted."""
    DUPLICATE_LINE_CHARS = auto()
    PARAGRAPHS = auto()
    """Pieces of the text, white space around it aside, between two and more line feeds; none of them blank."""
    DUPLICATE_PARAGRAPHS = auto()
    DUPLICATE_PARAGRAPH_CHARS = auto()
    BLANK_LINES = auto()
    """Pieces between ``\\n`` that hold nothing but white space, but hold some; datatrove compares them too."""
    DUPLICATE_BLANK_LINES = auto()
    DUPLICATE_BLANK_LINE_CHARS = auto()
    BLANK_PARAGRAPHS = auto()
    DUPLICATE_BLANK_PARAGRAPHS = auto()
    DUPLICATE_BLANK_PARAGRAPH_CHARS = auto()


class Seen(NamedTuple):
    """A hash table of the lines and paragraphs met, and the document they were last met in."""

    keys: UInt64s
    owners: Int64s


class Paragraph(IntEnum):
    """What is known of a paragraph before it ends."""

    HASH = 0
    CHARS = auto()
    LINES = auto()
    IS_FILLED = auto()


@inlined
def judge_piece(
    text: Bytes,
    start: int,
    end: int,
    chars: int,
    index: Index,
    blocks: Blocks,
    short_line_chars: int,
    text_start: int,
    text_end: int,
    paragraph: UInt64s,
    seen: Seen,
    owner: int,
    row: Int64s,
) -> None:
    """Judge what stands between two ``\\n``; without white space around it, the text is what
    lies between ``text_start`` and ``text_end``.
    """
    is_filled = skip_space(text, start, end, index, blocks) < end
    key = hash_bytes(text, start, end)
    if start < end and not is_filled:
        row[LineStatistic.BLANK_LINES] += 1
        if _met_before(key, seen, owner):
            row[LineStatistic.DUPLICATE_BLANK_LINES] += 1
            row[LineStatistic.DUPLICATE_BLANK_LINE_CHARS] += chars
    if is_filled:
        row[LineStatistic.FILLED_LINES] += 1
        row[LineStatistic.SHORT_LINES] += chars <= short_line_chars
        last = end - 1
        while byte_at(text, last) & 0xC0 == 0x80:
            last -= 1
        code_point, _ = decode(text, last)
        row[LineStatistic.TERMINAL_LINES] += lookup(index, blocks, code_point) & TERMINAL != 0
        if _met_before(key, seen, owner):
            row[LineStatistic.DUPLICATE_LINES] += 1
            row[LineStatistic.DUPLICATE_LINE_CHARS] += chars
    first, last = max(start, text_start), min(end, text_end)
    if first < last:
        if first > start or last < end:
            key = hash_bytes(text, first, last)
            chars = 0
            for position in range(first, last):
                chars += byte_at(text, position) & 0xC0 != 0x80
        # Line feeds between the lines of a paragraph are characters of it.
        paragraph[Paragraph.CHARS] += np.uint64(chars) + np.uint64(paragraph[Paragraph.LINES] > 0)
        paragraph[Paragraph.HASH] = paragraph[Paragraph.HASH] * FACTOR + key
        paragraph[Paragraph.LINES] += np.uint64(1)
        paragraph[Paragraph.IS_FILLED] |= np.uint64(is_filled)
    elif start == end:
        close_paragraph(paragraph, seen, owner, row)


@inner
def close_paragraph(paragraph: UInt64s, seen: Seen, owner: int, row: Int64s) -> None:
    """Count the paragraph that ends here, and begin another."""
    if paragraph[Paragraph.LINES]:
        column = LineStatistic.PARAGRAPHS if paragraph[Paragraph.IS_FILLED] else LineStatistic.BLANK_PARAGRAPHS
        row[column] += 1
        if _met_before(mix(paragraph[Paragraph.HASH] + SEED), seen, owner):  # no line has this key
            row[column + 1] += 1
            row[column + 2] += integer(paragraph[Paragraph.CHARS])
    paragraph[:] = 0


@inner
def _met_before(key: np.uint64, seen: Seen, owner: int) -> bool:
    keys, owners = seen
    mask = np.uint64(len(keys) - 1)
    slot = key & mask
    while owners[slot] == owner:
        if keys[slot] == key:
            return True
        slot = (slot + ONE) & mask
    owners[slot] = owner
    keys[slot] = key
    return False
