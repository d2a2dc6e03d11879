"""One pass over the characters of a batch that counts what the rule sets ask of lines, sentences and symbols."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64Matrix, Int64s, UInt64s, text_buffers
from ..machine.hashing import table_size
from ..machine.kernel import inlined, inner, kernel
from ..machine.memory import Matrix, remembered
from ..machine.scanning import byte_at, line_feeds_in, next_event
from ..unicode.unicode_table import Blocks, Index, Property, count_chars, decode, load, lookup
from ..words.boundaries import skip_space, strip_end
from .repeated_lines import LineStatistic, Paragraph, Seen, close_paragraph, judge_piece

COUNT = len(LineStatistic)
PARAGRAPH_COLUMNS = len(Paragraph)

SPACE, LINE_END = int(Property.SPACE), int(Property.LINE_END)
TERMINAL, ALNUM = int(Property.TERMINAL), int(Property.ALNUM)

LOREM = np.frombuffer(b"lorem ipsum", dtype=np.uint8)
LETTER_OF_LOREM = 7
"""The p is the letter that other text holds least."""

ELLIPSIS = 0x2026
DOT, MARK, SHARP, BRACKET, NEWLINE, RETURN, LETTER_P, BEYOND_ASCII = range(1, 9)


def line_statistics(text: pa.Array, short_line_chars: int = 30) -> Matrix:
    """Count over lines and characters of each document, shape (documents, :data:`COUNT`)."""

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        table = load()
        result = np.zeros((len(text), COUNT), dtype=np.int64)
        newlines = result[:, LineStatistic.NEWLINES] = line_feeds_in(offsets, data)
        slots = table_size.function(2 * max(newlines.tolist(), default=0) + 2)
        seen = Seen(np.zeros(slots, dtype=np.uint64), np.zeros(slots, dtype=np.int64))
        paragraph = np.zeros(PARAGRAPH_COLUMNS, dtype=np.uint64)
        tables = table.index, table.properties, _events()
        _line_statistics(offsets, data, *tables, short_line_chars, LOREM, paragraph, seen, result)
        return result

    return remembered(text, ("lines", short_line_chars), take)


class Events(NamedTuple):
    """Which bytes mean something to the scan; most mean nothing, and whole scripts are passed over byte by byte."""

    of_byte: Bytes
    """0 for ASCII and first bytes of characters that mean nothing, and for the bytes behind these first ones."""
    of_pair: Bytes
    """1 for the first two bytes of characters beyond ASCII of which one means something, by six bits of each."""


@cache
def _events() -> Events:
    table = load()
    of_point = table.of_all_points()
    matters = (of_point & (TERMINAL | LINE_END)) != 0
    matters[ELLIPSIS] = True
    of_byte = np.zeros(256, dtype=np.uint8)
    of_pair = np.zeros(1 << 12, dtype=np.uint8)
    of_byte[:128][of_point[:128] & TERMINAL != 0] = MARK
    of_byte[:128][of_point[:128] & LINE_END != 0] = RETURN
    of_byte[list(b"\n.#{}Pp")] = NEWLINE, DOT, SHARP, BRACKET, BRACKET, LETTER_P, LETTER_P
    for point in (np.flatnonzero(matters[128:]) + 128).tolist():
        first, second = chr(point).encode()[:2]
        of_byte[first] = BEYOND_ASCII
        of_pair[(first & 0x3F) << 6 | second & 0x3F] = 1
    return Events(of_byte, of_pair)


@kernel
def _line_statistics(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    events: Events,
    short_line_chars: int,
    lorem: Bytes,
    paragraph: UInt64s,
    seen: Seen,
    result: Int64Matrix,
) -> None:
    for document in range(len(result)):
        text = data[offsets[document] : offsets[document + 1]]
        row = result[document]
        size = table_size(2 * row[LineStatistic.NEWLINES] + 2)
        here = Seen(seen.keys[:size], seen.owners[:size])
        _scan(text, index, blocks, events, short_line_chars, lorem, paragraph, here, document + 1, row)


@inner
def _scan(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    events: Events,
    short_line_chars: int,
    lorem: Bytes,
    paragraph: UInt64s,
    seen: Seen,
    owner: int,
    row: Int64s,
) -> None:
    end = len(text)
    text_start = skip_space(text, 0, end, index, blocks)
    text_end = strip_end(text, text_start, end, index, blocks)
    chars_of_text = 0
    line_start = piece_start = 0
    sentences = 0
    is_open = False  # a letter or digit stands between the last sentence end and ``searched``
    searched = 0
    run_end = run_next = 0  # see _run
    position = 0
    while position <= end:
        position = next_event(text, position, end, events.of_byte)
        event = events.of_byte[byte_at(text, position)] if position < end else NEWLINE
        if event == LETTER_P:
            row[LineStatistic.LOREM_IPSUM] += _stands(text, position - LETTER_OF_LOREM, lorem)
            position += 1
            continue
        if event == SHARP:
            row[LineStatistic.HASHES] += 1
            position += 1
            continue
        if event == BRACKET:
            row[LineStatistic.CURLY_BRACKETS] += 1
            position += 1
            continue
        width = 1
        is_always_end = False
        if event == BEYOND_ASCII:
            if not events.of_pair[(byte_at(text, position) & 0x3F) << 6 | (byte_at(text, position + 1) & 0x3F)]:
                position += 2
                continue
            code_point, width = decode(text, position)
            bits = lookup(index, blocks, code_point)
            if bits & TERMINAL:
                event = MARK
                is_always_end = True
            elif bits & LINE_END:
                event = RETURN
            else:
                row[LineStatistic.ELLIPSES] += code_point == ELLIPSIS
                position += width
                continue
        if not is_open:
            is_open = _has_alnum(text, searched, position, index, blocks)
        searched = position
        if event == DOT:
            while position + width < end and text[position + width] == 0x2E:
                width += 1
            row[LineStatistic.ELLIPSES] += width // 3
        if event == DOT or event == MARK:
            if is_open:
                if not is_always_end and position + 1 > run_end:
                    run_end, run_next = _run(text, position + 1, index, blocks)
                if is_always_end or _ends_sentence(text, event, run_end, run_next, index, blocks):
                    sentences += 1
                    is_open = False
                    searched = position + width
            position += width
            continue
        is_second = event == NEWLINE and position == line_start and position > 0 and text[position - 1] == 0x0D
        if line_start < position or (position < end and not is_second):
            row[LineStatistic.LINES] += 1
            _judge_line(text, line_start, position, index, blocks, row)
        sentences += is_open
        is_open = False
        if event == NEWLINE:
            chars = count_chars(text, piece_start, position)
            chars_of_text += chars + width
            judge_piece(
                text,
                piece_start,
                position,
                chars,
                index,
                blocks,
                short_line_chars,
                text_start,
                text_end,
                paragraph,
                seen,
                owner,
                row,
            )
            piece_start = position + width
        position += width
        line_start = searched = position
    close_paragraph(paragraph, seen, owner, row)
    row[LineStatistic.CHARS] = chars_of_text - 1  # the end of the text counted as a line feed
    row[LineStatistic.SENTENCES] = sentences


@inner
def _stands(text: Bytes, start: int, phrase: Bytes) -> bool:
    """Whether a lower-case ASCII phrase stands here, in any case."""
    if start < 0 or start + len(phrase) > len(text):
        return False
    for offset in range(len(phrase)):
        byte = text[start + offset]
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        if byte != phrase[offset]:
            return False
    return True


@inner
def _has_alnum(text: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> bool:
    """Look for a letter or digit from the end, where it mostly stands."""
    while end > start:
        end -= 1
        if 0x61 <= byte_at(text, end) | 0x20 <= 0x7A:
            return True
        while byte_at(text, end) & 0xC0 == 0x80:
            end -= 1
        code_point, _ = decode(text, end)
        if lookup(index, blocks, code_point) & ALNUM:
            return True
    return False


@inner
def _run(text: Bytes, start: int, index: Index, blocks: Blocks) -> tuple[int, int]:
    """Where the run of marks, quotes and brackets ends, and where the next character behind white space stands.

    Both hold for every mark of the run, and are remembered: text of a million full stops must not take a million scans.
    """
    position = start
    while position < len(text):
        code_point, width = decode(text, position)
        if lookup(index, blocks, code_point) & (SPACE | ALNUM):
            break
        position += width
    return position, skip_space(text, position, len(text), index, blocks)


@inner
def _ends_sentence(text: Bytes, event: int, run_end: int, run_next: int, index: Index, blocks: Blocks) -> bool:
    """Whether white space follows the mark, and behind a full stop no small letter (``3.14``, ``e.g. this``)."""
    if run_end == len(text):
        return True
    code_point, _ = decode(text, run_end)
    bits = lookup(index, blocks, code_point)
    if not bits & SPACE:
        return False
    if event != DOT or bits & LINE_END or run_next == len(text):
        return True
    return not 0x61 <= byte_at(text, run_next) <= 0x7A


@inlined
def _judge_line(text: Bytes, start: int, end: int, index: Index, blocks: Blocks, row: Int64s) -> None:
    first = skip_space(text, start, end, index, blocks)
    if first == end:
        return
    last = strip_end(text, first, end, index, blocks)
    if text[first] == 0x2D or (last - first >= 3 and _is_three_bytes(text, first, 0xE2, 0x80, 0xA2)):
        row[LineStatistic.BULLET_LINES] += 1
    if last - first >= 3 and (
        _is_three_bytes(text, last - 3, 0x2E, 0x2E, 0x2E) or _is_three_bytes(text, last - 3, 0xE2, 0x80, 0xA6)
    ):
        row[LineStatistic.ELLIPSIS_LINES] += 1


@inner
def _is_three_bytes(text: Bytes, start: int, first: int, second: int, third: int) -> bool:
    return bool(text[start] == first and text[start + 1] == second and text[start + 2] == third)
