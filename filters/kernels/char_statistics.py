"""One pass over a batch that counts classes of characters, lines, paragraphs and words between white space."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..batch import Bytes, Int64s, text_buffers
from .hashing import hash_bytes, table_size
from .jit import integer, njit
from .lines import Phrases, lay_out
from .memory import Matrix, remembered
from .phrases import holds_phrase, url_bounds
from .unicode_table import Blocks, Index, Property, decode, load, lookup
from .words import skip_space, strip_end


class CharStatistic(IntEnum):
    """Columns of the matrix, each a count over one document; chars are code points."""

    CHARS = 0
    ALPHA = auto()
    """``str.isalpha``"""
    ALNUM = auto()
    """``str.isalnum``"""
    DIGITS = auto()
    """``str.isdecimal``"""
    SPACES = auto()
    """``str.isspace``"""
    NEMO_PLAIN = auto()
    """ASCII letters and digits, line feeds and ``? ! , .``"""
    NEMO_SPACES = auto()
    """Space, tab, line feed, carriage return and backspace."""
    BRACKETS = auto()
    """``( ) [ ] { }`` and U+27E8, U+27E9"""
    URL_CHARS = auto()
    """In ``http://…`` and ``https://…``, up to white space, a quote, ``# ` { | } ~`` or anything beyond ASCII."""
    RUNS = auto()
    """Runs of word characters (letters, digits, marks, low lines), and runs of anything else between white space."""
    LONGEST_WORD_CHARS = auto()
    """Of words between white space."""
    COMMON_WORDS = auto()
    """Occurrences of the, be, to, of, and, that, have, with between white space, in small letters only."""
    NEWLINES = auto()
    LINES = auto()
    """Pieces between ``\\n``, but for an empty one at the end."""
    MAX_LINE_CHARS = auto()
    THIRD_LINE_CHARS = auto()
    """Length of the third-longest piece, 0 where there are fewer."""
    FILLED_LINES = auto()
    """Pieces between ``\\n`` that are not blank."""
    FILLED_LINE_CHARS = auto()
    UNENDED_LINES = auto()
    """Filled lines that do not end with ``. ? ! " '``, white space aside."""
    UNIQUE_LINES = auto()
    """Different filled lines."""
    UNIQUE_LINE_CHARS = auto()
    PARAGRAPHS = auto()
    """Pieces between ``\\n\\n``, empty ones too."""
    PARAGRAPH_CHARS = auto()
    UNIQUE_PARAGRAPHS = auto()
    UNIQUE_PARAGRAPH_CHARS = auto()
    BOILERPLATE_PARAGRAPHS = auto()
    """Paragraphs that hold one of :data:`BOILERPLATE`, in any case."""


COUNT = len(CharStatistic)

BOILERPLATE = (
    "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies",
    "privacy overview", "privacy & cookies policy", "privacy and cookies policy", "necessary cookies are",
    "non-necessary cookies", "changing your cookie settings",
)  # fmt: skip
"""The phrases of C4 and NeMo Curator about terms, privacy and cookies; the long ones by the words that mark them."""

COMMON = ("the", "be", "to", "of", "and", "that", "have", "with")
PACKED_COMMON = np.array([int.from_bytes(word.encode(), "big") for word in COMMON], dtype=np.int64)
LONGEST_COMMON = 4

ALPHA, ALNUM, DIGIT = int(Property.ALPHA), int(Property.ALNUM), int(Property.DIGIT)
SPACE, MARK = int(Property.SPACE), int(Property.MARK)

# What a byte is to the scan: its run class in the two lowest bits, and whether it is an event.
GAP, WORD, OTHER = 0, 1, 2
RUN_CLASS = 3
EVENT = 4

FIRST_CLASS, CLASSES = int(CharStatistic.ALPHA), 7
"""The columns that are plain counts of a class stand together."""


PACKED = lay_out(BOILERPLATE)


