"""Words that announce secrets: such that stand in them or before them, and names of what a secret is assigned to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from ..kernels.machine.buffers import Bytes, Int64Matrix, Int64s, TextBuffers, UInt64s
from ..kernels.machine.eight_bytes import CASE, HIGH, LOW7
from ..kernels.machine.instructions import load_eight, trailing_zeros
from ..kernels.machine.kernel import inner, kernel

Truth: TypeAlias = bool | np.bool_


class Literal(NamedTuple):
    """A word that secrets have which nothing else in them leads to."""

    text: bytes
    anchor: int
    """Where in it two bytes stand that hardly any text has: the only ones that are sought; see :func:`_anchors`."""
    kind: int
    begins_at: int = 0
    """Where in it the place is that counts as its own."""


class Packed(NamedTuple):
    """Literals as the kernel takes them."""

    text: Bytes
    offsets: Int64s
    anchors: Int64s


class Names(NamedTuple):
    """How names end that secrets are assigned to, their last eight bytes as numbers, ASCII letters in lower case."""

    endings: UInt64s
    masks: UInt64s
    """The bytes of each that count."""
    owners: Int64s
    """Last three bytes of what stands before "key"."""


def names_of(words: bytes, owners: bytes) -> Names:
    """Take names, and words whose key is one: ``api`` for ``api_key``."""
    tails = [word[-8:] for word in words.split()]
    return Names(
        np.array([int.from_bytes(tail.rjust(8, b"\0"), "little") for tail in tails], dtype=np.uint64),
        np.array([(1 << 64) - (1 << 8 * (8 - len(tail))) for tail in tails], dtype=np.uint64),
        np.array(sorted({int.from_bytes(word[-3:], "big") for word in owners.split()}), dtype=np.int64),
    )


def find_literals(text: TextBuffers, literals: Sequence[Literal], before: int) -> Int64Matrix:
    """Windows around literals: rows of (document, start, end, kind), in the order of literals, then of the text."""
    packed = Packed(
        np.frombuffer(b"".join(literal.text for literal in literals), dtype=np.uint8),
        np.cumsum([0, *(len(literal.text) for literal in literals)], dtype=np.int64),
        np.array([literal.anchor for literal in literals], dtype=np.int64),
    )
    capacity = 256
    while True:
        found = np.empty((capacity, 3), dtype=np.int64)
        count = _search(text.offsets, text.data, packed, found)
        if count <= capacity:
            break
        capacity = count
    found = found[:count]
    numbers = found[:, 2]
    found = found[np.argsort(numbers, kind="stable")]
    begins = found[:, 1] + np.array([literal.begins_at for literal in literals], dtype=np.int64)[found[:, 2]]
    kinds = np.array([literal.kind for literal in literals], dtype=np.int64)[found[:, 2]]
    return np.stack([found[:, 0], np.maximum(begins - before, 0), begins + 1, kinds], axis=1)


@kernel
def _search(offsets: Int64s, data: Bytes, literals: Packed, found: Int64Matrix) -> int:
    """Rows of (document, start, number of the literal), as far as there is room; returns how many there are."""
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        i = begin
        while i + 9 <= end:
            hits = _anchors(load_eight(data, i), load_eight(data, i + 1))
            while hits:
                count = _take(row, begin, end, i + (trailing_zeros(hits) >> 3), data, literals, found, count)
                hits &= hits - np.uint64(1)
            i += 8
        for k in range(i, end):
            count = _take(row, begin, end, k, data, literals, found, count)
    return count


EIGHT = np.uint64(0x0101010101010101)
V_UPPER, A_UPPER, Q_UPPER = np.uint64(0x56) * EIGHT, np.uint64(0x41) * EIGHT, np.uint64(0x51) * EIGHT
DOT, S_LOWER, B_LOWER, H_LOWER = (
    np.uint64(0x2E) * EIGHT,
    np.uint64(0x73) * EIGHT,
    np.uint64(0x62) * EIGHT,
    np.uint64(0x68) * EIGHT,
)
R_LOWER, L_LOWER, TILDE, LOW_LINE = (
    np.uint64(0x72) * EIGHT,
    np.uint64(0x6C) * EIGHT,
    np.uint64(0x7E) * EIGHT,
    np.uint64(0x5F) * EIGHT,
)
D_TO_G, D_LOWER = np.uint64(0xFC) * EIGHT, np.uint64(0x64) * EIGHT


@inner
def _anchors(block: np.uint64, behind: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is the first of ``VA .s bh rl e_ f_ g_ Q~``; ``behind`` is one on."""
    return (
        _zeros((block ^ V_UPPER) | (behind ^ A_UPPER))
        | _zeros((block ^ DOT) | (behind ^ S_LOWER))
        | _zeros((block ^ B_LOWER) | (behind ^ H_LOWER))
        | _zeros((block ^ R_LOWER) | (behind ^ L_LOWER))
        | _zeros(((block & D_TO_G) ^ D_LOWER) | (behind ^ LOW_LINE))
        | _zeros((block ^ Q_UPPER) | (behind ^ TILDE))
    )


