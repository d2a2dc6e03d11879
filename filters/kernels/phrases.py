"""Phrases and URLs inside texts, for kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..batch import Bytes, Int64s
from .jit import njit

RARE_LETTERS = "kvf"
"""Each phrase is looked for where one of these letters stands."""


class Phrases(NamedTuple):
    """Lower-case ASCII phrases for a kernel."""

    data: Bytes
    offsets: Int64s
    anchors: Int64s
    """Where in each phrase its rare letter stands."""


def lay_phrases(phrases: Sequence[str]) -> tuple[Bytes, Int64s]:
    """ASCII phrases end to end, and where each begins and ends."""
    offsets = np.cumsum([0, *map(len, phrases)], dtype=np.int64)
    return np.frombuffer(("".join(phrases) or " ").encode(), dtype=np.uint8), offsets


def pack_phrases(phrases: Sequence[str], letters: str = RARE_LETTERS) -> Phrases:
    """Lay phrases end to end and find in each the first of the rare letters that it has."""
    anchors = [next(phrase.index(letter) for letter in letters if letter in phrase) for phrase in phrases]
    return Phrases(*lay_phrases(phrases), np.array(anchors, dtype=np.int64))


@njit
def holds_phrase(text: Bytes, position: int, phrases: Bytes, phrase_offsets: Int64s, anchors: Int64s) -> bool:
    """Whether a phrase stands here, its rare letter at the position."""
    for number in range(len(anchors)):
        first = phrase_offsets[number]
        length = phrase_offsets[number + 1] - first
        start = position - anchors[number]
        if start < 0 or start + length > len(text):
            continue
        same = True
        for offset in range(length):
            byte = text[start + offset]
            if 0x41 <= byte <= 0x5A:
                byte |= 0x20
            if byte != phrases[first + offset]:
                same = False
                break
        if same:
            return True
    return False


@njit
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
