"""Words as datatrove has them in English: those of spaCy's tokenizer, which it uses as installed.

What stands between white space loses marks in front and behind, one after the other, until nothing comes off; a web
address stays whole, and what is left is cut at marks inside. Contractions and abbreviations have pieces of their own.
"""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.hashing import find, hash_bytes
from ..machine.kernel import inner, integer
from ..unicode.unicode_table import Blocks, Index, decode, lookup
from .boundaries import skip_space, space_at
from .datatrove_table import LONGEST_EXCEPTION, Exceptions, Role
from .uax29_words import BEGINS, Words, range_kinds
from .web_address import is_web_address

FIRST, LAST, INSIDE, LETTER, LOWER = map(int, (Role.FIRST, Role.LAST, Role.INSIDE, Role.LETTER, Role.LOWER))
UPPER, NUMBER, QUOTE, BEFORE_STOP = map(int, (Role.UPPER, Role.NUMBER, Role.QUOTE, Role.BEFORE_STOP))
CURRENCY, HYPHEN = int(Role.CURRENCY), int(Role.HYPHEN)
STOP, PLUS, DOLLAR, MINUS = 0x2E, 0x2B, 0x24, 0x2D


@inner
def split_datatrove(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, words: Words, table: Exceptions
) -> int:
    """Find the words of one document; returns how many."""
    count = 0
    position = skip_space(data, start, end, index, blocks)
    while position < end:
        stop = space_at(data, position, end, index, blocks)
        before = count
        count = _split_span(data, position, stop, index, blocks, words, count, table)
        words.kinds[before] |= BEGINS
        position = skip_space(data, stop, end, index, blocks)
    return count


@inner
def _split_span(
    data: Bytes, first: int, last: int, index: Index, blocks: Blocks, words: Words, count: int, table: Exceptions
) -> int:
    top = len(words.hashes)
    waiting = 0  # marks that came off behind: where they begin stands at the far end of the hashes
    pieces = -1
    size = -1
    end = last
    while first < last and last - first != size:
        pieces = _pieces(data, first, last, table)
        if pieces >= 0:
            break
        size = last - first
        head = _prefix(data, first, last, table)
        if head:
            pieces = _pieces(data, first + head, last, table)
            if pieces >= 0:
                count = _add(data, first, first + head, index, blocks, words, count)
                first += head
                break
        tail = _suffix(data, first + head, last, table)
        if tail:
            pieces = _pieces(data, first, last - tail, table)
            if pieces >= 0:
                last -= tail
                waiting += 1
                words.hashes[top - waiting] = np.uint64(last)
                break
        if head:
            count = _add(data, first, first + head, index, blocks, words, count)
            first += head
        if tail and first <= last - tail:
            last -= tail
            waiting += 1
            words.hashes[top - waiting] = np.uint64(last)
    if pieces >= 0:
        while pieces > 0:
            count = _add(data, first, first + (pieces & 15), index, blocks, words, count)
            first += pieces & 15
            pieces >>= 4
    elif first < last:
        if is_web_address(data, first, last, table):
            count = _add(data, first, last, index, blocks, words, count)
        else:
            count = _cut_inside(data, first, last, index, blocks, words, count, table)
    while waiting > 0:
        begins = integer(words.hashes[top - waiting])
        waiting -= 1
        stops = integer(words.hashes[top - waiting]) if waiting else end
        count = _add(data, begins, stops, index, blocks, words, count)
    return count


@inner
def _add(data: Bytes, start: int, end: int, index: Index, blocks: Blocks, words: Words, count: int) -> int:
    kinds, chars = range_kinds(data, start, end, index, blocks)
    words.hashes[count] = hash_bytes(data, start, end)
    words.lengths[count] = chars
    words.kinds[count] = kinds
    return count + 1


@inner
def _pieces(data: Bytes, start: int, end: int, table: Exceptions) -> int:
    """Lengths of the pieces of a word that has some of its own, or -1."""
    if end - start > LONGEST_EXCEPTION or start == end:
        return -1
    return find(table.keys, table.pieces, hash_bytes(data, start, end))


@inner
def _prefix(data: Bytes, start: int, end: int, table: Exceptions) -> int:
    """How many bytes come off in front."""
    byte = data[start]
    if byte == STOP:
        stop = start
        while stop < end and data[stop] == STOP:
            stop += 1
        return stop - start if stop - start > 1 else 0
    if byte == PLUS:
        return 0 if start + 1 < end and 0x30 <= data[start + 1] <= 0x39 else 1
    if byte == 0x43 or byte == 0x41:  # C$, A$
        return 2 if start + 1 < end and data[start + 1] == DOLLAR else 0
    if byte == 0x55:  # US$
        return 3 if start + 2 < end and data[start + 1] == 0x53 and data[start + 2] == DOLLAR else 0
    code_point, width = decode(data, start)
    return width if lookup(table.role_index, table.roles, code_point) & FIRST else 0


