"""One pass over the words of a batch that counts what the rule sets ask of words."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..batch import Bytes, Int64s, text_buffers
from .jit import integer, njit
from .memory import Matrix, remembered
from .unicode_table import Blocks, Index, Property, decode, load, lookup
from .words import WHITESPACE, is_plain, plain_end, segment_end, skip_space


class WordStatistic(IntEnum):
    """Columns of the matrix, each a count over one document; chars are code points."""

    WORDS = 0
    PLAIN_WORDS = auto()
    """Words that hold at least one character which is no punctuation."""
    PLAIN_WORD_CHARS = auto()
    ALPHA_WORDS = auto()
    """Words with at least one letter."""
    STOP_WORDS = auto()
    """How many different ones of the, be, to, of, and, that, have, with; in any case."""
    STOP_WORD_OCCURRENCES = auto()


COUNT = len(WordStatistic)

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
PACKED_STOP_WORDS = np.array([int.from_bytes(word.encode(), "big") for word in STOP_WORDS], dtype=np.int64)
LONGEST_STOP_WORD = 4

ALPHA = int(Property.ALPHA)
MARKS = int(Property.PUNCTUATION | Property.TERMINAL)
SPACE = int(Property.SPACE)

IS_PLAIN, IS_ALPHA, IS_SPACE, IS_WORD = 1, 2, 4, 8


def word_statistics(text: pa.Array, mode: int) -> Matrix:
    """Count over the words of each document, shape (documents, :data:`COUNT`); ``mode`` is how words are split."""

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        table = load()
        return _word_statistics(offsets, data, table.index, table.properties, mode, PACKED_STOP_WORDS)

    return remembered(text, ("words", mode), take)


@njit
def _word_statistics(
    offsets: Int64s, data: Bytes, index: Index, blocks: Blocks, mode: int, packed_stop_words: Int64s
) -> Matrix:
    documents = len(offsets) - 1
    result = np.zeros((documents, COUNT), dtype=np.int64)
    ascii_kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(128):
        bits = lookup(index, blocks, byte)
        ascii_kinds[byte] = _kind(bits) | (IS_SPACE if bits & SPACE else 0) | (IS_WORD if is_plain(byte) else 0)
    for document in range(documents):
        _count_words(
            data,
            offsets[document],
            offsets[document + 1],
            index,
            blocks,
            ascii_kinds,
            mode,
            packed_stop_words,
            result[document],
        )
    return result


@njit
def _kind(bits: int) -> int:
    if bits & ALPHA:
        return IS_PLAIN | IS_ALPHA
    return 0 if bits & MARKS else IS_PLAIN


@njit
def _count_words(
    data: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    ascii_kinds: npt.NDArray[np.uint8],
    mode: int,
    packed_stop_words: Int64s,
    row: Int64s,
) -> None:
    words = plain_words = plain_chars = alpha_words = occurrences = distinct = 0
    position = skip_space(data, start, end, index, blocks)
    while position < end:
        kinds = 0
        extra_bytes = 0
        stop = position
        limit = end
        if mode != WHITESPACE:
            while stop < end and ascii_kinds[data[stop]] & IS_WORD:
                kinds |= ascii_kinds[data[stop]]
                stop += 1
            limit = plain_end(data, position, stop, end)
            if limit == position:
                limit = segment_end(data, position, end, index, blocks)
        while stop < limit:
            byte = data[stop]
            if byte < 0x80:
                kind = ascii_kinds[byte]
                if kind & IS_SPACE and mode == WHITESPACE:
                    break
                kinds |= kind
                stop += 1
            else:
                code_point, width = decode(data, stop)
                bits = lookup(index, blocks, code_point)
                if bits & SPACE and mode == WHITESPACE:
                    break
                kinds |= _kind(bits)
                extra_bytes += width - 1
                stop += width
        words += 1
        plain_words += kinds & IS_PLAIN
        if kinds & IS_PLAIN:
            plain_chars += stop - position - extra_bytes
        if kinds & IS_ALPHA:
            alpha_words += 1
            if stop - position <= LONGEST_STOP_WORD and extra_bytes == 0:
                packed = 0
                for at in range(position, stop):
                    packed = packed << 8 | integer(data[at] | 0x20)
                for number in range(len(packed_stop_words)):
                    if packed_stop_words[number] == packed:
                        occurrences += 1
                        distinct |= 1 << number
        position = skip_space(data, stop, end, index, blocks)
    row[WordStatistic.WORDS] = words
    row[WordStatistic.PLAIN_WORDS] = plain_words
    row[WordStatistic.PLAIN_WORD_CHARS] = plain_chars
    row[WordStatistic.ALPHA_WORDS] = alpha_words
    row[WordStatistic.STOP_WORD_OCCURRENCES] = occurrences
    while distinct:
        row[WordStatistic.STOP_WORDS] += distinct & 1
        distinct >>= 1
