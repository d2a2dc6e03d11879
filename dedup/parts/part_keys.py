"""Keys of a split as bytes, to travel between workers, and what each split is told about its own.

A split names each of its keys once, however often it occurs there: a sentence that stands on every page of a crawl
costs as much as any other, one key for each split. Keys are spread (:func:`~textmill.dedup.packed.packing.spread`) and
sorted, so that a frame holds little more than the gaps between them. It may hold their upper bits alone: that is enough
to find out which keys no other split has, and these are most, before the others are compared in full.

What comes back are no keys but the numbers of those that a split has sent, counted as it sent them. So a split must
remember them. Frames can be joined as plain bytes, in any order and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from ..base.step import UInt64s
from ..packed.coding import pack_ascending, pack_bits, packed_bytes, unpack_ascending, unpack_bits
from ..packed.packing import KEY_BITS, partition_numbers, spread

Mask = npt.NDArray[np.bool_]

_FRAME = np.dtype([("split", "<u4"), ("key_bits", "u1"), ("more_bits", "u1"), ("wants_answer", "u1")])
_ANSWER = np.dtype([("partition", "<u4"), ("mark", "<u2"), ("frame", "<u8")])
FEW_SPLITS = 256
"""A smaller input is cut into less than so many splits, of a few megabytes; a larger one into bigger ones."""


class SplitKeys(NamedTuple):
    """Different keys of one split, spread, in order."""

    words: UInt64s
    """Shape (n, width)."""
    is_repeated: Mask
    """Shape (n,): whether it occurs in the split more than once."""


class Frame(NamedTuple):
    """Keys of one split that meet in one partition, as far as they have travelled."""

    split: int
    first: UInt64s
    """Upper bits of the first words, ascending."""
    more: UInt64s
    """Lower bits of the second words, of keys that have one and travel in full; otherwise 0."""
    key_bits: int
    wants_answer: bool
    identity: int
    """Hash of the bytes. An answer names it, so that answers to different questions never look the same."""


def collect(found: Sequence[UInt64s]) -> SplitKeys:
    """Reduce the keys of a split's batches to one of each."""
    words = sorted_rows(spread(np.concatenate(found)) if found else np.empty((0, 1), dtype=np.uint64))
    is_start = _starts(words)
    counts = np.diff(np.append(np.flatnonzero(is_start), len(words)))
    return SplitKeys(words[is_start], counts > 1)


def short_key_bits(splits: int) -> int:
    """How many bits of a key tell it from nearly all others of a corpus, cut into so many splits.

    A key of a split has another's bits by chance once in 300 times: there are less than 2**15 keys of a kind in a split
    of a small corpus, and less than 2**19 in one of a large corpus.
    """
    return splits.bit_length() + (23 if splits < FEW_SPLITS else 27)


def pack_split_keys(
    words: UInt64s, split: int, partitions: int, *, key_bits: int = KEY_BITS, more_bits: int = 0
) -> dict[int, bytes]:
    """Divide different keys of a split, spread and in order, among partitions.

    Args:
        words: Shape (n, width), width at most 2.
        split: Its number.
        partitions: Number of partitions.
        key_bits: Upper bits of the first words to send.
        more_bits: Lower bits of the second words to send.
    """
    packed: dict[int, bytes] = {}
    # The first frame, even an empty one, is answered in any case: who takes part in a round does in the next.
    for number, begin, end in _shares(words, partitions) or [(0, 0, 0)]:
        header = np.array((split, key_bits, more_bits, not packed), dtype=_FRAME)
        chunk = words[begin:end]
        more = pack_bits(chunk[:, -1], more_bits)
        packed[number] = header.tobytes() + pack_ascending(chunk[:, 0] >> np.uint64(KEY_BITS - key_bits)) + more
    return packed


def frames(packed: Iterable[bytes]) -> list[Frame]:
    """Read what :func:`pack_split_keys` wrote of one partition, in the order of the splits.

    Raises:
        ValueError: when bytes are cut off, or keys of different steps meet.
    """
    found = []
    for chunk in packed:
        position = 0
        while position < len(chunk):
            begin = position
            (header,) = np.frombuffer(chunk, dtype=_FRAME, count=1, offset=position)
            first, position = unpack_ascending(chunk, position + _FRAME.itemsize)
            more_bits = int(header["more_bits"])
            more = unpack_bits(chunk, len(first), more_bits, position)
            position += packed_bytes(len(first), more_bits)
            identity = xxhash.xxh3_64_intdigest(chunk[begin:position])
            key_bits, is_wanted = int(header["key_bits"]), bool(header["wants_answer"])
            found.append((Frame(int(header["split"]), first, more, key_bits, is_wanted, identity), more_bits))
    if len({(frame.key_bits, more_bits) for frame, more_bits in found}) > 1:
        raise ValueError("packed keys of different steps were joined")
    return sorted((frame for frame, _ in found), key=lambda frame: frame.split)


