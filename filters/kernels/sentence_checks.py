"""One pass over the sentences of a batch that counts those which MADLAD-400 calls questionable."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..batch import Bytes, Int64s, text_buffers
from .jit import integer, njit
from .memory import Matrix, remembered
from .unicode_table import Blocks, Index, Property, decode, load, lookup
from .words import skip_space, strip_end


class SentenceStatistic(IntEnum):
    """Columns of the matrix, each a number of sentences of one document."""

    SENTENCES = 0
    LIST_CASE = 1
    """At least twelve words, more than half of which begin with a capital letter."""
    ABNORMAL_LENGTH = 2
    """Fewer than 20 or more than 500 characters."""
    TECHNICAL = 3
    """More than a fifth of the characters are digits or one of ``{}+/()>``."""
    CURSED = 4
    """Holds one of the strings that the audit of the corpus found in junk."""
    LIST_CASE_OR_CURSED = 5
    ANY = 6


COUNT = len(SentenceStatistic)

CURSED_ANYWHERE = (
    *(" №", "\ufffd\ufffd\ufffd", "aute irure dolor ", " sunt in culpa qui ", "orem ipsum ", " quis nostrud "),
    *(" adipisicing ", " dolore eu ", " cupidatat ", "autem vel eum", "wisi enim ad", " sex ", " porn ", "黄色电影"),
    *("mp3", "ownload", "Vol.", " Ep.", "Episode", " шт.", "Develop", "Facebook", " crusher ", " xxx "),
)
CURSED_AT_THE_END = ("|", " nr.", " г.", " кг.")
BLOCKS = 9
"""Blocks of equal size in a row that make a sentence one of spaced-out text; see :func:`_advance`."""

SPACE, UPPER, TERMINAL, ALNUM = int(Property.SPACE), int(Property.UPPER), int(Property.TERMINAL), int(Property.ALNUM)
IS_SPACE, IS_UPPER, IS_TECHNICAL, IS_MARK, STARTS_PHRASE = 1, 2, 4, 8, 16


class Phrases(NamedTuple):
    """Strings laid out for the kernel: a byte trie of those that count anywhere, the others end to end."""

    child: npt.NDArray[np.int16]
    """Next node by node and byte, 0 where there is none; shape (nodes, 256)."""
    is_end: npt.NDArray[np.bool_]
    ends: Bytes
    end_offsets: Int64s


@cache
def phrases() -> Phrases:
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
    return Phrases(child, np.array(ends), np.frombuffer(b"".join(last), dtype=np.uint8), offsets)


def sentence_statistics(text: pa.Array) -> Matrix:
    """Count over the sentences of each document, shape (documents, :data:`COUNT`).

    A sentence ends at a line's end, at a terminal mark of other scripts than Latin, and at ``. ? !`` (quotes and
    brackets behind it belong to it) before white space, but not at a full stop before a small letter.
    """

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        table, listed = load(), phrases()
        return _sentence_statistics(offsets, data, table.index, table.properties, *listed)

    return remembered(text, "sentences", take)


@njit
def _sentence_statistics(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    child: npt.NDArray[np.int16],
    is_end: npt.NDArray[np.bool_],
    ends: Bytes,
    end_offsets: Int64s,
) -> Matrix:
    documents = len(offsets) - 1
    result = np.zeros((documents, COUNT), dtype=np.int64)
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(256):
        if byte < 128:
            bits = lookup(index, blocks, byte)
            kinds[byte] |= IS_SPACE if bits & SPACE else 0
            kinds[byte] |= IS_UPPER if bits & UPPER else 0
            kinds[byte] |= IS_MARK if bits & TERMINAL or byte == 0x2E else 0
        if 0x30 <= byte <= 0x39:
            kinds[byte] |= IS_TECHNICAL
        if child[0, byte]:
            kinds[byte] |= STARTS_PHRASE
    for byte in (0x7B, 0x7D, 0x2B, 0x2F, 0x28, 0x29, 0x3E):
        kinds[byte] |= IS_TECHNICAL
    runs = np.zeros(12, dtype=np.int64)
    for document in range(documents):
        text = data[offsets[document] : offsets[document + 1]]
        position = 0
        while position < len(text):
            start = skip_space(text, position, len(text), index, blocks)
            if start == len(text):
                break
            position = _judge(
                text, start, index, blocks, kinds, child, is_end, ends, end_offsets, runs, result[document]
            )
    return result


@njit
def _judge(
    text: Bytes,
    start: int,
    index: Index,
    blocks: Blocks,
    kinds: npt.NDArray[np.uint8],
    child: npt.NDArray[np.int16],
    is_end: npt.NDArray[np.bool_],
    ends: Bytes,
    end_offsets: Int64s,
    runs: Int64s,
    row: Int64s,
) -> int:
    """Judge the sentence that begins here and return where it ends."""
    end = len(text)
    runs[:] = 0
    chars = words = capital_words = technical = 0
    spaces = 0  # behind the last character that is none: they are no part of a stripped sentence
    is_cursed = False
    after_space = True
    after_mark = 0  # 1 behind a mark that may end the sentence, 2 behind a full stop
    position = start
    while position < end:
        byte = text[position]
        width = 1
        is_final = False
        if byte < 0x80:
            kind = integer(kinds[byte])
            if byte == 0x0A:
                break
        else:
            code_point, width = decode(text, position)
            bits = lookup(index, blocks, code_point)
            kind = (IS_SPACE if bits & SPACE else 0) | (IS_UPPER if bits & UPPER else 0)
            kind |= integer(kinds[byte]) & STARTS_PHRASE
            is_final = bits & TERMINAL != 0
        if kind & IS_SPACE:
            if after_mark and _sentence_ends(text, position, after_mark):
                break
            after_mark = 0
            after_space = True
            spaces += 1
        else:
            if after_space:
                words += 1
                capital_words += kind & IS_UPPER != 0
                after_space = False
            chars += spaces + 1
            spaces = 0
            technical += kind & IS_TECHNICAL != 0
            if kind & IS_MARK:
                after_mark = 2 if byte == 0x2E else 1
            elif after_mark and _is_alnum(text, position, index, blocks):
                after_mark = 0
        if kind & STARTS_PHRASE and not is_cursed:
            is_cursed = _phrase(text, position, end, child, is_end)
        is_cursed |= _advance(runs, byte == 0x20)
        position += width
        if is_final:
            break
    last = strip_end(text, start, position, index, blocks)
    if not is_cursed:
        is_cursed = _closes(text, start, last, ends, end_offsets) or _is_blown(text, start, position)
    is_list = words >= 12 and 2 * capital_words > words
    is_abnormal = chars < 20 or chars > 500
    is_technical = 5 * technical > chars
    row[SentenceStatistic.SENTENCES] += 1
    row[SentenceStatistic.LIST_CASE] += is_list
    row[SentenceStatistic.ABNORMAL_LENGTH] += is_abnormal
    row[SentenceStatistic.TECHNICAL] += is_technical
    row[SentenceStatistic.CURSED] += is_cursed
    row[SentenceStatistic.LIST_CASE_OR_CURSED] += is_list or is_cursed
    row[SentenceStatistic.ANY] += is_list or is_abnormal or is_technical or is_cursed
    return position


@njit
def _sentence_ends(text: Bytes, position: int, mark: int) -> bool:
    """Whether the white space here ends the sentence before it: not between a full stop and a small letter."""
    if mark == 1:
        return True
    following = position
    while following < len(text) and text[following] == 0x20:
        following += 1
    return following == len(text) or not 0x61 <= text[following] <= 0x7A


@njit
def _is_alnum(text: Bytes, position: int, index: Index, blocks: Blocks) -> bool:
    code_point, _ = decode(text, position)
    return lookup(index, blocks, code_point) & ALNUM != 0


@njit
def _phrase(text: Bytes, position: int, end: int, child: npt.NDArray[np.int16], is_end: npt.NDArray[np.bool_]) -> bool:
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


@njit
def _advance(runs: Int64s, is_space: bool) -> bool:
    """Tell whether nine blocks of a space and three characters, of a space and four, or of a space and one end here.

    ``runs`` holds how many characters there were; from 1 and from 5 on, for each remainder of the position, how many
    spaces stand there in a row; then how many blocks of a space and one other there are in a row, and whether a space
    was the last character.
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


@njit
def _closes(text: Bytes, start: int, end: int, ends: Bytes, offsets: Int64s) -> bool:
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


@njit
def _is_blown(text: Bytes, start: int, end: int) -> bool:
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
