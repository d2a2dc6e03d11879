"""Keys as bytes, to travel between workers: who shares a key meets in one partition, and no text goes along.

Keys are hashed once more before they are divided (:func:`spread`), and the partition is that of the upper bits: so the
keys of a frame, in order, are numbers close together, of which :mod:`~textmill.dedup.packed.coding` writes little more
than the gaps. Packed bytes are a row of frames, each a header of 12 bytes, its keys in order, and their rows, counted
from the lowest. Where candidates are verified, fewer bits of a key are enough: different keys that share them give a
pair more to compare. Frames can be joined as plain bytes, in any order and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..base.step import Keys, UInt64s
from .coding import pack_ascending, pack_bits, packed_bytes, unpack_ascending, unpack_bits

Records: TypeAlias = npt.NDArray[Any]
"""Structured records with the fields of :func:`record_type`."""

KEY_BITS = 64
"""Bits of the first word of a key."""

_HEADER = np.dtype([("base", "<u8"), ("width", "u1"), ("key_bits", "u1"), ("row_bits", "u1"), ("unused", "u1")])
_HALF = np.uint64(32)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def record_type(width: int) -> np.dtype[Any]:
    """Layout of a record in memory: ``key`` (words) and ``row``, 8 bytes each."""
    return np.dtype([("key", "<u8", (width,)), ("row", "<u8")])


def pack(keys: Keys, rows: UInt64s) -> Records:
    """Join keys, spread, with the rows of their documents.

    Args:
        keys: The keys of a batch of n documents.
        rows: Number of each document in the whole corpus, shape (n,).
    """
    records = np.empty(len(keys.document), dtype=record_type(keys.words.shape[1]))
    records["key"] = spread(keys.words)
    records["row"] = rows[keys.document]
    return records


def partition(records: Records, partitions: int, *, key_bits: int = KEY_BITS) -> dict[int, bytes]:
    """Divide records by their keys; equal keys go to the same partition on every worker.

    Args:
        records: What :func:`pack` gives.
        partitions: Into how many groups to divide them.
        key_bits: How many bits of the first word of a key travel; others travel whole.
    """
    if not len(records):
        return {}
    records = records[np.argsort(records["key"][:, 0])]
    numbers = partition_numbers(records["key"], partitions)
    found, starts = np.unique(numbers, return_index=True)
    chunks = np.split(records, starts[1:])
    return {int(number): _frame(chunk, key_bits) for number, chunk in zip(found, chunks, strict=True)}


def verified_key_bits(splits: int) -> int:
    """How many bits of a key are enough where pairs are verified, in a corpus cut into so many splits.

    With up to 2**20 keys in a split, one in a thousand pairs up with a different key; that costs a comparison.
    """
    return min(splits.bit_length() + 30, KEY_BITS)


def partition_numbers(keys: UInt64s, partitions: int) -> UInt64s:
    """Partition of each spread key, shape (n,): equal shares of the range of the first word, in order."""
    numbers: UInt64s = ((keys[:, 0] >> _HALF) * np.uint64(partitions)) >> _HALF
    return numbers


def first_of_partition(number: int, partitions: int) -> int:
    """The smallest first word that belongs to a partition; for their number, one past the last word."""
    return -(-(number << 32) // partitions) << 32


def join_records(chunks: Iterable[bytes]) -> Records:
    """Read what :func:`partition` wrote, of any number of batches and splits.

    Raises:
        ValueError: when bytes are cut off, or the chunks come from different deduplicators.
    """
    frames = [frame for chunk in chunks for frame in _frames(chunk)]
    if not frames:
        return np.empty(0, dtype=record_type(1))
    if any(frame.dtype != frames[0].dtype for frame in frames):
        raise ValueError("packed keys of different deduplicators were joined")
    return np.concatenate(frames)


def _frame(records: Records, key_bits: int) -> bytes:
    rows = records["row"]
    base = rows.min()
    row_bits = int(rows.max() - base).bit_length()
    width = records["key"].shape[1]
    return b"".join(
        (
            np.array((base, width, key_bits, row_bits, 0), dtype=_HEADER).tobytes(),
            pack_ascending(records["key"][:, 0] >> np.uint64(KEY_BITS - key_bits)),
            np.ascontiguousarray(records["key"][:, 1:]).tobytes(),
            pack_bits(rows - base, row_bits),
        )
    )


def _frames(chunk: bytes) -> Iterator[Records]:
    position = 0
    while position < len(chunk):
        (header,) = np.frombuffer(chunk, dtype=_HEADER, count=1, offset=position)
        first, position = unpack_ascending(chunk, position + _HEADER.itemsize)
        width, row_bits = int(header["width"]), int(header["row_bits"])
        records = np.empty(len(first), dtype=record_type(width))
        others = np.frombuffer(chunk, dtype="<u8", count=len(first) * (width - 1), offset=position)
        position += others.nbytes
        records["key"][:, 0] = first
        records["key"][:, 1:] = others.reshape(len(first), width - 1)
        records["row"] = unpack_bits(chunk, len(first), row_bits, position) + header["base"]
        position += packed_bytes(len(first), row_bits)
        yield records


def spread(words: UInt64s) -> UInt64s:
    """Keys written so that the first word decides where they go: all words hashed to one, then all but the last.

    Nothing is lost, so equal keys stay equal and different ones different; :func:`gather` is the way back.
    """
    return np.concatenate([mix(words)[:, None], words[:, :-1]], axis=1)


def gather(keys: UInt64s) -> UInt64s:
    """The words of keys that :func:`spread` wrote."""
    last = _unmix(keys[:, 0]) - mix(keys[:, 1:])
    return np.concatenate([keys[:, 1:], (last - _STEP)[:, None]], axis=1)


def mix(words: UInt64s) -> UInt64s:
    """Hash key words once more (splitmix64), so that any keys, even counters, spread evenly."""
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in range(words.shape[1]):
        mixed += words[:, column] + _STEP
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_FIRST)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_SECOND)
        mixed ^= mixed >> np.uint64(31)
    return mixed


def _unmix(mixed: UInt64s) -> UInt64s:
    """What the last round of :func:`mix` was given."""
    mixed = mixed ^ (mixed >> np.uint64(31)) ^ (mixed >> np.uint64(62))
    mixed = mixed * np.uint64(pow(_SECOND, -1, 1 << 64))
    mixed = mixed ^ (mixed >> np.uint64(27)) ^ (mixed >> np.uint64(54))
    mixed = mixed * np.uint64(pow(_FIRST, -1, 1 << 64))
    given: UInt64s = mixed ^ (mixed >> np.uint64(30)) ^ (mixed >> np.uint64(60))
    return given
