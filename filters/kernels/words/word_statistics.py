"""One pass over the words of a batch that counts what the rule sets ask of words."""

from __future__ import annotations

from collections.abc import Hashable
from enum import IntEnum, auto

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64Matrix, Int64s, longest_bytes, text_buffers
from ..machine.hashing import FACTOR
from ..machine.instructions import bits_set
from ..machine.kernel import Kernel, inner, integer, kernel
from ..machine.memory import Matrix, recalled, remembered
from .boundaries import UAX29
from .splitting import Splitter, Tables, for_each_mode, load
from .stop_word_table import FEW, StopWords, english, stop_word_number
from .uax29_words import BEGINS, LETTER, PLAIN, Words, new_words, split_uax29


class WordStatistic(IntEnum):
    """Columns of the matrix, each a count over one document; chars are code points."""

    WORDS = 0
    PLAIN_WORDS = auto()
    """Words that hold at least one character which is no punctuation."""
    PLAIN_WORD_CHARS = auto()
    ALPHA_WORDS = auto()
    """Words with at least one letter."""
    STOP_WORDS = auto()
    """How many different stop words of the document's language."""
    STOP_WORD_OCCURRENCES = auto()


COUNT = len(WordStatistic)


def word_statistics(
    text: pa.Array, mode: int, stop_words: StopWords | None = None, languages: Int64s | None = None
) -> Matrix:
    """Count over the words of each document, shape (documents, :data:`COUNT`).

    Args:
        text: The documents.
        mode: How words are split.
        stop_words: Those of one or more languages; English ones if left out, and then the result is remembered.
        languages: Which of these languages each document is in, -1 for none; the first for all if left out.
    """

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        known = english(mode) if stop_words is None else stop_words
        of_documents = np.zeros(len(text), dtype=np.int64) if languages is None else languages
        result = np.zeros((len(text), COUNT), dtype=np.int64)
        seen = np.zeros(known.most, dtype=np.int64)
        words = new_words(longest_bytes(offsets))
        _WORD_STATISTICS[mode](offsets, data, load(mode), known, of_documents, words, seen, result)
        return result

    return remembered(text, words_key(mode), take) if stop_words is None else take()


def word_count(text: pa.Array, mode: int) -> Int64s:
    """How many words each document has; counting alone takes two thirds of the time of all statistics."""
    known = recalled(text, words_key(mode))
    if known is not None or mode != UAX29:
        counts: Int64s = word_statistics(text, mode)[:, WordStatistic.WORDS]
        return counts

    def take() -> Matrix:
        offsets, data = text_buffers(text)
        result = np.zeros((len(text), 1), dtype=np.int64)
        _word_count(offsets, data, load(UAX29), new_words(0), result)
        return result

    return remembered(text, ("word count", mode), take)[:, 0]


@kernel
def _word_count(offsets: Int64s, data: Bytes, tables: Tables, nowhere: Words, result: Int64Matrix) -> None:
    index, blocks, of_ascii = tables.code_index, tables.blocks, tables.of_ascii
    for document in range(len(result)):
        start, end = offsets[document], offsets[document + 1]
        result[document, 0] = split_uax29(data, start, end, index, blocks, of_ascii, nowhere)


def words_key(mode: int) -> Hashable:
    """Under what the counts with English stop words are remembered."""
    return "words", mode


def _word_statistics(
    split: Splitter, _: int
) -> Kernel[[Int64s, Bytes, Tables, StopWords, Int64s, Words, Int64s, Int64Matrix], None]:
    @kernel
    def _word_statistics(
        offsets: Int64s,
        data: Bytes,
        tables: Tables,
        stop_words: StopWords,
        languages: Int64s,
        words: Words,
        seen: Int64s,
        result: Int64Matrix,
    ) -> None:
        for document in range(len(result)):
            count = split(data, offsets[document], offsets[document + 1], tables, words)
            row = result[document]
            count_words(words, count, stop_words, languages[document], row)
            if stop_words.most > FEW:
                row[WordStatistic.STOP_WORDS] = 0
                _count_many(words, count, stop_words, languages[document], seen, document + 1, row)

    return _word_statistics


@inner
def count_words(words: Words, count: int, stop_words: StopWords, language: int, row: Int64s) -> None:
    """Count the words of one document."""
    plain = chars = alpha = 0
    for word in range(count):
        is_plain = words.kinds[word] & PLAIN
        plain += is_plain
        chars += is_plain * words.lengths[word]
        alpha += words.kinds[word] & LETTER != 0
    row[WordStatistic.WORDS] = count
    row[WordStatistic.PLAIN_WORDS] = plain
    row[WordStatistic.PLAIN_WORD_CHARS] = chars
    row[WordStatistic.ALPHA_WORDS] = alpha
    if language >= 0:
        _count_stop_words(words, count, stop_words, language, row)


