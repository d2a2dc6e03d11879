"""Repeated lines, paragraphs and n-grams of each document of a batch, in one kernel."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..batch import Bytes, Int64s
from .hashing import FACTOR, hash_bytes, mix, table_size
from .jit import integer, njit
from .unicode_table import Blocks, Index
from .words import skip_space, word_end

Matrix: TypeAlias = npt.NDArray[np.int64]
UInt64s: TypeAlias = npt.NDArray[np.uint64]

TOP_SIZES = (2, 3, 4)
DUPLICATE_SIZES = (5, 6, 7, 8, 9, 10)


class Repetition(IntEnum):
    """Columns of the matrix; chars are code points."""

    CHARS = 0
    LINES = auto()
    """Lines that are not blank."""
    DUPLICATE_LINES = auto()
    """Lines that have stood before, the first occurrence not counted."""
    DUPLICATE_LINE_CHARS = auto()
    PARAGRAPHS = auto()
    """Runs of lines between blank lines."""
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
    hashes = np.empty(1024, dtype=np.uint64)
    lengths = np.empty(1024, dtype=np.int64)
    keys = np.zeros(4096, dtype=np.uint64)
    owners = np.zeros(4096, dtype=np.int64)
    counts = np.zeros(4096, dtype=np.int64)
    owner = 0
    for document in range(documents):
        start, end = offsets[document], offsets[document + 1]
        row = result[document]
        if end - start > len(hashes):  # there are no more words than bytes
            hashes = np.empty(2 * (end - start), dtype=np.uint64)
            lengths = np.empty(2 * (end - start), dtype=np.int64)
        words = _hash_words(data, start, end, index, blocks, mode, hashes, lengths)
        newlines = 0
        chars = 0
        for position in range(start, end):
            newlines += data[position] == 0x0A
            chars += data[position] & 0xC0 != 0x80
        row[Repetition.CHARS] = chars
        size = table_size(max(words, newlines + 1))
        if size > len(keys):
            keys = np.zeros(size, dtype=np.uint64)
            owners = np.zeros(size, dtype=np.int64)
            counts = np.zeros(size, dtype=np.int64)
        mask = size - 1
        owner += 2
        _lines(data, start, end, index, blocks, keys, owners, owner - 1, mask, row)
        _paragraphs(data, start, end, index, blocks, keys, owners, owner, mask, row)
        for size_of in range(2, 5):
            owner += 1
            row[Repetition.TOP_2_GRAM_CHARS + size_of - 2] = _top_n_gram(
                hashes, lengths, words, size_of, keys, owners, counts, owner, mask
            )
        for size_of in range(5, 11):
            owner += 1
            row[Repetition.DUPLICATE_5_GRAM_CHARS + size_of - 5] = _duplicate_n_grams(
                hashes, lengths, words, size_of, keys, owners, owner, mask
            )
    return result


@njit
def _hash_words(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, mode: int, hashes: UInt64s, lengths: Int64s
) -> int:
    words = 0
    position = skip_space(data, start, end, index, blocks)
    while position < end:
        stop = word_end(data, position, end, index, blocks, mode)
        chars = 0
        for at in range(position, stop):
            chars += data[at] & 0xC0 != 0x80
        hashes[words] = hash_bytes(data, position, stop)
        lengths[words] = chars
        words += 1
        position = skip_space(data, stop, end, index, blocks)
    return words


@njit
def _seen(key: np.uint64, keys: UInt64s, owners: Int64s, owner: int, mask: int) -> bool:
    """Whether the key has been put into the owner's table before; puts it there."""
    slot = integer(key & np.uint64(mask))
    while owners[slot] == owner:
        if keys[slot] == key:
            return True
        slot = (slot + 1) & mask
    owners[slot] = owner
    keys[slot] = key
    return False


@njit
def _lines(
    data: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    keys: UInt64s,
    owners: Int64s,
    owner: int,
    mask: int,
    row: Int64s,
) -> None:
    position = start
    while position < end:
        stop = position
        chars = 0
        while stop < end and data[stop] != 0x0A:
            chars += data[stop] & 0xC0 != 0x80
            stop += 1
        if skip_space(data, position, stop, index, blocks) < stop:
            row[Repetition.LINES] += 1
            if _seen(hash_bytes(data, position, stop), keys, owners, owner, mask):
                row[Repetition.DUPLICATE_LINES] += 1
                row[Repetition.DUPLICATE_LINE_CHARS] += chars
        position = stop + 1


@njit
def _paragraphs(
    data: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    keys: UInt64s,
    owners: Int64s,
    owner: int,
    mask: int,
    row: Int64s,
) -> None:
    """Pieces between two and more line ends; those of white space alone do not count."""
    position = start
    while position < end:
        stop = position
        while stop < end and not (data[stop] == 0x0A and stop + 1 < end and data[stop + 1] == 0x0A):
            stop += 1
        last = stop
        if stop == end:  # white space around the whole text is no part of its last paragraph
            while last > position and data[last - 1] <= 0x20:
                last -= 1
        first = position if position > start else skip_space(data, position, last, index, blocks)
        if skip_space(data, first, last, index, blocks) < last:
            chars = 0
            for at in range(first, last):
                chars += data[at] & 0xC0 != 0x80
            row[Repetition.PARAGRAPHS] += 1
            if _seen(hash_bytes(data, first, last), keys, owners, owner, mask):
                row[Repetition.DUPLICATE_PARAGRAPHS] += 1
                row[Repetition.DUPLICATE_PARAGRAPH_CHARS] += chars
        position = stop
        while position < end and data[position] == 0x0A:
            position += 1


@njit
def _n_gram(hashes: UInt64s, first: int, size_of: int) -> np.uint64:
    state = hashes[first]
    for offset in range(1, size_of):
        state = state * FACTOR + hashes[first + offset]
    return mix(state)


@njit
def _top_n_gram(
    hashes: UInt64s,
    lengths: Int64s,
    words: int,
    size_of: int,
    keys: UInt64s,
    owners: Int64s,
    counts: Int64s,
    owner: int,
    mask: int,
) -> int:
    """Length times count of the most frequent n-gram, of equally frequent ones the first to stand in the text."""
    most = 1
    for first in range(words - size_of + 1):
        key = _n_gram(hashes, first, size_of)
        slot = integer(key & np.uint64(mask))
        while owners[slot] == owner and keys[slot] != key:
            slot = (slot + 1) & mask
        if owners[slot] == owner:
            counts[slot] += 1
            most = max(most, counts[slot])
        else:
            owners[slot] = owner
            keys[slot] = key
            counts[slot] = 1
    if most == 1:
        return 0
    for first in range(words - size_of + 1):
        key = _n_gram(hashes, first, size_of)
        slot = integer(key & np.uint64(mask))
        while keys[slot] != key or owners[slot] != owner:
            slot = (slot + 1) & mask
        if counts[slot] == most:
            chars = size_of - 1
            for offset in range(size_of):
                chars += lengths[first + offset]
            return chars * most
    return 0


@njit
def _duplicate_n_grams(
    hashes: UInt64s,
    lengths: Int64s,
    words: int,
    size_of: int,
    keys: UInt64s,
    owners: Int64s,
    owner: int,
    mask: int,
) -> int:
    duplicate_chars = 0
    first = 0
    while first <= words - size_of:
        if _seen(_n_gram(hashes, first, size_of), keys, owners, owner, mask):
            for offset in range(size_of):
                duplicate_chars += lengths[first + offset]
            first += size_of
        else:
            first += 1
    return duplicate_chars
