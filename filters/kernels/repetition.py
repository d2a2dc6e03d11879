"""Repeated lines, paragraphs and n-grams of each document of a batch, in one kernel."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..batch import Bytes, Int64s
from .hashing import FACTOR, hash_bytes, mix, table_size
from .jit import integer, njit
from .memory import Matrix
from .unicode_table import Blocks, Index
from .words import skip_space, strip_end, word_end

UInt64s: TypeAlias = npt.NDArray[np.uint64]

TOP_SIZES = (2, 3, 4)
DUPLICATE_SIZES = (5, 6, 7, 8, 9, 10)
SMALLEST_TOP, SMALLEST_DUPLICATE, LARGEST = TOP_SIZES[0], DUPLICATE_SIZES[0], DUPLICATE_SIZES[-1]


class Repetition(IntEnum):
    """Columns of the matrix; chars are code points."""

    CHARS = 0
    LINES = auto()
    """Lines that are not blank."""
    DUPLICATE_LINES = auto()
    """Lines that have stood before, the first occurrence not counted."""
    DUPLICATE_LINE_CHARS = auto()
    PARAGRAPHS = auto()
    """Pieces of the text, white space around it aside, between two and more line feeds; none of them blank."""
    DUPLICATE_PARAGRAPHS = auto()
    DUPLICATE_PARAGRAPH_CHARS = auto()
    TOP_2_GRAM_CHARS = auto()
    """Chars of the most frequent n-gram, words joined by one space, times its count; 0 when none occurs twice."""
    TOP_3_GRAM_CHARS = auto()
    TOP_4_GRAM_CHARS = auto()
    DUPLICATE_5_GRAM_CHARS = auto()
    """Chars of words in n-grams that have stood before, found from left to right, none counted twice."""
    DUPLICATE_6_GRAM_CHARS = auto()
    DUPLICATE_7_GRAM_CHARS = auto()
    DUPLICATE_8_GRAM_CHARS = auto()
    DUPLICATE_9_GRAM_CHARS = auto()
    DUPLICATE_10_GRAM_CHARS = auto()


COUNT = len(Repetition)


@njit
def repetition(offsets: Int64s, data: Bytes, index: Index, blocks: Blocks, mode: int) -> Matrix:
    """Measure a batch, shape (documents, :data:`COUNT`)."""
    documents = len(offsets) - 1
    result = np.zeros((documents, COUNT), dtype=np.int64)
    hashes = np.empty(0, dtype=np.uint64)
    char_ends = np.zeros(1, dtype=np.int64)
    starts = np.empty(0, dtype=np.int64)
    slots = np.empty(0, dtype=np.int64)
    keys = np.empty(0, dtype=np.uint64)
    counts = np.empty(0, dtype=np.int32)
    for document in range(documents):
        text = data[offsets[document] : offsets[document + 1]]
        row = result[document]
        if len(text) > len(hashes):  # there are no more words than bytes
            size = len(text) + len(text) // 2
            hashes = np.empty(size, dtype=np.uint64)
            char_ends = np.zeros(size + 1, dtype=np.int64)
            starts = np.empty(size, dtype=np.int64)
            slots = np.empty(size, dtype=np.int64)
        words = _hash_words(text, index, blocks, mode, hashes, char_ends)
        newlines = extra_bytes = 0
        for position in range(len(text)):
            newlines += text[position] == 0x0A
            extra_bytes += text[position] & 0xC0 == 0x80
        row[Repetition.CHARS] = len(text) - extra_bytes
        size = table_size(max(words, newlines + 1))
        if size > len(keys):
            keys = np.empty(size, dtype=np.uint64)
            counts = np.empty(size, dtype=np.int32)
        _measure_lines(text, index, blocks, keys, counts, table_size(newlines + 1), row)
        _measure_paragraphs(text, index, blocks, keys, counts, table_size(newlines + 1), row)
        _measure_n_grams(hashes, char_ends, words, starts, slots, keys, counts, row)
    return result


@njit
def _hash_words(text: Bytes, index: Index, blocks: Blocks, mode: int, hashes: UInt64s, char_ends: Int64s) -> int:
    """Hashes of the words, and how many chars the words up to each have together."""
    words = 0
    chars = 0
    end = len(text)
    position = skip_space(text, 0, end, index, blocks)
    while position < end:
        stop = word_end(text, position, end, index, blocks, mode)
        for at in range(position, stop):
            chars += text[at] & 0xC0 != 0x80
        hashes[words] = hash_bytes(text, position, stop)
        words += 1
        char_ends[words] = chars
        position = skip_space(text, stop, end, index, blocks)
    return words


@njit
def _slot(key: np.uint64, keys: UInt64s, counts: npt.NDArray[np.int32], mask: int) -> int:
    """Where a key stands in the table, or would stand; its count there is 0 then."""
    slot = integer(key & np.uint64(mask))
    while counts[slot] != 0 and keys[slot] != key:
        slot = (slot + 1) & mask
    keys[slot] = key
    return slot


@njit
def _measure_lines(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    keys: UInt64s,
    counts: npt.NDArray[np.int32],
    size: int,
    row: Int64s,
) -> None:
    counts[:size] = 0
    position = 0
    while position < len(text):
        stop = position
        chars = 0
        while stop < len(text) and text[stop] != 0x0A:
            chars += text[stop] & 0xC0 != 0x80
            stop += 1
        if skip_space(text, position, stop, index, blocks) < stop:
            row[Repetition.LINES] += 1
            slot = _slot(hash_bytes(text, position, stop), keys, counts, size - 1)
            if counts[slot] != 0:
                row[Repetition.DUPLICATE_LINES] += 1
                row[Repetition.DUPLICATE_LINE_CHARS] += chars
            counts[slot] = 1
        position = stop + 1


@njit
def _measure_paragraphs(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    keys: UInt64s,
    counts: npt.NDArray[np.int32],
    size: int,
    row: Int64s,
) -> None:
    counts[:size] = 0
    position = skip_space(text, 0, len(text), index, blocks)
    end = strip_end(text, position, len(text), index, blocks)
    while position < end:
        stop = position
        chars = 0
        while stop < end and not (text[stop] == 0x0A and text[stop + 1] == 0x0A):
            chars += text[stop] & 0xC0 != 0x80
            stop += 1
        if skip_space(text, position, stop, index, blocks) < stop:
            row[Repetition.PARAGRAPHS] += 1
            slot = _slot(hash_bytes(text, position, stop), keys, counts, size - 1)
            if counts[slot] != 0:
                row[Repetition.DUPLICATE_PARAGRAPHS] += 1
                row[Repetition.DUPLICATE_PARAGRAPH_CHARS] += chars
            counts[slot] = 1
        position = stop
        while position < end and text[position] == 0x0A:
            position += 1


@njit
def _measure_n_grams(
    grams: UInt64s,
    char_ends: Int64s,
    words: int,
    starts: Int64s,
    slots: Int64s,
    keys: UInt64s,
    counts: npt.NDArray[np.int32],
    row: Int64s,
) -> None:
    """Count n-grams of ever more words, looking only at those that can occur twice.

    An n-gram occurs twice only where the (n - 1)-grams at its first and at its second word do, so that for n above 3
    few are left. ``grams`` holds the hashes of words and is overwritten.
    """
    tails = grams[:words].copy()
    for start in range(words):
        starts[start] = start
    candidates = words
    for size in range(SMALLEST_TOP, LARGEST + 1):
        kept = 0
        for candidate in range(candidates - 1):
            start = starts[candidate]
            if starts[candidate + 1] == start + 1:
                starts[kept] = start
                kept += 1
        candidates = kept
        if candidates < 2:
            return
        slots_of_table = table_size(candidates)
        counts[:slots_of_table] = 0
        most = 0
        for candidate in range(candidates):
            start = starts[candidate]
            grams[start] = grams[start] * FACTOR + tails[start + size - 1]
            slot = _slot(mix(grams[start]), keys, counts, slots_of_table - 1)
            counts[slot] += 1
            most = max(most, counts[slot])
            slots[candidate] = slot
        if most < 2:
            return
        if size < SMALLEST_DUPLICATE:
            for candidate in range(candidates):
                if counts[slots[candidate]] == most:  # the first one in the text
                    start = starts[candidate]
                    chars = char_ends[start + size] - char_ends[start] + size - 1
                    row[Repetition.TOP_2_GRAM_CHARS + size - SMALLEST_TOP] = chars * most
                    break
        else:
            free = 0
            for candidate in range(candidates):
                start = starts[candidate]
                if start < free:
                    continue
                slot = slots[candidate]
                if counts[slot] < 0:  # marked when it was first met
                    row[Repetition.DUPLICATE_5_GRAM_CHARS + size - SMALLEST_DUPLICATE] += (
                        char_ends[start + size] - char_ends[start]
                    )
                    free = start + size
                else:
                    counts[slot] = -counts[slot]
        kept = 0
        for candidate in range(candidates):
            if abs(counts[slots[candidate]]) > 1:
                starts[kept] = starts[candidate]
                kept += 1
        candidates = kept
