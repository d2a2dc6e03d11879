"""What Dolma's tagger gopher_v2 counts otherwise than others: the median, words with symbols, all repeated lines."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int32s, Int64Matrix, Int64s, UInt64s, longest_bytes, text_buffers
from ..machine.hashing import hash_bytes, table_size
from ..machine.kernel import inner, integer, kernel
from ..machine.memory import Matrix, remembered
from ..machine.scanning import count_line_feeds, line_end, line_feeds_in
from ..unicode.unicode_table import count_chars
from .boundaries import DOLMA, skip_space, space_at
from .splitting import Tables, load
from .uax29_words import Words, new_words
from .whitespace_words import split_whitespace


class DolmaStatistic(IntEnum):
    """Columns of the matrix; chars are code points."""

    TWICE_MEDIAN_LENGTH = 0
    """Twice the median length of the words that white space separates, which is a whole number."""
    WORD_CHARS = auto()
    SYMBOL_WORDS = auto()
    """Words that hold ``#`` or ``…``."""
    LINES = auto()
    """Pieces between runs of line feeds; the first and the last may be empty."""
    BULLET_LINES = auto()
    """Lines that begin with ``*`` or ``-``."""
    ELLIPSIS_LINES = auto()
    """Lines that end with ``…``."""
    REPEATED_LINES = auto()
    """Lines that occur more than once, the first occurrence counted too."""
    REPEATED_LINE_CHARS = auto()


COUNT = len(DolmaStatistic)
COUNTED_LENGTHS = 64
"""Words of fewer characters are counted by their length; where most are longer, lengths are sorted for the median."""


def dolma_statistics(text: pa.Array) -> Matrix:
    """Count over each document, shape (documents, :data:`COUNT`)."""

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        result = np.zeros((len(text), COUNT), dtype=np.int64)
        words = new_words(longest_bytes(offsets))
        histogram = np.empty(COUNTED_LENGTHS, dtype=np.int64)
        slots = table_size.function(int(line_feeds_in(offsets, data).max(initial=0)) + 2)
        lines = SeenLines(np.empty(slots, dtype=np.uint64), np.empty(slots, dtype=np.int64))
        _dolma_statistics(offsets, data, load(DOLMA), words, histogram, lines, result)
        return result

    return remembered(text, "dolma", take)


class SeenLines(NamedTuple):
    """Room for a table of lines by hash."""

    keys: UInt64s
    firsts: Int64s
    """0 for none, 1 for a line that was met twice, 2 for one that was met once."""


@kernel
def _dolma_statistics(
    offsets: Int64s, data: Bytes, tables: Tables, words: Words, histogram: Int64s, lines: SeenLines, result: Int64Matrix
) -> None:
    for document in range(len(result)):
        start, end = offsets[document], offsets[document + 1]
        if start == end:
            continue
        row = result[document]
        count = split_whitespace(data, start, end, tables.code_index, tables.blocks, tables.of_ascii, words)
        if count and not _sum_lengths(words.lengths, count, histogram, row):
            below = _length_of_rank(words.lengths, count, (count - 1) // 2)
            row[DolmaStatistic.TWICE_MEDIAN_LENGTH] = below + _length_of_rank(words.lengths, count, count // 2)
        row[DolmaStatistic.SYMBOL_WORDS] = _symbol_words(data, start, end, tables)
        size = table_size(count_line_feeds(data, start, end) + 2)
        lines.firsts[:size] = 0
        _count_lines(data, start, end, lines.keys[:size], lines.firsts[:size], row)


@inner
def _length_of_rank(lengths: Int32s, count: int, rank: int) -> int:
    """What stands at a place of the lengths in order, found by halving where it may lie."""
    low = high = 0
    for word in range(count):
        high = max(high, integer(lengths[word]))
    while low < high:
        middle = (low + high) // 2
        upto = 0
        for word in range(count):
            upto += lengths[word] <= middle
        if upto > rank:
            high = middle
        else:
            low = middle + 1
    return low


@inner
def _sum_lengths(lengths: Int32s, count: int, histogram: Int64s, row: Int64s) -> bool:
    """Sum and median of the lengths of words; False where most are too long for the median to be found here."""
    histogram[:] = 0
    total = 0
    for word in range(count):
        length = integer(lengths[word])
        total += length
        histogram[min(length, len(histogram) - 1)] += 1
    row[DolmaStatistic.WORD_CHARS] = total
    seen = below = 0
    for length in range(len(histogram) - 1):
        seen += histogram[length]
        if seen > (count - 1) // 2 and not below:
            below = length
        if seen > count // 2:
            row[DolmaStatistic.TWICE_MEDIAN_LENGTH] = below + length
            return True
    return False


@inner
def _symbol_words(data: Bytes, start: int, end: int, tables: Tables) -> int:
    count = 0
    position = start
    while position < end:
        byte = data[position]
        is_ellipsis = byte == 0xE2 and data[position + 1] == 0x80 and data[position + 2] == 0xA6
        if byte == 0x23 or is_ellipsis:
            count += 1
            stop = space_at(data, position, end, tables.code_index, tables.blocks)
            position = skip_space(data, stop, end, tables.code_index, tables.blocks)
        else:
            position += 1
    return count


@inner
def _count_lines(data: Bytes, start: int, end: int, keys: UInt64s, firsts: Int64s, row: Int64s) -> None:
    mask = len(keys) - 1
    position = start
    while True:
        stop = line_end(data, position, end)
        chars = count_chars(data, position, stop)
        row[DolmaStatistic.LINES] += 1
        if stop > position:
            row[DolmaStatistic.BULLET_LINES] += data[position] == 0x2A or data[position] == 0x2D
            row[DolmaStatistic.ELLIPSIS_LINES] += (
                stop - position > 2 and data[stop - 3] == 0xE2 and data[stop - 2] == 0x80 and data[stop - 1] == 0xA6
            )
        key = hash_bytes(data, position, stop)
        slot = integer(key & np.uint64(mask))
        while firsts[slot] and keys[slot] != key:
            slot = (slot + 1) & mask
        if firsts[slot]:
            row[DolmaStatistic.REPEATED_LINES] += 1 if firsts[slot] == 1 else 2
            row[DolmaStatistic.REPEATED_LINE_CHARS] += chars if firsts[slot] == 1 else 2 * chars
            firsts[slot] = 1
        else:
            keys[slot] = key
            firsts[slot] = 2
        if stop == end:
            return
        while stop < end and data[stop] == 0x0A:
            stop += 1
        position = stop
