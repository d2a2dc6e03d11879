"""What the characters of a line say by themselves: how it ends, whether it is an image or code."""

from __future__ import annotations

from ..machine.buffers import Bytes, Int64s
from ..machine.kernel import inner, integer
from ..unicode.unicode_table import Property, decode, lookup
from .phrase_trie import Letters

TERMINAL = int(Property.TERMINAL)


@inner
def has(points: Int64s, point: int) -> bool:
    """Whether a code point is among a few."""
    found = False
    for at in range(len(points)):
        found = found or points[at] == point
    return found


@inner
def ends_as_sentence(data: Bytes, start: int, end: int, known: Letters, closers: Int64s) -> bool:
    """Whether an end mark stands last but for closing quotes and brackets; an ellipsis ends nothing."""
    position = end
    while position > start:
        position -= 1
        while position > start and data[position] & 0xC0 == 0x80:
            position -= 1
        point, _ = decode(data, position)
        if point == 0x2026:
            return False
        if lookup(known.places, known.blocks, point) & TERMINAL:
            return not (point == 0x2E and position > start and data[position - 1] == 0x2E)
        if not has(closers, point):
            return False
    return False


@inner
def is_image(data: Bytes, start: int, end: int) -> bool:
    """Whether a line is the name of an image, with a number of six digits or more in all."""
    digits = 0
    dot = -1
    for position in range(start, end):
        byte = data[position]
        if byte <= 0x20 or byte == 0x2F or byte == 0x3A:
            return False
        if byte == 0x2E:
            dot = position
        if 0x30 <= byte <= 0x39:
            digits += 1
    if digits < 6 or dot < start + 4 or not 4 <= end - dot <= 5:
        return False
    key = 0
    for position in range(dot + 1, end):
        key = key << 8 | integer(data[position]) | 0x20
    # jpg, png, gif, bmp, jpeg, webp
    return (
        key == 0x6A7067
        or key == 0x706E67
        or key == 0x676966
        or key == 0x626D70
        or key == 0x6A706567
        or key == 0x77656270
    )


@inner
def points_on(data: Bytes, start: int, stop: int, has_han: bool) -> bool:
    """Whether a line ends with ``»`` or ``›``, or behind Han characters and kana with ``>``, as links to more do."""
    if data[stop - 1] == 0x3E:
        return has_han
    if stop - start >= 2 and data[stop - 2] == 0xC2 and data[stop - 1] == 0xBB:
        return True
    return stop - start >= 3 and data[stop - 3] == 0xE2 and data[stop - 2] == 0x80 and data[stop - 1] == 0xBA


@inner
def goes_on(data: Bytes, stop: int) -> bool:
    """Whether a line ends with a comma, colon or semicolon, also of full width, or ``、``."""
    last = integer(data[stop - 1])
    if last < 0x80:
        return last == 0x2C or last == 0x3A or last == 0x3B
    if stop < 3:
        return False
    end = integer(data[stop - 3]) << 16 | integer(data[stop - 2]) << 8 | last
    return end == 0xEFBC8C or end == 0xEFBC9A or end == 0xEFBC9B or end == 0xE38081


@inner
def is_code(data: Bytes, start: int, stop: int) -> bool:
    """Whether a line holds one of ``{}[]<=$\\``, ``()`` or two ``>``."""
    marks = 0
    for position in range(start, stop):
        byte = data[position]
        if byte == 0x3E:
            marks += 1
        elif byte == 0x7B or byte == 0x7D or byte == 0x5B or byte == 0x5D or byte == 0x3C or byte == 0x3D:
            marks += 2
        elif byte == 0x24 or byte == 0x5C or (byte == 0x28 and position + 1 < stop and data[position + 1] == 0x29):
            marks += 2
    return marks > 1
