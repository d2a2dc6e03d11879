from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.dedup.base.step import Keys
from textmill.dedup.packed.packing import (
    first_of_partition,
    gather,
    join_records,
    mix,
    pack,
    partition,
    partition_numbers,
    spread,
    verified_key_bits,
)


def some_records(count=1000, width=1):
    words = np.arange(count * width, dtype=np.uint64).reshape(count, width)
    rows = np.arange(count // 2, dtype=np.uint64) + np.uint64(3 << 32)
    return pack(Keys(words, np.arange(count) // 2), rows)


@pytest.mark.parametrize(("width", "spread_rows"), [(1, 1), (2, 1), (3, 1000), (1, 1 << 30)])
def test_records_come_back_whole_from_chunks_joined_as_bytes(width, spread_rows):
    records = some_records(width=width)
    records["row"] *= np.uint64(spread_rows)
    chunks: dict[int, list[bytes]] = {}
    for part in np.array_split(records, 3):
        for number, chunk in partition(part, 8).items():
            chunks.setdefault(number, []).append(chunk)
    joined = join_records([b"".join(part) for part in chunks.values()])
    assert joined.dtype == records.dtype
    assert sorted(map(str, joined)) == sorted(map(str, records))


def test_a_record_takes_little_more_than_it_says():
    count = 10_000
    records = some_records(count)
    packed = sum(len(chunk) for chunk in partition(records, 8, key_bits=40).values())
    assert packed * 8 / count < 40 - np.log2(count) + 2 + np.ceil(np.log2(count // 2)) + 8 * 29 * 8 / count


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), min_size=3, max_size=3), max_size=20), st.integers(1, 3))
def test_spread_keys_are_gathered_again(rows, width):
    words = np.array(rows, dtype=np.uint64).reshape(-1, 3)[:, :width]
    assert np.array_equal(gather(spread(words)), words)


@given(st.integers(1, 5000), st.data())
def test_partitions_are_shares_of_the_range(partitions, data):
    number = data.draw(st.integers(0, partitions - 1))
    first, end = first_of_partition(number, partitions), first_of_partition(number + 1, partitions)
    inside = np.array([[first], [end - 1]], dtype=np.uint64)
    assert partition_numbers(inside, partitions).tolist() == [number, number]
    assert (first, end) == (first if number else 0, end if number < partitions - 1 else 1 << 64)


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
    with pytest.raises(ValueError, match="cut off"):
        join_records([chunk[:-3]])


def test_fewer_bits_of_a_key_can_do():
    records = some_records()
    (chunk,) = partition(records, 1, key_bits=48).values()
    found = join_records([chunk])
    assert sorted(found["key"].ravel().tolist()) == sorted((records["key"] >> np.uint64(16)).ravel().tolist())


def splitmix(words):
    """What an index on disk is written with: it may change only together with the number of the format."""
    mask, mixed = 2**64 - 1, 0
    for word in words:
        mixed = mixed + word + 0x9E3779B97F4A7C15 & mask
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & mask
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
        mixed ^= mixed >> 31
    return mixed


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), min_size=3, max_size=3), max_size=20), st.integers(1, 3))
def test_keys_are_spread_by_a_hash_that_never_changes(rows, width):
    words = np.array(rows, dtype=np.uint64).reshape(-1, 3)[:, :width]
    assert mix(words).tolist() == [splitmix(row[:width]) for row in rows]
    assert spread(words).tolist() == [[splitmix(row[:width]), *row[: width - 1]] for row in rows]


def test_keys_come_with_the_rows_of_their_documents():
    words = np.array([[5, 50], [6, 60], [7, 70]], dtype=np.uint64)
    records = pack(Keys(words, np.array([0, 0, 2])), np.array([100, 101, 102], dtype=np.uint64))
    assert records["row"].tolist() == [100, 100, 102]
    assert gather(records["key"]).tolist() == words.tolist()
    assert records.dtype.itemsize == 24


def test_a_partition_has_its_keys_in_order_and_a_short_header():
    records = some_records(100)
    for number, chunk in partition(records, 4).items():
        found = join_records([chunk])
        assert partition_numbers(found["key"], 4).tolist() == [number] * len(found)
        assert np.all(found["key"][1:] >= found["key"][:-1])
    one = some_records(2)[:1]
    one["row"] = 7
    (chunk,) = partition(one, 1).values()
    assert len(chunk) == 12 + 17  # two headers; the first number stands in the second, and of one row nothing is left


@pytest.mark.parametrize(
    ("splits", "bits"), [(0, 30), (1, 31), (2, 32), (255, 38), (256, 39), (2**33, 64), (2**40, 64)]
)
def test_more_splits_need_more_bits(splits, bits):
    assert verified_key_bits(splits) == bits
