"""One pass over the text of a batch that takes every statistic which the rule sets need."""

from __future__ import annotations

import threading
from enum import IntEnum, auto
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..batch import Bytes, Int64s, text_buffers
from .hashing import hash_bytes, table_size
from .jit import njit
from .unicode_table import Blocks, Index, Property, decode, load, lookup
from .words import skip_space, word_end

Matrix: TypeAlias = npt.NDArray[np.int64]


class Statistic(IntEnum):
    """Columns of the matrix, each a count over one document; chars are code points."""

    CHARS = 0
    WORDS = auto()
    PLAIN_WORDS = auto()
    """Words that hold at least one character which is no punctuation."""
    PLAIN_WORD_CHARS = auto()
    ALPHA_WORDS = auto()
    """Words with at least one letter."""
    HASHES = auto()
    ELLIPSES = auto()
    """``...`` and ``…``."""
    STOP_WORDS = auto()
    """How many different ones of the, be, to, of, and, that, have, with; in any case."""
    STOP_WORD_OCCURRENCES = auto()
    LINES = auto()
    """As ``str.splitlines`` counts them."""
    BULLET_LINES = auto()
    """Lines of which the first character behind white space is ``•`` or ``-``."""
    ELLIPSIS_LINES = auto()
    """Lines that end with ``...`` or ``…``, white space aside."""
    NEWLINES = auto()
    FILLED_LINES = auto()
    """Pieces between ``\\n`` that are not blank."""
    TERMINAL_LINES = auto()
    """Filled lines whose last character ends sentences."""
    SHORT_LINES = auto()
    """Filled lines of at most so many chars as was asked."""
    DUPLICATE_LINE_CHARS = auto()
    """Chars of filled lines that have stood before in the document."""
    SENTENCES = auto()
    """Sentence ends, and lines that break off without one."""
    CURLY_BRACKETS = auto()
    LOREM_IPSUM = auto()


COUNT = len(Statistic)

SPACE, LINE_END = int(Property.SPACE), int(Property.LINE_END)
PUNCTUATION, TERMINAL = int(Property.PUNCTUATION), int(Property.TERMINAL)
ALPHA, UPPER, ALNUM = int(Property.ALPHA), int(Property.UPPER), int(Property.ALNUM)

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
PACKED_STOP_WORDS = np.array([int.from_bytes(word.encode(), "big") for word in STOP_WORDS], dtype=np.int64)
LOREM = np.frombuffer(b"lorem ipsum", dtype=np.uint8)

_memory = threading.local()


def statistics(text: pa.Array, *, mode: int, short_line_chars: int = 30) -> Matrix:
    """Take all statistics of a text column, shape (documents, :data:`COUNT`).

    The last result of each way of counting is remembered for as long as the same column is asked about, so that
    filters behind each other share one pass.
    """
    key = (mode, short_line_chars)
    identity = _identity(text)
    remembered: dict[tuple[int, int], tuple[Any, pa.Array, Matrix]] = _memory.__dict__.setdefault("results", {})
    known = remembered.get(key)
    if known is not None and known[0] == identity:
        return known[2]
    offsets, data = text_buffers(text)
    table = load()
    result = _statistics(
        offsets, data, table.index, table.properties, mode, short_line_chars, PACKED_STOP_WORDS, LOREM
    )
    # The array is kept with its result: while it lives, no other can have its address.
    remembered[key] = (identity, text, result)
    return result


def _identity(text: pa.Array) -> tuple[Any, ...]:
    return (len(text), text.offset, *(None if buffer is None else buffer.address for buffer in text.buffers()))


@njit
def _statistics(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    mode: int,
    short_line_chars: int,
    packed_stop_words: Int64s,
    lorem: Bytes,
) -> Matrix:
    documents = len(offsets) - 1
    result = np.zeros((documents, COUNT), dtype=np.int64)
    table = np.zeros(16, dtype=np.uint64)
    owners = np.zeros(16, dtype=np.int64)
    for document in range(documents):
        start, end = offsets[document], offsets[document + 1]
        row = result[document]
        _scan_words(data, start, end, index, blocks, mode, packed_stop_words, row)
        newlines = _scan_lines(data, start, end, index, blocks, lorem, row)
        size = table_size(newlines + 1)
        if size > len(table):
            table = np.zeros(size, dtype=np.uint64)
            owners = np.zeros(size, dtype=np.int64)
        _scan_filled_lines(data, start, end, index, blocks, short_line_chars, table, owners, document + 1, row)
    return result


