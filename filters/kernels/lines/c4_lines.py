"""Drop lines from texts and cut citations out of them, as the C4 rules say."""

from __future__ import annotations

from enum import IntEnum, auto
from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int64Matrix, Int64s, TextBuffers, room_for_text
from ..machine.eight_bytes import HIGH, spaces_of
from ..machine.instructions import bits_set, copy_bytes, load_eight
from ..machine.kernel import inlined, inner, kernel
from ..machine.scanning import byte_at, next_event
from ..unicode.unicode_table import Blocks, Index, Property, decode, load, lookup
from ..words.boundaries import SPACE_FLAG, skip_space, strip_end

LINE_END = int(Property.LINE_END)

ENDS_LINE, BRACKET, ANCHOR, MAY_END_LINE = 1, 2, 3, 4
RARE_FIRST = "zqxjkvbpygfwmucldrhsnioate"
"""Letters, roughly the rarer in English the earlier."""


class Phrases(NamedTuple):
    """Lower-case ASCII strings laid end to end."""

    text: Bytes
    offsets: Int64s
    anchors: Int64s
    """Where in each its rarest letter stands, which is what a kernel looks out for."""
    of_letter: Int64s
    """Number of the first phrase whose rarest letter is this byte or a later one, for 0 to 256."""


@cache
def lay_out(phrases: tuple[str, ...]) -> Phrases:
    """Phrases as the kernel takes them; each begins with a bracket or holds a letter."""
    rarest = [min((RARE_FIRST.find(c), at) for at, c in enumerate(phrase) if c.isalpha())[1] for phrase in phrases]
    letters = [ord(phrase[at]) for phrase, at in zip(phrases, rarest, strict=True)]
    order = sorted(range(len(phrases)), key=letters.__getitem__)
    return Phrases(
        np.frombuffer("".join(phrases[one] for one in order).encode() or b" ", dtype=np.uint8),
        np.cumsum([0, *(len(phrases[one]) for one in order)], dtype=np.int64),
        np.array([rarest[one] for one in order], dtype=np.int64),
        np.searchsorted(sorted(letters), np.arange(257)).astype(np.int64),
    )


class Lines(IntEnum):
    """Columns of what the kernel counts for each document."""

    LINES = 0
    """Lines that are not blank."""
    REMOVED = auto()
    CITATIONS = auto()


class Demands(NamedTuple):
    """What a line must be like to stay; a bound of 0 or less is off."""

    end_marks: Bytes
    """1 for the bytes with which a line may end, or empty: then it may end as it likes."""
    min_words: int
    max_word_chars: int
    with_citations: bool
    """Whether words are counted before citations are cut out."""


def clean_lines(
    text: TextBuffers, demands: Demands, citations: Phrases, phrases: Phrases
) -> tuple[TextBuffers, Int64Matrix]:
    """Keep the good lines of every text, stripped and joined by line feeds; returns the texts, and :class:`Lines`.

    Citations are cut out, bracketed numbers too unless there are none; a line with a phrase goes.
    """
    table = load()
    written = room_for_text(text.offsets)
    counts = np.zeros((len(text.offsets) - 1, len(Lines)), dtype=np.int64)
    events = _events(citations, phrases)
    _clean_lines(*text, table.index, table.properties, demands, citations, phrases, events, *written, counts)
    return written, counts


@kernel
def _clean_lines(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    demands: Demands,
    citations: Phrases,
    phrases: Phrases,
    events: Bytes,
    output_offsets: Int64s,
    output: Bytes,
    counts: Int64Matrix,
) -> None:
    written = 0
    for document in range(len(offsets) - 1):
        begun = written
        row = counts[document]
        position, end = offsets[document], offsets[document + 1]
        while position < end:
            stop, following, has_bracket, has_phrase = _line_end(data, position, end, index, blocks, events, phrases)
            first = skip_space(data, position, stop, index, blocks)
            last = strip_end(data, first, stop, index, blocks)
            position = following
            if first == last:
                continue
            row[Lines.LINES] += 1
            line = written
            if written > begun:
                output[written] = 0x0A
                line += 1
            if not has_bracket:
                if has_phrase or not _is_good(data, first, last, index, blocks, demands, demands.min_words):
                    row[Lines.REMOVED] += 1
                    continue
                copy_bytes(output, line, data, first, last - first)
                written = line + last - first
                continue
            limit, removed = _copy(data, first, last, output, line, citations)
            tail = strip_end(output, line, limit, index, blocks)
            head = skip_space(output, line, tail, index, blocks)
            min_words = demands.min_words
            good = head < tail
            if demands.with_citations:
                good = good and _words_fit(data, first, last, index, blocks, min_words, demands.max_word_chars)
                min_words = 0
            good = good and _is_good(output, head, tail, index, blocks, demands, min_words)
            if not good or _holds_any(output, head, tail, phrases):
                row[Lines.REMOVED] += 1
                continue
            row[Lines.CITATIONS] += removed
            if head > line:  # a citation stood at the beginning, with white space behind it
                for offset in range(tail - head):
                    output[line + offset] = output[head + offset]
            written = line + tail - head
        output_offsets[document + 1] = written


