"""A linear model over hashed n-grams, of words and of bytes of each word, and over listed words: scored, and fitted.

Each of the three sums is divided by the root of how many there are of its kind, which lets long and short texts be
compared and one strong word count in both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Floats, Floats32, Int64s, UInt32s, UInt64s
from ..machine.hashing import FACTOR, HALF, SEED, hash_bytes, mix
from ..machine.kernel import inner, integer, kernel

SPACE = 0x20
ONE = np.uint64(1)
NEWTON_STEPS = 12
CONVERGED = 1e-9


class Ngrams(NamedTuple):
    """Which n-grams a text is described by."""

    longest_words: int
    """Up to this many words in a row."""
    shortest_part: int
    longest_part: int
    """Bytes in a row of one word with the space before and behind it; Han and Kana, which stand alone, have none."""
    bits: int
    """Weights are numbered by this many bits of an n-gram's hash."""


class Lexicon(NamedTuple):
    """Weights of listed words, which no other word shares: an open hash table."""

    keys: UInt64s
    """Hashes of words, 0 where there is none; the number of places is a power of two."""
    weights: Floats32


def lexicon(keys: UInt64s, weights: Floats32) -> Lexicon:
    """Words with these hashes (:func:`~..machine.hashing.hash_bytes`, the lowest bit set)."""
    places = 1 << max(4, int(4 * len(keys)).bit_length())
    table, values = np.zeros(places, dtype=np.uint64), np.zeros(places, dtype=np.float32)
    for key, weight in zip(keys.tolist(), weights.tolist(), strict=True):
        place = key >> 1 & places - 1
        while table[place] and table[place] != key:
            place = place + 1 & places - 1
        table[place], values[place] = key, weight
    return Lexicon(table, values)


class Features(NamedTuple):
    """Numbers of the n-grams of n texts; those of text i are ``numbers[ends[i - 1]:ends[i]]``, words before parts."""

    numbers: UInt32s
    ends: Int64s
    words: Int64s
    """How many of them are n-grams of words, shape (n,)."""
    listed: Floats
    """What listed words make of each text, shape (n,)."""


def score(
    data: Bytes, starts: Int64s, ends: Int64s, weights: Floats32, bias: float, ngrams: Ngrams, listed: Lexicon
) -> Floats:
    """The log-odds of each text ``data[starts[i]:ends[i]]``, words in which stand between single spaces."""
    result = np.empty(len(ends), dtype=np.float64)
    numbers, previous = _room(int((ends - starts).max(initial=0)), ngrams)
    _score(data, starts, ends, weights, bias, *ngrams, *listed, numbers, previous, result)
    return result


