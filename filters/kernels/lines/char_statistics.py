"""Counts over characters, lines, paragraphs and the words between white space, once for all rule sets that ask."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..machine.buffers import Bytes, Int64Matrix, Int64s, UInt64s, text_buffers
from ..machine.hashing import hash_bytes, mix, table_size
from ..machine.kernel import inner, integer, kernel
from ..machine.memory import Matrix, remembered
from ..machine.scanning import line_feeds_in
from ..unicode.unicode_table import Blocks, Index, Property, decode, load, lookup
from ..words.boundaries import skip_space, strip_end
from ..words.common_words import COMMON_TABLE, is_common
from .c4_lines import Phrases, lay_out
from .char_classes import CharStatistic, ascii_classes, ascii_runs, count_classes
from .phrases import holds_phrase, url_bounds

COUNT = len(CharStatistic)

BOILERPLATE = (
    "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies",
    "privacy overview", "privacy & cookies policy", "privacy and cookies policy", "necessary cookies are",
    "non-necessary cookies", "changing your cookie settings",
)  # fmt: skip
"""The phrases of C4 and NeMo Curator about terms, privacy and cookies; the long ones by the words that mark them."""

PACKED = lay_out(BOILERPLATE)
TRIPLES = np.array(
    sorted(
        {
            int.from_bytes(PACKED.text[letter - 1 : letter + 2].tobytes(), "big")
            for letter in (PACKED.offsets[:-1] + PACKED.anchors).tolist()
        }
    )
)
"""The rare letters of the phrases with the letters beside them: most texts hold hardly any."""

SPACE = int(Property.SPACE)

BLANK, LINE_FEED, COLON, MAYBE_BLANK = range(1, 5)
LETTER = 8
"""What bytes are events to the scan: white space, a colon, lead bytes of white space, and rare letters of phrases."""

ALWAYS = BLANK | LINE_FEED | COLON | MAYBE_BLANK
CHUNK = 4096
"""So many bytes are searched for events at once."""


def char_statistics(text: pa.Array) -> Matrix:
    """Count over each document, shape (documents, :data:`COUNT`)."""

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        table = load()
        result = np.zeros((len(text), COUNT), dtype=np.int64)
        slots = table_size.function(int(line_feeds_in(offsets, data).max(initial=0)) + 1)
        lines, paragraphs = (Met(np.zeros(slots, np.uint64), np.zeros(slots, np.int64)) for _ in range(2))
        room = np.empty(CHUNK + 1, dtype=np.int64), np.empty(128, dtype=np.int64)
        tables = table.index, table.properties, _tables(), PACKED, TRIPLES, COMMON_TABLE
        _char_statistics(offsets, data, *tables, *room, lines, paragraphs, result)
        return result

    return remembered(text, "chars", take)


def mean_line_chars(counts: Matrix) -> npt.NDArray[np.float64]:
    """Mean length of the lines, without their line feeds; 0 where there is none."""
    lines = counts[:, CharStatistic.LINES]
    chars = counts[:, CharStatistic.CHARS] - counts[:, CharStatistic.NEWLINES]
    return np.asarray(chars / np.maximum(lines, 1))


def share(counts: Matrix, part: CharStatistic) -> npt.NDArray[np.float64]:
    """A column for each character of the document; 0 where there is none."""
    return np.asarray(counts[:, part] / np.maximum(counts[:, CharStatistic.CHARS], 1))


class Tables(NamedTuple):
    """What bytes mean."""

    runs: Bytes
    classes: Int64s
    """See :mod:`.char_classes`."""
    events: Bytes
    """Which events each byte is, 0 for most."""
    counts_in: Bytes
    """Which events count behind each byte: rare letters only behind those that the phrases have before them."""


class Met(NamedTuple):
    """A hash table of the lines or paragraphs met, and the document that they were last met in."""

    keys: UInt64s
    owners: Int64s


@cache
def _tables() -> Tables:
    table = load()
    of_point = table.of_all_points()
    of_ascii = of_point[:128].tolist()
    events = np.zeros(256, dtype=np.uint8)
    for code_point in np.flatnonzero(of_point & SPACE).tolist():
        events[chr(code_point).encode()[0]] = BLANK if code_point < 0x80 else MAYBE_BLANK
    events[0x0A] = LINE_FEED
    events[0x3A] = COLON
    counts_in = np.full(256, ALWAYS, dtype=np.uint8)
    for anchor in (PACKED.offsets[:-1] + PACKED.anchors).tolist():
        before, letter = PACKED.text[anchor - 1 : anchor + 1].tolist()
        events[letter] = events[letter & 0xDF] = LETTER
        counts_in[before] = counts_in[before & 0xDF] = ALWAYS | LETTER
    return Tables(ascii_runs(of_ascii), ascii_classes(of_ascii), events, counts_in)


@kernel
def _char_statistics(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    tables: Tables,
    phrases: Phrases,
    triples: Int64s,
    common: UInt64s,
    places: Int64s,
    histogram: Int64s,
    lines: Met,
    paragraphs: Met,
    result: Int64Matrix,
) -> None:
    for document in range(len(result)):
        text = data[offsets[document] : offsets[document + 1]]
        row = result[document]
        count_classes(text, index, blocks, tables.runs, tables.classes, histogram, row)
        size = table_size(row[CharStatistic.NEWLINES] + 1)
        lines_here = Met(lines.keys[:size], lines.owners[:size])
        paragraphs_here = Met(paragraphs.keys[:size], paragraphs.owners[:size])
        _scan(
            text,
            index,
            blocks,
            tables,
            places,
            common,
            phrases,
            triples,
            lines_here,
            paragraphs_here,
            document + 1,
            row,
        )


@inner
def _find_events(text: Bytes, start: int, events: Bytes, counts_in: Bytes, places: Int64s) -> int:
    """List where events stand in the next chunk, without a branch; returns how many."""
    count = 0
    before = integer(text[start - 1]) if start > 0 else 0
    for position in range(start, min(start + CHUNK, len(text))):
        byte = text[position]
        places[count] = position
        count += (events[byte] & counts_in[before]) != 0
        before = integer(byte)
    return count


@inner
def _scan(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    tables: Tables,
    places: Int64s,
    common: UInt64s,
    phrases: Phrases,
    triples: Int64s,
    lines: Met,
    paragraphs: Met,
    owner: int,
    row: Int64s,
) -> None:
    end = len(text)
    word_start = line_start = paragraph_start = url_end = 0
    longest_word = common_words = paragraph_chars = 0
    paragraph_key = np.uint64(0)
    is_boilerplate = False
    is_ascii = row[CharStatistic.CHARS] == end
    for chunk in range(0, end + 1, CHUNK):
        count = _find_events(text, chunk, tables.events, tables.counts_in, places)
        if chunk + CHUNK > end:  # the text ends like a line
            places[count] = end
            count += 1
        for number in range(count):
            position = places[number]
            event = integer(tables.events[text[position]]) if position < end else LINE_FEED
            width = 1
            if event > LINE_FEED:
                if event == COLON:
                    if position >= url_end:
                        start, url_end = url_bounds(text, position, url_end)
                        row[CharStatistic.URL_CHARS] += url_end - start
                    continue
                if event == LETTER:
                    if not is_boilerplate and _is_near(text, position, triples):
                        is_boilerplate = holds_phrase(text, position, phrases)
                    continue
                code_point, width = decode(text, position)
                if not lookup(index, blocks, code_point) & SPACE:
                    continue
            length = position - word_start
            if length > longest_word:
                longest_word = max(longest_word, _chars(text, word_start, position))
            common_words += is_common(text, word_start, length, common)
            word_start = position + width
            if event == LINE_FEED:
                chars = position - line_start if is_ascii else _chars(text, line_start, position)
                key = hash_bytes(text, line_start, position)
                is_new = _is_new(key, lines, owner)
                _judge_line(text, line_start, position, chars, is_new, index, blocks, row)
                line_start = position + 1
                is_break = position < end and position > paragraph_start and text[position - 1] == 0x0A
                if not is_break:  # the line belongs to the paragraph
                    paragraph_chars += chars + 1
                    paragraph_key = mix(paragraph_key + key)
                if is_break or position == end:
                    row[CharStatistic.PARAGRAPHS] += 1
                    row[CharStatistic.PARAGRAPH_CHARS] += paragraph_chars - 1
                    if _is_new(paragraph_key, paragraphs, owner):
                        row[CharStatistic.UNIQUE_PARAGRAPHS] += 1
                        row[CharStatistic.UNIQUE_PARAGRAPH_CHARS] += paragraph_chars - 1
                    row[CharStatistic.BOILERPLATE_PARAGRAPHS] += is_boilerplate
                    is_boilerplate = False
                    paragraph_start = position + 1
                    paragraph_chars = 0
                    paragraph_key = np.uint64(0)
    row[CharStatistic.LONGEST_WORD_CHARS] = longest_word
    row[CharStatistic.COMMON_WORDS] = common_words


@inner
def _is_near(text: Bytes, position: int, triples: Int64s) -> bool:
    """Whether the letter here stands between the same two as in one of the phrases."""
    if position == 0 or position + 1 >= len(text):
        return False
    before, after = integer(text[position - 1] | 0x20), integer(text[position + 1] | 0x20)
    triple = before << 16 | integer(text[position] | 0x20) << 8 | after
    near = False
    for number in range(len(triples)):
        near |= triples[number] == triple
    return near


@inner
def _chars(text: Bytes, start: int, end: int) -> int:
    chars = 0
    for position in range(start, end):
        chars += text[position] & 0xC0 != 0x80
    return chars


@inner
def _judge_line(
    text: Bytes, start: int, end: int, chars: int, is_new: bool, index: Index, blocks: Blocks, row: Int64s
) -> None:
    row[CharStatistic.LINES] += end < len(text) or end > start
    if chars > row[CharStatistic.THIRD_LINE_CHARS]:
        row[CharStatistic.THIRD_LINE_CHARS] = chars
        if chars > row[CharStatistic.SECOND_LINE_CHARS]:
            row[CharStatistic.THIRD_LINE_CHARS] = row[CharStatistic.SECOND_LINE_CHARS]
            row[CharStatistic.SECOND_LINE_CHARS] = chars
            if chars > row[CharStatistic.MAX_LINE_CHARS]:
                row[CharStatistic.SECOND_LINE_CHARS] = row[CharStatistic.MAX_LINE_CHARS]
                row[CharStatistic.MAX_LINE_CHARS] = chars
    first = skip_space(text, start, end, index, blocks)
    if first == end:
        return
    row[CharStatistic.FILLED_LINES] += 1
    row[CharStatistic.FILLED_LINE_CHARS] += chars
    byte = text[strip_end(text, first, end, index, blocks) - 1]
    row[CharStatistic.UNENDED_LINES] += not (
        byte == 0x2E or byte == 0x3F or byte == 0x21 or byte == 0x22 or byte == 0x27
    )
    row[CharStatistic.UNIQUE_LINES] += is_new
    row[CharStatistic.UNIQUE_LINE_CHARS] += is_new * chars


@inner
def _is_new(key: np.uint64, met: Met, owner: int) -> bool:
    """Whether this piece has not stood before; the table remembers hashes, and the document whose they are."""
    keys, owners = met.keys, met.owners
    mask = len(keys) - 1
    slot = integer(key & np.uint64(mask))
    while owners[slot] == owner and keys[slot] != key:
        slot = (slot + 1) & mask
    if owners[slot] == owner:
        return False
    owners[slot] = owner
    keys[slot] = key
    return True
