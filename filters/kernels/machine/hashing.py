"""Hashes and hash tables inside kernels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .buffers import Bytes, Int64s, UInt64s
from .instructions import load_eight
from .kernel import inner, integer, kernel

SEED = np.uint64(0x9E3779B97F4A7C15)
FACTOR = np.uint64(0xFF51AFD7ED558CCD)
SECOND_FACTOR = np.uint64(0xC4CEB9FE1A85EC53)
HALF = np.uint64(32)
FINAL = np.uint64(29)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inner
def mix(value: np.uint64) -> np.uint64:
    """Spread a 64-bit value over all its bits (the finaliser of MurmurHash3)."""
    value = (value ^ (value >> HALF)) * FACTOR
    value = (value ^ (value >> FINAL)) * SECOND_FACTOR
    return value ^ (value >> HALF)


@inner
def hash_block(state: np.uint64, block: np.uint64) -> np.uint64:
    """Take eight more bytes into a hash that begins with :data:`SEED`."""
    state = (state ^ block) * FACTOR
    return state ^ (state >> HALF)


@inner
def hash_tail(state: np.uint64, block: np.uint64, length: int, total: int) -> np.uint64:
    """End a hash with the last zero to seven bytes of ``total``, the first ones of a block."""
    if length > 0:
        state = hash_block(state, block & (ALL >> np.uint64(64 - 8 * length)))
    return mix(state + np.uint64(total) * SECOND_FACTOR)


@inner
def hash_bytes(data: Bytes, start: int, end: int) -> np.uint64:
    """64-bit hash of a range of bytes, eight at a time; the same wherever in an array the bytes stand."""
    state = SEED
    position = start
    while position + 8 <= end:
        state = hash_block(state, load_eight(data, position))
        position += 8
    block = np.uint64(0)
    if position < end and position + 8 <= len(data):
        block = load_eight(data, position)
    else:
        for offset in range(end - position):
            block |= np.uint64(data[position + offset]) << np.uint64(8 * offset)
    return hash_tail(state, block, end - position, end - start)


@kernel
def _hash_ranges(offsets: Int64s, data: Bytes, hashes: UInt64s) -> None:
    for number in range(len(hashes)):
        hashes[number] = hash_bytes(data, offsets[number], offsets[number + 1])


def hashes_of(strings: Sequence[bytes]) -> UInt64s:
    """:func:`hash_bytes` of each of n strings, shape (n,)."""
    hashes = np.empty(len(strings), dtype=np.uint64)
    offsets = np.cumsum([0, *map(len, strings)], dtype=np.int64)
    _hash_ranges(offsets, np.frombuffer(b"".join(strings), dtype=np.uint8), hashes)
    return hashes


@inner
def table_size(entries: int) -> int:
    """Slots of an open-addressing table for so many entries: a power of two, at most half full."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return size


def two_places(entries: Mapping[int, int]) -> tuple[UInt64s, Int64s]:
    """A table of keys and their numbers, -1 where there is none; each key is at one of its two places (cuckoo)."""
    size = table_size.function(2 * len(entries))
    while True:
        keys = np.zeros(size, dtype=np.uint64)
        numbers = np.full(size, -1, dtype=np.int64)
        for key, number in entries.items():
            place = key & (size - 1)
            for _ in range(100):
                here, occupant = int(keys[place]), int(numbers[place])
                keys[place], numbers[place] = key, number
                if occupant < 0:
                    break
                key, number = here, occupant
                place ^= (key & (size - 1)) ^ (key >> 32 & (size - 1))  # the other one of its places
            else:
                break
        else:
            return keys, numbers
        size *= 2


@inner
def find(keys: UInt64s, numbers: Int64s, key: np.uint64) -> int:
    """The number of a key in a table of :func:`two_places`, or -1; without a branch, whatever is found."""
    mask = np.uint64(len(keys) - 1)
    first, second = key & mask, key >> HALF & mask
    at_first, at_second = numbers[first], numbers[second]
    at_first = at_first if keys[first] == key else -1
    return integer(at_second if keys[second] == key else at_first)
