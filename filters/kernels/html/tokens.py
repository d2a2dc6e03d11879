"""Markup read as browsers read it: attributes, comments, and where raw text ends."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.kernel import inner, integer
from .names import HASH_FACTOR, HASH_START, Kind, look_up
from .work import SPANS, Register, Tables, Work

SMALL = np.uint64(32)
LESS, GREATER, SLASH, EQUALS, QUOTE, APOSTROPHE, DASH = (ord(sign) for sign in "<>/='\"-")
EXCLAMATION, QUESTION = ord("!"), ord("?")


@inner
def is_space(byte: int) -> bool:
    """Whether a byte is white space of HTML."""
    return byte == 32 or byte == 10 or byte == 9 or byte == 13 or byte == 12


@inner
def is_letter(byte: int) -> bool:
    """Whether a byte is an ASCII letter."""
    return 97 <= (byte | 32) <= 122


@inner
def hash_bytes(data: Bytes, start: int, end: int) -> np.uint64:
    """The hash of a name, its ASCII letters made small."""
    key = HASH_START
    for position in range(start, end):
        byte = np.uint64(data[position])
        if 65 <= data[position] <= 90:
            byte |= SMALL
        key = (key ^ byte) * HASH_FACTOR
    return key


@inner
def name_end(page: Bytes, position: int) -> int:
    """Where the name of a tag ends."""
    end = len(page)
    while position < end:
        byte = integer(page[position])
        if byte == GREATER or byte == SLASH or is_space(byte):
            break
        position += 1
    return position


@inner
def read_attributes(page: Bytes, position: int, tables: Tables, work: Work) -> int:
    """Note the values of attributes that are looked at, and return where the tag ends; -1 where it does not."""
    end = len(page)
    seen = 0
    is_closing = False
    while True:
        while position < end and (page[position] == SLASH or is_space(integer(page[position]))):
            is_closing = page[position] == SLASH
            position += 1
        if position >= end:
            return -1
        if page[position] == GREATER:
            work.register[Register.SEEN] = seen
            work.register[Register.SELF_CLOSING] = is_closing
            return position + 1
        is_closing = False
        key = HASH_START
        start = position
        while position < end:
            byte = integer(page[position])
            if byte == GREATER or byte == SLASH or is_space(byte) or (byte == EQUALS and position > start):
                break
            if 65 <= byte <= 90:
                byte |= 32
            key = (key ^ np.uint64(byte)) * HASH_FACTOR
            position += 1
        after = position
        while after < end and is_space(integer(page[after])):
            after += 1
        value_start = value_end = position
        if after < end and page[after] == EQUALS:
            position = after + 1
            while position < end and is_space(integer(page[position])):
                position += 1
            if position >= end:
                return -1
            quote = page[position]
            if quote == QUOTE or quote == APOSTROPHE:
                position += 1
                value_start = position
                while position < end and page[position] != quote:
                    position += 1
                if position >= end:
                    return -1
                value_end = position
                position += 1
            else:
                value_start = position
                while position < end and page[position] != GREATER and not is_space(integer(page[position])):
                    position += 1
                value_end = position
        attribute = look_up(tables.names, Kind.ATTRIBUTE, key)
        if attribute >= 0 and not seen >> attribute & 1:
            seen |= 1 << attribute
            work.register[SPANS + 2 * attribute] = value_start
            work.register[SPANS + 2 * attribute + 1] = value_end


@inner
def has(work: Work, attribute: int) -> bool:
    """Whether the tag that was read last has an attribute."""
    return bool(work.register[Register.SEEN] >> attribute & 1)


@inner
def value_hash(page: Bytes, work: Work, attribute: int) -> np.uint64:
    """The hash of an attribute's value; of nothing where it is missing."""
    if not has(work, attribute):
        return HASH_START
    return hash_bytes(page, work.register[SPANS + 2 * attribute], work.register[SPANS + 2 * attribute + 1])


@inner
def has_token(page: Bytes, work: Work, attribute: int, token: np.uint64) -> bool:
    """Whether one of the words of an attribute's value has this hash."""
    if not has(work, attribute):
        return False
    position, end = work.register[SPANS + 2 * attribute], work.register[SPANS + 2 * attribute + 1]
    while position < end:
        stop = position
        while stop < end and page[stop] > ord(" "):
            stop += 1
        if stop > position and hash_bytes(page, position, stop) == token:
            return True
        position = stop + 1
    return False


