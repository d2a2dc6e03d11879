"""Drop lines that are counters, shouts or navigation from texts, as RefinedWeb and DCLM do."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np

from ..machine.buffers import Bytes, Int64s
from ..machine.eight_bytes import HIGH, digits_of, letters_of, spaces_of
from ..machine.jit import allocating, bits_set, copy_bytes, load_eight, njit
from ..machine.scanning import line_end
from ..unicode.unicode_table import Blocks, Index, Property, decode, lookup
from ..words.boundaries import skip_space, strip_end
from .c4_lines import Phrases

COUNTED = (
    "likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes", "downvotes", "downloads",
    "views", "followers",
)  # fmt: skip
"""What counter lines count."""

ANYWHERE, AT_END, AT_START = b"items in cart", b"read more...", b"sign-in"
SNIPPETS = tuple(np.frombuffer(snippet, dtype=np.uint8) for snippet in (ANYWHERE, AT_END, AT_START))

SPACE, UPPER, DIGIT = int(Property.SPACE), int(Property.UPPER), int(Property.DIGIT)
WORD = int(Property.ALNUM)
EIGHT_BITS, TWO_BITS, LAST = np.uint64(8), np.uint64(2), np.uint64(63)


class WebLines(IntEnum):
    """Columns of what the kernel counts for each document."""

    LINES = 0
    """Lines that are not empty."""
    LINES_REMOVED = auto()
    WORDS = auto()
    """Between white space, before anything is removed."""
    WORDS_REMOVED = auto()


@allocating
def clean_web_lines(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    max_upper_ratio: float,
    max_digit_ratio: float,
    min_words: int,
    max_snippet_line_words: int,
    counted: Phrases,
    anywhere: Bytes,
    at_end: Bytes,
    at_start: Bytes,
) -> tuple[Int64s, Bytes, Int64s]:
    """Write the kept lines of every text and strip the whole; returns offsets, bytes and counts.

    Ratios of 1 or more, fewest words of 0 or less, a most of 0 or fewer words in lines with snippets, and an empty list
    of counted things are off.
    """
    documents = len(offsets) - 1
    counts = np.zeros((documents, 4), dtype=np.int64)
    output = np.empty(max(offsets[documents] - offsets[0], 1), dtype=np.uint8)
    output_offsets = np.zeros(documents + 1, dtype=np.int64)
    written = 0
    for document in range(documents):
        written = _clean_document(
            data, offsets[document], offsets[document + 1], index, blocks, max_upper_ratio, max_digit_ratio, min_words,
            max_snippet_line_words, counted, anywhere, at_end, at_start, output, written, counts[document],
        )  # fmt: skip
        output_offsets[document + 1] = written
    return output_offsets, output[:written], counts


@njit
def _clean_document(
    data: Bytes,
    position: int,
    end: int,
    index: Index,
    blocks: Blocks,
    max_upper_ratio: float,
    max_digit_ratio: float,
    min_words: int,
    max_snippet_line_words: int,
    counted: Phrases,
    anywhere: Bytes,
    at_end: Bytes,
    at_start: Bytes,
    output: Bytes,
    begun: int,
    counts: Int64s,
) -> int:
    """Write one text from a position of the output on; returns where it ends."""
    written = begun
    is_first = True
    while position <= end:
        stop = line_end(data, position, end)
        start, position = position, stop + 1
        line = written
        if not is_first:
            output[line] = 0x0A
            line += 1
        if start == stop:
            written, is_first = line, False
            continue
        counts[WebLines.LINES] += 1
        chars, upper, digits, words = _measure(data, start, stop, index, blocks)
        counts[WebLines.WORDS] += words
        bad = upper > max_upper_ratio * chars or digits > max_digit_ratio * chars or words < min_words
        bad = bad or (digits > 0 and _is_counter(data, start, stop, index, blocks, counted))
        limit = line
        if not bad:
            copy_bytes(output, line, data, start, stop - start)
            limit = line + stop - start
            if words <= max_snippet_line_words:
                limit = _cut(output, line, limit, index, blocks, anywhere, at_end, at_start)
                if limit - line != stop - start:
                    left = _measure(output, line, limit, index, blocks)[3]
                    counts[WebLines.WORDS_REMOVED] += words - left
                    bad = left == 0
                    words = 0
        if bad:
            counts[WebLines.LINES_REMOVED] += 1
            counts[WebLines.WORDS_REMOVED] += words
            continue
        written, is_first = limit, False
    head = skip_space(output, begun, written, index, blocks)
    tail = strip_end(output, head, written, index, blocks)
    if head > begun:
        for offset in range(tail - head):
            output[begun + offset] = output[head + offset]
    return begun + tail - head


@njit
def _measure(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> tuple[int, int, int, int]:
    """Characters, capitals, digits and words of a line."""
    chars = upper = digits = words = 0
    in_word = False
    position = start
    while position < end:
        if position + 8 <= end:
            block = load_eight(data, position)
            if not block & HIGH:
                spaces = spaces_of(block)
                begins = ~spaces & (spaces << EIGHT_BITS | np.uint64(0 if in_word else 0x80)) & HIGH
                chars += 8
                words += bits_set(begins)
                upper += bits_set(letters_of(block) & ~(block << TWO_BITS))
                digits += bits_set(digits_of(block))
                in_word = not spaces >> LAST
                position += 8
                continue
        byte = data[position]
        if byte < 0x80:
            position += 1
            is_space = byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F
            upper += 0x41 <= byte <= 0x5A
            digits += 0x30 <= byte <= 0x39
        else:
            code_point, width = decode(data, position)
            bits = lookup(index, blocks, code_point)
            position += width
            is_space = bits & SPACE != 0
            upper += bits & UPPER != 0
            digits += bits & DIGIT != 0
        chars += 1
        words += not (in_word or is_space)
        in_word = not is_space
    return chars, upper, digits, words


@njit
def _is_counter(data: Bytes, start: int, end: int, index: Index, blocks: Blocks, counted: Phrases) -> bool:
    """Whether a line is a number, thousands or decimal marks in it, perhaps K, M or B, and what it counts."""
    if len(counted.offsets) == 1:
        return False
    position = _skip_marks(data, start, end, index, blocks)
    if position == end or not 0x30 <= data[position] <= 0x39:
        return False
    while position < end and (0x30 <= data[position] <= 0x39 or data[position] == 0x2C or data[position] == 0x2E):
        position += 1
    if position < end and (
        data[position] | 0x20 == 0x6B or data[position] | 0x20 == 0x6D or data[position] | 0x20 == 0x62
    ):
        position += 1
    following = skip_space(data, position, end, index, blocks)
    if following == position:
        return False
    for number in range(len(counted.offsets) - 1):
        first, last = counted.offsets[number], counted.offsets[number + 1]
        if _stands(data, following, end, counted.text[first:last]):
            behind = following + last - first
            return _skip_marks(data, behind, end, index, blocks) == end
    return False


@njit
def _skip_marks(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    """Position of the next letter, digit or low line."""
    position = start
    while position < end:
        code_point, width = decode(data, position)
        if code_point == 0x5F or lookup(index, blocks, code_point) & WORD:
            break
        position += width
    return position


@njit
def _stands(data: Bytes, position: int, end: int, phrase: Bytes) -> bool:
    """Whether a lower-case ASCII phrase stands here, in any case."""
    if position + len(phrase) > end:
        return False
    for offset in range(len(phrase)):
        byte = data[position + offset]
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        if byte != phrase[offset]:
            return False
    return True


@njit
def _cut(
    line: Bytes, start: int, end: int, index: Index, blocks: Blocks, anywhere: Bytes, at_end: Bytes, at_start: Bytes
) -> int:
    """Cut snippets of navigation out of a line in place, each with one white space beside it; returns its new end."""
    target = start
    position = start
    behind_snippet = start
    while position < end:
        if _stands(line, position, end, anywhere):
            if position > behind_snippet:
                target = _without_last_space(line, start, target, index, blocks)
            position += len(anywhere)
            behind_snippet = position
            continue
        line[target] = line[position]
        target += 1
        position += 1
    end = target
    if end - start >= len(at_end) and _stands(line, end - len(at_end), end, at_end):
        end = _without_last_space(line, start, end - len(at_end), index, blocks)
    if _stands(line, start, end, at_start):
        head = start + len(at_start)
        if head < end:
            code_point, width = decode(line, head)
            if lookup(index, blocks, code_point) & SPACE:
                head += width
        for offset in range(end - head):
            line[start + offset] = line[head + offset]
        end = start + end - head
    return end


@njit
def _without_last_space(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    if end == start:
        return end
    last = end - 1
    while last > start and data[last] & 0xC0 == 0x80:
        last -= 1
    code_point, _ = decode(data, last)
    return last if lookup(index, blocks, code_point) & SPACE else end
