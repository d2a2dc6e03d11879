"""Stop words of one or more languages as a hash table that kernels look words up in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int64s, UInt64s, longest_bytes
from ..machine.hashing import FACTOR, find, two_places
from ..machine.kernel import Kernel, inner, kernel
from .boundaries import is_cased
from .splitting import Splitter, Tables, for_each_mode, load
from .uax29_words import Words, new_words

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
    forms: list[str] = []
    owners: list[tuple[int, int]] = []
    for language, stop_words in enumerate(languages):
        for number, stop_word in enumerate(dict.fromkeys(stop_words)):
            cases = (stop_word,) if is_cased(mode) else (stop_word, stop_word.capitalize(), stop_word.upper())
            for form in cases:
                forms.append(form)
                owners.append((language, number))
    longest = np.ones(len(languages), dtype=np.int64)
    first = np.array([language + 1 for language, _ in owners], dtype=np.uint64)
    keys, pieces = _keys_of(forms, first, mode)
    entries: dict[int, int] = {}
    for key, (_, number) in zip(keys.tolist(), owners, strict=True):
        entries.setdefault(key, number)
    np.maximum.at(longest, [language for language, _ in owners], pieces)
    return StopWords(*two_places(entries), longest, max(map(len, languages)))


def _keys_of(forms: Sequence[str], keys: UInt64s, mode: int) -> tuple[UInt64s, Int64s]:
    """Keys that begin with a number for the language, and the number of pieces of each."""
    encoded = [form.encode() for form in forms]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    pieces = np.empty(len(forms), dtype=np.int64)
    _HASH_PIECES[mode](offsets, data, load(mode), new_words(longest_bytes(offsets)), keys, pieces)
    return keys, pieces


def _hash_pieces(split: Splitter, _: int) -> Kernel[[Int64s, Bytes, Tables, Words, UInt64s, Int64s], None]:
    @kernel
    def _hash_pieces(offsets: Int64s, data: Bytes, tables: Tables, words: Words, keys: UInt64s, pieces: Int64s) -> None:
        for form in range(len(keys)):
            count = split(data, offsets[form], offsets[form + 1], tables, words)
            key = keys[form]
            for piece in range(count):
                key = key * FACTOR + words.hashes[piece]
            keys[form] = key
            pieces[form] = count

    return _hash_pieces


_HASH_PIECES = for_each_mode(_hash_pieces)


@inner
def stop_word_number(stop_words: StopWords, key: np.uint64) -> int:
    """Which stop word has the key, or -1."""
    return find(stop_words.keys, stop_words.numbers, key)
