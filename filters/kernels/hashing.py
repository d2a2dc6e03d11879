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
def hash_bytes(data: Bytes, start: int, end: int) -> np.uint64:
    """64-bit hash of a range of bytes, eight at a time; the same wherever in an array the bytes stand."""
    state = (SEED ^ np.uint64(end - start)) * SECOND_FACTOR  # xor alone would let length and text cancel out
    position = start
    while position + 8 <= end:
        state = (state ^ load_eight(data, position)) * FACTOR
        state ^= state >> HALF
        position += 8
    if position < end:
        word = np.uint64(0)
        if position + 8 <= len(data):
            word = load_eight(data, position) & (ALL >> np.uint64(8 * (8 - (end - position))))
        else:
            shift = np.uint64(0)
            while position < end:
                word |= np.uint64(data[position]) << shift
                shift += np.uint64(8)
                position += 1
        state = (state ^ word) * FACTOR
    return mix(state)


@njit
def table_size(entries: int) -> int:
    """Slots of an open-addressing table for so many entries: a power of two, at most half full."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return size
