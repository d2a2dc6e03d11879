"""Stop words of one or more languages as a hash table that kernels look words up in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Int64s
from ..machine.hashing import FACTOR, UInt64s, find, two_places
from ..machine.jit import njit
from .boundaries import is_cased
from .splitting import load, split
from .uax29_words import new_words

ENGLISH_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
"""The eight of Gopher."""
FEW = 63
"""So many stop words of a language fit, each with a bit, into one number."""


class StopWords(NamedTuple):
    """A hash table in which a key has two places, so that looking up takes no branch; languages are known by number."""

    keys: UInt64s
    numbers: Int64s
    """Which stop word of its language has the key at the same place; -1 where there is none."""
    longest: Int64s
    """How many words, as the text is split, the longest stop word of each language has."""
    most: int
    """How many stop words the language with most of them has."""


@cache
def english(mode: int) -> StopWords:
    """Gopher's own, for texts split in one of the ways of ``words``."""
    return stop_words_table((ENGLISH_STOP_WORDS,), mode)


@cache
def stop_words_table(languages: Sequence[Sequence[str]], mode: int) -> StopWords:
    """Lay out the stop words of languages, hashable both times.

    A stop word counts as it is given, capitalised and in capitals, but where a peer compares exactly as given only.
    What the way of splitting cuts in pieces (Thai, or two Han characters) counts where the pieces stand side by side.
    """
    longest = np.ones(len(languages), dtype=np.int64)
    entries: dict[int, int] = {}
    for language, stop_words in enumerate(languages):
        for number, stop_word in enumerate(dict.fromkeys(stop_words)):
            forms = (stop_word,) if is_cased(mode) else (stop_word, stop_word.capitalize(), stop_word.upper())
            for form in forms:
                pieces = _pieces(form, mode)
                key = language + 1
                for piece in pieces.tolist():
                    key = (key * int(FACTOR) + piece) & 0xFFFFFFFFFFFFFFFF
                entries.setdefault(key, number)
                longest[language] = max(longest[language], len(pieces))
    return StopWords(*two_places(entries), longest, max(map(len, languages)))


def _pieces(form: str, mode: int) -> UInt64s:
    data = np.frombuffer(form.encode(), dtype=np.uint8)
    words = new_words(np.array([0, len(data)]))
    count = split(data, 0, len(data), load(), mode, words)
    return words.hashes[:count]


@njit
def stop_word_number(stop_words: StopWords, key: np.uint64) -> int:
    """Which stop word has the key, or -1."""
    return find(stop_words.keys, stop_words.numbers, key)
