"""Windows of pieces that follow each other: their keys, and which of them are looked at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...filters.kernels.machine.buffers import Bools, Int64s, UInt64Matrix
from ...filters.kernels.machine.hashing import mix
from ...filters.kernels.machine.kernel import kernel
from ..base.step import UInt64s
from ..documents.winnowing import winnow
from .pieces import Pieces

ANCHOR_WORDS = 13
"""Pieces of an anchor, by which repeated windows are first looked for. More make fewer windows look repeated that are
not, and more anchors: one in 19 words for windows of 50."""

_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xD6E8FEB86659FD93)


class Windows(NamedTuple):
    """Windows of a batch of documents, in order."""

    words: UInt64s
    """Shape (windows, width): their keys as 64-bit words."""
    pieces: Int64s
    """Shape (windows,): each one's first piece."""


def window_keys(pieces: Pieces, length: int, width: int) -> Windows:
    """Hash every run of ``length`` pieces of a document; a document of fewer pieces has none.

    Single pieces are known by their own hash; those without one (see :class:`Pieces`) have no window.

    Args:
        pieces: The pieces; if ``length`` is more than 1, all of them must have a hash.
        length: Pieces in a window.
        width: Words in a key: 1, or 2 for keys of 128 bits.
    """
    if length == 1:
        found = np.flatnonzero(pieces.hashes)
        return Windows(pieces.hashes[found].reshape(-1, 1), found)
    windows = int(_window_counts(pieces.offsets, length).sum())
    words, first_pieces = np.empty((windows, width), dtype=np.uint64), np.empty(windows, dtype=np.int64)
    _hash_windows(pieces.offsets, pieces.hashes, length, words, first_pieces)
    return Windows(words, first_pieces)


def anchors(pieces: Pieces, length: int) -> tuple[UInt64s, Int64s, Int64s]:
    """Choose one run of :data:`ANCHOR_WORDS` pieces for every window, by its content alone.

    A window's anchor is the run in it with the smallest hash, of several the last (Schleimer et al. 2003, "Winnowing").
    Equal windows have the same anchor wherever they stand: windows whose anchors occur once in a corpus are not
    repeated, without their own keys having been looked at.

    Returns:
        The keys of the anchors that some window has, in order; for every window, as :func:`window_keys` counts them,
        the number of its anchor; and the first piece of each anchor.
    """
    windows = int(_window_counts(pieces.offsets, length).sum())
    keys, places = np.empty(windows, dtype=np.uint64), np.empty(windows, dtype=np.int64)
    numbers = np.empty(windows, dtype=np.int64)
    longest = int(np.diff(pieces.offsets).max(initial=0))
    runs, queue = np.empty(longest, dtype=np.uint64), np.empty(longest + 1, dtype=np.int64)
    run = min(ANCHOR_WORDS, length)
    count = _choose_anchors(pieces.offsets, pieces.hashes, length, run, runs, queue, keys, places, numbers)
    return keys[:count].copy(), numbers, places[:count].copy()


def smallest_of(windows: Windows, offsets: Int64s, every: int) -> Bools:
    """Tell of every window whether it has the smallest key of any ``every`` windows in a row around it.

    Equal texts choose the same windows but near their ends, and no ``every`` windows in a row are without one.
    """
    at = np.searchsorted(windows.pieces, offsets).astype(np.int64)
    return winnow(windows.words[:, 0], at[:-1], at[1:], every)


def _window_counts(offsets: Int64s, length: int) -> Int64s:
    """How many windows each document has."""
    counts: Int64s = np.maximum(np.diff(offsets) - length + 1, 0)
    return counts


@kernel
def _hash_windows(offsets: Int64s, hashes: UInt64s, length: int, words: UInt64Matrix, first_pieces: Int64s) -> None:
    leaving, second_leaving = np.uint64(1), np.uint64(1)
    for _ in range(length):
        leaving *= _FIRST
        second_leaving *= _SECOND
    count = 0
    for document in range(len(offsets) - 1):
        rolling, second = np.uint64(0), np.uint64(0)
        begin, end = offsets[document], offsets[document + 1]
        for piece in range(begin, end):
            rolling = rolling * _FIRST + hashes[piece]
            second = second * _SECOND + mix(hashes[piece])
            if piece - begin >= length:
                rolling -= leaving * hashes[piece - length]
                second -= second_leaving * mix(hashes[piece - length])
            if piece - begin >= length - 1:
                words[count, 0] = mix(rolling)
                if words.shape[1] == 2:
                    words[count, 1] = mix(second)
                first_pieces[count] = piece - length + 1
                count += 1


@kernel
def _choose_anchors(
    offsets: Int64s,
    hashes: UInt64s,
    length: int,
    run: int,
    runs: UInt64s,
    queue: Int64s,
    keys: UInt64s,
    places: Int64s,
    numbers: Int64s,
) -> int:
    """Return how many there are. The queue holds runs whose hashes rise, each the smallest of those behind it."""
    leaving = np.uint64(1)
    for _ in range(run):
        leaving *= _FIRST
    count = windows = 0
    for document in range(len(offsets) - 1):
        begin, end = offsets[document], offsets[document + 1]
        if end - begin < length:
            continue
        rolling = np.uint64(0)
        head = tail = 0
        last = -1
        for piece in range(begin, end):
            rolling = rolling * _FIRST + hashes[piece]
            if piece - begin >= run:
                rolling -= leaving * hashes[piece - run]
            at = piece - begin - run + 1  # the run that ends here
            if at < 0:
                continue
            runs[at] = mix(rolling)
            while tail > head and runs[queue[tail - 1]] >= runs[at]:
                tail -= 1
            queue[tail] = at
            tail += 1
            if piece - begin < length - 1:
                continue
            if queue[head] < piece - begin - length + 1:
                head += 1
            if queue[head] != last:
                last = queue[head]
                keys[count], places[count] = runs[last], begin + last
                count += 1
            numbers[windows] = count - 1
            windows += 1
    return count
