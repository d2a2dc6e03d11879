"""Keys as bytes, to travel between workers: who shares a key meets in one partition, and no text goes along.

Packed bytes are a row of frames, each a header of 16 bytes (number of records, words in a key, bytes of a word and of a
row, and the row that the others count from), then its keys, then its rows. Rows of one split lie close together, so
that two bytes are mostly enough for one. Where candidates are verified, six bytes of a key are enough too: different
keys that share them give a pair more to compare. Frames can be joined as plain bytes, in any order and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .step import Keys, UInt64s

Records: TypeAlias = npt.NDArray[Any]
"""Structured records with the fields of :func:`record_type`."""

_HEADER = np.dtype([("records", "<u4"), ("width", "<u2"), ("word_bytes", "u1"), ("row_bytes", "u1"), ("base", "<u8")])


def record_type(width: int) -> np.dtype[Any]:
    """Layout of a record in memory: ``key`` (words) and ``row``, 8 bytes each."""
    return np.dtype([("key", "<u8", (width,)), ("row", "<u8")])


def pack(keys: Keys, rows: UInt64s) -> Records:
    """Join keys with the rows of their documents.

    Args:
        keys: The keys of a batch of n documents.
        rows: Number of each document in the whole corpus, shape (n,).
    """
    records = np.empty(len(keys.document), dtype=record_type(keys.words.shape[1]))
    records["key"] = keys.words
    records["row"] = rows[keys.document]
    return records


def partition(records: Records, partitions: int, *, word_bytes: int = 8) -> dict[int, bytes]:
    """Deal records by their keys; equal keys always go to the same partition, whatever worker deals.

    Args:
        records: What :func:`pack` gives.
        partitions: Into how many groups to deal.
        word_bytes: How many bytes of each word of a key travel.
    """
    if not len(records):
        return {}
    numbers = partition_numbers(records["key"], partitions)
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    chunks = np.split(records[order], starts[1:])
    return {int(number): _frame(chunk, word_bytes) for number, chunk in zip(found, chunks, strict=True)}


def partition_numbers(words: UInt64s, partitions: int) -> UInt64s:
    """Partition of each key, shape (n,); the same for equal keys, whatever worker asks."""
    return mix(words) % np.uint64(partitions)


def join_records(chunks: Iterable[bytes]) -> Records:
    """Read what :func:`partition` wrote, of any number of batches and splits; rows ascend if each frame's do.

    Raises:
        ValueError: when bytes are cut off, or the chunks come from different deduplicators.
    """
    frames = sorted((frame for chunk in chunks for frame in _frames(chunk)), key=lambda frame: frame[0])
    if not frames:
        return np.empty(0, dtype=record_type(1))
    width = frames[0][1].shape[1]
    if any(keys.shape[1] != width for _, keys, _ in frames):
        raise ValueError("packed keys of different deduplicators were joined")
    records = np.empty(sum(len(keys) for _, keys, _ in frames), dtype=record_type(width))
    begin = 0
    for base, keys, offsets in frames:
        end = begin + len(keys)
        records["key"][begin:end] = keys
        records["row"][begin:end] = np.uint64(base) + offsets.astype(np.uint64)
        begin = end
    return records


def _frame(records: Records, word_bytes: int) -> bytes:
    rows = records["row"]
    base = rows.min()
    reach = int(rows.max() - base)
    row_bytes = next(size for size in (2, 4, 8) if reach < 1 << (8 * size))
    header = np.array((len(records), records["key"].shape[1], word_bytes, row_bytes, base), dtype=_HEADER)
    words = np.ascontiguousarray(records["key"]).view(np.uint8).reshape(-1, 8)[:, :word_bytes]
    offsets = (rows - base).astype(f"<u{row_bytes}")
    return b"".join((header.tobytes(), words.tobytes(), offsets.tobytes()))


def _frames(chunk: bytes) -> Iterator[tuple[int, UInt64s, npt.NDArray[Any]]]:
    position = 0
    while position < len(chunk):
        (header,) = np.frombuffer(chunk, dtype=_HEADER, count=1, offset=position)
        count, width = int(header["records"]), int(header["width"])
        word_bytes, row_bytes = int(header["word_bytes"]), int(header["row_bytes"])
        position += _HEADER.itemsize
        packed = np.frombuffer(chunk, dtype=np.uint8, count=count * width * word_bytes, offset=position)
        words = np.zeros((count * width, 8), dtype=np.uint8)
        words[:, :word_bytes] = packed.reshape(-1, word_bytes)
        keys = words.view("<u8").reshape(count, width)
        position += len(packed)
        yield int(header["base"]), keys, np.frombuffer(chunk, dtype=f"<u{row_bytes}", count=count, offset=position)
        position += count * row_bytes


def mix(words: UInt64s) -> UInt64s:
    """Hash key words once more (splitmix64), so that any keys, even counters, are dealt evenly."""
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in range(words.shape[1]):
        mixed += words[:, column] + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
