"""Drop lines from texts and cut citations out of them, as the C4 rules say."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np
import numpy.typing as npt

from ..batch import Bytes, Int64s
from .jit import njit
from .unicode_table import Blocks, Index, Property, decode, lookup
from .words import SPACE_FLAG, skip_space, strip_end

LINE_END = int(Property.LINE_END)


class Lines(IntEnum):
    """Columns of what the kernel counts for each document."""

    LINES = 0
    """Lines that are not blank."""
    REMOVED = auto()
    CITATIONS = auto()


@njit
def clean_lines(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    end_punctuation: bool,
    min_words: int,
    max_word_chars: int,
    citations: Bytes,
    citation_offsets: Int64s,
    phrases: Bytes,
    phrase_offsets: Int64s,
) -> tuple[Int64s, Bytes, npt.NDArray[np.int64]]:
    """Write the kept lines of every text, stripped and joined by line feeds; returns offsets, bytes and counts.

    ``citations`` and ``phrases`` are lower-case ASCII strings laid end to end; bracketed numbers are citations too. A
    bound of 0 or less is off.
    """
    documents = len(offsets) - 1
    counts = np.zeros((documents, 3), dtype=np.int64)
    output = np.empty(max(offsets[documents] - offsets[0], 1), dtype=np.uint8)
    output_offsets = np.zeros(documents + 1, dtype=np.int64)
    is_first = np.zeros(256, dtype=np.bool_)  # bytes with which a phrase begins, in either case
    for start in phrase_offsets[:-1]:
        is_first[phrases[start]] = is_first[phrases[start] & 0xDF] = True
    written = 0
    for document in range(documents):
        begun = written
        position, end = offsets[document], offsets[document + 1]
        while position < end:
            stop, following = _line_end(data, position, end, index, blocks)
            first = skip_space(data, position, stop, index, blocks)
            last = strip_end(data, first, stop, index, blocks)
            position = following
            if first == last:
                continue
            counts[document, Lines.LINES] += 1
            line = written
            if written > begun:
                output[written] = 0x0A
                line += 1
            limit, removed = _copy(data, first, last, output, line, citations, citation_offsets)
            tail = strip_end(output, line, limit, index, blocks)
            head = skip_space(output, line, tail, index, blocks)
            good = head < tail
            good = good and (not end_punctuation or _ends_well(output, head, tail))
            good = good and _words_fit(output, head, tail, index, blocks, min_words, max_word_chars)
            good = good and not _holds_any(output, head, tail, phrases, phrase_offsets, is_first)
            if not good:
                counts[document, Lines.REMOVED] += 1
                continue
            counts[document, Lines.CITATIONS] += removed
            if head > line:  # a citation stood at the beginning, with white space behind it
                for offset in range(tail - head):
                    output[line + offset] = output[head + offset]
            written = line + tail - head
        output_offsets[document + 1] = written
    return output_offsets, output[:written], counts


@njit
def _line_end(data: Bytes, position: int, end: int, index: Index, blocks: Blocks) -> tuple[int, int]:
    """Where a line stops, and where the next begins, as ``str.splitlines`` has it (``\\r\\n`` gives a blank one)."""
    while position < end:
        byte = data[position]
        if byte < 0x80:
            if 0x0A <= byte <= 0x0D or 0x1C <= byte <= 0x1E:
                return position, position + 1
            position += 1
        elif byte == 0xC2 or byte == 0xE2:  # U+0085, U+2028, U+2029
            code_point, width = decode(data, position)
            if lookup(index, blocks, code_point) & LINE_END:
                return position, position + width
            position += width
        else:
            position += 1
    return end, end


@njit
def _copy(
    data: Bytes, start: int, end: int, output: Bytes, target: int, citations: Bytes, citation_offsets: Int64s
) -> tuple[int, int]:
    """Copy a line without its citations; returns where the copy ends and how many were left out."""
    removed = 0
    position = start
    while position < end:
        if data[position] == 0x5B and len(citation_offsets) > 1:
            after = position + 1
            while after < end and 0x30 <= data[after] <= 0x39:
                after += 1
            if after < end and data[after] == 0x5D:
                position = after + 1
                removed += 1
                continue
            matched = 0
            for number in range(len(citation_offsets) - 1):
                first, last = citation_offsets[number], citation_offsets[number + 1]
                if _stands(data, position, end, citations, first, last):
                    matched = last - first
            if matched:
                position += matched
                removed += 1
                continue
        output[target] = data[position]
        target += 1
        position += 1
    return target, removed


@njit
def _stands(data: Bytes, position: int, end: int, phrases: Bytes, first: int, last: int) -> bool:
    if position + last - first > end:
        return False
    for offset in range(last - first):
        byte = data[position + offset]
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        if byte != phrases[first + offset]:
            return False
    return True


@njit
def _holds_any(
    data: Bytes, start: int, end: int, phrases: Bytes, phrase_offsets: Int64s, is_first: npt.NDArray[np.bool_]
) -> bool:
    for position in range(start, end):
        if is_first[data[position]]:
            for number in range(len(phrase_offsets) - 1):
                if _stands(data, position, end, phrases, phrase_offsets[number], phrase_offsets[number + 1]):
                    return True
    return False


@njit
def _ends_well(data: Bytes, start: int, end: int) -> bool:
    """Whether a line ends with ``. ? ! "`` but not with an ellipsis."""
    byte = data[end - 1]
    if byte == 0x2E:
        return not (end - start >= 3 and data[end - 2] == 0x2E and data[end - 3] == 0x2E)
    return bool(byte == 0x3F or byte == 0x21 or byte == 0x22)


@njit
def _words_fit(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, min_words: int, max_word_chars: int
) -> bool:
    if min_words <= 0 and max_word_chars <= 0:
        return True
    words = chars = 0
    position = start
    while position < end:
        byte = data[position]
        if byte < 0x80:
            is_space = byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F
            position += 1
        else:
            code_point, width = decode(data, position)
            is_space = lookup(index, blocks, code_point) & SPACE_FLAG != 0
            position += width
        if is_space:
            chars = 0
            continue
        words += chars == 0
        chars += 1
        if max_word_chars > 0 and chars > max_word_chars:
            return False
    return words >= min_words