def char_statistics(text: pa.Array) -> Matrix:
    """Count over each document, shape (documents, :data:`COUNT`)."""

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        table = load()
        return _char_statistics(offsets, data, table.index, table.properties, PACKED_COMMON, PACKED)

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
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    common: Int64s,
    phrases: Phrases,
) -> Matrix:
    documents = len(offsets) - 1
    result = np.zeros((documents, COUNT), dtype=np.int64)
    kinds = _kinds(index, blocks, phrases)
    classes = _classes(index, blocks)
    histogram = np.zeros(128, dtype=np.int64)
    keys = np.zeros((2, 16), dtype=np.uint64)
    owners = np.zeros((2, 16), dtype=np.int64)
    for document in range(documents):
        text = data[offsets[document] : offsets[document + 1]]
        newlines = 0
        for position in range(len(text)):
            newlines += text[position] == 0x0A
        size = table_size(newlines + 1)
        if size > keys.shape[1]:
            keys = np.zeros((2, size), dtype=np.uint64)
            owners = np.zeros((2, size), dtype=np.int64)
        row = result[document]
        row[CharStatistic.NEWLINES] = newlines
        histogram[:] = 0
        _scan(
            text, index, blocks, kinds, common, phrases, histogram,
            keys[:, :size], owners[:, :size], document + 1, row,
        )  # fmt: skip
        for byte in range(128):
            if histogram[byte]:
                for number in range(CLASSES):
                    if classes[byte] >> number & 1:
                        row[FIRST_CLASS + number] += histogram[byte]
    return result


@njit
def _kinds(index: Index, blocks: Blocks, phrases: Phrases) -> npt.NDArray[np.uint8]:
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(128):
        bits = lookup(index, blocks, byte)
        if bits & SPACE:
            kinds[byte] = GAP | EVENT
        else:
            kinds[byte] = WORD if bits & ALNUM or byte == 0x5F else OTHER
    kinds[0x3A] |= EVENT  # the colon of a URL
    for number in range(len(phrases.anchors)):
        letter = phrases.text[phrases.offsets[number] + phrases.anchors[number]]
        kinds[letter] |= EVENT
        kinds[letter & 0xDF] |= EVENT
    kinds[128:] = EVENT
    return kinds


@njit
def _classes(index: Index, blocks: Blocks) -> npt.NDArray[np.int64]:
    """By ASCII character a bit for each column that counts a class."""
    classes = np.zeros(128, dtype=np.int64)
    for byte in range(128):
        classes[byte] = _class_bits(lookup(index, blocks, byte))
        is_plain = 0x61 <= byte | 0x20 <= 0x7A or 0x30 <= byte <= 0x39
        if is_plain or byte == 0x0A or byte == 0x3F or byte == 0x21 or byte == 0x2C or byte == 0x2E:
            classes[byte] |= 1 << (CharStatistic.NEMO_PLAIN - FIRST_CLASS)
        if byte == 0x20 or 0x08 <= byte <= 0x0A or byte == 0x0D:
            classes[byte] |= 1 << (CharStatistic.NEMO_SPACES - FIRST_CLASS)
        if byte == 0x28 or byte == 0x29 or byte == 0x5B or byte == 0x5D or byte == 0x7B or byte == 0x7D:
            classes[byte] |= 1 << (CharStatistic.BRACKETS - FIRST_CLASS)
    return classes


@njit
def _class_bits(bits: int) -> int:
    result = 0
    if bits & ALPHA:
        result |= 1 << (CharStatistic.ALPHA - FIRST_CLASS)
    if bits & ALNUM:
        result |= 1 << (CharStatistic.ALNUM - FIRST_CLASS)
    if bits & DIGIT:
        result |= 1 << (CharStatistic.DIGITS - FIRST_CLASS)
    if bits & SPACE:
        result |= 1 << (CharStatistic.SPACES - FIRST_CLASS)
    return result