def decide(
    found: Sequence[Frame], partition: int, *, shared: bool, seen: UInt64s | None = None
) -> Iterator[tuple[int, bytes]]:
    """Tell every split which of its keys occur in an earlier split or run; all keys of a partition must be here.

    Args:
        found: The keys.
        partition: Number of the partition.
        shared: Tell all splits that share a key with another, the first among them too.
        seen: Keys of an earlier run, spread.

    Yields:
        Split number and bytes for :func:`answered`.
    """
    if not found:
        return
    shift = np.uint64(KEY_BITS - found[0].key_bits)
    known = np.empty((0, 1), dtype=np.uint64) if seen is None else seen
    first = np.concatenate([known[:, 0] >> shift, *(frame.first for frame in found)])
    more = np.concatenate([np.zeros(len(known), np.uint64), *(frame.more for frame in found)])
    keys = np.stack([first, more], axis=1)
    order = _row_order(keys)  # stable: equal keys stay in the order of the splits, behind that of an earlier run
    is_same = ~_starts(keys[order])
    if shared:
        is_same[:-1] |= is_same[1:]
    is_answer = np.zeros(len(first), dtype=np.bool_)
    is_answer[order] = is_same
    begin = len(known)
    for frame in found:
        end = begin + len(frame.first)
        numbers = np.flatnonzero(is_answer[begin:end])
        if len(numbers) or frame.wants_answer:
            yield frame.split, answer(frame, numbers, partition)
        begin = end


def answer(frame: Frame, numbers: npt.NDArray[np.int64], partition: int, mark: int = 0) -> bytes:
    """Name keys of a frame to its split by their numbers, ascending; the mark tells answers of several kinds apart."""
    header = np.array((partition, mark, frame.identity), dtype=_ANSWER)
    return header.tobytes() + pack_ascending(numbers.astype(np.uint64))


def answered(packed: Iterable[bytes], words: UInt64s, partitions: int, mark: int = 0) -> Mask:
    """Which of the keys that a split has sent are named in answers, in whatever order these came; shape (n,)."""
    begins = {number: begin for number, begin, _ in _shares(words, partitions)}
    named = np.zeros(len(words), dtype=np.bool_)
    for chunk in packed:
        position = 0
        while position < len(chunk):
            (header,) = np.frombuffer(chunk, dtype=_ANSWER, count=1, offset=position)
            numbers, position = unpack_ascending(chunk, position + _ANSWER.itemsize)
            if int(header["mark"]) == mark and len(numbers):
                named[begins[int(header["partition"])] + numbers.astype(np.int64)] = True
    return named


def sorted_rows(words: UInt64s) -> UInt64s:
    """Keys in ascending order, shape (n, width)."""
    return np.sort(words, axis=0) if words.shape[1] == 1 else words[_row_order(words)]


def distinct_rows(words: UInt64s, *, counted: int = 1) -> UInt64s:
    """Keys in ascending order, each at most ``counted`` times."""
    ordered = sorted_rows(words)
    is_kept = np.ones(len(ordered), dtype=np.bool_)
    is_kept[counted:] = (ordered[counted:] != ordered[:-counted]).any(axis=1)
    return ordered[is_kept]


def _shares(words: UInt64s, partitions: int) -> list[tuple[int, int, int]]:
    """Partitions that sorted keys fall into, and where those of each begin and end."""
    numbers, begins = np.unique(partition_numbers(words, partitions), return_index=True)
    ends = [*begins[1:].tolist(), len(words)]
    return list(zip(numbers.tolist(), begins.tolist(), ends, strict=False))


def _row_order(words: UInt64s) -> npt.NDArray[np.int64]:
    """Stable order of keys; hardly two different ones agree in their first word, which is sorted by alone then."""
    order = np.argsort(words[:, 0], kind="stable")
    first = words[order, 0]
    ties = np.flatnonzero(first[1:] == first[:-1])
    if (words[order[ties], 1:] == words[order[ties + 1], 1:]).all():
        return order
    return np.lexsort(words.T[::-1])


def _starts(ordered: UInt64s) -> Mask:
    """Where a new key begins among sorted ones."""
    is_start = np.ones(len(ordered), dtype=np.bool_)
    is_start[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return is_start
