"""Hashes and hash tables inside kernels."""

from __future__ import annotations

import numpy as np

from ..batch import Bytes
from .jit import load_eight, njit

SEED = np.uint64(0x9E3779B97F4A7C15)
FACTOR = np.uint64(0xFF51AFD7ED558CCD)
SECOND_FACTOR = np.uint64(0xC4CEB9FE1A85EC53)
HALF = np.uint64(32)
FINAL = np.uint64(29)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@njit
def mix(value: np.uint64) -> np.uint64:
    """Spread a 64-bit value over all its bits (the finaliser of MurmurHash3)."""
    value = (value ^ (value >> HALF)) * FACTOR
    value = (value ^ (value >> FINAL)) * SECOND_FACTOR
    return value ^ (value >> HALF)


@njit
def hash_block(state: np.uint64, block: np.uint64) -> np.uint64:
    """Take eight more bytes into a hash that begins with :data:`SEED`."""
    state = (state ^ block) * FACTOR
    return state ^ (state >> HALF)


@njit
def hash_tail(state: np.uint64, block: np.uint64, length: int, total: int) -> np.uint64:
    """End a hash with the last zero to seven bytes of ``total``, the first ones of a block."""
    if length > 0:
        state = hash_block(state, block & (ALL >> np.uint64(64 - 8 * length)))
    return mix(state + np.uint64(total) * SECOND_FACTOR)


@njit
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


@njit
def table_size(entries: int) -> int:
    """Slots of an open-addressing table for so many entries: a power of two, at most half full."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return size
