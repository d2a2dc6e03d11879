"""Stop words of one or more languages as a hash table that kernels look words up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from ..batch import Int64s
from .hashing import FACTOR, table_size
from .jit import integer, njit
from .tokens import UInt64s, ascii_kinds, new_words, split
from .unicode_table import load
from .words import is_cased

ENGLISH_STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
"""The eight of Gopher."""
MOST = 63
"""Most stop words of one language, so that those met fit into one number."""


class StopWords(NamedTuple):
    """A hash table in which a key has two places, so that looking up takes no branch; languages are known by number."""

    keys: UInt64s
    numbers: Int64s
    """Which stop word of its language has the key at the same place; -1 where there is none."""
    longest: Int64s
    """How many words, as the text is split, the longest stop word of each language has."""


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
        for number, stop_word in enumerate(dict.fromkeys(stop_words[:MOST])):
            forms = (stop_word,) if is_cased(mode) else (stop_word, stop_word.capitalize(), stop_word.upper())
            for form in forms:
                pieces = _pieces(form, mode)
                key = language + 1
                for piece in pieces.tolist():
                    key = (key * int(FACTOR) + piece) & 0xFFFFFFFFFFFFFFFF
                entries.setdefault(key, number)
                longest[language] = max(longest[language], len(pieces))
    return StopWords(*_two_places(entries), longest)


def _two_places(entries: Mapping[int, int]) -> tuple[UInt64s, Int64s]:
    """A table of keys and numbers, each key at one of its two places (a cuckoo hash table)."""
    size = table_size(2 * len(entries))
    while True:
        keys = np.zeros(size, dtype=np.uint64)
        numbers = np.full(size, -1, dtype=np.int64)
        for key, number in entries.items():
            place = key & (size - 1)
            for _ in range(100):
                here, occupant = int(keys[place]), int(numbers[place])
                keys[place], numbers[place] = key, number
                if occupant < 0:
                    break
                key, number = here, occupant
                place ^= (key & (size - 1)) ^ (key >> 32 & (size - 1))  # the other one of its places
            else:
                break
        else:
            return keys, numbers
        size *= 2


def _pieces(form: str, mode: int) -> UInt64s:
    data = np.frombuffer(form.encode(), dtype=np.uint8)
    table = load()
    words = new_words(np.array([0, len(data)]))
    of_ascii = ascii_kinds(table.index, table.properties)
    count = split(data, 0, len(data), table.index, table.properties, of_ascii, mode, words)
    return words.hashes[:count]


@njit
def stop_word_number(stop_words: StopWords, key: np.uint64) -> int:
    """Which stop word has the key, or -1."""
    mask = np.uint64(len(stop_words.keys) - 1)
    first, second = key & mask, key >> np.uint64(32) & mask
    at_first, at_second = stop_words.numbers[first], stop_words.numbers[second]
    at_first = at_first if stop_words.keys[first] == key else -1
    return integer(at_second if stop_words.keys[second] == key else at_first)