def features(data: Bytes, starts: Int64s, ends: Int64s, ngrams: Ngrams, listed: Lexicon) -> Features:
    """The n-grams of each text."""
    room = [_size(int(end - start), ngrams) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    numbers = np.empty(sum(room) + 1, dtype=np.uint32)
    found, words = np.empty(len(ends), dtype=np.int64), np.empty(len(ends), dtype=np.int64)
    by_list = np.empty(len(ends), dtype=np.float64)
    previous = np.empty(ngrams.longest_words + 1, dtype=np.uint64)
    written = _features(data, starts, ends, *ngrams, *listed, numbers, previous, found, words, by_list)
    return Features(numbers[:written], found, words, by_list)


def fit(features: Features, signs: Floats, costs: Floats, weights: Floats, passes: int) -> float:
    """Move weights from where they are to those of a logistic regression that is held near there; returns the bias.

    Minimises half the squared distance from the first weights plus the sum of ``costs * log(1 + exp(-signs * s))``, by
    descent along one dual coordinate at a time (Yu, Huang and Lin 2011), in the order of the texts: no draw, one
    thread, the same weights every time.
    """
    duals = np.zeros(len(signs), dtype=np.float64)
    bias = np.zeros(1, dtype=np.float64)
    for _ in range(passes):
        _fit_once(features.numbers, features.ends, features.words, signs, costs, features.listed, duals, weights, bias)
    return float(bias[0])


def _size(length: int, ngrams: Ngrams) -> int:
    words = length // 2 + 1
    return words * ngrams.longest_words + (length + 2 * words) * ngrams.longest_part


def _room(longest: int, ngrams: Ngrams) -> tuple[UInt32s, UInt64s]:
    numbers = np.empty(_size(longest, ngrams) + 1, dtype=np.uint32)
    return numbers, np.empty(ngrams.longest_words + 1, dtype=np.uint64)


@inner
def _list(
    data: Bytes, start: int, end: int, longest_words: int, shortest_part: int, longest_part: int, bits: int,
    keys: UInt64s, listed: Floats32, numbers: UInt32s, first: int, previous: UInt64s,
) -> tuple[int, int, float]:  # fmt: skip
    """Write the numbers of a text's n-grams from ``first`` on.

    Returns how many are of words, how many of parts, and what listed words make of it.
    """
    shift = np.uint64(64 - bits)
    words, at, by_list = 0, first, 0.0
    mask = len(keys) - 1
    position = start
    while position < end:
        while position < end and data[position] == SPACE:
            position += 1
        word = position
        while position < end and data[position] != SPACE:
            position += 1
        if position == word:
            break
        hashed = hash_bytes(data, word, position)
        for length in range(min(words + 1, longest_words), 1, -1):
            previous[length] = mix(previous[length - 1] * FACTOR + hashed)
        previous[1] = hashed
        key = hashed | ONE
        place = integer(key >> ONE) & mask
        while keys[place] != np.uint64(0) and keys[place] != key:
            place = (place + 1) & mask
        by_list += listed[place]
        words += 1
        for length in range(1, min(words, longest_words) + 1):
            numbers[at] = np.uint32(mix(previous[length]) >> shift)
            at += 1
    of_words = at - first
    position = start
    while position < end and longest_part > 0:
        while position < end and data[position] == SPACE:
            position += 1
        word = position
        while position < end and data[position] != SPACE:
            position += 1
        if position == word or 0xE3 <= data[word] <= 0xE9 or data[word] >= 0xF0:
            continue
        for begin in range(word - 1, position + 1):
            state = SEED
            for place in range(begin, min(begin + longest_part, position + 1)):
                byte = SPACE if place < word or place == position else integer(data[place])
                state = (state ^ np.uint64(byte)) * FACTOR
                state ^= state >> HALF
                if place - begin + 1 >= shortest_part:
                    numbers[at] = np.uint32(mix(state) >> shift)
                    at += 1
    return of_words, at - first - of_words, by_list / np.sqrt(max(words, 1))


@kernel
def _score(
    data: Bytes, starts: Int64s, ends: Int64s, weights: Floats32, bias: float, longest_words: int, shortest_part: int,
    longest_part: int, bits: int, keys: UInt64s, listed: Floats32, numbers: UInt32s, previous: UInt64s, result: Floats,
) -> None:  # fmt: skip
    for row in range(len(ends)):
        words, parts, by_list = _list(
            data, starts[row], ends[row], longest_words, shortest_part, longest_part, bits, keys, listed, numbers, 0,
            previous,
        )  # fmt: skip
        of_words, of_parts = 0.0, 0.0
        for at in range(words):
            of_words += weights[numbers[at]]
        for at in range(words, words + parts):
            of_parts += weights[numbers[at]]
        result[row] = bias + by_list + of_words / np.sqrt(max(words, 1)) + of_parts / np.sqrt(max(parts, 1))


@kernel
def _features(
    data: Bytes, starts: Int64s, ends: Int64s, longest_words: int, shortest_part: int, longest_part: int, bits: int,
    keys: UInt64s, listed: Floats32, numbers: UInt32s, previous: UInt64s, found: Int64s, of_words: Int64s,
    by_list: Floats,
) -> int:  # fmt: skip
    written = 0
    for row in range(len(ends)):
        words, parts, by_list[row] = _list(
            data, starts[row], ends[row], longest_words, shortest_part, longest_part, bits, keys, listed, numbers,
            written, previous,
        )  # fmt: skip
        written += words + parts
        of_words[row], found[row] = words, written
    return written


@kernel
def _fit_once(
    numbers: UInt32s, ends: Int64s, words: Int64s, signs: Floats, costs: Floats, given: Floats, duals: Floats,
    weights: Floats, bias: Floats,
) -> None:  # fmt: skip
    start = 0
    for row in range(len(ends)):
        end = ends[row]
        behind_words = start + words[row]
        of_word = 1.0 / np.sqrt(max(words[row], 1))
        of_part = 1.0 / np.sqrt(max(end - behind_words, 1))
        margin, square = (
            bias[0] + given[row],
            3.0,
        )  # the squares of both kinds sum up to 1 each, and so does that of the bias
        for at in range(start, end):
            margin += weights[numbers[at]] * (of_word if at < behind_words else of_part)
        margin *= signs[row]
        cost, dual = costs[row], duals[row]
        odds = -margin
        for _ in range(NEWTON_STEPS):
            share = 1.0 / (1.0 + np.exp(-odds))
            off = odds + margin + square * (cost * share - dual)
            odds -= off / (1.0 + square * cost * share * (1.0 - share))
            if abs(off) < CONVERGED:
                break
        new = cost / (1.0 + np.exp(-odds))
        step = (new - dual) * signs[row]
        duals[row] = new
        bias[0] += step
        for at in range(start, end):
            weights[numbers[at]] += step * (of_word if at < behind_words else of_part)
        start = end
