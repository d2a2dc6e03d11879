"""Lines of documents as hashes of words: what language models over n-grams learn from and score."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64s, UInt64s, longest_bytes, text_buffers
from ..machine.hashing import FACTOR, SEED, mix
from ..machine.kernel import Kernel, inner, kernel
from ..machine.scanning import line_end, line_feeds_in
from ..words.boundaries import DICTIONARY, WHITESPACE, mode_of
from ..words.dictionary_words import asks_a_dictionary
from ..words.splitting import SPLITTERS, Splitter, Tables, for_each_mode, load
from ..words.uax29_words import PLAIN, Words, new_words

BY_SCRIPT = "script"
"""Words by white space, as KenLM has them; in lines with Thai, Lao, Khmer, Burmese, Han or Kana by dictionaries."""


class Sentences(NamedTuple):
    """The lines of n documents that hold a word; line i has the words ``hashes[ends[i - 1]:ends[i]]``."""

    hashes: UInt64s
    ends: Int64s
    """Shape (lines,)."""
    lines: Int64s
    """Which line of its document each of them is, from 0; shape (lines,)."""
    of_document: Int64s
    """How many of them each document has, shape (n,)."""


def sentences(text: pa.Array, words: str, *, marks: bool = True) -> Sentences:
    """Part each line of a text column into words.

    Args:
        text: Shape (n,).
        words: :data:`BY_SCRIPT` or one of the ways of :mod:`..words`.
        marks: Whether words that are only punctuation count.

    Raises:
        RecipeError: for an unknown way.
    """
    split_at = _BY_SCRIPT if words == BY_SCRIPT else _SENTENCES[mode_of("perplexity", words)]
    tables = load(DICTIONARY if words == BY_SCRIPT else mode_of("perplexity", words))
    offsets, data = text_buffers(text)
    most = int(offsets[-1] - offsets[0]) + 1
    hashes = np.empty(most, dtype=np.uint64)
    of_document = line_feeds_in(offsets, data) + 1
    ends, lines = (np.empty(int(of_document.sum()), dtype=np.int64) for _ in range(2))
    room = new_words(longest_bytes(offsets))
    found, taken = split_at(offsets, data, tables, marks, room, hashes, ends, lines, of_document)
    return Sentences(hashes[:taken], ends[:found], lines[:found], of_document)


def numbered(numbers: UInt64s, ends: Int64s) -> Sentences:
    """Documents of token numbers instead of words, each one line; document i is ``numbers[ends[i - 1]:ends[i]]``."""
    hashes = np.empty(len(numbers), dtype=np.uint64)
    _hash_numbers(numbers, hashes)
    filled = np.diff(ends, prepend=0) > 0
    found = ends[filled]
    return Sentences(hashes, found, np.zeros(len(found), dtype=np.int64), filled.astype(np.int64))


@kernel
def _hash_numbers(numbers: UInt64s, hashes: UInt64s) -> None:
    for at in range(len(numbers)):
        hashes[at] = mix(numbers[at] * FACTOR + SEED)


def _sentences(
    split: Splitter, _: int
) -> Kernel[[Int64s, Bytes, Tables, bool, Words, UInt64s, Int64s, Int64s, Int64s], tuple[int, int]]:
    @kernel
    def _sentences(
        offsets: Int64s, data: Bytes, tables: Tables, marks: bool, words: Words, hashes: UInt64s, ends: Int64s,
        lines: Int64s, of_document: Int64s,
    ) -> tuple[int, int]:  # fmt: skip
        found = taken = 0
        for document in range(len(of_document)):
            before = found
            line = 0
            position, end = offsets[document], offsets[document + 1]
            while position < end:
                stop = line_end(data, position, end)
                count = split(data, position, stop, tables, words)
                first = taken
                for word in range(count):
                    hashes[taken] = words.hashes[word]
                    taken += marks or words.kinds[word] & PLAIN > 0
                if taken > first:
                    ends[found], lines[found] = taken, line
                    found += 1
                line += 1
                position = stop + 1
            of_document[document] = found - before
        return found, taken

    return _sentences


_by_white_space, _by_dictionary = SPLITTERS[WHITESPACE], SPLITTERS[DICTIONARY]


@inner
def _by_script(data: Bytes, start: int, end: int, tables: Tables, words: Words) -> int:
    if asks_a_dictionary(data, start, end):
        return _by_dictionary(data, start, end, tables, words)
    return _by_white_space(data, start, end, tables, words)


_SENTENCES = for_each_mode(_sentences)
_BY_SCRIPT = _sentences(_by_script, DICTIONARY)
