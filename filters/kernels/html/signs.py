"""What the bytes of a text count for, and which signs end a sentence or stand within one."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes, UInt64s
from ..machine.kernel import inner, integer

BLANK, SPECIAL = 1, 2
COMMAS, DIGITS, CAPITALS = (1 << 16, 1 << 32, 1 << 48)


def _tables() -> tuple[UInt64s, Bytes]:
    """By byte what it adds to characters, commas, digits and capitals, 16 bits for each; whether it is special."""
    counted, kinds = np.zeros(256, dtype=np.uint64), np.zeros(256, dtype=np.uint8)
    counted[:0x80] = counted[0xC0:] = 1
    counted[0xE3:0xF0] = 3
    counted[[10, 32]] = 0
    counted[[44, 59]] += np.uint64(COMMAS)
    counted[48:58] += np.uint64(DIGITS)
    counted[65:91] += np.uint64(CAPITALS)
    kinds[[10, 32]] = BLANK
    kinds[[33, 46, 63, 0xE0, 0xE3, 0xEF]] = SPECIAL
    return counted, kinds


COUNTED, KINDS = _tables()

NO_SIGN, COMMA, STOP, END_OF_SENTENCE = 0, 1, 2, 3


@inner
def wide_sign(text: Bytes, position: int) -> int:
    """What a sign of three bytes is: Chinese and Japanese ones, and the stop of Indian scripts."""
    first, second, last = integer(text[position]), integer(text[position + 1]), integer(text[position + 2])
    if first == 0xE3 and second == 0x80:
        if last == 0x82:
            return STOP
        if last == 0x81:
            return COMMA
        return END_OF_SENTENCE if last == 0x8D else NO_SIGN
    if first == 0xEF and second == 0xBC:
        if last == 0x81 or last == 0x9F:
            return STOP
        return COMMA if last == 0x8C else NO_SIGN
    return STOP if first == 0xE0 and second == 0xA5 and last == 0xA4 else NO_SIGN


@inner
def ends_sentence(text: Bytes, start: int, end: int) -> bool:
    """Whether the last sign ends a sentence; quotation marks and brackets behind it do not count."""
    for position in range(end - 1, start - 1, -1):
        byte = integer(text[position])
        if byte < 0x80:
            if byte == 46 or byte == 33 or byte == 63 or byte == 58:
                return True
            if not (byte == 32 or byte == 10 or byte == 34 or byte == 39 or byte == 41):
                return False
        elif byte == 0xE2 and text[position + 1] == 0x80:
            if text[position + 2] == 0xA6:  # an ellipsis; a quotation mark changes nothing
                return True
        elif byte == 0xE0 or byte == 0xE3 or byte == 0xEF:
            return wide_sign(text, position) >= STOP
        elif byte >= 0xC0:
            return False
    return False