@inner
def _before(data: Bytes, start: int, end: int, table: Exceptions) -> tuple[int, int]:
    """Role of the character that ends at ``end``, and where it begins; 0 where the word begins."""
    if end <= start:
        return 0, start
    last = end - 1
    while last > start and data[last] & 0xC0 == 0x80:
        last -= 1
    code_point, _ = decode(data, last)
    return lookup(table.role_index, table.roles, code_point), last


@inner
def _suffix(data: Bytes, start: int, end: int, table: Exceptions) -> int:
    """How many bytes come off behind."""
    if start >= end:
        return 0
    role, last = _before(data, start, end, table)
    byte = data[end - 1]
    before, previous = _before(data, start, last, table)
    if byte == STOP:
        begins = last
        while begins > start and data[begins - 1] == STOP:
            begins -= 1
        if end - begins > 1:
            return end - begins
        if before & BEFORE_STOP:
            return 1
        if before & UPPER:
            second, at = _before(data, start, previous, table)
            is_degree = previous - at == 2 and data[at] == 0xC2 and data[at + 1] == 0xB0
            return 1 if second & UPPER or (is_degree and data[previous] in (0x43, 0x46, 0x4B)) else 0
        return 0
    if role & LAST:
        return end - last
    if before & NUMBER and (role & CURRENCY or byte == PLUS):
        return end - last
    if (byte == 0x73 or byte == 0x53) and last > start:  # 's and ’s
        if data[previous] == 0x27:
            return 2
        if (
            last - previous == 3
            and data[previous] == 0xE2
            and data[previous + 1] == 0x80
            and data[previous + 2] == 0x99
        ):
            return 4
    return _unit(data, start, end, table) if role & LETTER or byte == 0x25 or byte >= 0x80 else 0


@inner
def _unit(data: Bytes, start: int, end: int, table: Exceptions) -> int:
    """How many bytes behind the last digit are a unit."""
    unit = np.uint64(0)
    length = 0
    while length < 8 and end - length > start:
        byte = data[end - 1 - length]
        if 0x30 <= byte <= 0x39:
            break
        unit = unit << np.uint64(8) | np.uint64(byte)
        length += 1
    else:
        return 0
    for number in range(len(table.units)):
        if table.units[number] == unit:
            return length
    return 0


@inner
def _cut_inside(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, words: Words, count: int, table: Exceptions
) -> int:
    begun = position = start
    before = 0
    while position < end:
        code_point, width = decode(data, position)
        role = lookup(table.role_index, table.roles, code_point)
        cut = _cut(data, position, width, end, before, role, table) if position > start else 0
        if cut:
            if begun < position:
                count = _add(data, begun, position, index, blocks, words, count)
            count = _add(data, position, position + cut, index, blocks, words, count)
            begun = position + cut
            before, _ = _before(data, start, begun, table)
            position = begun
        else:
            before = role
            position += width
    return _add(data, begun, end, index, blocks, words, count) if begun < end else count


@inner
def _cut(data: Bytes, position: int, width: int, end: int, before: int, role: int, table: Exceptions) -> int:
    """How many bytes of marks stand here that cut a word in two."""
    byte = data[position]
    if role & INSIDE:
        return width
    if byte >= 0x80 and not role & HYPHEN:
        return 0
    if 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39:
        return 0
    run = width
    # More than four of the same matter of full stops only; a line of a million hyphens must not take as many scans.
    while position + run < end and data[position + run] == byte < 0x80 and (run < 4 or byte == STOP):
        run += 1
    if byte == STOP and run > 1:
        return run
    behind = 0
    if position + width < end:
        code_point, _ = decode(data, position + width)
        behind = lookup(table.role_index, table.roles, code_point)
    if byte == STOP:
        return 1 if before & (LOWER | QUOTE) and behind & (UPPER | QUOTE) else 0
    if byte == 0x2C:
        return 1 if before & LETTER and behind & LETTER else 0
    is_calculation = byte == PLUS or byte == MINUS or byte == 0x2A or byte == 0x5E
    if is_calculation and before & NUMBER and (behind & NUMBER or data[min(position + 1, end - 1)] == MINUS):
        return 1
    if not before & (LETTER | NUMBER):
        return 0
    if role & HYPHEN:
        if behind & LETTER:
            return width
        if byte == MINUS and 1 < run <= 3 and position + run < end:
            code_point, _ = decode(data, position + run)
            return run if lookup(table.role_index, table.roles, code_point) & LETTER else 0
        return 0
    is_joint = byte == 0x3A or byte == 0x3C or byte == 0x3E or byte == 0x3D or byte == 0x2F
    return 1 if is_joint and behind & LETTER else 0