def _events(citations: Phrases, phrases: Phrases) -> Bytes:
    """What each byte means to the search for the end of a line; 0 for most."""
    events = np.zeros(256, dtype=np.uint8)
    events[0x0A:0x0E] = events[0x1C:0x1F] = ENDS_LINE
    events[0xC2] = events[0xE2] = MAY_END_LINE  # U+0085, U+2028, U+2029 begin with them
    for number in range(len(phrases.anchors)):
        letter = phrases.text[phrases.offsets[number] + phrases.anchors[number]]
        events[letter] = events[letter & 0xDF] = ANCHOR
    if len(citations.anchors):
        events[0x5B] = BRACKET
    return events


@inlined
def _line_end(
    data: Bytes, position: int, end: int, index: Index, blocks: Blocks, events: Bytes, phrases: Phrases
) -> tuple[int, int, bool, bool]:
    """Where a line stops, as ``str.splitlines`` has it (``\\r\\n`` gives a blank one), and where the next begins.

    Also whether the line holds a bracket, and whether one of the phrases.
    """
    start = position
    has_bracket = has_phrase = False
    while True:
        position = next_event(data, position, end, events)
        if position == end:
            return end, end, has_bracket, has_phrase
        event = events[byte_at(data, position)]
        if event == ENDS_LINE:
            return position, position + 1, has_bracket, has_phrase
        if event == MAY_END_LINE:
            code_point, width = decode(data, position)
            if lookup(index, blocks, code_point) & LINE_END:
                return position, position + width, has_bracket, has_phrase
            position += width
            continue
        if event == BRACKET:
            has_bracket = True
        elif not has_phrase:
            letter = byte_at(data, position) | 0x20
            for number in range(phrases.of_letter[letter], phrases.of_letter[letter + 1]):
                begins = position - phrases.anchors[number]
                if begins >= start and _stands(data, begins, end, phrases, number):
                    has_phrase = True
        position += 1


@inner
def _copy(data: Bytes, start: int, end: int, output: Bytes, target: int, citations: Phrases) -> tuple[int, int]:
    """Copy a line without its citations; returns where the copy ends and how many were left out."""
    removed = 0
    position = start
    while position < end:
        if data[position] == 0x5B:
            after = position + 1
            while after < end and 0x30 <= data[after] <= 0x39:
                after += 1
            if after < end and data[after] == 0x5D:
                position = after + 1
                removed += 1
                continue
            matched = 0
            for number in range(len(citations.anchors)):
                if _stands(data, position, end, citations, number):
                    matched = citations.offsets[number + 1] - citations.offsets[number]
            if matched:
                position += matched
                removed += 1
                continue
        output[target] = byte_at(data, position)
        target += 1
        position += 1
    return target, removed


@inner
def _stands(data: Bytes, position: int, end: int, phrases: Phrases, number: int) -> bool:
    first, last = phrases.offsets[number], phrases.offsets[number + 1]
    if position + last - first > end:
        return False
    for offset in range(last - first):
        byte = data[position + offset]
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        if byte != phrases.text[first + offset]:
            return False
    return True


@inner
def _holds_any(data: Bytes, start: int, end: int, phrases: Phrases) -> bool:
    for position in range(start, end):
        for number in range(len(phrases.anchors)):
            if _stands(data, position, end, phrases, number):
                return True
    return False


@inner
def _is_good(data: Bytes, start: int, end: int, index: Index, blocks: Blocks, demands: Demands, min_words: int) -> bool:
    if len(demands.end_marks):
        byte = byte_at(data, end - 1)
        if not demands.end_marks[byte]:
            return False
        if byte == 0x2E and end - start >= 3 and data[end - 2] == 0x2E and data[end - 3] == 0x2E:
            return False  # an ellipsis
    return _words_fit(data, start, end, index, blocks, min_words, demands.max_word_chars)


@inner
def _words_fit(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, min_words: int, max_word_chars: int
) -> bool:
    """Whether there are words enough, and none too long; a short line needs no look at all of its words."""
    may_be_too_long = max_word_chars > 0 and end - start > max_word_chars
    words = chars = 0
    position = start
    while position < end and (may_be_too_long or words < min_words):
        if not may_be_too_long and position + 8 <= end:
            block = load_eight(data, position)
            if not block & HIGH:
                spaces = spaces_of(block)
                words += bits_set(~spaces & (spaces << np.uint64(8) | np.uint64(0x80 if chars == 0 else 0)) & HIGH)
                chars = 0 if spaces >> np.uint64(63) else 1  # whether a word has begun; how long it is does not matter
                position += 8
                continue
        byte = byte_at(data, position)
        if byte < 0x80:
            is_space = byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F
            position += 1
        elif byte > 0xE3 or (byte == 0xE3 and byte_at(data, position + 1) != 0x80) or 0xC2 < byte < 0xE1:
            # No white space of Unicode begins with these bytes; text without spaces would be looked up to its end.
            is_space = False
            position += 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        else:
            code_point, width = decode(data, position)
            is_space = lookup(index, blocks, code_point) & SPACE_FLAG != 0
            position += width
        if is_space:
            chars = 0
            continue
        words += chars == 0
        chars += 1
        if may_be_too_long and chars > max_word_chars:
            return False
    return words >= min_words
