"""Hashed words and pairs of words: counted over texts, and what logarithms of ratios of such counts make of a text.

Words are what the expression ``\\w+|[^\\w\\s]+`` finds in lower case, with two differences: marks stay with the letter
that they stand on, and in scripts that are written without spaces each character is a word.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int32s, Int64s, UInt32s, longest_bytes, text_buffers
from ..machine.eight_bytes import HIGH, above_space_of, digits_of, letters_of, low_lines_of
from ..machine.hashing import FACTOR, HALF, SEED, hash_block, hash_bytes, hash_tail, mix
from ..machine.instructions import load_eight, trailing_zeros
from ..machine.kernel import inlined, inner, integer, kernel
from ..machine.scanning import byte_at
from ..unicode import unicode_table
from ..unicode.unicode_table import WORD_BREAK_MASK, Property, WordBreak, decode, encode

SYMBOL, WORD, SPACE, ALONE, MARK = range(5)
"""Kinds of characters."""
KIND_BITS = 3
LISTED_POINTS = 0x20000
"""Every cased letter stands below; what follows is Han, and hardly anything."""
BEHIND_HAN, TAGS = 0x40000, 0xE0
"""Two planes of Han; of what stands behind them, tags and variation selectors in a range of 4,096 points are marks."""
WITHOUT_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))
"""Thai and Lao, Burmese, Khmer."""
CASE_SHIFT = np.uint64(2)
"""From the highest bit of a byte to the one that tells small ASCII letters from capitals."""


@cache
def characters() -> UInt32s:
    """By code point its lower case, and its kind in the lowest bits."""
    points = np.arange(LISTED_POINTS, dtype=np.uint32)
    bits = unicode_table.load().of_all_points()[:LISTED_POINTS]
    kinds = np.full(LISTED_POINTS, SYMBOL, dtype=np.uint32)
    kinds[bits & Property.ALNUM != 0] = WORD
    kinds[0x5F] = WORD
    alone = bits & Property.HAN_KANA != 0
    for first, last in WITHOUT_SPACES:
        alone[first : last + 1] = True
    kinds[alone & (bits & Property.ALNUM != 0)] = ALONE
    kinds[np.isin(bits & WORD_BREAK_MASK, (WordBreak.EXTEND, WordBreak.ZWJ, WordBreak.FORMAT))] = MARK
    kinds[bits & Property.SPACE != 0] = SPACE
    for point in np.flatnonzero(bits & Property.UPPER).tolist():
        points[point] = ord(chr(point).lower()[0])
    return (points << KIND_BITS | kinds).astype(np.uint32)


def count_ngrams(text: pa.Array, counts: Int64s) -> None:
    """Add the words and pairs of words of all texts to counts, shape (buckets,)."""
    offsets, data = text_buffers(text)
    numbers, word = _room(offsets)
    _count(offsets, data, characters(), numbers, word, counts)


def sum_ratios(text: pa.Array, ratios: Int32s) -> tuple[Int64s, Int64s]:
    """For each of n texts the sum of the ratios, shape (buckets,), of its words and pairs; how many words it has."""
    offsets, data = text_buffers(text)
    numbers, word = _room(offsets)
    sums, words = np.zeros(len(text), dtype=np.int64), np.zeros(len(text), dtype=np.int64)
    _sum(offsets, data, characters(), ratios, numbers, word, sums, words)
    return sums, words


def _room(offsets: Int64s) -> tuple[UInt32s, Bytes]:
    """For the numbers of a text's n-grams, and for one of its words, which lower case may make longer by a half."""
    longest = longest_bytes(offsets)
    return np.empty(2 * longest + 1, dtype=np.uint32), np.empty(2 * longest + 8, dtype=np.uint8)


@inlined
def _bucket(hashed: np.uint64, buckets: int) -> np.uint32:
    """The high half of a hash, made smaller to below so many."""
    return np.uint32((hashed >> HALF) * np.uint64(buckets) >> HALF)


