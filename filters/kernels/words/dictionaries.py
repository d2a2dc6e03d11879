"""Words of languages that put no spaces between them, as a table that kernels walk along.

They are those of ICU's dictionaries for Thai, Lao, Khmer and Burmese, and for Chinese and Japanese together with costs
(``build_dictionaries.py`` has made the file). A key is a word, or the beginning of one, hashed unit by unit: what
UAX #29 does not part, a letter with the marks on it.
"""

from __future__ import annotations

import lzma
import struct
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int64s, UInt64s
from ..machine.hashing import FACTOR, HALF, SEED, hash_bytes, table_size
from ..machine.kernel import inner, kernel
from ..machine.scanning import ONE
from ..unicode import unicode_table
from ..unicode.unicode_table import Blocks, Index
from .boundaries import segment_end

BEGINNING, ABSENT = 0, -1
"""In place of a cost: longer words begin so; none does."""
KNOWN = 40
"""Cost of a word of a dictionary without costs; Chinese and Japanese words cost 27 to 251, seldom ones more."""
MOST_UNITS = 3
"""So many units and beginnings there are for each word, at most, over all dictionaries."""


class Dictionary(NamedTuple):
    """A hash table with open addressing; places without a key have 0."""

    keys: UInt64s
    costs: Bytes


NONE = Dictionary(np.zeros(1, dtype=np.uint64), np.zeros(1, dtype=np.uint8))
"""For ways of splitting that ask no dictionary."""


@cache
def load() -> Dictionary:
    """Read all dictionaries, once in a process."""
    lines, costs = read()
    offsets = np.concatenate(([0], np.flatnonzero(lines == 0x0A) + 1)).astype(np.int64)
    return lay_out(offsets, lines, costs)


def read() -> tuple[Bytes, Bytes]:
    """All words, a line each, and what each costs."""
    content = lzma.decompress(Path(__file__).with_name("dictionaries.bin").read_bytes())
    words, size = struct.unpack_from("<II", content)
    lines = np.frombuffer(content, np.uint8, size, 8)
    costs = np.frombuffer(content, np.uint8, words, 8 + size)
    return lines, np.where(costs == 0, KNOWN, costs).astype(np.uint8)


def lay_out(offsets: Int64s, lines: Bytes, costs: Bytes) -> Dictionary:
    """Make the table of words, each behind the other with a line end."""
    unicode = unicode_table.load()
    slots = table_size.function(MOST_UNITS * len(costs)) // 2
    made = Dictionary(np.zeros(max(slots, 64), dtype=np.uint64), np.zeros(max(slots, 64), dtype=np.uint8))
    _fill(offsets, lines, costs, unicode.index, unicode.properties, made)
    return made


@kernel
def _fill(offsets: Int64s, lines: Bytes, costs: Bytes, index: Index, blocks: Blocks, made: Dictionary) -> None:
    mask = np.uint64(len(made.keys) - 1)
    for word in range(len(costs)):
        position, end = offsets[word], offsets[word + 1] - 1
        key = SEED
        while position < end:
            stop = segment_end(lines, position, end, index, blocks)
            key = longer(key, lines, position, stop)
            slot = ((key * SEED) >> HALF) & mask
            while made.keys[slot] != 0 and made.keys[slot] != key:
                slot = (slot + ONE) & mask
            made.keys[slot] = key
            if stop == end:
                made.costs[slot] = costs[word]
            position = stop


@inner
def longer(key: np.uint64, data: Bytes, start: int, end: int) -> np.uint64:
    """The key of a beginning with one more unit."""
    return (key ^ hash_bytes(data, start, end)) * FACTOR


@inner
def cost_of(dictionary: Dictionary, key: np.uint64) -> int:
    """What a word costs, or :data:`BEGINNING` or :data:`ABSENT`."""
    mask = np.uint64(len(dictionary.keys) - 1)
    slot = ((key * SEED) >> HALF) & mask
    while dictionary.keys[slot] != key:
        if dictionary.keys[slot] == 0:
            return ABSENT
        slot = (slot + ONE) & mask
    return int(dictionary.costs[slot])