@inner
def value_number(page: Bytes, work: Work, attribute: int, otherwise: int) -> int:
    """The whole number that an attribute's value begins with."""
    if not has(work, attribute):
        return otherwise
    position, end = work.register[SPANS + 2 * attribute], work.register[SPANS + 2 * attribute + 1]
    sign = 1
    if position < end and page[position] == DASH:
        sign = -1
        position += 1
    number = digits = 0
    while position < end and digits < 9 and 48 <= page[position] <= 57:
        number = 10 * number + integer(page[position]) - 48
        position += 1
        digits += 1
    return sign * number if digits else otherwise


@inner
def is_styled_away(page: Bytes, start: int, end: int) -> bool:
    """Whether a style has ``display:none`` or ``visibility:hidden``, written with or without spaces."""
    for position in range(start + 11, end):
        byte = integer(page[position]) | 32
        if byte == 101 and _last_letters(page, start, position, 12) == DISPLAY_NONE:
            return True
        if byte == 110 and _last_letters(page, start, position, 17) == VISIBILITY_HIDDEN:
            return True
    return False


@inner
def _last_letters(page: Bytes, start: int, position: int, count: int) -> np.uint64:
    """A hash of so many bytes up to a position that are no white space."""
    key = np.uint64(0)
    lowest = max(start, position - 2 * count)
    while position >= lowest and count > 0:
        byte = integer(page[position])
        if not is_space(byte):
            key = key * HASH_FACTOR + np.uint64(byte | 32)
            count -= 1
        position -= 1
    return key


def _backwards(words: str) -> np.uint64:
    key = 0
    for byte in reversed(words.encode()):
        key = (key * int(HASH_FACTOR) + (byte | 32)) & 0xFFFFFFFFFFFFFFFF
    return np.uint64(key)


DISPLAY_NONE, VISIBILITY_HIDDEN = _backwards("display:none"), _backwards("visibility:hidden")


@inner
def comment_end(page: Bytes, position: int) -> int:
    """Where a comment ends whose ``<!--`` ends at a position."""
    end = len(page)
    if position < end and page[position] == GREATER:
        return position + 1
    if position + 1 < end and page[position] == DASH and page[position + 1] == GREATER:
        return position + 2
    while position < end:
        if page[position] == GREATER and page[position - 1] == DASH and page[position - 2] == DASH:
            return position + 1
        if (
            page[position] == GREATER
            and page[position - 1] == EXCLAMATION
            and page[position - 2] == DASH
            and page[position - 3] == DASH
        ):
            return position + 1
        position += 1
    return end


@inner
def find_greater(page: Bytes, position: int) -> int:
    """Behind the next ``>``, or the end."""
    end = len(page)
    while position < end and page[position] != GREATER:
        position += 1
    return min(position + 1, end)


@inner
def raw_end(page: Bytes, position: int, key: np.uint64, name_bytes: int, is_script: bool) -> int:
    """Where the end tag begins that ends the raw text of an element, or the end.

    Within ``<!--`` a script may hold ``<script>`` and its end tag.
    """
    end = len(page)
    in_comment = in_script = False
    while position < end:
        if (
            is_script
            and in_comment
            and page[position] == GREATER
            and page[position - 1] == DASH
            and page[position - 2] == DASH
        ):
            in_comment = in_script = False
        if page[position] != LESS:
            position += 1
            continue
        if (
            is_script
            and position + 4 <= end
            and page[position + 1] == EXCLAMATION
            and page[position + 2] == DASH
            and page[position + 3] == DASH
        ):
            in_comment = True
            position += 2
            continue
        closes = position + 1 < end and page[position + 1] == SLASH
        start = position + 1 + closes
        if (closes or in_comment) and start + name_bytes < end:
            follower = integer(page[start + name_bytes])
            is_end = follower == GREATER or follower == SLASH or is_space(follower)
            if is_end and hash_bytes(page, start, start + name_bytes) == key:
                if closes and not in_script:
                    return position
                in_script = not closes
        position += 1
    return end