@njit
def _scan_words(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, mode: int, packed_stop_words: Int64s, row: Int64s
) -> None:
    words = plain_words = plain_chars = alpha_words = occurrences = distinct = 0
    position = skip_space(data, start, end, index, blocks)
    while position < end:
        stop = word_end(data, position, end, index, blocks, mode)
        seen = 0
        chars = 0
        packed = 0
        at = position
        while at < stop:
            byte = np.int64(data[at])
            if byte < 0x80:
                seen |= _kind(lookup(index, blocks, byte))
                packed = packed << 8 | (byte | 0x20)
                at += 1
            else:
                code_point, width = decode(data, at)
                seen |= _kind(lookup(index, blocks, code_point))
                at += width
            chars += 1
        words += 1
        if seen & 1:
            plain_words += 1
            plain_chars += chars
        if seen & 2:
            alpha_words += 1
            if 2 <= stop - position <= 4:
                for number in range(len(packed_stop_words)):
                    if packed_stop_words[number] == packed:
                        occurrences += 1
                        distinct |= 1 << number
        position = skip_space(data, stop, end, index, blocks)
    row[Statistic.WORDS] = words
    row[Statistic.PLAIN_WORDS] = plain_words
    row[Statistic.PLAIN_WORD_CHARS] = plain_chars
    row[Statistic.ALPHA_WORDS] = alpha_words
    row[Statistic.STOP_WORD_OCCURRENCES] = occurrences
    while distinct:
        row[Statistic.STOP_WORDS] += distinct & 1
        distinct >>= 1


@njit
def _kind(bits: int) -> int:
    """1 for what is no punctuation, 2 for a letter besides."""
    if bits & ALPHA:
        return 3
    return 0 if bits & PUNCTUATION else 1


@njit
def _scan_lines(data: Bytes, start: int, end: int, index: Index, blocks: Blocks, lorem: Bytes, row: Int64s) -> int:
    """Characters, lines as ``str.splitlines`` has them, and sentences; returns the number of ``\\n``."""
    chars = hashes = ellipses = lines = bullets = ellipsis_lines = newlines = sentences = brackets = ipsums = 0
    dots = 0
    ends_with_ellipsis = False
    is_line_begun = False  # something stands on the line, be it white space
    is_first = True  # nothing but white space stands on the line so far
    is_sentence_open = False
    position = start
    while position < end:
        byte = np.int64(data[position])
        if byte < 0x80:
            code_point, width = byte, 1
        else:
            code_point, width = decode(data, position)
        bits = lookup(index, blocks, code_point)
        chars += 1
        if bits & LINE_END:
            if code_point == 0x0A:
                newlines += 1
            if not (code_point == 0x0A and position > start and data[position - 1] == 0x0D):
                lines += 1
                ellipsis_lines += ends_with_ellipsis
                if is_sentence_open:
                    sentences += 1
                is_sentence_open = ends_with_ellipsis = is_line_begun = False
                is_first = True
            dots = 0
            position += width
            continue
        is_line_begun = True
        if bits & SPACE:
            dots = 0
            position += width
            continue
        if is_first:
            is_first = False
            if code_point == 0x2D or code_point == 0x2022:
                bullets += 1
        if code_point == 0x2E:
            dots += 1
            if dots == 3:
                ellipses += 1
            elif dots > 3 and dots % 3 == 0:
                ellipses += 1
            ends_with_ellipsis = dots >= 3
        else:
            dots = 0
            ends_with_ellipsis = code_point == 0x2026
            if ends_with_ellipsis:
                ellipses += 1
            elif code_point == 0x23:
                hashes += 1
            elif code_point == 0x7B or code_point == 0x7D:
                brackets += 1
            elif (code_point == 0x6C or code_point == 0x4C) and _stands(data, position, end, lorem):
                ipsums += 1
        if bits & ALNUM:
            is_sentence_open = True
        elif bits & TERMINAL and is_sentence_open and _ends_sentence(data, position + width, end, index, blocks, byte):
            sentences += 1
            is_sentence_open = False
        position += width
    if is_line_begun:
        lines += 1
        ellipsis_lines += ends_with_ellipsis
    if is_sentence_open:
        sentences += 1
    row[Statistic.CHARS] = chars
    row[Statistic.HASHES] = hashes
    row[Statistic.ELLIPSES] = ellipses
    row[Statistic.LINES] = lines
    row[Statistic.BULLET_LINES] = bullets
    row[Statistic.ELLIPSIS_LINES] = ellipsis_lines
    row[Statistic.NEWLINES] = newlines
    row[Statistic.SENTENCES] = sentences
    row[Statistic.CURLY_BRACKETS] = brackets
    row[Statistic.LOREM_IPSUM] = ipsums
    return newlines


