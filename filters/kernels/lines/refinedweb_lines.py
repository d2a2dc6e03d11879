"""Drop lines that are counters, shouts or navigation from texts, as RefinedWeb and DCLM do."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int64Matrix, Int64s, TextBuffers, room_for_text
from ..machine.eight_bytes import HIGH, digits_of, letters_of, spaces_of
from ..machine.instructions import bits_set, copy_bytes, load_eight
from ..machine.kernel import inner, kernel
from ..machine.scanning import line_end
from ..unicode.unicode_table import Blocks, Index, Property, decode, load, lookup
from ..words.boundaries import skip_space, strip_end
from .c4_lines import Phrases, lay_out

COUNTED = (
    "likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes", "downvotes", "downloads",
    "views", "followers",
)  # fmt: skip
"""What counter lines count."""

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


class Demands(NamedTuple):
    """What a line must be like to stay."""

    max_upper_ratio: float
    max_digit_ratio: float
    """1 or more is off."""
    min_words: int
    max_snippet_line_words: int
    """Lines of more words stay whatever they hold; 0 is off."""


class Snippets(NamedTuple):
    """What short lines must not hold: anywhere, at their end, at their beginning."""

    anywhere: Bytes
    at_end: Bytes
    at_start: Bytes


SNIPPETS = Snippets(*(np.frombuffer(one, dtype=np.uint8) for one in (b"items in cart", b"read more...", b"sign-in")))


def clean_web_lines(text: TextBuffers, demands: Demands, counted: tuple[str, ...]) -> tuple[TextBuffers, Int64Matrix]:
    """Keep the good lines of every text and strip the whole; returns the texts, and :class:`WebLines`.

    Args:
        text: The documents.
        demands: What a line must be like.
        counted: What lines that say how many of them there are go for.
    """
    table = load()
    written = room_for_text(text.offsets)
    counts = np.zeros((len(text.offsets) - 1, len(WebLines)), dtype=np.int64)
    _clean_web_lines(*text, table.index, table.properties, demands, lay_out(counted), SNIPPETS, *written, counts)
    return written, counts


@kernel
def _clean_web_lines(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    demands: Demands,
    counted: Phrases,
    snippets: Snippets,
    output_offsets: Int64s,
    output: Bytes,
    counts: Int64Matrix,
) -> None:
    written = 0
    for document in range(len(counts)):
        start, end = offsets[document], offsets[document + 1]
        written = _clean_document(
            data, start, end, index, blocks, demands, counted, snippets, output, written, counts[document]
        )
        output_offsets[document + 1] = written


@inner
def _clean_document(
    data: Bytes,
    position: int,
    end: int,
    index: Index,
    blocks: Blocks,
    demands: Demands,
    counted: Phrases,
    snippets: Snippets,
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
        bad = upper > demands.max_upper_ratio * chars or digits > demands.max_digit_ratio * chars
        bad = bad or words < demands.min_words
        bad = bad or (digits > 0 and _is_counter(data, start, stop, index, blocks, counted))
        limit = line
        if not bad:
            copy_bytes(output, line, data, start, stop - start)
            limit = line + stop - start
            if words <= demands.max_snippet_line_words:
                limit = _cut(output, line, limit, index, blocks, snippets)
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


@inner
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


@inner
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


@inner
def _skip_marks(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    """Position of the next letter, digit or low line."""
    position = start
    while position < end:
        code_point, width = decode(data, position)
        if code_point == 0x5F or lookup(index, blocks, code_point) & WORD:
            break
        position += width
    return position


@inner
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


@inner
def _cut(line: Bytes, start: int, end: int, index: Index, blocks: Blocks, snippets: Snippets) -> int:
    """Cut snippets of navigation out of a line in place, each with one white space beside it; returns its new end."""
    anywhere, at_end, at_start = snippets.anywhere, snippets.at_end, snippets.at_start
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


@inner
def _without_last_space(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    if end == start:
        return end
    last = end - 1
    while last > start and data[last] & 0xC0 == 0x80:
        last -= 1
    code_point, _ = decode(data, last)
    return last if lookup(index, blocks, code_point) & SPACE else end
