"""Best-fit-decreasing: which documents share a sequence, so that few are cut and little is padding.

Ding et al. 2024, "Fewer Truncations Improve Language Modeling", section 3: the longest document first, each into the
sequence with the least room that is enough. Room is a whole number up to the length of a sequence, so that sequences
of each room are a linked list, and a tree of bits says which lists are not empty: a search takes a few steps, however
many sequences there are.
"""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Int64s, UInt64s
from ..machine.instructions import trailing_zeros
from ..machine.kernel import inner, integer, kernel

ONE = np.uint64(1)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inner
def _set(words: UInt64s, above: UInt64s, room: int) -> None:
    words[room >> 6] |= ONE << np.uint64(room & 63)
    above[room >> 12] |= ONE << np.uint64(room >> 6 & 63)


@inner
def _clear(words: UInt64s, above: UInt64s, room: int) -> None:
    words[room >> 6] &= ~(ONE << np.uint64(room & 63))
    if words[room >> 6] == np.uint64(0):
        above[room >> 12] &= ~(ONE << np.uint64(room >> 6 & 63))


@inner
def _next(words: UInt64s, above: UInt64s, room: int) -> int:
    """The least room not below this one that some sequence has, or -1."""
    found = words[room >> 6] & (ALL << np.uint64(room & 63))
    if found:
        return integer(room >> 6 << 6) + trailing_zeros(found)
    word = (room >> 6) + 1
    if word >= len(words):
        return -1
    found = above[word >> 6] & (ALL << np.uint64(word & 63))
    place = word >> 6
    while not found:
        place += 1
        if place >= len(above):
            return -1
        found = above[place]
    word = (place << 6) + trailing_zeros(found)
    return integer(word << 6) + trailing_zeros(words[word])


@kernel
def _best_fit(
    lengths: Int64s, room: int, heads: Int64s, words: UInt64s, above: UInt64s, below: Int64s, sequences: Int64s
) -> int:
    count = 0
    for item in range(len(lengths)):
        length = lengths[item]
        found = _next(words, above, length)
        if found < 0:
            sequence, left = count, room - length
            count += 1
        else:
            sequence, left = heads[found], found - length
            heads[found] = below[sequence]
            if below[sequence] < 0:
                _clear(words, above, found)
        sequences[item] = sequence
        if left > 0:
            below[sequence] = heads[left]
            heads[left] = sequence
            _set(words, above, left)
    return count


def best_fit(lengths: Int64s, room: int) -> Int64s:
    """The number of the sequence that each of n pieces goes to.

    Args:
        lengths: Shape (n,), from 1 to ``room``; pieces are taken longest first, of equal ones the earlier first.
        room: Length of a sequence.

    Raises:
        ValueError: when a piece is longer than a sequence, or empty.
    """
    if len(lengths) and not (int(lengths.min()) >= 1 and int(lengths.max()) <= room):
        raise ValueError(f"pieces must have from 1 to {room:,} tokens")
    order = np.argsort(-lengths, kind="stable")
    words = np.zeros((room >> 6) + 1, dtype=np.uint64)
    above = np.zeros((len(words) >> 6) + 1, dtype=np.uint64)
    heads = np.full(room + 1, -1, dtype=np.int64)
    below = np.full(max(len(lengths), 1), -1, dtype=np.int64)
    sequences = np.empty(len(lengths), dtype=np.int64)
    _best_fit(lengths[order], room, heads, words, above, below, sequences)
    result = np.empty_like(sequences)
    result[order] = sequences
    return result
