"""What makes a sentence cursed for MADLAD-400: strings that its audit found in junk, and spaced-out text."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bools, Bytes, Int16Matrix, Int64s
from ..machine.kernel import inner, integer
from ..unicode.unicode_table import decode

CURSED_ANYWHERE = (
    *(" №", "\ufffd\ufffd\ufffd", "aute irure dolor ", " sunt in culpa qui ", "orem ipsum ", " quis nostrud "),
    *(" adipisicing ", " dolore eu ", " cupidatat ", "autem vel eum", "wisi enim ad", " sex ", " porn ", "黄色电影"),
    *("mp3", "ownload", "Vol.", " Ep.", "Episode", " шт.", "Develop", "Facebook", " crusher ", " xxx "),
)
CURSED_AT_THE_END = ("|", " nr.", " г.", " кг.")
BLOCKS = 9
"""Blocks of equal size in a row that make a sentence one of spaced-out text; see :func:`advance_runs`."""
RUNS = 12
"""How many numbers :func:`advance_runs` keeps between two characters."""


class CursedPhrases(NamedTuple):
    """Strings laid out for the kernel: a byte trie of those that count anywhere, the others end to end."""

    child: Int16Matrix
    """Next node by node and byte, 0 where there is none; shape (nodes, 256)."""
    is_end: Bools
    ends: Bytes
    end_offsets: Int64s


@cache
def phrases() -> CursedPhrases:
    """Build the trie once in a process."""
    children: list[dict[int, int]] = [{}]
    ends = [False]
    for phrase in CURSED_ANYWHERE:
        node = 0
        for byte in phrase.encode():
            if byte not in children[node]:
                children[node][byte] = len(children)
                children.append({})
                ends.append(False)
            node = children[node][byte]
        ends[node] = True
    child = np.zeros((len(children), 256), dtype=np.int16)
    for node, edges in enumerate(children):
        for byte, target in edges.items():
            child[node, byte] = target
    last = [phrase.encode() for phrase in CURSED_AT_THE_END]
    offsets = np.cumsum([0, *map(len, last)], dtype=np.int64)
    return CursedPhrases(child, np.array(ends), np.frombuffer(b"".join(last), dtype=np.uint8), offsets)


@inner
def phrase_begins(text: Bytes, position: int, end: int, child: Int16Matrix, is_end: Bools) -> bool:
    """Whether one of the listed strings begins here; none holds a line feed, so none crosses a line."""
    node = 0
    while position < end:
        node = integer(child[node, text[position]])
        if node == 0:
            return False
        if is_end[node]:
            return True
        position += 1
    return False


@inner
def advance_runs(runs: Int64s, is_space: bool) -> bool:
    """Tell whether nine blocks of a space and three characters, of a space and four, or of a space and one end here.

    ``runs``, :data:`RUNS` numbers, holds how many characters there were; from 1 and from 5 on, for each remainder of
    the position, how many spaces stand there in a row; then how many blocks of a space and one other there are in a
    row, and whether a space was the last character.
    """
    at = runs[0]
    found = bool(runs[1 + (at + 1) % 4] >= BLOCKS or runs[5 + (at + 1) % 5] >= BLOCKS)
    runs[0] += 1
    if is_space:
        runs[1 + at % 4] += 1
        runs[5 + at % 5] += 1
        if runs[11]:
            runs[10] = 0
        runs[11] = 1
    else:
        runs[1 + at % 4] = runs[5 + at % 5] = 0
        runs[10] = runs[10] + 1 if runs[11] else 0
        runs[11] = 0
        found |= bool(runs[10] >= BLOCKS)
    return found


@inner
def closes_with_phrase(text: Bytes, start: int, end: int, ends: Bytes, offsets: Int64s) -> bool:
    """Whether the sentence ends with one of the strings that count there."""
    for number in range(len(offsets) - 1):
        size = offsets[number + 1] - offsets[number]
        if size > end - start:
            continue
        is_same = True
        for at in range(size):
            if text[end - size + at] != ends[offsets[number] + at]:
                is_same = False
                break
        if is_same:
            return True
    return False


@inner
def is_blown_up(text: Bytes, start: int, end: int) -> bool:
    """Whether the sentence holds four times a comma behind two characters behind a space, the first behind a comma."""
    for position in range(start, end):
        if text[position] != 0x2C:
            continue
        at = position + 1
        groups = 0
        while groups < 4 and at < end and text[at] == 0x20:
            at += 1
            for _ in range(2):
                if at < end:
                    at += decode(text, at)[1]
            if at >= end or text[at] != 0x2C:
                break
            at += 1
            groups += 1
            if groups < 4 and at < end and text[at] == 0x2C:
                at += 1
        if groups == 4:
            return True
    return False
