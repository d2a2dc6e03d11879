"""Cut URLs and surplus line feeds out of texts."""

from __future__ import annotations

from functools import cache

import numpy as np

from ..machine.buffers import Bytes, Int64s, TextBuffers, room_for_text
from ..machine.eight_bytes import line_feeds_of, same_of
from ..machine.instructions import load_eight, store_eight
from ..machine.kernel import inner, kernel
from ..unicode.unicode_table import Blocks, Index, Property, decode, load, lookup
from .c4_lines import Phrases, lay_out

DOMAINS = ("com", "org", "net", "edu", "gov", "mil", "int", "info")
"""Top-level domains by which a bare host name is known as one."""

SPACE = int(Property.SPACE)
COLONS, STOPS = np.uint64(0x3A3A3A3A3A3A3A3A), np.uint64(0x2E2E2E2E2E2E2E2E)
MOST_SPACES = 10
LONGEST_HOST = 253

PLAIN, HOST, URL = 1, 2, 4
"""Letters, digits and low lines of ASCII; what host names consist of; what URLs consist of, see :func:`_kinds`."""


def collapse_newlines(text: TextBuffers, most: int) -> tuple[TextBuffers, Int64s]:
    """Leave out line feeds that follow ``most`` others; returns the texts, and how many went by document."""
    written = room_for_text(text.offsets)
    removed = np.zeros(len(text.offsets) - 1, dtype=np.int64)
    _collapse_newlines(*text, most, *written, removed)
    return written, removed


@kernel
def _collapse_newlines(
    offsets: Int64s, data: Bytes, most: int, output_offsets: Int64s, output: Bytes, removed: Int64s
) -> None:
    written = 0
    for document in range(len(removed)):
        run = 0
        begun = written
        position, end = offsets[document], offsets[document + 1]
        while position < end:
            if position + 8 <= end:
                block = load_eight(data, position)
                if not line_feeds_of(block):
                    store_eight(output, written, block)
                    written += 8
                    position += 8
                    run = 0
                    continue
            byte = data[position]
            run = run + 1 if byte == 0x0A else 0
            if run <= most:
                output[written] = byte
                written += 1
            position += 1
        removed[document] = offsets[document + 1] - offsets[document] - (written - begun)
        output_offsets[document + 1] = written


def remove_urls(text: TextBuffers) -> tuple[TextBuffers, Int64s]:
    """Leave out URLs and up to ten white spaces before each; returns the texts, and counts of URLs.

    A URL begins with http://, https:// or ftp://, with www., or is a host name in one of :data:`DOMAINS`, or an IPv4
    address behind no letter or digit; it goes on to the end of its path. Marks that end a sentence stay.
    """
    table = load()
    written = room_for_text(text.offsets)
    counts = np.zeros(len(text.offsets) - 1, dtype=np.int64)
    _remove_urls(*text, table.index, table.properties, _kinds(), lay_out(DOMAINS), *written, counts)
    return written, counts


@cache
def _kinds() -> Bytes:
    """What each byte may stand in."""
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(128):
        letter = chr(byte)
        kinds[byte] |= PLAIN if letter.isalnum() or letter == "_" else 0
        kinds[byte] |= HOST if letter.isalnum() or letter in "-." else 0
        kinds[byte] |= URL if letter.isalnum() or letter in "_-()@:%+.~#?&/=" else 0
    return kinds


@kernel
def _remove_urls(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    kinds: Bytes,
    domains: Phrases,
    output_offsets: Int64s,
    output: Bytes,
    counts: Int64s,
) -> None:
    written = 0
    for document in range(len(counts)):
        earliest, end = offsets[document], offsets[document + 1]
        begun = written
        position = earliest
        while position < end:
            if position + 8 <= end:
                block = load_eight(data, position)
                if not same_of(block, COLONS) | same_of(block, STOPS):
                    store_eight(output, written, block)
                    written += 8
                    position += 8
                    continue
            byte = data[position]
            output[written] = byte
            written += 1
            position += 1
            if byte != 0x3A and byte != 0x2E:
                continue
            mark = position - 1
            if byte == 0x3A:
                start = _scheme_start(data, mark, earliest, end)
            else:
                start = _host_start(data, mark, earliest, end, kinds, domains)
            if start < 0:
                continue
            stop = _url_end(data, mark, end, kinds)
            if byte == 0x3A and stop <= mark + 3:  # nothing behind the scheme
                continue
            counts[document] += 1
            written -= mark + 1 - start
            written = _without_spaces(output, begun, written, index, blocks)
            position = earliest = stop
        output_offsets[document + 1] = written