@inner
def _rare_word(data: Bytes, start: int, end: int, points: UInt32s, word: Bytes) -> tuple[int, np.uint64, bool]:
    """Where a word of any characters ends, its hash, and whether it is one and no white space."""
    position, written = start, 0
    kind = -1
    while position < end:
        point, width = decode(data, position)
        if point < LISTED_POINTS:
            entry = integer(points[point])
        else:
            entry = point << KIND_BITS | (ALONE if point < BEHIND_HAN else MARK if point >> 12 == TAGS else SYMBOL)
        here = entry & (1 << KIND_BITS) - 1
        if kind < 0:
            kind = WORD if here == MARK else here
        elif here != MARK and (here != kind or kind == ALONE):
            break
        elif here == MARK and kind == SPACE:
            break
        position += width
        if kind != SPACE:
            written = encode(entry >> KIND_BITS, word, written)
    return position, hash_bytes(word, 0, written), kind != SPACE


@inner
def _list(
    data: Bytes, start: int, end: int, points: UInt32s, buckets: int, numbers: UInt32s, word: Bytes
) -> tuple[int, int]:
    """Write the buckets of a text's words and pairs; returns how many they are, and how many are words."""
    position, count, words = start, np.uint64(0), 0
    before = np.uint64(0)
    while position < end:
        at = position
        state = SEED
        hashed = np.uint64(0)
        found = False
        while at + 8 <= len(data):
            block = load_eight(data, at)
            letters = letters_of(block)
            of_word = letters | digits_of(block) | low_lines_of(block)
            run = min(trailing_zeros(~of_word & HIGH) >> 3, end - at)
            if run == 8:
                state = hash_block(state, block | letters >> CASE_SHIFT)
                at += 8
                if at < end:
                    continue
                run = 0
            if at + run > position:
                found = at + run == end or byte_at(data, at + run) < 0x80
                hashed = hash_tail(state, block | letters >> CASE_SHIFT, run, at + run - position)
                at += run
            elif integer(block) & 0xFF == 0x20:
                position += 1
                at = position
                if position < end:
                    continue
            else:
                run = min(trailing_zeros(~(above_space_of(block) & ~of_word) & HIGH) >> 3, end - at)
                if run > 0:
                    # A control character that is no white space goes on with the symbols.
                    behind = 0x20 if at + run == end else byte_at(data, at + run)
                    found = run < 8 and (0x20 <= behind < 0x80 or 0x09 <= behind <= 0x0D)
                    hashed = hash_tail(SEED, block, run, run)
                    at += run
            break
        if position == end:
            break
        if not found:
            at, hashed, found = _rare_word(data, position, end, points, word)
        position = at
        if found:
            numbers[count] = _bucket(hashed, buckets)
            count += np.uint64(1)
            if words > 0:
                numbers[count] = _bucket(mix(before * FACTOR + hashed), buckets)
                count += np.uint64(1)
            before = hashed
            words += 1
    return integer(count), words


@kernel
def _count(offsets: Int64s, data: Bytes, points: UInt32s, numbers: UInt32s, word: Bytes, counts: Int64s) -> None:
    for document in range(len(offsets) - 1):
        listed, _ = _list(data, offsets[document], offsets[document + 1], points, len(counts), numbers, word)
        for at in range(listed):
            counts[numbers[at]] += 1


@kernel
def _sum(
    offsets: Int64s, data: Bytes, points: UInt32s, ratios: Int32s, numbers: UInt32s, word: Bytes, sums: Int64s,
    words: Int64s,
) -> None:  # fmt: skip
    for document in range(len(offsets) - 1):
        listed, words[document] = _list(
            data, offsets[document], offsets[document + 1], points, len(ratios), numbers, word
        )
        total = 0
        for at in range(listed):
            total += integer(ratios[numbers[at]])
        sums[document] = total