@njit
def _scan(
    text: Bytes,
    index: Index,
    blocks: Blocks,
    kinds: npt.NDArray[np.uint8],
    common: Int64s,
    phrases: Phrases,
    histogram: Int64s,
    keys: npt.NDArray[np.uint64],
    owners: Int64s,
    owner: int,
    row: Int64s,
) -> None:
    end = len(text)
    extra_bytes = 0  # bytes so far beyond one for each character
    word_start = word_extra = line_start = line_extra = paragraph_start = paragraph_extra = 0
    longest = second = third = longest_word = 0
    url_end = 0
    runs = 0
    previous = GAP
    is_boilerplate = False
    position = 0
    while position <= end:
        byte = integer(text[position]) if position < end else 0x0A
        kind = integer(kinds[byte])
        width = 1
        if byte < 0x80:
            histogram[byte] += position < end
        else:
            code_point, width = decode(text, position)
            bits = lookup(index, blocks, code_point)
            kind = EVENT if bits & SPACE else (WORD if bits & (ALNUM | MARK) else OTHER)
            flags = _class_bits(bits)
            for number in range(4):
                row[FIRST_CLASS + number] += flags >> number & 1
            row[CharStatistic.BRACKETS] += code_point == 0x27E8 or code_point == 0x27E9
        run_class = kind & RUN_CLASS
        runs += run_class != previous and run_class != GAP
        previous = run_class
        if kind & EVENT:
            if run_class == GAP:
                if word_start < position:
                    longest_word = max(longest_word, position - word_start - (extra_bytes - word_extra))
                    if position - word_start <= LONGEST_COMMON:
                        row[CharStatistic.COMMON_WORDS] += _is_common(text, word_start, position, common)
                word_start, word_extra = position + width, extra_bytes + width - 1
                if byte == 0x0A:
                    chars = position - line_start - (extra_bytes - line_extra)
                    if chars > longest:
                        longest, second, third = chars, longest, second
                    elif chars > second:
                        second, third = chars, second
                    elif chars > third:
                        third = chars
                    _judge_line(text, line_start, position, chars, index, blocks, keys[0], owners[0], owner, row)
                    row[CharStatistic.LINES] += position < end or position > line_start
                    line_start, line_extra = position + 1, extra_bytes
                    is_break = position < end and position > paragraph_start and text[position - 1] == 0x0A
                    if is_break or position == end:
                        stop = position - is_break
                        chars = stop - paragraph_start - (extra_bytes - paragraph_extra)
                        row[CharStatistic.PARAGRAPHS] += 1
                        row[CharStatistic.PARAGRAPH_CHARS] += chars
                        if _is_new(text, paragraph_start, stop, keys[1], owners[1], owner):
                            row[CharStatistic.UNIQUE_PARAGRAPHS] += 1
                            row[CharStatistic.UNIQUE_PARAGRAPH_CHARS] += chars
                        row[CharStatistic.BOILERPLATE_PARAGRAPHS] += is_boilerplate
                        is_boilerplate = False
                        paragraph_start, paragraph_extra = position + 1, extra_bytes
            elif byte == 0x3A:
                if position >= url_end:
                    start, url_end = url_bounds(text, position, url_end)
                    row[CharStatistic.URL_CHARS] += url_end - start
            elif byte < 0x80 and not is_boilerplate:
                is_boilerplate = holds_phrase(text, position, phrases)
        extra_bytes += width - 1
        position += width
    row[CharStatistic.CHARS] = end - extra_bytes
    row[CharStatistic.RUNS] = runs
    row[CharStatistic.LONGEST_WORD_CHARS] = longest_word
    row[CharStatistic.MAX_LINE_CHARS] = longest
    row[CharStatistic.THIRD_LINE_CHARS] = third


@njit
def _is_common(text: Bytes, start: int, end: int, common: Int64s) -> bool:
    packed = 0
    for at in range(start, end):
        packed = packed << 8 | integer(text[at])
    found = False
    for number in range(len(common)):
        found |= common[number] == packed
    return found


@njit
def _judge_line(
    text: Bytes,
    start: int,
    end: int,
    chars: int,
    index: Index,
    blocks: Blocks,
    keys: npt.NDArray[np.uint64],
    owners: Int64s,
    owner: int,
    row: Int64s,
) -> None:
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
def _is_new(text: Bytes, start: int, end: int, keys: npt.NDArray[np.uint64], owners: Int64s, owner: int) -> bool:
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