@inner
def _count_stop_words(words: Words, count: int, stop_words: StopWords, language: int, row: Int64s) -> None:
    occurrences = met = 0
    first = np.uint64(language + 1) * FACTOR
    for word in range(count):
        # No branch: whether a word is a stop word is what no processor can predict.
        number = stop_word_number(stop_words, first + words.hashes[word])
        occurrences += number >= 0
        met |= integer(number >= 0) << (number & 63)
    longest = stop_words.longest[language]
    if longest > 1:
        for word in range(count):
            key = first + words.hashes[word]
            for position in range(word + 1, min(word + longest, count)):
                if words.kinds[position] & BEGINS:
                    break
                key = key * FACTOR + words.hashes[position]
                number = stop_word_number(stop_words, key)
                occurrences += number >= 0
                met |= integer(number >= 0) << (number & 63)
    row[WordStatistic.STOP_WORDS] = bits_set(np.uint64(met))
    row[WordStatistic.STOP_WORD_OCCURRENCES] = occurrences


@inner
def _count_many(
    words: Words, count: int, stop_words: StopWords, language: int, seen: Int64s, owner: int, row: Int64s
) -> None:
    """Count different stop words of long lists; ``owner`` marks in ``seen`` those that the document holds."""
    if language < 0:
        return
    for word in range(count):
        key = np.uint64(language + 1)
        for position in range(word, min(word + stop_words.longest[language], count)):
            if position > word and words.kinds[position] & BEGINS:
                break
            key = key * FACTOR + words.hashes[position]
            number = stop_word_number(stop_words, key)
            if number >= 0 and seen[number] != owner:
                row[WordStatistic.STOP_WORDS] += 1
                seen[number] = owner


@inner
def count_words_alone(words: Words, count: int, stop_words: StopWords, row: Int64s, _: Int64s) -> None:
    """Count the words of one document, with the first language's stop words."""
    count_words(words, count, stop_words, 0, row)


@inner
def count_words_and_groups(words: Words, count: int, stop_words: StopWords, row: Int64s, row_of_groups: Int64s) -> None:
    """Count the words of UAX #29 and also what stands between white space, of the words that it consists of.

    The first language's stop words are looked for; in what stands between white space, those that are one word. There
    is no branch: where white space stands is what no processor can predict.
    """
    plain = chars = alpha = occurrences = met = 0
    groups = plain_groups = group_chars = alpha_groups = group_occurrences = group_met = 0
    so_far = chars_so_far = 0
    for word in range(count):
        kinds = integer(words.kinds[word])
        length = integer(words.lengths[word])
        is_plain = kinds & PLAIN
        plain += is_plain
        chars += is_plain * length
        alpha += kinds & LETTER != 0
        number = stop_word_number(stop_words, FACTOR + words.hashes[word])
        is_stop_word = integer(number >= 0)
        occurrences += is_stop_word
        met |= is_stop_word << (number & 63)
        begins = integer(kinds & BEGINS != 0)
        so_far = so_far * (1 - begins) | kinds
        chars_so_far = chars_so_far * (1 - begins) + length
        ends = integer(words.kinds[word + 1] & BEGINS != 0) if word + 1 < count else 1
        groups += ends
        plain_groups += so_far & ends  # PLAIN is the lowest bit
        group_chars += (so_far & ends) * chars_so_far
        alpha_groups += ends & integer(so_far & LETTER != 0)
        alone = is_stop_word & begins & ends
        group_occurrences += alone
        group_met |= alone << (number & 63)
    row[WordStatistic.WORDS] = count
    row[WordStatistic.PLAIN_WORDS] = plain
    row[WordStatistic.PLAIN_WORD_CHARS] = chars
    row[WordStatistic.ALPHA_WORDS] = alpha
    row[WordStatistic.STOP_WORDS] = bits_set(np.uint64(met))
    row[WordStatistic.STOP_WORD_OCCURRENCES] = occurrences
    row_of_groups[WordStatistic.WORDS] = groups
    row_of_groups[WordStatistic.PLAIN_WORDS] = plain_groups
    row_of_groups[WordStatistic.PLAIN_WORD_CHARS] = group_chars
    row_of_groups[WordStatistic.ALPHA_WORDS] = alpha_groups
    row_of_groups[WordStatistic.STOP_WORDS] = bits_set(np.uint64(group_met))
    row_of_groups[WordStatistic.STOP_WORD_OCCURRENCES] = group_occurrences


_WORD_STATISTICS = for_each_mode(_word_statistics)
