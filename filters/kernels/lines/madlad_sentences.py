"""One pass over the sentences of a batch that counts those which MADLAD-400 calls questionable."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64Matrix, Int64s, text_array, text_buffers
from ..machine.kernel import inner, integer, kernel
from ..machine.memory import Matrix, remembered
from ..unicode.unicode_table import BLOCK_BITS, Blocks, Index, Property, decode, load, lookup
from ..words.boundaries import skip_space, strip_end
from .madlad_cursed import RUNS, CursedPhrases, advance_runs, closes_with_phrase, is_blown_up, phrase_begins, phrases


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

SPACE, UPPER, TERMINAL, ALNUM = int(Property.SPACE), int(Property.UPPER), int(Property.TERMINAL), int(Property.ALNUM)
IS_SPACE, IS_UPPER, IS_TECHNICAL, IS_MARK, STARTS_PHRASE = 1, 2, 4, 8, 16


def sentence_statistics(text: pa.Array) -> Matrix:
    """Count over the sentences of each document, shape (documents, :data:`COUNT`).

    A sentence ends at a line's end, at a terminal mark of other scripts than Latin, and at ``. ? !`` (quotes and
    brackets behind it belong to it) before white space, but not at a full stop before a small letter.
    """

    def take() -> Matrix:
        return _sentence_statistics_of(text, np.empty(0, dtype=np.int64))

    return remembered(text, "sentences", take)


def single_sentences(text: pa.Array) -> pa.Array:
    """The sentences of all documents as texts of their own, in order, with the white space before them."""
    offsets, data = text_buffers(text)
    ends = np.empty(int(sentence_statistics(text)[:, SentenceStatistic.SENTENCES].sum()), dtype=np.int64)
    _sentence_statistics_of(text, ends)
    return text_array(np.concatenate([offsets[:1], ends]), data)


def _sentence_statistics_of(text: pa.Array, ends: Int64s) -> Matrix:
    """Where there is room for it, also tell where each sentence ends."""
    table = load()
    offsets, data = text_buffers(text)
    result = np.zeros((len(text), COUNT), dtype=np.int64)
    runs = np.zeros(RUNS, dtype=np.int64)
    _sentence_statistics(offsets, data, table.index, table.properties, _kinds(), phrases(), runs, ends, result)
    return result


@cache
def _kinds() -> Bytes:
    """What each byte is; first bytes of characters beyond ASCII begin phrases at most."""
    table = load()
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(128):
        bits = int(table.properties[(int(table.index[0]) << BLOCK_BITS) + byte])
        kinds[byte] |= IS_SPACE if bits & SPACE else 0
        kinds[byte] |= IS_UPPER if bits & UPPER else 0
        kinds[byte] |= IS_MARK if bits & TERMINAL or byte == 0x2E else 0
    for byte in b"0123456789{}+/()>":
        kinds[byte] |= IS_TECHNICAL
    kinds[phrases().child[0] != 0] |= STARTS_PHRASE
    return kinds


@kernel
def _sentence_statistics(
    offsets: Int64s,
    data: Bytes,
    index: Index,
    blocks: Blocks,
    kinds: Bytes,
    listed: CursedPhrases,
    runs: Int64s,
    sentence_ends: Int64s,
    result: Int64Matrix,
) -> None:
    sentence = 0
    for document in range(len(result)):
        text = data[offsets[document] : offsets[document + 1]]
        position = 0
        while position < len(text):
            start = skip_space(text, position, len(text), index, blocks)
            if start == len(text):
                break
            position = _judge(text, start, index, blocks, kinds, listed, runs, result[document])
            if len(sentence_ends):
                sentence_ends[sentence] = offsets[document] + position
                sentence += 1


@inner
def _judge(
    text: Bytes,
    start: int,
    index: Index,
    blocks: Blocks,
    kinds: Bytes,
    listed: CursedPhrases,
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
            is_cursed = phrase_begins(text, position, end, listed.child, listed.is_end)
        is_cursed |= advance_runs(runs, byte == 0x20)
        position += width
        if is_final:
            break
    last = strip_end(text, start, position, index, blocks)
    if not is_cursed:
        is_cursed = closes_with_phrase(text, start, last, listed.ends, listed.end_offsets)
        is_cursed = is_cursed or is_blown_up(text, start, position)
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


@inner
def _sentence_ends(text: Bytes, position: int, mark: int) -> bool:
    """Whether the white space here ends the sentence before it: not between a full stop and a small letter."""
    if mark == 1:
        return True
    following = position
    while following < len(text) and text[following] == 0x20:
        following += 1
    return following == len(text) or not 0x61 <= text[following] <= 0x7A


@inner
def _is_alnum(text: Bytes, position: int, index: Index, blocks: Blocks) -> bool:
    code_point, _ = decode(text, position)
    return lookup(index, blocks, code_point) & ALNUM != 0
