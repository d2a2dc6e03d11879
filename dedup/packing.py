"""Keys as bytes, to travel between workers: who shares a key meets in one partition, and no text goes along.

Packed bytes are a row of frames, each a header of 8 bytes (number of records, words in a key, whether a priority
follows) and its records. Frames can be joined as plain bytes, in any order and number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .step import Keys, UInt64s

Records: TypeAlias = npt.NDArray[Any]
"""Structured records with the fields of :func:`record_type`."""

_HEADER = np.dtype([("records", "<u4"), ("width", "<u2"), ("has_priority", "<u2")])


def record_type(width: int, *, has_priority: bool) -> np.dtype[Any]:
    """Layout of a record: ``key`` (words), ``row``, and ``priority`` where documents are ranked; 8 bytes each."""
    fields: list[tuple[Any, ...]] = [("key", "<u8", (width,)), ("row", "<u8")]
    if has_priority:
        fields.append(("priority", "<u8"))
    return np.dtype(fields)


def pack(keys: Keys, rows: UInt64s, priorities: UInt64s | None) -> Records:
    """Join keys with the rows of their documents.

    Args:
        keys: The keys of a batch of n documents.
        rows: Number of each document in the whole corpus, shape (n,); its order decides which is first.
        priorities: Rank of each document, lower is better, shape (n,); None when only the rows count.
    """
    layout = record_type(keys.words.shape[1], has_priority=priorities is not None)
    records = np.empty(len(keys.document), dtype=layout)
    records["key"] = keys.words
    records["row"] = rows[keys.document]
    if priorities is not None:
        records["priority"] = priorities[keys.document]
    return records


def partition(records: Records, partitions: int) -> dict[int, bytes]:
    """Deal records by their keys; equal keys always go to the same partition, whatever worker deals."""
    if not len(records):
        return {}
    numbers = partition_numbers(records["key"], partitions)
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    chunks = np.split(records[order], starts[1:])
    return {int(number): _frame(chunk) for number, chunk in zip(found, chunks, strict=True)}


def partition_numbers(words: UInt64s, partitions: int) -> UInt64s:
    """Partition of each key, shape (n,); the same for equal keys, whatever worker asks."""
    return _mixed(words) % np.uint64(partitions)


def join_records(chunks: Iterable[bytes]) -> Records:
    """Read what :func:`partition` wrote, of any number of batches and splits.

    Raises:
        ValueError: when bytes are cut off, or the chunks come from different deduplicators.
    """
    parts = [records for chunk in chunks for records in _frames(chunk)]
    if not parts:
        return np.empty(0, dtype=record_type(1, has_priority=False))
    if any(part.dtype != parts[0].dtype for part in parts):
        raise ValueError("packed keys of different deduplicators were joined")
    return np.concatenate(parts)


def _frame(records: Records) -> bytes:
    names = records.dtype.names or ()
    header = np.array((len(records), records["key"].shape[1], "priority" in names), dtype=_HEADER)
    return header.tobytes() + records.tobytes()


def _frames(chunk: bytes) -> Iterator[Records]:
    position = 0
    while position < len(chunk):
        (header,) = np.frombuffer(chunk, dtype=_HEADER, count=1, offset=position)
        position += _HEADER.itemsize
        layout = record_type(int(header["width"]), has_priority=bool(header["has_priority"]))
        count = int(header["records"])
        yield np.frombuffer(chunk, dtype=layout, count=count, offset=position)
        position += count * layout.itemsize


def _mixed(words: UInt64s) -> UInt64s:
    """Hash key words once more (splitmix64), so that any keys, even counters, are dealt evenly."""
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in range(words.shape[1]):
        mixed += words[:, column] + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
