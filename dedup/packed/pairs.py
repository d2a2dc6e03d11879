"""Pairs of rows as bytes: edges of a graph, candidates, members of clusters. None of them has keys.

A row is a split and a place in it, 32 bits each, of which few are used; both are written with as many bits as the
greatest of a message needs. The first rows of the pairs ascend, so of them only the gaps are written. Packed bytes can
be joined as plain bytes, in any order and number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import numpy as np

from ..base.step import UInt64s
from .coding import pack_ascending, pack_bits, packed_bytes, unpack_ascending, unpack_bits

_HEADER = struct.Struct("<BBB")
"""Bits of a place in first and in second rows, and of a second row."""
_HALF = np.uint64(32)
_PLACE = np.uint64(0xFFFFFFFF)


def pack_pairs(first: UInt64s, second: UInt64s) -> bytes:
    """Pairs as bytes, in the order of the first rows."""
    return b"".join(packed for _, packed in address_pairs(first, second, np.zeros(len(first), dtype=np.uint64)))


def address_pairs(first: UInt64s, second: UInt64s, numbers: UInt64s) -> Iterator[tuple[int, bytes]]:
    """Pack the pairs of each number for themselves."""
    if not len(first):
        return
    order = np.lexsort((second, first, numbers))
    first_place_bits, firsts = _closed_up(first[order])
    second_place_bits, seconds = _closed_up(second[order])
    second_bits = int(seconds.max()).bit_length()
    header = _HEADER.pack(first_place_bits, second_place_bits, second_bits)
    found, begins = np.unique(numbers[order], return_index=True)
    ends = [*begins[1:].tolist(), len(order)]
    for number, begin, end in zip(found.tolist(), begins.tolist(), ends, strict=True):
        yield number, header + pack_ascending(firsts[begin:end]) + pack_bits(seconds[begin:end], second_bits)


def unpack_pairs(packed: Iterable[bytes]) -> tuple[UInt64s, UInt64s]:
    """Pairs that were packed, of all messages.

    Raises:
        ValueError: when bytes are cut off.
    """
    firsts, seconds = [np.empty(0, dtype=np.uint64)], [np.empty(0, dtype=np.uint64)]
    place_bits = [(0, 0)]
    for chunk in packed:
        position = 0
        while position < len(chunk):
            first_place_bits, second_place_bits, bits = _HEADER.unpack_from(chunk, position)
            first, position = unpack_ascending(chunk, position + _HEADER.size)
            firsts.append(first)
            seconds.append(unpack_bits(chunk, len(first), bits, position))
            position += packed_bytes(len(first), bits)
            place_bits.append((first_place_bits, second_place_bits))
    sizes = [len(first) for first in firsts]
    each = np.repeat(np.array(place_bits, dtype=np.uint64), sizes, axis=0)
    return _opened(np.concatenate(firsts), each[:, 0]), _opened(np.concatenate(seconds), each[:, 1])


def _closed_up(rows: UInt64s) -> tuple[int, UInt64s]:
    """Rows without the bits between split and place that none of them uses, and how many bits a place has."""
    places = rows & _PLACE
    bits = int(places.max()).bit_length()
    return bits, (rows >> _HALF) << np.uint64(bits) | places


def _opened(rows: UInt64s, bits: UInt64s) -> UInt64s:
    opened: UInt64s = (rows >> bits) << _HALF | (rows & ((np.uint64(1) << bits) - np.uint64(1)))
    return opened
