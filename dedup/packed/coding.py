"""Ascending numbers and small ones as bits, so that what travels is little more than it has to say.

Sorted hashes differ by little: of n numbers spread over a range each gap takes log2(range / n) bits and about one and a
half more, in the code of Rice (Rice and Plaunt 1971): the upper part of the gap in unary, the lower as it is. The width
of the lower part is chosen by the mean gap, so no n numbers, however they lie, take more than 2 bits each besides it.
"""

from __future__ import annotations

import struct

import numpy as np

from ...filters.kernels.machine.instructions import trailing_zeros
from ...filters.kernels.machine.kernel import inner, integer, kernel
from ..base.step import UInt64s

_HEADER = struct.Struct("<IIQB")
"""How many numbers, bytes of the gaps, first number, bits of the lower part of a gap."""
_WORD_BITS = 64


def pack_ascending(values: UInt64s) -> bytes:
    """Numbers that never fall, as bytes of which :func:`unpack_ascending` knows where they end."""
    count = len(values)
    first = int(values[0]) if count else 0
    reach = int(values[-1]) - first if count else 0
    shift = max((reach // max(count - 1, 1)).bit_length() - 1, 0)
    most_bits = count * (shift + 1) + (reach >> shift)
    words = np.zeros(most_bits // _WORD_BITS + 2, dtype=np.uint64)
    used = -(-_pack_gaps(np.ascontiguousarray(values), shift, words) // 8)
    return _HEADER.pack(count, used, first, shift) + words.astype("<u8", copy=False).tobytes()[:used]


def unpack_ascending(packed: bytes, position: int = 0) -> tuple[UInt64s, int]:
    """Numbers that :func:`pack_ascending` wrote at a position, and where they end.

    Raises:
        ValueError: when bytes are cut off.
    """
    if position + _HEADER.size > len(packed):
        raise ValueError("packed numbers are cut off")
    count, used, first, shift = _HEADER.unpack_from(packed, position)
    position += _HEADER.size
    values = np.empty(count, dtype=np.uint64)
    if count:
        values[0] = first
    if not _unpack_gaps(_words(packed, position, used), shift, values):
        raise ValueError("packed numbers are damaged")
    return values, position + used


def pack_bits(values: UInt64s, bits: int) -> bytes:
    """The lowest bits of numbers, one after the other."""
    words = np.zeros(len(values) * bits // _WORD_BITS + 2, dtype=np.uint64)
    _pack_fixed(np.ascontiguousarray(values), bits, words)
    return words.astype("<u8", copy=False).tobytes()[: packed_bytes(len(values), bits)]


def unpack_bits(packed: bytes, count: int, bits: int, position: int = 0) -> UInt64s:
    """Numbers that :func:`pack_bits` wrote at a position.

    Raises:
        ValueError: when bytes are cut off.
    """
    values = np.empty(count, dtype=np.uint64)
    _unpack_fixed(_words(packed, position, packed_bytes(count, bits)), bits, values)
    return values


def packed_bytes(count: int, bits: int) -> int:
    """How many bytes so many numbers take."""
    return -(-count * bits // 8)


def _words(packed: bytes, position: int, used: int) -> UInt64s:
    """Bytes at a position as words, with one more behind them for the kernels to look into."""
    if position + used > len(packed):
        raise ValueError("packed numbers are cut off")
    padded = packed[position : position + used] + bytes(16 - used % 8)
    return np.frombuffer(padded, dtype="<u8").astype(np.uint64, copy=False)


@inner
def _put(words: UInt64s, position: int, value: np.uint64, bits: int) -> None:
    """Write a value of so many bits (at least one), and no more, at a bit of words that are zero there."""
    slot, offset = position >> 6, position & 63
    words[slot] |= value << np.uint64(offset)
    if offset + bits > 64:
        words[slot + 1] |= value >> np.uint64(64 - offset)


@inner
def _get(words: UInt64s, position: int, bits: int) -> np.uint64:
    """Read a value of so many bits (at least one)."""
    slot, offset = position >> 6, position & 63
    value = words[slot] >> np.uint64(offset)
    if offset + bits > 64:
        value |= words[slot + 1] << np.uint64(64 - offset)
    kept: np.uint64 = value & (np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - bits))
    return kept


@kernel
def _pack_gaps(values: UInt64s, shift: int, words: UInt64s) -> int:
    position = 0
    low = (np.uint64(1) << np.uint64(shift)) - np.uint64(1)
    for index in range(1, len(values)):
        gap = values[index] - values[index - 1]
        position += integer(gap >> np.uint64(shift))
        words[position >> 6] |= np.uint64(1) << np.uint64(position & 63)
        position += 1
        if shift:
            _put(words, position, gap & low, shift)
            position += shift
    return position


@kernel
def _unpack_gaps(words: UInt64s, shift: int, values: UInt64s) -> bool:
    position = 0
    last = 64 * (len(words) - 1)
    for index in range(1, len(values)):
        begun = position
        rest = np.uint64(0)
        while rest == 0:
            if position >= last:
                return False
            rest = words[position >> 6] >> np.uint64(position & 63)
            position = ((position >> 6) + 1) << 6 if rest == 0 else position + trailing_zeros(rest)
        gap = np.uint64(position - begun) << np.uint64(shift)
        position += 1
        if shift:
            if position + shift > last:
                return False
            gap |= _get(words, position, shift)
            position += shift
        values[index] = values[index - 1] + gap
    return True


@kernel
def _pack_fixed(values: UInt64s, bits: int, words: UInt64s) -> None:
    if bits == 0:
        return
    low = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - bits)
    for index in range(len(values)):
        _put(words, index * bits, values[index] & low, bits)


@kernel
def _unpack_fixed(words: UInt64s, bits: int, values: UInt64s) -> None:
    for index in range(len(values)):
        values[index] = _get(words, index * bits, bits) if bits else np.uint64(0)
