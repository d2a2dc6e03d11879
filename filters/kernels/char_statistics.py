"""Counts over characters, lines, paragraphs and the words between white space, once for all rule sets that ask."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..batch import Bytes, Int64s, text_buffers
from .char_classes import CharStatistic, ascii_classes, ascii_runs, count_classes
from .hashing import ALL, hash_bytes, table_size
from .jit import integer, load_eight, njit
from .lines import Phrases, lay_out
from .memory import Matrix, remembered
from .phrases import holds_phrase, url_bounds
from .tokens import UInt64s
from .unicode_table import Blocks, Index, Property, decode, load, lookup
from .words import skip_space, strip_end

COUNT = len(CharStatistic)

BOILERPLATE = (
    "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies",
    "privacy overview", "privacy & cookies policy", "privacy and cookies policy", "necessary cookies are",
    "non-necessary cookies", "changing your cookie settings",
)  # fmt: skip
"""The phrases of C4 and NeMo Curator about terms, privacy and cookies; the long ones by the words that mark them."""

PACKED = lay_out(BOILERPLATE)
TRIPLES = np.unique(
    [
        int.from_bytes(phrase.encode()[anchor - 1 : anchor + 2], "big")
        for phrase, anchor in zip(BOILERPLATE, PACKED.anchors, strict=True)
    ]
)
"""The rare letters of the phrases with the letters beside them: most texts hold hardly any."""

COMMON = ("the", "be", "to", "of", "and", "that", "have", "with")
LONGEST_COMMON = 4
COMMON_FACTOR = np.uint64(0xAECC12E92A1CAF35)
"""A multiplier that gives each of the common words a place of its own among sixteen."""


def _common_table() -> UInt64s:
    table = np.zeros(16, dtype=np.uint64)
    for word in COMMON:
        packed = np.frombuffer(word.encode().ljust(8, b"\0"), dtype="<u8")
        table[(packed * COMMON_FACTOR) >> np.uint64(60)] = packed
    return table


COMMON_TABLE = _common_table()

SPACE = int(Property.SPACE)

BLANK, LINE_FEED, COLON, LETTER, MAYBE_BLANK = range(1, 6)
"""What bytes are events to the scan: white space, a colon, rare letters of phrases, and lead bytes of white space."""


def char_statistics(text: pa.Array) -> Matrix:
    """Count over each document, shape (documents, :data:`COUNT`)."""

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        table = load()
        return _char_statistics(offsets, data, table.index, table.properties, COMMON_TABLE, PACKED, TRIPLES)

    return remembered(text, "chars", take)


def mean_line_chars(counts: Matrix) -> npt.NDArray[np.float64]:
    """Mean length of the lines, without their line feeds; 0 where there is none."""
    lines = counts[:, CharStatistic.LINES]
    chars = counts[:, CharStatistic.CHARS] - counts[:, CharStatistic.NEWLINES]
    return np.asarray(chars / np.maximum(lines, 1))


def share(counts: Matrix, part: CharStatistic) -> npt.NDArray[np.float64]:
    """A column for each character of the document; 0 where there is none."""
    return np.asarray(counts[:, part] / np.maximum(counts[:, CharStatistic.CHARS], 1))


@njit
def _char_statistics(
    offsets: Int64s, data: Bytes, index: Index, blocks: Blocks, common: UInt64s, phrases: Phrases, triples: Int64s
) -> Matrix:
    documents = len(offsets) - 1
    result = np.zeros((documents, COUNT), dtype=np.int64)
    runs_of, classes, events = ascii_runs(index, blocks), ascii_classes(index, blocks), _events(index, blocks, phrases)
    histogram = np.empty(128, dtype=np.int64)
    keys = np.zeros((2, 16), dtype=np.uint64)
    owners = np.zeros((2, 16), dtype=np.int64)
    for document in range(documents):
        text = data[offsets[document] : offsets[document + 1]]
        row = result[document]
        count_classes(text, index, blocks, runs_of, classes, histogram, row)
        size = table_size(row[CharStatistic.NEWLINES] + 1)
        if size > keys.shape[1]:
            keys = np.zeros((2, size), dtype=np.uint64)
            owners = np.zeros((2, size), dtype=np.int64)
        _scan(
            text, index, blocks, events, common, phrases, triples, keys[:, :size], owners[:, :size], document + 1, row
        )
    return result


@njit
def _events(index: Index, blocks: Blocks, phrases: Phrases) -> npt.NDArray[np.uint8]:
    events = np.zeros(256, dtype=np.uint8)
    for byte in range(128):
        if lookup(index, blocks, byte) & SPACE:
            events[byte] = BLANK
    events[0x0A] = LINE_FEED
    events[0x3A] = COLON
    for number in range(len(phrases.anchors)):
        letter = phrases.text[phrases.offsets[number] + phrases.anchors[number]]
        events[letter] = events[letter & 0xDF] = LETTER
    for code_point in range(0x80, 0x10000):  # white space beyond ASCII is two or three bytes long
        if not 0xD800 <= code_point < 0xE000 and lookup(index, blocks, code_point) & SPACE:
            events[0xC0 | code_point >> 6 if code_point < 0x800 else 0xE0 | code_point >> 12] = MAYBE_BLANK
    return events


@njit
def _scan(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    events: npt.NDArray[np.uint8],
    common: UInt64s,
    phrases: Phrases,
    triples: Int64s,
    keys: UInt64s,
    owners: Int64s,
    owner: int,
    row: Int64s,
) -> None:
    end = len(text)
    word_start = line_start = paragraph_start = url_end = 0
    longest_word = common_words = 0
    is_boilerplate = False
    position = 0
    while position <= end:
        while position < end and events[text[position]] == 0:
            position += 1
        event = integer(events[text[position]]) if position < end else LINE_FEED
        if event == COLON:
            if position >= url_end:
                start, url_end = url_bounds(text, position, url_end)
                row[CharStatistic.URL_CHARS] += url_end - start
            position += 1
            continue
        if event == LETTER:
            if not is_boilerplate and _is_near(text, position, triples):
                is_boilerplate = holds_phrase(text, position, phrases)
            position += 1
            continue
        width = 1
        if event == MAYBE_BLANK:
            code_point, width = decode(text, position)
            if not lookup(index, blocks, code_point) & SPACE:
                position += width
                continue
        length = position - word_start
        if length > longest_word:
            longest_word = max(longest_word, _chars(text, word_start, position))
        common_words += _is_common(text, word_start, length, common)
        word_start = position + width
        if event == LINE_FEED:
            _judge_line(text, line_start, position, index, blocks, keys[0], owners[0], owner, row)
            line_start = position + 1
            is_break = position < end and position > paragraph_start and text[position - 1] == 0x0A
            if is_break or position == end:
                _judge_paragraph(text, paragraph_start, position - is_break, keys[1], owners[1], owner, row)
                row[CharStatistic.BOILERPLATE_PARAGRAPHS] += is_boilerplate
                is_boilerplate = False
                paragraph_start = position + 1
        position += width
    row[CharStatistic.LONGEST_WORD_CHARS] = longest_word
    row[CharStatistic.COMMON_WORDS] = common_words


@njit
def _is_common(text: Bytes, start: int, length: int, common: UInt64s) -> bool:
    """Whether a word is a common one: hardly any branches, because no processor can predict these."""
    packed = np.uint64(0)
    if start + 8 <= len(text):
        packed = load_eight(text, start) & (ALL >> np.uint64(8 * (8 - min(max(length, 1), 8))))
    else:
        for at in range(start, min(start + length, len(text))):
            packed |= np.uint64(text[at]) << np.uint64(8 * (at - start) & 63)
    # A word that ends with zero bytes is packed like the one without them.
    ends_well = (packed >> np.uint64(8 * (min(max(length, 1), 8) - 1))) != np.uint64(0)
    is_short = 2 <= length <= LONGEST_COMMON
    return bool((common[integer((packed * COMMON_FACTOR) >> np.uint64(60))] == packed) & ends_well & is_short)


@njit
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


@njit
def _chars(text: Bytes, start: int, end: int) -> int:
    chars = 0
    for position in range(start, end):
        chars += text[position] & 0xC0 != 0x80
    return chars


@njit
def _judge_line(
    text: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    keys: UInt64s,
    owners: Int64s,
    owner: int,
    row: Int64s,
) -> None:
    chars = _chars(text, start, end)
    row[CharStatistic.LINES] += end < len(text) or end > start
    if chars > row[CharStatistic.MAX_LINE_CHARS]:
        row[CharStatistic.THIRD_LINE_CHARS] = row[CharStatistic.SECOND_LINE_CHARS]
        row[CharStatistic.SECOND_LINE_CHARS] = row[CharStatistic.MAX_LINE_CHARS]
        row[CharStatistic.MAX_LINE_CHARS] = chars
    elif chars > row[CharStatistic.SECOND_LINE_CHARS]:
        row[CharStatistic.THIRD_LINE_CHARS] = row[CharStatistic.SECOND_LINE_CHARS]
        row[CharStatistic.SECOND_LINE_CHARS] = chars
    elif chars > row[CharStatistic.THIRD_LINE_CHARS]:
        row[CharStatistic.THIRD_LINE_CHARS] = chars
    first = skip_space(text, start, end, index, blocks)
    if first == end:
        return
    row[CharStatistic.FILLED_LINES] += 1
    row[CharStatistic.FILLED_LINE_CHARS] += chars
    byte = text[strip_end(text, first, end, index, blocks) - 1]
    row[CharStatistic.UNENDED_LINES] += not (
        byte == 0x2E or byte == 0x3F or byte == 0x21 or byte == 0x22 or byte == 0x27
    )
    if _is_new(text, start, end, keys, owners, owner):
        row[CharStatistic.UNIQUE_LINES] += 1
        row[CharStatistic.UNIQUE_LINE_CHARS] += chars


@njit
def _judge_paragraph(text: Bytes, start: int, end: int, keys: UInt64s, owners: Int64s, owner: int, row: Int64s) -> None:
    chars = _chars(text, start, end)
    row[CharStatistic.PARAGRAPHS] += 1
    row[CharStatistic.PARAGRAPH_CHARS] += chars
    if _is_new(text, start, end, keys, owners, owner):
        row[CharStatistic.UNIQUE_PARAGRAPHS] += 1
        row[CharStatistic.UNIQUE_PARAGRAPH_CHARS] += chars


@njit
def _is_new(text: Bytes, start: int, end: int, keys: UInt64s, owners: Int64s, owner: int) -> bool:
    """Whether this piece has not stood before; the table remembers hashes, and the document whose they are."""
    mask = len(keys) - 1
    key = hash_bytes(text, start, end)
    slot = integer(key & np.uint64(mask))
    while owners[slot] == owner and keys[slot] != key:
        slot = (slot + 1) & mask
    if owners[slot] == owner:
        return False
    owners[slot] = owner
    keys[slot] = key
    return True