@inner
def _scheme_start(data: Bytes, colon: int, earliest: int, end: int) -> int:
    """Where http, https or ftp begins whose colon stands here with ``//`` behind it; -1 for none."""
    if colon + 2 >= end or data[colon + 1] != 0x2F or data[colon + 2] != 0x2F:
        return -1
    start = colon
    while start > earliest and colon - start < 6 and 0x61 <= data[start - 1] | 0x20 <= 0x7A:
        start -= 1
    length = colon - start
    packed = 0
    for at in range(start, colon):
        packed = packed << 8 | (data[at] | 0x20)
    is_known = (
        (length == 4 and packed == 0x68747470)  # http
        or (length == 5 and packed == 0x6874747073)  # https
        or (length == 3 and packed == 0x667470)  # ftp
    )
    return start if is_known else -1


@inner
def _host_start(data: Bytes, dot: int, earliest: int, end: int, kinds: Bytes, domains: Phrases) -> int:
    """Where a host name or IPv4 address begins that is known as one at this dot; -1 for none."""
    if dot + 1 >= end or not kinds[data[dot + 1]] & PLAIN:
        return -1
    is_www = dot - earliest >= 3 and data[dot - 1] | 0x20 == data[dot - 2] | 0x20 == data[dot - 3] | 0x20 == 0x77
    if is_www and (dot - 3 == earliest or not kinds[data[dot - 4]] & HOST):
        return dot - 3
    if dot == earliest or not kinds[data[dot - 1]] & PLAIN:
        return -1
    is_address = _is_address(data, dot, earliest, end, kinds)
    if not is_address and not _is_domain(data, dot + 1, end, kinds, domains):
        return -1
    start = dot
    while start > earliest and dot - start < LONGEST_HOST and kinds[data[start - 1]] & HOST:
        start -= 1
    if is_address:
        return start if dot - start <= 3 else -1
    while (
        data[start] == 0x2E or data[start] == 0x2D
    ):  # the name begins with a letter or digit, as the dot has before it
        start += 1
    # What stands before a name: white space or a mark, but no @ (an e-mail address) and no letter of another script.
    if start > earliest and (data[start - 1] == 0x40 or data[start - 1] >= 0x80 or data[start - 1] == 0x5F):
        return -1
    return start


@inner
def _is_domain(data: Bytes, start: int, end: int, kinds: Bytes, domains: Phrases) -> bool:
    """Whether the label that begins here is a top-level domain and the last of its name."""
    for number in range(len(domains.offsets) - 1):
        first, last = domains.offsets[number], domains.offsets[number + 1]
        stop = start + last - first
        if stop > end:
            continue
        same = True
        for offset in range(last - first):
            same &= data[start + offset] | 0x20 == domains.text[first + offset]
        if not same:
            continue
        if stop == end:
            return True
        behind = data[stop]
        if kinds[behind] & PLAIN or behind == 0x2D or behind == 0x40 or behind >= 0x80:
            continue
        if behind == 0x2E and stop + 1 < end and (kinds[data[stop + 1]] & PLAIN or data[stop + 1] >= 0x80):
            continue  # com.au: the name goes on, and is judged at its last label
        return True
    return False


@inner
def _is_address(data: Bytes, dot: int, earliest: int, end: int, kinds: Bytes) -> bool:
    """Whether the first dot of four numbers from 0 to 255 stands here, with no letter, digit or dot beside them."""
    start = dot
    while start > earliest and dot - start < 4 and 0x30 <= data[start - 1] <= 0x39:
        start -= 1
    if (
        start == dot
        or dot - start > 3
        or (start > earliest and (kinds[data[start - 1]] & HOST or data[start - 1] >= 0x80))
    ):
        return False
    position = start
    for part in range(4):
        value = 0
        digits = 0
        while position < end and digits < 4 and 0x30 <= data[position] <= 0x39:
            value = 10 * value + (data[position] - 0x30)
            digits += 1
            position += 1
        if digits == 0 or digits > 3 or value > 255:
            return False
        if part < 3:
            if position >= end or data[position] != 0x2E:
                return False
            position += 1
    if position == end:
        return True
    behind = data[position]
    if behind == 0x2E:
        return position + 1 == end or not kinds[data[position + 1]] & PLAIN
    return not (kinds[behind] & PLAIN or behind >= 0x80)


@inner
def _url_end(data: Bytes, start: int, end: int, kinds: Bytes) -> int:
    """Where the run of URL characters ends, marks aside that rather end the sentence around it."""
    stop = start
    opened = closed = 0
    while stop < end and kinds[data[stop]] & URL:
        opened += data[stop] == 0x28
        closed += data[stop] == 0x29
        stop += 1
    while stop > start + 1:
        byte = data[stop - 1]
        if byte == 0x29 and closed > opened:
            closed -= 1
        elif not (byte == 0x2E or byte == 0x3A or byte == 0x3F):
            break
        stop -= 1
    return stop


@inner
def _without_spaces(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    for _ in range(MOST_SPACES):
        if end == start:
            break
        last = end - 1
        while last > start and data[last] & 0xC0 == 0x80:
            last -= 1
        code_point, _width = decode(data, last)
        if not lookup(index, blocks, code_point) & SPACE:
            break
        end = last
    return end
