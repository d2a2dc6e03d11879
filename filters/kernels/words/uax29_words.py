"""Words of a text in one pass: hash, length and kind of each, by UAX #29.

Most bytes of most texts are ASCII letters and digits, so eight bytes are classified at once with plain arithmetic on
one 64-bit number; only what touches another character goes through the tables.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int32s, UInt64s
from ..machine.eight_bytes import HIGH, ZERO, digits_of, letters_of, low_lines_of
from ..machine.hashing import ALL, SEED, hash_block, hash_bytes, hash_tail
from ..machine.instructions import load_eight, trailing_zeros
from ..machine.kernel import inlined, inner, integer
from ..machine.scanning import ONE, byte_at
from ..machine.scratch import kept
from ..unicode.unicode_table import (
    BLOCK_BITS,
    WORD_BREAK_MASK,
    Blocks,
    Index,
    Property,
    UnicodeTable,
    WordBreak,
    decode,
    lookup,
)
from .boundaries import HAN_KANA_FLAG, segment_end

PLAIN, LETTER, BEGINS, SPACE, NUMBER, BRIDGE = 1, 2, 4, 8, 16, 32
"""Kinds of a word: it holds a character that is no punctuation, it holds a letter, white space or nothing stands before
it. The others are kinds of bytes: white space, digits, and what may go on with a word (``' . : , ;``, beyond ASCII)."""

ALPHA_FLAG = int(Property.ALPHA)
SPACE_FLAG = int(Property.SPACE)
WORD_OTHER, WORD_LF, WORD_EXTEND = int(WordBreak.OTHER), int(WordBreak.LF), int(WordBreak.EXTEND)
WORD_FORMAT, WORD_ZWJ = int(WordBreak.FORMAT), int(WordBreak.ZWJ)
WORD_LETTER, WORD_NUMERIC, WORD_SPACE = int(WordBreak.LETTER), int(WordBreak.NUMERIC), int(WordBreak.SPACE)
MARKS = int(Property.PUNCTUATION | Property.TERMINAL)


class Words(NamedTuple):
    """Words of one document, in arrays that serve one document after the other."""

    hashes: UInt64s
    lengths: Int32s
    """In characters."""
    kinds: Bytes


@kept
def new_words(most: int) -> Words:
    """Places for so many words; a text has no more of them than bytes."""
    return Words(np.empty(most, dtype=np.uint64), np.empty(most, dtype=np.int32), np.empty(most, dtype=np.uint8))


def ascii_kinds(table: UnicodeTable) -> Bytes:
    """Kinds of the ASCII characters."""
    kinds = np.full(256, BRIDGE, dtype=np.uint8)
    for byte in range(128):
        bits = int(table.properties[int(table.index[0]) << BLOCK_BITS | byte])
        kinds[byte] = kind_of.function(bits)
        kinds[byte] |= (SPACE if bits & SPACE_FLAG else 0) | (NUMBER if 0x30 <= byte <= 0x39 else 0)
    for byte in (0x27, 0x2E, 0x3A, 0x2C, 0x3B):
        kinds[byte] |= BRIDGE
    return kinds


@inner
def kind_of(bits: int) -> int:
    """Kinds that a character gives its word."""
    if bits & ALPHA_FLAG:
        return PLAIN | LETTER
    return 0 if bits & MARKS else PLAIN


@inner
def range_kinds(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> tuple[int, int]:
    """Kinds of a word, and its number of characters."""
    kinds = chars = 0
    position = start
    while position < end:
        code_point, width = decode(data, position)
        kinds |= kind_of(lookup(index, blocks, code_point))
        chars += 1
        position += width
    return kinds, chars


@inner
def split_uax29(data: Bytes, start: int, end: int, index: Index, blocks: Blocks, of_ascii: Bytes, words: Words) -> int:
    """Segments of UAX #29 that are not white space; only counted where there is no place for words."""
    hashes, lengths, kinds = words.hashes, words.lengths, words.kinds
    keeps = len(hashes) > 0
    count = np.uint64(0)
    begins = BEGINS
    position = start
    while position < end:
        stop = position
        if position + 8 <= end:
            block = load_eight(data, position)
            letters, digits = letters_of(block), digits_of(block)
            run = trailing_zeros(~(letters | digits | low_lines_of(block)) & HIGH) >> 3
            if run == 8 and position + 16 <= end:
                state = hash_block(SEED, block)
                kind = (LETTER if letters else 0) | (PLAIN if letters | digits else 0)
                block = load_eight(data, position + 8)
                letters, digits = letters_of(block), digits_of(block)
                run = trailing_zeros(~(letters | digits | low_lines_of(block)) & HIGH) >> 3
                before = 8
            else:
                state = SEED
                kind = before = 0
            if before + run > 0 and run < 8 and _stops(block, run, of_ascii):
                if keeps:
                    mask = ALL >> np.uint64(64 - 8 * run) if run else ZERO
                    kind |= (LETTER if letters & mask else 0) | (PLAIN if (letters | digits) & mask else 0)
                    hashes[count] = hash_tail(state, block, run, before + run)
                    lengths[count] = before + run
                    kinds[count] = kind | begins
                count += ONE
                position += before + run
                begins = 0
                if data[np.uint64(position)] == 0x20:
                    position += 1
                    begins = BEGINS
                continue
            if before + run == 0 and block & np.uint64(0x8080) == 0:
                kind = of_ascii[byte_at(data, position)]
                if kind & SPACE:
                    begins = BEGINS
                else:
                    if keeps:
                        hashes[count] = hash_tail(SEED, block, 1, 1)
                        lengths[count] = 1
                        kinds[count] = kind & PLAIN | begins
                    count += ONE
                    begins = 0
                position += 1
                continue
        if byte_at(data, position) > 0xE2:
            stop, found = _one_by_one(data, position, end, index, blocks, words, count, begins)
            if stop > position:
                begins = 0
                count = found
                position = stop
                continue
        stop, kind = _plain_end(data, position, end, of_ascii)
        length = stop - position
        if stop == position:
            code_point, width = decode(data, position)
            if lookup(index, blocks, code_point) & SPACE_FLAG:
                begins = BEGINS
                position += width
                continue
            stop, kind, length = _letters_end(data, position, end, index, blocks)
            if stop == position:
                stop = segment_end(data, position, end, index, blocks)
                if keeps:
                    kind, length = range_kinds(data, position, stop, index, blocks)
        if keeps:
            hashes[count] = hash_bytes(data, position, stop)
            lengths[count] = length
            kinds[count] = kind | begins
        begins = 0
        count += ONE
        position = stop
    return integer(count)


@inlined
def _stops(block: np.uint64, run: int, of_ascii: Bytes) -> bool:
    """Whether a word surely ends behind so many of eight bytes: a mark that may go on with it must be seen not to."""
    following = integer(block >> np.uint64(8 * run)) & 0xFF
    if not of_ascii[following] & BRIDGE:
        return True
    if following >= 0x80 or run == 7:
        return False
    behind = integer(block >> np.uint64(8 * run + 8)) & 0xFF
    return behind < 0x80 and not of_ascii[behind] & (LETTER | NUMBER)


@inlined
def _one_by_one(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, words: Words, count: np.uint64, begins: int
) -> tuple[int, np.uint64]:
    """Take Han and Kana from ``start`` on, a word each, while no mark stands on them; returns the end and the count."""
    hashes, lengths, kinds = words.hashes, words.lengths, words.kinds
    keeps = len(hashes) > 0
    position = start
    code_point, width = decode(data, position)
    bits = lookup(index, blocks, code_point)
    while bits & HAN_KANA_FLAG:
        stop = position + width
        of_word = bits
        bits = 0
        if stop < end:
            code_point, width = decode(data, stop)
            bits = lookup(index, blocks, code_point)
            following = bits & WORD_BREAK_MASK
            if following == WORD_EXTEND or following == WORD_FORMAT or following == WORD_ZWJ:
                break
        if keeps:
            hashes[count] = hash_bytes(data, position, stop)
            lengths[count] = 1
            kinds[count] = kind_of(of_word) | begins
        begins = 0
        count += ONE
        position = stop
    return position, count


@inlined
def _letters_end(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> tuple[int, int, int]:
    """End of a word of letters of any script with their marks, its kinds, and its number of characters.

    Gives ``start`` where more must be known: another class of character begins the word, or may go on with it.
    """
    position = start
    kinds = chars = 0
    while position < end:
        code_point, width = decode(data, position)
        bits = lookup(index, blocks, code_point)
        here = bits & WORD_BREAK_MASK
        if bits & HAN_KANA_FLAG and here == WORD_LETTER:
            return start, 0, 0
        if here == WORD_LETTER or (chars and (here == WORD_EXTEND or here == WORD_NUMERIC)):
            kinds |= kind_of(bits)
            chars += 1
            position += width
            continue
        return (position if here == WORD_SPACE or here == WORD_OTHER or here == WORD_LF else start), kinds, chars
    return position, kinds, chars


@inlined
def _plain_end(data: Bytes, start: int, end: int, of_ascii: Bytes) -> tuple[int, int]:
    """End of a word of ASCII letters, digits, low lines and marks between two of them, and its kinds.

    Gives ``start`` where another character touches the word, or none of these begins it: then the tables know.
    """
    stop = start
    kinds = 0
    while True:
        while stop + 8 <= end:
            block = load_eight(data, stop)
            letters, digits = letters_of(block), digits_of(block)
            run = trailing_zeros(~(letters | digits | low_lines_of(block)) & HIGH) >> 3
            if run > 0:
                mask = ALL >> np.uint64(64 - 8 * run)
                kinds |= (LETTER if letters & mask else 0) | (PLAIN if (letters | digits) & mask else 0)
                stop += run
            if run < 8:
                break
        while stop < end and _is_plain(byte_at(data, stop)):
            kinds |= of_ascii[byte_at(data, stop)] & (PLAIN | LETTER)
            stop += 1
        if stop == start or stop == end:
            return stop, kinds
        byte = byte_at(data, stop)
        if byte >= 0x80:
            return start, 0
        if not of_ascii[byte] & BRIDGE or stop + 1 == end:
            return stop, kinds
        if byte_at(data, stop + 1) >= 0x80:
            return start, 0
        common = of_ascii[byte_at(data, stop - 1)] & of_ascii[byte_at(data, stop + 1)] & (LETTER | NUMBER)
        if not ((common & LETTER and byte != 0x2C and byte != 0x3B) or (common & NUMBER and byte != 0x3A)):
            return stop, kinds
        stop += 1


@inner
def _is_plain(byte: int) -> bool:
    """ASCII letter, digit or low line: none of them breaks from another."""
    return 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39 or byte == 0x5F
