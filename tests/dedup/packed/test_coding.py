"""Numbers as bits, against plain Python that writes them as strings of digits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup.packed.coding import pack_ascending, pack_bits, packed_bytes, unpack_ascending, unpack_bits

HEADER_BYTES = 17
NUMBERS = st.lists(
    st.integers(0, 2**64 - 1) | st.integers(0, 300) | st.sampled_from([0, 2**63, 2**64 - 1]), max_size=80
)


def rice(values: list[int], shift: int) -> bytes:
    digits = ""
    for before, value in pairwise(values):
        gap = value - before
        digits += "0" * (gap >> shift) + "1"
        digits += "".join(str(gap >> bit & 1) for bit in range(shift))
    return bytes(int(digits[at : at + 8][::-1], 2) for at in range(0, len(digits), 8))


@settings(max_examples=200, deadline=None)
@given(NUMBERS, st.binary(max_size=5))
def test_ascending_numbers_come_back_from_the_bits_of_plain_python(numbers: list[int], before: bytes) -> None:
    values = sorted(numbers)
    packed = pack_ascending(np.array(values, dtype=np.uint64))
    shift = packed[HEADER_BYTES - 1]
    assert packed[HEADER_BYTES:] == rice(values, shift)
    assert 8 * (len(packed) - HEADER_BYTES) <= len(values) * (shift + 3) + 8
    found, end = unpack_ascending(before + packed + b"more", len(before))
    assert found.tolist() == values
    assert end == len(before + packed)


@settings(max_examples=100, deadline=None)
@given(NUMBERS, st.integers(0, 64))
def test_bits_come_back(numbers: list[int], bits: int) -> None:
    packed = pack_bits(np.array(numbers, dtype=np.uint64), bits)
    assert len(packed) == packed_bytes(len(numbers), bits)
    assert int.from_bytes(packed, "little") == sum(
        (number & ((1 << bits) - 1)) << (bits * index) for index, number in enumerate(numbers)
    )
    assert unpack_bits(b"x" + packed, len(numbers), bits, 1).tolist() == [n & ((1 << bits) - 1) for n in numbers]


def test_no_numbers_are_a_header_of_zeros() -> None:
    packed = pack_ascending(np.empty(0, dtype=np.uint64))
    assert packed == bytes(HEADER_BYTES)
    assert unpack_ascending(packed)[0].tolist() == []


def test_columns_of_wider_keys_are_packed_like_any_numbers() -> None:
    keys = np.arange(40, dtype=np.uint64).reshape(-1, 2)
    assert pack_ascending(keys[:, 1]) == pack_ascending(keys[:, 1].copy())
    assert pack_bits(keys[:, 1], 6) == pack_bits(keys[:, 1].copy(), 6)


def test_hashes_take_the_bits_that_they_have_to_say_and_two_more() -> None:
    count = 100_000
    values = np.sort(np.random.default_rng(0).integers(0, 2**40, count, dtype=np.uint64))
    assert len(pack_ascending(values)) * 8 / count < 40 - np.log2(count) + 2


def test_bytes_that_are_cut_off_are_refused() -> None:
    packed = pack_ascending(np.array([1, 5, 1 << 60], dtype=np.uint64))
    with pytest.raises(ValueError, match="cut off"):
        unpack_ascending(packed[:-1])
    with pytest.raises(ValueError, match="cut off"):
        unpack_bits(pack_bits(np.array([1, 2], dtype=np.uint64), 60)[:-1], 2, 60)
    header = np.frombuffer(packed, dtype=np.uint8).copy()
    header[HEADER_BYTES:] = 0
    with pytest.raises(ValueError, match="damaged"):
        unpack_ascending(header.tobytes())


def test_bytes_that_are_cut_off_anywhere_are_told_so() -> None:
    packed = pack_ascending(np.arange(5, dtype=np.uint64))
    for length in range(len(packed)):
        with pytest.raises(ValueError, match="packed numbers are cut off"):
            unpack_ascending(packed[:length])
