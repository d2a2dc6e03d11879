"""Character references: all named ones of HTML5, and numbers with the windows-1252 table."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.kernel import inner, integer
from .names import HASH_FACTOR, HASH_START, Kind, look_up
from .work import Register, Tables, Work

LONGEST_NAME = 32
"""Bytes of the longest name, ``CounterClockwiseContourIntegral;``."""
REPLACEMENT = 0xFFFD
HIGHEST_CODE_POINT = 0x10FFFF
SEMICOLON, NUMBER_SIGN, EQUALS = ord(";"), ord("#"), ord("=")


WINDOWS_1252 = tuple(ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)) for byte in range(128, 160))
"""Code points that the numbers 128 to 159 stand for."""


@inner
def put_code_point(code: int, out: Bytes, at: int) -> int:
    """Write a code point as UTF-8, and return where it ends."""
    if code < 0x80:
        out[at] = code
        return at + 1
    if code < 0x800:
        out[at] = 0xC0 | code >> 6
        out[at + 1] = 0x80 | code & 63
        return at + 2
    if code < 0x10000:
        out[at] = 0xE0 | code >> 12
        out[at + 1] = 0x80 | code >> 6 & 63
        out[at + 2] = 0x80 | code & 63
        return at + 3
    out[at] = 0xF0 | code >> 18
    out[at + 1] = 0x80 | code >> 12 & 63
    out[at + 2] = 0x80 | code >> 6 & 63
    out[at + 3] = 0x80 | code & 63
    return at + 4


@inner
def put_reference(page: Bytes, position: int, end: int, is_value: bool, tables: Tables, work: Work) -> int:
    """Write what the reference stands for whose ``&`` stands at a position, and return where reading goes on.

    The position itself where it is none.

    Args:
        page: The page's bytes.
        position: Of the ampersand.
        end: Where the text ends.
        is_value: Whether it stands in the value of an attribute, where references without semicolon count less.
        tables: All that stands fast.
        work: Where it is written.
    """
    at = position + 1
    if at < end and page[at] == NUMBER_SIGN:
        return _put_number(page, at + 1, end, work)
    key = HASH_START
    found = -1
    found_end = at
    limit = min(end, at + LONGEST_NAME)
    while at < limit:
        byte = integer(page[at])
        if byte != SEMICOLON and not is_alphanumeric(byte):
            break
        key = (key ^ np.uint64(byte)) * HASH_FACTOR
        at += 1
        value = look_up(tables.names, Kind.ENTITY, key)
        if value >= 0:
            found, found_end = value, at
        if byte == SEMICOLON:
            break
    if found < 0:
        return position
    if is_value and page[found_end - 1] != SEMICOLON and found_end < end:
        follower = integer(page[found_end])
        if follower == EQUALS or is_alphanumeric(follower):
            return position
    out = work.register[Register.OUT]
    count = integer(tables.characters[found])
    for index in range(count):
        work.text[out + index] = tables.characters[found + 1 + index]
    work.register[Register.OUT] = out + count
    return found_end


@inner
def is_alphanumeric(byte: int) -> bool:
    """Whether a byte is an ASCII letter or digit."""
    return 48 <= byte <= 57 or 97 <= (byte | 32) <= 122


@inner
def _put_number(page: Bytes, at: int, end: int, work: Work) -> int:
    start = at - 2
    base = 10
    if at < end and (integer(page[at]) | 32) == 120:
        base = 16
        at += 1
    code = 0
    first = at
    while at < end:
        byte = integer(page[at])
        if 48 <= byte <= 57:
            digit = byte - 48
        elif base == 16 and 97 <= (byte | 32) <= 102:
            digit = (byte | 32) - 87
        else:
            break
        code = min(code * base + digit, HIGHEST_CODE_POINT + 1)
        at += 1
    if at == first:
        return start
    if at < end and page[at] == SEMICOLON:
        at += 1
    if 128 <= code < 160:
        code = WINDOWS_1252[code - 128]
    if code == 0 or code > HIGHEST_CODE_POINT or 0xD800 <= code < 0xE000:
        code = REPLACEMENT
    work.register[Register.OUT] = put_code_point(code, work.text, work.register[Register.OUT])
    return at
