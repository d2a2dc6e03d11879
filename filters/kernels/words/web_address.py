"""Whether a word is a web or mail address, as spaCy's tokenizer recognises one."""

from __future__ import annotations

from ..machine.buffers import Bytes
from ..machine.kernel import inner
from ..unicode.unicode_table import decode, lookup
from .datatrove_table import Exceptions, Role

LOWER = int(Role.LOWER)
COLON, SLASH, AT, STOP = 0x3A, 0x2F, 0x40, 0x2E
UNKNOWN, NONE = -1, -2


@inner
def is_web_address(data: Bytes, start: int, end: int, table: Exceptions) -> bool:
    """A host with a top-level domain in small letters, or numbers of IP; a scheme, user, port and path may be there."""
    has_stop = False
    after_scheme = UNKNOWN
    first_at = last_at = -1
    for position in range(start, end):
        byte = data[position]
        if byte == STOP:
            has_stop = True
        elif byte == AT:
            first_at = position if first_at < 0 else first_at
            last_at = position
        elif byte == COLON and after_scheme == UNKNOWN and position + 2 < end and data[position + 1] == SLASH:
            is_scheme = data[position + 2] == SLASH and position - start >= 2 and _is_scheme(data, start, position)
            after_scheme = position + 3 if is_scheme else NONE
    if not has_stop:
        return False
    if _is_host(data, start, end, table) or (after_scheme >= 0 and _is_host(data, after_scheme, end, table)):
        return True
    if first_at <= start:
        return False
    return _is_host(data, last_at + 1, end, table) or _is_host(data, first_at + 1, end, table)


@inner
def _is_scheme(data: Bytes, start: int, end: int) -> bool:
    for position in range(start, end):
        byte = data[position]
        is_letter = 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39 or byte == 0x5F or byte >= 0x80
        if not (is_letter or byte == 0x2B or byte == 0x2D or byte == STOP):
            return False
    return True


@inner
def _is_alnum(byte: int) -> bool:
    return 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39 or byte >= 0x80


@inner
def _is_host(data: Bytes, start: int, end: int, table: Exceptions) -> bool:
    """Labels between full stops, the last one of small letters, then nothing, a port or a path."""
    position = label = start
    labels = numbers = 0
    is_number = True
    while position < end:
        byte = data[position]
        if byte == STOP:
            if position == label or position - label > 64:
                return False
            if not (_is_alnum(data[label]) and _is_alnum(data[position - 1])):
                return False
            labels += 1
            numbers += is_number
            label = position + 1
            is_number = True
        elif not (_is_alnum(byte) or byte == 0x5F or byte == 0x2D):
            break
        else:
            is_number = is_number and 0x30 <= byte <= 0x39
        position += 1
    if not labels or not _ends_host(data, position, end):
        return False
    if labels == 3 and numbers == 3 and is_number:
        return 0 < position - label <= 3
    letters = 0
    while label < position:
        code_point, width = decode(data, label)
        if not lookup(table.role_index, table.roles, code_point) & LOWER:
            return False
        letters += 1
        label += width
    return 2 <= letters <= 63


@inner
def _ends_host(data: Bytes, position: int, end: int) -> bool:
    if position < end and data[position] == COLON:
        digits = position + 1
        while digits < end and 0x30 <= data[digits] <= 0x39:
            digits += 1
        if not 2 <= digits - position - 1 <= 5:
            return False
        position = digits
    return position == end or data[position] == SLASH or data[position] == 0x3F or data[position] == 0x23
