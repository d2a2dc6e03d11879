"""Words of the lines that a language model is learnt from, as numbers."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes, Int64s, UInt32s, UInt64s
from ..machine.kernel import inner, integer, kernel
from .backoff import BEGIN, END
from .sentences import Sentences

NOTHING, BEGIN_ID, END_ID, FIRST_WORD = range(4)
ONE = np.uint64(1)


class Corpus:
    """Lines to learn from, each word as a number in the order in which words first came."""

    def __init__(self) -> None:
        self._keys: UInt64s = np.zeros(1 << 16, dtype=np.uint64)
        self._ids: UInt32s = np.zeros(1 << 16, dtype=np.uint32)
        self._words: UInt64s = np.zeros(1 << 15, dtype=np.uint64)
        self._words[BEGIN_ID], self._words[END_ID] = BEGIN, END
        self._count = FIRST_WORD
        self._parts: list[UInt32s] = []
        self._depths: list[Bytes] = []

    def add(self, sentences: Sentences) -> None:
        """Take lines in."""
        size = len(sentences.hashes) + 2 * len(sentences.ends)
        ids, depths = np.empty(size, dtype=np.uint32), np.empty(size, dtype=np.uint8)
        at = start = line = 0
        while line < len(sentences.ends):
            line, start, at, self._count = _number_words(
                sentences.hashes, sentences.ends, line, start, at, self._keys, self._ids, self._words, self._count,
                ids, depths,
            )  # fmt: skip
            if line < len(sentences.ends):
                self._grow()
        self._parts.append(ids)
        self._depths.append(depths)

    def _grow(self) -> None:
        self._words = np.concatenate([self._words, np.zeros_like(self._words)])
        self._keys = np.zeros(2 * len(self._keys), dtype=np.uint64)
        self._ids = np.zeros(2 * len(self._ids), dtype=np.uint32)
        _refill(self._words, self._count, self._keys, self._ids)

    @property
    def words(self) -> UInt64s:
        """Hashes of the words by number."""
        return self._words[: self._count]

    def laid_out(self) -> tuple[UInt32s, Bytes]:
        """The numbers of all words, and how many words of its line stand up to each, at most 255."""
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
            self._depths = [np.concatenate(self._depths)]
        if not self._parts:
            return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint8)
        return self._parts[0], self._depths[0]


@kernel
def _number_words(
    hashes: UInt64s, ends: Int64s, line: int, start: int, at: int, keys: UInt64s, known: UInt32s, words: UInt64s,
    count: int, ids: UInt32s, depths: Bytes,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Number the words of lines until all are, or more room is needed; returns line, word, place and words so far."""
    mask = len(keys) - 1
    while line < len(ends):
        end = ends[line]
        if count + end - start > len(words):
            # Most words of a line were met before; see whether there really are so many new ones.
            fresh = 0
            for word in range(start, end):
                fresh += known[_slot(keys, hashes[word], mask)] == NOTHING
            if count + fresh > len(words):
                break
        ids[at], depths[at] = BEGIN_ID, 1
        at += 1
        for word in range(start, end):
            slot = _slot(keys, hashes[word], mask)
            if known[slot] == NOTHING:
                keys[slot], known[slot], words[count] = hashes[word], count, hashes[word]
                count += 1
            ids[at], depths[at] = known[slot], min(word - start + 2, 255)
            at += 1
        ids[at], depths[at] = END_ID, min(end - start + 2, 255)
        at += 1
        start = end
        line += 1
    return line, start, at, count


@inner
def _slot(keys: UInt64s, key: np.uint64, mask: int) -> int:
    """Where a word is, or would be; a hash of 0 shares its place with nothing."""
    slot = integer(key >> ONE) & mask
    while keys[slot] != np.uint64(0) and keys[slot] != key:
        slot = (slot + 1) & mask
    return slot


@kernel
def _refill(words: UInt64s, count: int, keys: UInt64s, known: UInt32s) -> None:
    for number in range(FIRST_WORD, count):
        slot = _slot(keys, words[number], len(keys) - 1)
        keys[slot], known[slot] = words[number], number
