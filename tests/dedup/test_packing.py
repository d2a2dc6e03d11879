from __future__ import annotations

import numpy as np
import pytest

from textmill.dedup.packing import join_records, pack, partition
from textmill.dedup.step import Keys


def some_records(count=1000, width=1):
    words = np.arange(count * width, dtype=np.uint64).reshape(count, width)
    rows = np.arange(count // 2, dtype=np.uint64) + np.uint64(3 << 32)
    return pack(Keys(words, np.arange(count) // 2), rows)


@pytest.mark.parametrize(("width", "spread", "bytes_each"), [(1, 1, 10), (2, 1, 18), (1, 1000, 12), (1, 1 << 30, 16)])
def test_records_come_back_whole_from_chunks_joined_as_bytes(width, spread, bytes_each):
    records = some_records(width=width)
    records["row"] *= np.uint64(spread)
    chunks: dict[int, list[bytes]] = {}
    for part in np.array_split(records, 3):
        for number, chunk in partition(part, 8).items():
            chunks.setdefault(number, []).append(chunk)
    joined = join_records([b"".join(part) for part in chunks.values()])
    assert joined.dtype == records.dtype
    assert np.array_equal(joined[np.argsort(joined["key"][:, 0])], records)
    assert sum(len(chunk) for part in chunks.values() for chunk in part) == bytes_each * len(records) + 16 * 24


def test_equal_keys_meet_in_one_partition():
    first, second = some_records(), some_records()
    dealt, again = partition(first, 7), partition(second[::-1], 7)
    assert {number: set(join_records([chunk])["key"].ravel().tolist()) for number, chunk in dealt.items()} == {
        number: set(join_records([chunk])["key"].ravel().tolist()) for number, chunk in again.items()
    }


def test_counters_are_dealt_evenly():
    sizes = [len(join_records([chunk])) for chunk in partition(some_records(16_000), 16).values()]
    assert len(sizes) == 16
    assert min(sizes) > 850
    assert max(sizes) < 1150


def test_nothing_packs_to_nothing():
    assert partition(some_records(0), 4) == {}
    assert len(join_records([])) == 0


def test_chunks_of_different_deduplicators_are_refused():
    chunks = [*partition(some_records(2), 1).values(), *partition(some_records(2, width=2), 1).values()]
    with pytest.raises(ValueError, match="different deduplicators"):
        join_records(chunks)


def test_a_chunk_that_is_cut_off_is_refused():
    (chunk,) = partition(some_records(4), 1).values()
    with pytest.raises(ValueError, match="buffer"):
        join_records([chunk[:-3]])


def test_rows_ascend_whatever_the_order_of_the_chunks():
    records = some_records()
    chunks = [chunk for part in np.array_split(records, 5) for chunk in partition(part, 1).values()]
    assert np.array_equal(join_records(chunks[::-1]), records)


def test_six_bytes_of_a_key_can_do():
    records = some_records()
    records["key"] += np.uint64(0xABCD << 48)
    (chunk,) = partition(records, 1, word_bytes=6).values()
    assert len(chunk) == 8 * len(records) + 16
    assert np.array_equal(join_records([chunk])["key"], records["key"] & np.uint64((1 << 48) - 1))
