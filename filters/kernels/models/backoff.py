"""Language models over n-grams with back-off: the table that holds one, and what it makes of lines of words.

An n-gram is known by a hash of its words, read from the last one back, so that a lookup goes on from the shorter
n-gram. Logarithms are whole numbers of 1/256 of a power of ten, so sums are the same in whatever order and on whatever
processor they are made.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bools, Bytes, Int32Matrix, Int64s, UInt64s
from ..machine.hashing import FACTOR, SEED, mix
from ..machine.kernel import inner, integer, kernel
from .sentences import Sentences

BEGIN, END = np.uint64(0xB5297A4D68E31DA4), np.uint64(0x1B56C4E91B56C4E9)
"""Stand for what is before and behind a line, as hashes of words do for words."""
STEPS = 256
"""Of a power of ten."""
CODE_BITS = 12
LARGEST_CODE = (1 << CODE_BITS) - 1
WIDEST_PRINT = 39
"""Bits of an n-gram's hash that are kept, at most."""

CODES = np.uint64(LARGEST_CODE)
PROBABILITY, GOES_ON, PRINT = np.uint64(CODE_BITS), np.uint64(1 << 2 * CODE_BITS), np.uint64(2 * CODE_BITS + 1)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
FREE = np.uint64(0)


class Table(NamedTuple):
    """A model."""

    order: int
    """Words of the longest n-grams."""
    slots: UInt64s
    """Open addressing. Bits from 25 on are those of an n-gram's hash, then comes one that says whether a longer n-gram
    ends with it, then 12 of its probability and 12 of its back-off weight, as negative logarithms; 0 where a slot is
    free."""
    prints: np.uint64
    """Which bits of a hash are kept."""
    unknown: int
    """The negative logarithm of the probability of a word that the model has not seen."""


class Scores(NamedTuple):
    """What a model makes of lines, each with the end of the line as a last word; shape (lines,) each."""

    codes: Int64s
    """Negative logarithms of the probability of a whole line, in steps."""
    unknown: Int64s
    """Words that the model has not seen."""


def new_slots(entries: int) -> UInt64s:
    """Free slots for so many n-grams: a third of them stay free."""
    return np.zeros(max(8, entries + entries // 2), dtype=np.uint64)


def score(table: Table, sentences: Sentences) -> Scores:
    """Score each line."""
    lengths = np.diff(sentences.ends, prepend=0)
    most = int(lengths.max(initial=0)) + 2
    codes, unknown = np.zeros(len(lengths), dtype=np.int64), np.zeros(len(lengths), dtype=np.int64)
    room = _Room(
        np.empty(most, dtype=np.uint64),
        np.empty(most, dtype=np.uint64),
        np.empty(most, dtype=np.uint8),
        np.empty(most, dtype=np.bool_),
        np.empty(most, dtype=np.int64),
        np.empty((most, max(table.order, 2)), dtype=np.int32),
    )
    _score(table, sentences.hashes, sentences.ends, room, codes, unknown)
    return Scores(codes, unknown)


class _Room(NamedTuple):
    words: UInt64s
    keys: UInt64s
    longest: Bytes
    goes_on: Bools
    codes: Int64s
    weights: Int32Matrix
    """The back-off weights of the n-grams that end at a word, by length."""


@inner
def longer(key: np.uint64, word: np.uint64) -> np.uint64:
    """The hash of an n-gram with one more word in front."""
    return mix(key * FACTOR + word)


@inner
def place_of(key: np.uint64, slots: int) -> int:
    """Where looking for an n-gram begins."""
    return integer(((key >> HALF) * np.uint64(slots)) >> HALF)


@inner
def find(slots: UInt64s, prints: np.uint64, key: np.uint64) -> np.uint64:
    """Where an n-gram is, or the free slot where it would be."""
    at = np.uint64(place_of(key, len(slots)))
    wanted = key & prints
    while slots[at] != FREE and slots[at] >> PRINT != wanted:
        at += np.uint64(1)
        if at == np.uint64(len(slots)):
            at = np.uint64(0)
    return at


@inner
def insert(slots: UInt64s, prints: np.uint64, key: np.uint64, suffix: np.uint64, probability: int, weight: int) -> None:
    """Put an n-gram in, and say so where the one shorter is; not where another one has its place and its print."""
    at = find(slots, prints, key)
    if slots[at] == FREE:
        slots[at] = (key & prints) << PRINT | np.uint64(probability) << PROBABILITY | np.uint64(weight)
    at = find(slots, prints, suffix)
    if slots[at] != FREE and suffix != key:
        slots[at] |= GOES_ON


@kernel
def _score(table: Table, hashes: UInt64s, ends: Int64s, room: _Room, codes: Int64s, unknown: Int64s) -> None:
    start = 0
    for line in range(len(ends)):
        end = ends[line]
        codes[line], unknown[line] = _score_line(table, hashes, start, end, room)
        start = end


@inner
def _score_line(table: Table, hashes: UInt64s, start: int, end: int, room: _Room) -> tuple[int, int]:
    words, keys, longest, goes_on, codes, weights = room
    slots, prints, order = table.slots, table.prints, table.order
    count = end - start + 2
    words[0], words[count - 1] = BEGIN, END
    for at in range(1, count - 1):
        words[at] = hashes[start + at - 1]
    # One length of n-grams after the other: so the processor fetches the slots of many of them at a time.
    unknown = 0
    for at in range(count):
        keys[at] = mix(words[at] + SEED)
        slot = slots[find(slots, prints, keys[at])]
        is_known = slot != FREE
        longest[at] = is_known
        goes_on[at] = slot & GOES_ON != FREE
        codes[at] = integer(slot >> PROBABILITY & CODES) if is_known else table.unknown
        weights[at, 1] = integer(slot & CODES)
        unknown += not is_known
    for length in range(2, order + 1):
        found = False
        for at in range(length - 1, count):
            if not goes_on[at]:
                continue
            keys[at] = longer(keys[at], words[at - length + 1])
            slot = slots[find(slots, prints, keys[at])]
            goes_on[at] = slot & GOES_ON != FREE
            if slot != FREE:
                longest[at] = length
                codes[at] = integer(slot >> PROBABILITY & CODES)
                if length < order:
                    weights[at, length] = integer(slot & CODES)
                found = True
        if not found:
            break
    total = 0
    for at in range(1, count):
        total += codes[at]
        for length in range(max(integer(longest[at]), 1), min(integer(longest[at - 1]), order - 1) + 1):
            total += weights[at - 1, length]
    return total, unknown
