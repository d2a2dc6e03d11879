"""Which document stands at a rank among all splits, found from little of each: summaries, then what lies between.

A split sends every t-th of its ordered keys, a histogram whose bars are all of the same height. What lies up to a key
is known from these to less than t documents of each split; so two keys of all summaries enclose the document at a
rank, and only those between them have to be sent. With n documents in a split, sqrt(n) of them are sent in either
step, however values are distributed and however many are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isqrt
from typing import NamedTuple

import numpy as np

from ...dedup.base.keep import UInt64s
from ...filters.kernels.machine.buffers import Int64s

LEAST_STRIDE = 4
"""So that even of the smallest groups a summary is less than all of it."""
MOST_BARS = 1024
"""Keys of one group that a split sends at most in its summary, which bounds the memory of whoever joins them."""
BAR_WORDS = 2
"""Words of a key that a summary has: enough to tell almost all documents apart."""

LOWEST, HIGHEST = 0, 2**64 - 1
"""Words below and above those of all documents: ranks of numbers are neither."""

_HEADER = np.dtype(
    [
        ("split", "<u4"),
        ("group", "<u4"),
        ("documents", "<u8"),
        ("name", "<u4"),
        ("numbers", "<u4"),
        ("width", "<u4"),
        ("keys", "<u4"),
    ]
)


class Frame(NamedTuple):
    """What is said of one group of documents, to or by one split."""

    split: int
    group: int
    """The group's number in that split."""
    documents: int
    """Of the group, in that split or in all."""
    numbers: UInt64s
    keys: UInt64s
    """Shape (width, n)."""
    name: str = ""
    """The group's name, where splits send it."""

    def packed(self) -> bytes:
        """As bytes that can be joined with others."""
        name, (width, count) = self.name.encode(), self.keys.shape
        fields = (self.split, self.group, self.documents, len(name), len(self.numbers), width, count)
        header = np.array(fields, dtype=_HEADER).tobytes()
        words = (array.astype("<u8", copy=False).tobytes() for array in (self.numbers, self.keys))
        return b"".join((header, name, *words))


def frames(packed: Iterable[bytes]) -> Iterator[Frame]:
    """What :meth:`Frame.packed` wrote, however joined."""
    for message in packed:
        position = 0
        while position < len(message):
            (header,) = np.frombuffer(message, dtype=_HEADER, count=1, offset=position)
            position += _HEADER.itemsize
            split, group, documents, name_bytes, numbers, width, count = (int(field) for field in header)
            name = message[position : position + name_bytes].decode()
            position += name_bytes
            words = np.frombuffer(message, dtype="<u8", count=numbers + width * count, offset=position)
            position += words.nbytes
            keys = words[numbers:].reshape(width, count)
            yield Frame(split, group, documents, words[:numbers].astype(np.uint64), keys.astype(np.uint64), name)


class Between(NamedTuple):
    """Two keys that enclose a rank: the document is above the first, and not above the second; shape (BAR_WORDS,)."""

    low: UInt64s
    high: UInt64s


def summarize(keys: UInt64s, borders: int) -> tuple[int, UInt64s]:
    """Every t-th of ordered keys, and t.

    Args:
        keys: Of one group in one split.
        borders: How many ranks are looked for.
    """
    count = keys.shape[1]
    # t keys on either side of each border will be sent, so this t makes both messages of a size.
    stride = max(LEAST_STRIDE, isqrt(count // (2 * max(borders, 1))), -(-count // MOST_BARS))
    return stride, keys[:BAR_WORDS, stride - 1 :: stride]


def enclose(ranks: Sequence[int], summaries: Sequence[tuple[int, int, UInt64s]]) -> list[Between]:
    """Enclose the documents at these ranks, counted from 1; nothing lies between for rank 0.

    Args:
        ranks: To be found.
        summaries: Documents, t, and summary of each split.
    """
    bars = np.concatenate([found for _, _, found in summaries], axis=1)
    weights = np.repeat(
        np.array([stride for _, stride, _ in summaries], dtype=np.int64), [found.shape[1] for _, _, found in summaries]
    )
    order = np.lexsort(bars[::-1])
    bars, least = bars[:, order], np.cumsum(weights[order])
    # Of equal keys the last one counts all.
    is_last = np.ones(bars.shape[1], dtype=np.bool_)
    is_last[:-1] = (bars[:, 1:] != bars[:, :-1]).any(axis=0)
    bars, least = bars[:, is_last], least[is_last]
    unseen = sum(min(stride - 1, documents) for documents, stride, _ in summaries)
    lowest, highest = (np.full(BAR_WORDS, word, dtype=np.uint64) for word in (LOWEST, HIGHEST))
    found = []
    for rank in ranks:
        if rank == 0:
            found.append(Between(lowest, lowest))
            continue
        below = int(np.searchsorted(least + unseen, rank)) - 1  # the last that cannot reach the rank
        above = int(np.searchsorted(least, rank))  # the first that surely does
        low = bars[:, below] if below >= 0 else lowest
        found.append(Between(low, bars[:, above] if above < len(least) else highest))
    return found


def count_up_to(keys: UInt64s, key: UInt64s) -> int:
    """How many of ordered keys, shape (width, n), are not above a key, of as many words as it has."""
    begin, end = 0, int(keys.shape[1])
    for level, word in enumerate(key):
        column = keys[level, begin:end]
        end = begin + int(np.searchsorted(column, word, side="right"))
        if level < len(key) - 1:
            begin += int(np.searchsorted(column, word, side="left"))
    return end


def candidates(keys: UInt64s, between: Iterable[Between]) -> tuple[Int64s, Int64s, UInt64s]:
    """Of one group in one split: for each rank how many keys lie below, how many between, and all these keys."""
    places = [(count_up_to(keys, one.low), count_up_to(keys, one.high)) for one in between]
    below = np.array([low for low, _ in places], dtype=np.int64)
    counts = np.array([high - low for low, high in places], dtype=np.int64)
    return below, counts, np.concatenate([keys[:, low:high] for low, high in places], axis=1)


def at_rank(rank: int, below: int, found: UInt64s) -> UInt64s:
    """The key at a rank, of all that lie between; zeros for rank 0, so that nothing is up to it."""
    if rank == 0:
        return np.zeros(found.shape[0], dtype=np.uint64)
    order = np.lexsort(found[::-1])
    key: UInt64s = found[:, order[rank - below - 1]]
    return key
