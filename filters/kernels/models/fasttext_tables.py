"""The tables that fastText's models are looked up in by :mod:`~textmill.filters.kernels.models.fasttext`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Float32Matrix, Int64Matrix, Int64s, UInt64Matrix, UInt64s
from ..machine.hashing import hash_bytes
from ..machine.kernel import integer, kernel

END = b"</s>"
"""The word that ends a line; where a text holds it, the rest is not read."""
PAIRS = 1 << 15
ONE = np.uint64(1)


class WordTable(NamedTuple):
    """The known words by hash; word i has row i."""

    keys: UInt64s
    """Open addressing, 0 where a slot is free; a power of two."""
    rows: Int64s
    end_row: int
    """Row of the word that ends a line; -1 without one."""


class SubwordTable(NamedTuple):
    """Which row a part of a word has."""

    shortest: int
    longest: int
    buckets: int
    first_row: int
    is_pruned: bool
    blocks: UInt64Matrix
    """Of a pruned model for each 64 buckets one bit for each that is left, and how many are left before them; shape
    (blocks, 2). The rows of those that are left follow each other."""


class LabelTree(NamedTuple):
    """Huffman's tree of n labels."""

    children: Int64Matrix
    """Shape (n - 1, 2): the children of node n + i; nodes below n are labels, the last one is the root."""


class WordMemory(NamedTuple):
    """The sums of words that were met before; a word has two places, and takes that which was not used last."""

    entries: Int64Matrix
    """Of each pair of places the hashes of two words, and how many of each and its parts are known; shape (pairs, 4).

    These lie together, because what the time goes into is fetching them.
    """
    used_last: Bytes
    """Which of the two places that was, shape (pairs,)."""
    sums: Float32Matrix
    """Shape (places + 1, dimensions); the last row is for words that are not remembered."""


def word_table(words: Sequence[bytes]) -> WordTable:
    """Build the table of known words."""
    size = 1 << max(4, (2 * len(words)).bit_length())
    keys, rows = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int64)
    data = np.frombuffer(b"".join(words) + bytes(8), dtype=np.uint8)
    offsets = np.cumsum([0, *map(len, words)], dtype=np.int64)
    _fill(data, offsets, keys, rows)
    return WordTable(keys, rows, words.index(END) if END in words else -1)


def subword_table(
    shortest: int, longest: int, buckets: int, first_row: int, kept: Int64s | None = None
) -> SubwordTable:
    """Build the table of parts of words; ``kept`` lists the buckets that are left, None is all."""
    bits = np.zeros(max(buckets, 1) // 64 + 1, dtype=np.uint64)
    if kept is not None:
        places = kept.astype(np.uint64)
        np.bitwise_or.at(bits, places >> np.uint64(6), ONE << (places & np.uint64(63)))
    counts = np.bitwise_count(bits).astype(np.uint64)
    blocks = np.stack([bits, np.cumsum(counts) - counts], axis=1)
    return SubwordTable(shortest, longest, max(buckets, 1), first_row, kept is not None, blocks)


def word_memory(dim: int) -> WordMemory:
    """An empty memory."""
    return WordMemory(
        np.zeros((PAIRS, 4), dtype=np.int64),
        np.zeros(PAIRS, dtype=np.uint8),
        np.zeros((2 * PAIRS + 1, dim), dtype=np.float32),
    )


@kernel
def _fill(data: Bytes, offsets: Int64s, keys: UInt64s, rows: Int64s) -> None:
    mask = len(keys) - 1
    for word in range(len(offsets) - 1):
        key = hash_bytes(data, offsets[word], offsets[word + 1]) | ONE
        slot = integer(key >> np.uint64(1)) & mask
        while keys[slot] != np.uint64(0) and keys[slot] != key:
            slot = (slot + 1) & mask
        if keys[slot] == np.uint64(0):
            keys[slot], rows[slot] = key, word
