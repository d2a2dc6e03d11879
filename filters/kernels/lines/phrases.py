"""Phrases and URLs inside texts, for kernels."""

from __future__ import annotations

from ..machine.buffers import Bytes
from ..machine.kernel import inner
from .c4_lines import Phrases


@inner
def holds_phrase(text: Bytes, position: int, phrases: Phrases) -> bool:
    """Whether a phrase stands here, its rare letter at the position."""
    for number in range(len(phrases.anchors)):
        first = phrases.offsets[number]
        length = phrases.offsets[number + 1] - first
        start = position - phrases.anchors[number]
        if start < 0 or start + length > len(text):
            continue
        same = True
        for offset in range(length):
            byte = text[start + offset]
            if 0x41 <= byte <= 0x5A:
                byte |= 0x20
            if byte != phrases.text[first + offset]:
                same = False
                break
        if same:
            return True
    return False


@inner
def url_bounds(text: Bytes, colon: int, earliest: int) -> tuple[int, int]:
    """Where the URL begins and ends whose colon stands here; twice ``earliest`` when there is none."""
    if colon + 3 >= len(text) or text[colon + 1] != 0x2F or text[colon + 2] != 0x2F:
        return earliest, earliest
    start = colon - 4
    if start >= 0 and text[colon - 1] == 0x73:
        start -= 1
    if start < earliest:
        return earliest, earliest
    if text[start] != 0x68 or text[start + 1] != 0x74 or text[start + 2] != 0x74 or text[start + 3] != 0x70:
        return earliest, earliest
    stop = colon + 3
    while stop < len(text) and (0x24 <= text[stop] <= 0x5F or 0x61 <= text[stop] <= 0x7A or text[stop] == 0x21):
        stop += 1
    return (start, stop) if stop > colon + 3 else (earliest, earliest)
