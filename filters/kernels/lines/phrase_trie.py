"""Phrases of words in any script, found in lines: a trie as a hash table of beginnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bools, Bytes, Int64s, UInt64s
from ..machine.hashing import SEED, hash_block
from ..machine.kernel import inner, integer, kernel
from ..unicode.unicode_table import Blocks, Index, Property, decode, fold, load, lookup

MOST_WORDS = 512
"""Of a line, so many words are looked at."""
ROOT = np.uint64(0x51ED270B0A1C5D3B)
BEGINNING = 1 << 30
"""Set for every beginning of a phrase, so that no entry is zero."""
WORD = int(Property.ALPHA | Property.MARK)
HAN_KANA, DIGIT = int(Property.HAN_KANA), int(Property.DIGIT)
FIRST_WORDS = np.uint64(0xFFFF)
LOWER = np.uint64(0x20)


class Letters(NamedTuple):
    """Tables of characters."""

    places: Index
    blocks: Blocks
    fold_index: Index
    fold_blocks: Blocks


class Words(NamedTuple):
    """Words of a line, room for :data:`MOST_WORDS` and one more."""

    hashes: UInt64s
    are_han: Bools
    """Whether it is a Han character or kana, each of which counts as a word."""
    after_number: Bools
    """Whether a number stands before the word; behind the last one also."""


class Trie(NamedTuple):
    """Hash table of beginnings of phrases, with open addressing."""

    keys: UInt64s
    flags: Int64s
    """Of the phrases that end here; 0 where the table is free."""
    first: Bytes
    """Bit for each value of the lowest bits of a beginning of one word, to dismiss most words quickly."""


def letters() -> Letters:
    """Those that come with textmill."""
    table = load()
    return Letters(table.index, table.properties, table.fold_index, table.fold_distance)


def new_words() -> Words:
    """Scratch."""
    return Words(
        np.zeros(MOST_WORDS + 1, dtype=np.uint64),
        np.zeros(MOST_WORDS + 1, dtype=np.bool_),
        np.zeros(MOST_WORDS + 1, dtype=np.bool_),
    )


def build_trie(phrases: Mapping[str, int]) -> Trie:
    """Lay out phrases, each with flags; phrases without a word are refused.

    Raises:
        ValueError: for a phrase without a word.
    """
    data = np.frombuffer("".join(phrases).encode(), dtype=np.uint8)
    offsets = np.zeros(len(phrases) + 1, dtype=np.int64)
    np.cumsum([len(phrase.encode()) for phrase in phrases], out=offsets[1:])
    states, ends = np.empty(len(data), dtype=np.uint64), np.zeros(len(phrases), dtype=np.int64)
    _states(offsets, data, letters(), new_words(), states, ends)
    beginnings = states.tolist()
    entries: dict[int, int] = {}
    first = np.zeros(1 << 13, dtype=np.uint8)
    start = 0
    for (phrase, flags), end in zip(phrases.items(), ends.tolist(), strict=True):
        if start == end:
            raise ValueError(f"no word in the phrase {phrase!r}")
        for state in beginnings[start:end]:
            entries[state] = entries.get(state, 0) | BEGINNING
        entries[beginnings[end - 1]] |= flags
        low = beginnings[start] & 0xFFFF
        first[low >> 3] |= 1 << (low & 7)
        start = end
    size = 1 << max(4, (4 * len(entries)).bit_length())
    keys, values = [0] * size, [0] * size
    for key, value in entries.items():
        at = key & (size - 1)
        while values[at]:
            at = (at + 1) & (size - 1)
        keys[at], values[at] = key, value
    return Trie(np.array(keys, dtype=np.uint64), np.array(values, dtype=np.int64), first)


@kernel
def _states(offsets: Int64s, data: Bytes, known: Letters, words: Words, states: UInt64s, ends: Int64s) -> None:
    """The beginnings of each phrase, and where those of each end."""
    total = 0
    for row in range(len(offsets) - 1):
        count = split_words(data, offsets[row], offsets[row + 1], known, words)
        state = ROOT
        for at in range(count):
            state = hash_block(state, words.hashes[at])
            states[total] = state
            total += 1
        ends[row] = total


@inner
def split_words(data: Bytes, start: int, end: int, known: Letters, words: Words) -> int:
    """Words of a range of bytes, and how many: runs of letters, folded, and single Han characters and kana."""
    count = 0
    words.after_number[0] = False
    position = start
    while position < end and count < MOST_WORDS:
        position, count = next_word(data, position, end, known, words, count)
    return count


@inner
def next_word(data: Bytes, position: int, end: int, known: Letters, words: Words, count: int) -> tuple[int, int]:
    """Take one character, or all letters of a word; returns where it ends, and how many words there are then."""
    if data[position] < 0x80:
        if not _is_ascii_letter(data[position]):
            if 0x30 <= data[position] <= 0x39:
                words.after_number[count] = True
            return position + 1, count
    else:
        point, width = decode(data, position)
        properties = lookup(known.places, known.blocks, point)
        if properties & HAN_KANA:
            words.hashes[count] = hash_block(SEED, np.uint64(point))
            words.are_han[count] = True
            words.after_number[count + 1] = False
            return position + width, count + 1
        if not properties & WORD:
            if properties & DIGIT:
                words.after_number[count] = True
            return position + width, count
    state = SEED
    while position < end:
        if data[position] < 0x80:
            if not _is_ascii_letter(data[position]):
                break
            state = hash_block(state, np.uint64(data[position]) | LOWER)
            position += 1
            continue
        point, width = decode(data, position)
        properties = lookup(known.places, known.blocks, point)
        if properties & HAN_KANA or not properties & WORD:
            break
        folded = fold(known.fold_index, known.fold_blocks, point)
        if folded:
            state = hash_block(state, np.uint64(folded))
        position += width
    words.hashes[count] = state
    words.are_han[count] = False
    words.after_number[count + 1] = False
    return position, count + 1


@inner
def _is_ascii_letter(byte: int) -> bool:
    return 0x61 <= byte | 0x20 <= 0x7A


@inner
def step(trie: Trie, state: np.uint64) -> int:
    """Flags of a beginning of phrases, 0 if it begins none."""
    mask = np.uint64(len(trie.keys) - 1)
    at = state & mask
    while trie.flags[at]:
        if trie.keys[at] == state:
            return integer(trie.flags[at])
        at = (at + np.uint64(1)) & mask
    return 0


@inner
def may_begin(trie: Trie, state: np.uint64) -> bool:
    """Whether a state of one word may begin a phrase; seldom wrong, and never if it does."""
    low = state & FIRST_WORDS
    return integer(trie.first[low >> np.uint64(3)]) >> integer(low & np.uint64(7)) & 1 != 0