@inner
def _zeros(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is zero."""
    return ~(((block & LOW7) + LOW7) | block) & HIGH


@inner
def _take(
    row: int, begin: int, end: int, at: int, data: Bytes, literals: Packed, found: Int64Matrix, count: int
) -> int:
    """Write down the literals whose anchor is at a place, and return how many there are then."""
    for number in range(len(literals.anchors)):
        start = at - literals.anchors[number]
        first, past = literals.offsets[number], literals.offsets[number + 1]
        if data[at] != literals.text[first + literals.anchors[number]] or start < begin or start + past - first > end:
            continue
        k = first
        while k < past and data[start + k - first] == literals.text[k]:
            k += 1
        if k == past:
            if count < len(found):
                found[count, 0], found[count, 1], found[count, 2] = row, start - begin, number
            count += 1
    return count


@inner
def is_assignment(begin: int, i: int, data: Bytes, names: Names) -> Truth:
    """Whether a name ends before the sign at i, up to three blanks or quotation marks and 16 blanks between."""
    k = i - 1
    while k > begin and i - k <= 16 and (data[k] == 0x20 or data[k] == 0x09):
        k -= 1
    for _ in range(3):
        blank = data[k] == 0x20 or data[k] == 0x22 or data[k] == 0x27 or data[k] == 0x5D or data[k] == 0x60
        if k > begin and blank:
            k -= 1
    if k < begin + 2:
        return False
    last = np.uint64(0)
    if k >= begin + 7:
        last = load_eight(data, k - 7)
    else:
        for back in range(k - begin, -1, -1):
            last = last >> np.uint64(8) | np.uint64(data[k - back]) << np.uint64(56)
    last = _lowered(last)
    if last >> np.uint64(40) == KEY:
        return _is_key(begin, k, data, names.owners)
    if last >> np.uint64(24) == VALUE:
        return k - 5 > begin and data[i] == 0x3D and _is_behind_quotation(begin, k - 5, data)
    for number in range(len(names.endings)):  # noqa: SIM110 — kernels know no generators
        if last & names.masks[number] == names.endings[number]:
            return True
    return False


@inner
def _is_behind_quotation(begin: int, k: int, data: Bytes) -> Truth:
    """Whether up to eight blanks end at k, with a quotation mark before them."""
    first = k
    while k > begin and first - k < 8 and (data[k] == 0x20 or 0x09 <= data[k] <= 0x0D):
        k -= 1
    return k < first and (data[k] == 0x22 or data[k] == 0x27)


@inner
def may_be_secret(end: int, i: int, data: Bytes) -> Truth:
    """Whether behind the sign at i a digit stands in a word, or in quotation marks anything that is no letter."""
    k = i + 1
    while k < end and (data[k] == 0x20 or data[k] == 0x09 or data[k] == 0x3A or data[k] == 0x3D or data[k] == 0x3E):
        k += 1
    limit = min(end, k + 260)
    if k < end and (data[k] | 0x20 == 0x62 or data[k] | 0x20 == 0x74):  # perhaps "bearer", "basic" or "token"
        while k < limit and data[k] != 0x0A and not 0x30 <= data[k] <= 0x39 and not _is_quotation(data[k]):
            k += 1
        if k >= limit or data[k] == 0x0A:
            return False
        if not _is_quotation(data[k]):
            return True
    for _ in range(2):
        if k < end and (data[k] | 0x20 == 0x62 or data[k] | 0x20 == 0x72 or data[k] | 0x20 == 0x75):
            k += 1 if k + 1 < end and (_is_quotation(data[k + 1]) or data[k + 1] >= 0x41) else 0
    if k < end and _is_quotation(data[k]):
        k += 1
        while k < limit and (0x41 <= data[k] <= 0x5A or 0x61 <= data[k] <= 0x7A):
            k += 1
        return k < limit and not _is_quotation(data[k]) and data[k] != 0x0A and data[k] != 0x0D
    while k < limit and not _ends_word(data[k]):
        if 0x30 <= data[k] <= 0x39:
            return True
        k += 1
    return False


@inner
def _ends_word(byte: int) -> Truth:
    """White space and the signs that no bare value has in it."""
    if byte <= 0x3E:
        blank = byte == 0x20 or 0x09 <= byte <= 0x0D
        return (
            blank
            or _is_quotation(byte)
            or byte == 0x26
            or 0x28 <= byte <= 0x29
            or byte == 0x2C
            or (byte >= 0x3B and byte != 0x3D)
        )
    return byte == 0x5B or byte == 0x5D or byte == 0x60 or 0x7B <= byte <= 0x7D


@inner
def _is_quotation(byte: int) -> Truth:
    return byte == 0x22 or byte == 0x27 or byte == 0x60


KEY = np.uint64(int.from_bytes(b"key", "little"))
VALUE = np.uint64(int.from_bytes(b"value", "little"))
FROM_UPPER_A, PAST_UPPER_Z = np.uint64(0x3F) * EIGHT, np.uint64(0x25) * EIGHT


@inner
def _lowered(block: np.uint64) -> np.uint64:
    """Eight bytes with ASCII letters in lower case."""
    bare = block & LOW7
    upper = (bare + FROM_UPPER_A) & ~(bare + PAST_UPPER_Z) & ~block & HIGH
    return block | (upper >> np.uint64(2)) & CASE


@inner
def _is_key(begin: int, k: int, data: Bytes, owners: Int64s) -> Truth:
    """Whether the "key" that ends at k is somebody's: ``api_key``, ``AccessKey``, ``SOME_KEY``."""
    before = k - 3
    if before >= begin + 2 and data[before] == 0x5F and data[k] == 0x59:
        return True
    if before > begin and (data[before] == 0x5F or data[before] == 0x20 or 0x2D <= data[before] <= 0x2E):
        before -= 1
    if before < begin + 2:
        return False
    owner = np.int64(0)
    for back in range(2, -1, -1):
        byte = np.int64(data[before - back])
        if 0x41 <= byte <= 0x5A:
            byte += 0x20
        owner = owner << 8 | byte
    for number in range(len(owners)):  # noqa: SIM110
        if owners[number] == owner:
            return True
    return False