@njit
def _stands(data: Bytes, position: int, end: int, phrase: Bytes) -> bool:
    """Whether a lower-case ASCII phrase stands here, in any case."""
    if position + len(phrase) > end:
        return False
    for offset in range(len(phrase)):
        byte = data[position + offset]
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        if byte != phrase[offset]:
            return False
    return True


@njit
def _ends_sentence(data: Bytes, position: int, end: int, index: Index, blocks: Blocks, mark: int) -> bool:
    """Whether a sentence ends behind a terminal mark: white space and no small letter must follow.

    Marks of scripts without spaces (``。``) always end one; a full stop inside ``3.14`` or before a small letter
    (``e.g. this``) does not.
    """
    if mark >= 0x80:
        return True
    while position < end:  # further marks, closing quotes and brackets
        byte = data[position]
        if byte < 0x80:
            bits = lookup(index, blocks, np.int64(byte))
            if bits & (SPACE | ALNUM):
                break
            position += 1
        else:
            code_point, width = decode(data, position)
            bits = lookup(index, blocks, code_point)
            if bits & (SPACE | ALNUM):
                break
            position += width
    if position >= end:
        return True
    code_point, _ = decode(data, position)
    bits = lookup(index, blocks, code_point)
    if not bits & SPACE:
        return False
    if bits & LINE_END:
        return True
    if mark != 0x2E:
        return True
    following = skip_space(data, position, end, index, blocks)
    if following >= end:
        return True
    byte = data[following]
    return not 0x61 <= byte <= 0x7A


@njit
def _scan_filled_lines(
    data: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    short_line_chars: int,
    table: npt.NDArray[np.uint64],
    owners: Int64s,
    owner: int,
    row: Int64s,
) -> None:
    """Lines between ``\\n`` that are not blank; the table remembers their hashes, the owner whose they are."""
    filled = terminal = short = duplicate_chars = 0
    mask = len(table) - 1
    position = start
    while position < end:
        stop = position
        chars = 0
        while stop < end and data[stop] != 0x0A:
            chars += data[stop] & 0xC0 != 0x80
            stop += 1
        if skip_space(data, position, stop, index, blocks) < stop:
            filled += 1
            short += chars <= short_line_chars
            last = stop - 1
            while data[last] & 0xC0 == 0x80:
                last -= 1
            code_point, _ = decode(data, last)
            terminal += lookup(index, blocks, code_point) & TERMINAL != 0
            key = hash_bytes(data, position, stop)
            slot = np.int64(key & np.uint64(mask))
            while owners[slot] == owner and table[slot] != key:
                slot = (slot + 1) & mask
            if owners[slot] == owner:
                duplicate_chars += chars
            else:
                owners[slot] = owner
                table[slot] = key
        position = stop + 1
    row[Statistic.FILLED_LINES] = filled
    row[Statistic.TERMINAL_LINES] = terminal
    row[Statistic.SHORT_LINES] = short
    row[Statistic.DUPLICATE_LINE_CHARS] = duplicate_chars
