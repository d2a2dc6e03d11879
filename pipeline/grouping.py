"""Between two passes: from packed keys to the documents that go, and to the ids of those that stay in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from .staging import read_staged

Removals: TypeAlias = bytes
"""Packed records of :data:`REMOVAL`."""

PAIR = np.dtype([("row", "<u8"), ("survivor", "<u8")])
"""A document to remove and the one kept instead, by row number."""

REMOVAL = np.dtype([("row", "<u8"), ("survivor_id", "S32")])
"""A document to remove and the id of the one kept instead."""


class Dropped(NamedTuple):
    """Removals of one split, sorted by row."""

    rows: npt.NDArray[np.uint64]
    survivors: npt.NDArray[np.bytes_]


def pairs_by_survivor_split(
    removed: npt.NDArray[np.uint64], survivors: npt.NDArray[np.uint64]
) -> Iterator[tuple[int, bytes]]:
    """Deal removals to the splits in which their survivors lie: only there the survivor's id is known."""
    pairs = np.empty(len(removed), dtype=PAIR)
    pairs["row"], pairs["survivor"] = removed, survivors
    yield from _by_split(pairs, pairs["survivor"])


def name_survivors(path: str, packed: Iterable[bytes]) -> Iterator[tuple[int, Removals]]:
    """Look the survivors' ids up in their staged split, and deal the removals to the splits that must apply them."""
    pairs = np.frombuffer(b"".join(packed), dtype=PAIR)
    pairs = pairs[np.argsort(pairs["survivor"], kind="stable")]
    wanted = (pairs["survivor"] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    named = np.empty(len(pairs), dtype=REMOVAL)
    named["row"] = pairs["row"]
    first_row = 0
    for batch in read_staged(path):
        begin, end = np.searchsorted(wanted, [first_row, first_row + batch.num_rows])
        if end > begin:
            ids = batch["doc_id"].take(wanted[begin:end] - first_row)
            named["survivor_id"][begin:end] = np.asarray(ids.to_pylist(), dtype="S32")
        first_row += batch.num_rows
    yield from _by_split(named, named["row"])


def join_removals(packed: Iterable[Removals]) -> Removals:
    """All removals of one split in the order of its rows, whatever order they came in."""
    records = np.frombuffer(b"".join(packed), dtype=REMOVAL)
    return records[np.argsort(records["row"], kind="stable")].tobytes()


def unpack_removals(packed: Removals | None) -> Dropped:
    """View packed removals as arrays."""
    records = np.frombuffer(packed or b"", dtype=REMOVAL)
    return Dropped(rows=records["row"].copy(), survivors=records["survivor_id"])


def _by_split(records: npt.NDArray[np.void], rows: npt.NDArray[np.uint64]) -> Iterator[tuple[int, bytes]]:
    if not len(rows):
        return
    splits = rows >> np.uint64(32)
    order = np.argsort(splits, kind="stable")
    numbers, starts = np.unique(splits[order], return_index=True)
    for number, chunk in zip(numbers, np.split(records[order], starts[1:]), strict=True):
        yield int(number), chunk.tobytes()
