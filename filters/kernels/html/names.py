"""One table of all names that mean something in HTML, looked up by hash while they are read."""

from __future__ import annotations

import html.entities
from enum import IntEnum

import numpy as np

from ..machine.buffers import UInt64s
from ..machine.kernel import inner, integer
from .elements import NOTES, attribute_values, element_values

HASH_START = np.uint64(0xCBF29CE484222325)
HASH_FACTOR = np.uint64(0x100000001B3)
NOTHING = np.uint64(0)
UPPER, DOUBLE, ONE = np.uint64(32), np.uint64(1), np.uint64(1)
TABLE_SIZE = 1 << 13


class Kind(IntEnum):
    """What a name is of; each is hashed with a salt of its own."""

    ELEMENT = 1
    ATTRIBUTE = 2
    NOTE = 3
    ENTITY = 4
    """With its semicolon, and in its case."""


def hash_name(name: bytes) -> int:
    """The hash of a name; kernels compute the same while they read, of ASCII letters made small."""
    value = int(HASH_START)
    for byte in name:
        value = (value ^ byte) * int(HASH_FACTOR) & 0xFFFFFFFFFFFFFFFF
    return value


def name_table(characters: bytearray) -> UInt64s:
    """Keys of all names, each followed by its value; characters of named references are put into ``characters``."""
    table = np.zeros(2 * TABLE_SIZE, dtype=np.uint64)
    for kind, values in (
        (Kind.ELEMENT, element_values()),
        (Kind.ATTRIBUTE, attribute_values()),
        (Kind.NOTE, {name: int(note) for name, note in NOTES.items()}),
    ):
        for name, value in values.items():
            _put(table, kind, name, value)
    for name, text in html.entities.html5.items():
        _put(table, Kind.ENTITY, name, len(characters))
        encoded = text.encode()
        characters += bytes([len(encoded)]) + encoded
    return table


def _put(table: UInt64s, kind: Kind, name: str, value: int) -> None:
    key = hash_name(name.encode()) ^ kind
    slot = (key >> 32) & (TABLE_SIZE - 1)
    while table[2 * slot]:
        slot = (slot + 1) & (TABLE_SIZE - 1)
    table[2 * slot], table[2 * slot + 1] = key, value


@inner
def look_up(names: UInt64s, kind: int, key: np.uint64) -> int:
    """The value of the name with this hash; -1 where there is none."""
    mask = len(names) // 2 - 1
    key ^= np.uint64(kind)
    slot = integer(key >> UPPER) & mask
    while names[2 * slot] != NOTHING:
        if names[2 * slot] == key:
            return integer(names[2 * slot + 1])
        slot = (slot + 1) & mask
    return -1
