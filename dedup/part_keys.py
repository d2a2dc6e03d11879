"""Keys of parts of documents as bytes, to travel between workers, and what each split is told about its own.

A split names each of its keys once, however often it occurs there, and says whether it occurs more than once. So a
sentence that stands on every page of a crawl costs as much as any other: one key for each split. Packed bytes are a row
of frames, each a header of 16 bytes and keys of 8 or 16; frames can be joined as plain bytes, in any order and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..filters.batch import Int64s
from .packing import partition_numbers
from .step import UInt64s

EARLIER_RUN = -1
"""Number that stands for the index of an earlier run: before every split."""

_HEADER = np.dtype([("split", "<u4"), ("keys", "<u4"), ("width", "<u4"), ("mark", "<u4")])
REPEATED = 1
"""Mark of keys that occur in their split more than once."""


class SplitKeys(NamedTuple):
    """Keys of one partition, of all splits."""

    words: UInt64s
    """Shape (n, width)."""
    splits: Int64s
    """Shape (n,): whose key it is."""
    is_repeated: npt.NDArray[np.bool_]
    """Shape (n,): whether it occurs in the split more than once."""


class Decision(NamedTuple):
    """What one split is told about its keys."""

    before: UInt64s
    """Keys that occur in an earlier split or run: all their occurrences go. Their first words, shape (n, 1)."""
    repeated: UInt64s
    """Keys that occur nowhere earlier, but more than once in the split: the first occurrence stays."""


def pack_split_keys(found: Sequence[UInt64s], split: int, partitions: int) -> dict[int, bytes]:
    """Reduce the keys of a split to one of each and deal them to partitions.

    Args:
        found: Keys of its batches; only whether one occurs once or more often counts.
        split: Its number.
        partitions: Number of partitions.
    """
    words = sorted_rows(np.concatenate(found)) if found else np.empty((0, 1), dtype=np.uint64)
    if not len(words):
        return {}
    is_start = _starts(words)
    counts = np.diff(np.append(np.flatnonzero(is_start), len(words)))
    words = words[is_start]
    numbers = partition_numbers(words, partitions)
    packed: dict[int, bytes] = {}
    for mark in (0, REPEATED):
        chosen = np.flatnonzero((counts > 1) == (mark == REPEATED))
        order = chosen[np.argsort(numbers[chosen], kind="stable")]
        present, starts = np.unique(numbers[order], return_index=True)
        for number, chunk in zip(present, np.split(order, starts[1:]), strict=False):
            packed[int(number)] = packed.get(int(number), b"") + frame(words[chunk], split, mark)
    return packed


def join_split_keys(chunks: Iterable[bytes], seen: UInt64s | None = None) -> SplitKeys:
    """Read the keys of one partition, together with those of an earlier run.

    Raises:
        ValueError: when bytes are cut off, or keys of different steps meet.
    """
    found = [one for chunk in chunks for one in frames(chunk)]
    if seen is not None and len(seen):
        found.append((EARLIER_RUN, 0, seen))
    if not found:
        return SplitKeys(np.empty((0, 1), np.uint64), np.empty(0, np.int64), np.empty(0, np.bool_))
    if any(words.shape[1] != found[0][2].shape[1] for _, _, words in found):
        raise ValueError("packed keys of different steps were joined")
    sizes = [len(words) for _, _, words in found]
    return SplitKeys(
        np.concatenate([words for _, _, words in found]),
        np.repeat(np.array([split for split, _, _ in found], dtype=np.int64), sizes),
        np.repeat(np.array([mark == REPEATED for _, mark, _ in found], dtype=np.bool_), sizes),
    )


def decide(found: SplitKeys, *, shared: bool) -> Iterator[tuple[int, bytes]]:
    """Tell every split which of its keys concern it; all keys of a partition must be here.

    Args:
        found: The keys.
        shared: Tell all splits with a key that occurs more than once anywhere, the first among them, that it occurs
            before; so are candidates found.

    Yields:
        Split number and frames for :func:`unpack_decision`. Keys are compared in full, and come back as their first
        word: that is enough for a split to tell its own apart.
    """
    if not len(found.words):
        return
    order = np.argsort(found.splits, kind="stable")
    order = order[_row_order(found.words[order])]
    words, splits, is_repeated = found.words[order], found.splits[order], found.is_repeated[order]
    is_start = _starts(words)
    is_before = ~is_start
    if shared:
        heads = np.flatnonzero(is_start)
        sizes = np.diff(np.append(heads, len(words)))
        is_before = np.repeat(sizes > 1, sizes) | is_repeated
    for flags, mark in ((is_before, 0), (is_repeated & ~is_before, REPEATED)):
        chosen = np.flatnonzero(flags)
        chosen = chosen[np.argsort(splits[chosen], kind="stable")]
        numbers, starts = np.unique(splits[chosen], return_index=True)
        for number, chunk in zip(numbers.tolist(), np.split(chosen, starts[1:]), strict=False):
            if number != EARLIER_RUN:
                yield number, frame(words[chunk, :1], number, mark)


def unpack_decision(packed: Iterable[bytes]) -> Decision:
    """Read what :func:`decide` has told one split, in all partitions, in whatever order it came."""
    found = [one for chunk in packed for one in frames(chunk)]
    none = np.empty((0, 1), dtype=np.uint64)
    before = np.concatenate([none, *(words for _, mark, words in found if mark != REPEATED)])
    repeated = np.concatenate([none, *(words for _, mark, words in found if mark == REPEATED)])
    return Decision(sorted_rows(before), sorted_rows(repeated))


def sorted_rows(words: UInt64s) -> UInt64s:
    """Keys in ascending order, shape (n, width)."""
    return np.sort(words, axis=0) if words.shape[1] == 1 else words[_row_order(words)]


def distinct_rows(words: UInt64s, *, counted: int = 1) -> UInt64s:
    """Keys in ascending order, each at most ``counted`` times."""
    ordered = sorted_rows(words)
    is_kept = np.ones(len(ordered), dtype=np.bool_)
    is_kept[counted:] = (ordered[counted:] != ordered[:-counted]).any(axis=1)
    return ordered[is_kept]


def _row_order(words: UInt64s) -> npt.NDArray[np.int64]:
    """Stable order of keys; hardly two different ones agree in their first word, which is sorted by alone then."""
    order = np.argsort(words[:, 0], kind="stable")
    first = words[order, 0]
    ties = np.flatnonzero(first[1:] == first[:-1])
    if (words[order[ties], 1:] == words[order[ties + 1], 1:]).all():
        return order
    return np.lexsort(words.T[::-1])


def _starts(ordered: UInt64s) -> npt.NDArray[np.bool_]:
    """Where a new key begins among sorted ones."""
    is_start = np.ones(len(ordered), dtype=np.bool_)
    is_start[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return is_start


def frame(words: UInt64s, split: int, mark: int) -> bytes:
    """Keys of one split as bytes, with a number that says what they are."""
    header = np.array((split, len(words), words.shape[1], mark), dtype=_HEADER)
    return header.tobytes() + words.astype("<u8", copy=False).tobytes()


def frames(chunk: bytes) -> Iterator[tuple[int, int, UInt64s]]:
    """Split, mark and keys of each frame."""
    position = 0
    while position < len(chunk):
        (header,) = np.frombuffer(chunk, dtype=_HEADER, count=1, offset=position)
        position += _HEADER.itemsize
        count, width = int(header["keys"]), int(header["width"])
        words = np.frombuffer(chunk, dtype="<u8", count=count * width, offset=position)
        yield int(header["split"]), int(header["mark"]), words.astype(np.uint64).reshape(count, width)
        position += words.nbytes
