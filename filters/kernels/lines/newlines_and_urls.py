"""Cut URLs and surplus line feeds out of texts."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes, Int64s
from ..machine.jit import allocating, njit
from ..unicode.unicode_table import Blocks, Index, Property, decode, lookup
from .c4_lines import Phrases

DOMAINS = ("com", "org", "net", "edu", "gov", "mil", "int", "info")
"""Top-level domains by which a bare host name is known as one."""

SPACE = int(Property.SPACE)
MOST_SPACES = 10
LONGEST_HOST = 253


@allocating
def collapse_newlines(offsets: Int64s, data: Bytes, most: int) -> tuple[Int64s, Bytes, Int64s]:
    """Leave out line feeds that follow ``most`` others; returns offsets, bytes and how many went by document."""
    documents = len(offsets) - 1
    removed = np.zeros(documents, dtype=np.int64)
    output = np.empty(max(offsets[documents] - offsets[0], 1), dtype=np.uint8)
    output_offsets = np.zeros(documents + 1, dtype=np.int64)
    written = 0
    for document in range(documents):
        run = 0
        begun = written
        for position in range(offsets[document], offsets[document + 1]):
            byte = data[position]
            run = run + 1 if byte == 0x0A else 0
            if run <= most:
                output[written] = byte
                written += 1
        removed[document] = offsets[document + 1] - offsets[document] - (written - begun)
        output_offsets[document + 1] = written
    return output_offsets, output[:written], removed


@allocating
def remove_urls(
    offsets: Int64s, data: Bytes, index: Index, blocks: Blocks, domains: Phrases
) -> tuple[Int64s, Bytes, Int64s]:
    """Leave out URLs and up to ten white spaces before each; returns offsets, bytes and counts of URLs.

    A URL begins with http://, https:// or ftp://, with www., or is a host name in one of the domains, or an IPv4
    address behind no letter or digit; it goes on to the end of its path. Marks that end a sentence stay.
    """
    documents = len(offsets) - 1
    counts = np.zeros(documents, dtype=np.int64)
    output = np.empty(max(offsets[documents] - offsets[0], 1), dtype=np.uint8)
    output_offsets = np.zeros(documents + 1, dtype=np.int64)
    written = 0
    for document in range(documents):
        earliest, end = offsets[document], offsets[document + 1]
        begun = written
        position = earliest
        while position < end:
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
                start = _host_start(data, mark, earliest, end, domains)
            if start < 0:
                continue
            stop = _url_end(data, mark, end)
            if byte == 0x3A and stop <= mark + 3:  # nothing behind the scheme
                continue
            counts[document] += 1
            written -= mark + 1 - start
            written = _without_spaces(output, begun, written, index, blocks)
            position = earliest = stop
        output_offsets[document + 1] = written
    return output_offsets, output[:written], counts


@njit
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


@njit
def _host_start(data: Bytes, dot: int, earliest: int, end: int, domains: Phrases) -> int:
    """Where a host name or IPv4 address begins that is known as one at this dot; -1 for none."""
    if dot + 1 >= end or not _is_plain(data[dot + 1]):
        return -1
    is_www = dot - earliest >= 3 and data[dot - 1] | 0x20 == data[dot - 2] | 0x20 == data[dot - 3] | 0x20 == 0x77
    if is_www and (dot - 3 == earliest or not _is_host(data[dot - 4])):
        return dot - 3
    if dot == earliest or not _is_plain(data[dot - 1]):
        return -1
    is_address = _is_address(data, dot, earliest, end)
    if not is_address and not _is_domain(data, dot + 1, end, domains):
        return -1
    start = dot
    while start > earliest and dot - start < LONGEST_HOST and _is_host(data[start - 1]):
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


@njit
def _is_host(byte: int) -> bool:
    return 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39 or byte == 0x2D or byte == 0x2E


@njit
def _is_domain(data: Bytes, start: int, end: int, domains: Phrases) -> bool:
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
        if _is_plain(behind) or behind == 0x2D or behind == 0x40 or behind >= 0x80:
            continue
        if behind == 0x2E and stop + 1 < end and (_is_plain(data[stop + 1]) or data[stop + 1] >= 0x80):
            continue  # com.au: the name goes on, and is judged at its last label
        return True
    return False


@njit
def _is_address(data: Bytes, dot: int, earliest: int, end: int) -> bool:
    """Whether the first dot of four numbers from 0 to 255 stands here, with no letter, digit or dot beside them."""
    start = dot
    while start > earliest and dot - start < 4 and 0x30 <= data[start - 1] <= 0x39:
        start -= 1
    if start == dot or dot - start > 3 or (start > earliest and (_is_host(data[start - 1]) or data[start - 1] >= 0x80)):
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
        return position + 1 == end or not _is_plain(data[position + 1])
    return not (_is_plain(behind) or behind >= 0x80)


@njit
def _url_end(data: Bytes, start: int, end: int) -> int:
    """Where the run of URL characters ends, marks aside that rather end the sentence around it."""
    stop = start
    opened = closed = 0
    while stop < end and _is_url(data[stop]):
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


@njit
def _is_plain(byte: int) -> bool:
    """ASCII letter, digit or low line."""
    return 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39 or byte == 0x5F


@njit
def _is_url(byte: int) -> bool:
    """Letters and digits, and ``- ( ) @ : % _ + . ~ # ? & / =``"""
    if _is_plain(byte) or byte == 0x7E or byte == 0x23:
        return True
    if byte == 0x3D or byte == 0x3F or byte == 0x3A or byte == 0x40:
        return True
    return bool(byte == 0x25 or byte == 0x26 or byte == 0x28 or byte == 0x29 or byte == 0x2B or 0x2D <= byte <= 0x2F)


@njit
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
