"""The words of a document in each of the ways of ``words``, and the tables that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias, TypeVar

from ..machine.buffers import Bytes
from ..machine.kernel import inner
from ..unicode import unicode_table
from ..unicode.unicode_table import Blocks, Index
from . import datatrove_table, dictionaries
from .boundaries import DATATROVE, DICTIONARY, DOLMA, UAX29, WHITESPACE
from .datatrove_words import split_datatrove
from .dictionary_words import split_by_dictionary
from .uax29_words import Words, ascii_kinds, split_uax29
from .whitespace_words import split_whitespace

Made = TypeVar("Made")


class Tables(NamedTuple):
    """What is known of code points, and of words where a way of splitting asks for them."""

    code_index: Index
    blocks: Blocks
    of_ascii: Bytes
    exceptions: datatrove_table.Exceptions
    dictionary: dictionaries.Dictionary


@cache
def load(mode: int) -> Tables:
    """Read what a way of splitting takes, once in a process."""
    unicode = unicode_table.load()
    exceptions = datatrove_table.load() if mode == DATATROVE else datatrove_table.NONE
    dictionary = dictionaries.load() if mode == DICTIONARY else dictionaries.NONE
    return Tables(unicode.index, unicode.properties, ascii_kinds(unicode), exceptions, dictionary)


Splitter: TypeAlias = Callable[[Bytes, int, int, Tables, Words], int]
"""Finds the words of one document and returns how many; for kernels."""


@inner
def _by_white_space(data: Bytes, start: int, end: int, tables: Tables, words: Words) -> int:
    return split_whitespace(data, start, end, tables.code_index, tables.blocks, tables.of_ascii, words)


@inner
def _by_uax29(data: Bytes, start: int, end: int, tables: Tables, words: Words) -> int:
    return split_uax29(data, start, end, tables.code_index, tables.blocks, tables.of_ascii, words)


@inner
def _as_datatrove(data: Bytes, start: int, end: int, tables: Tables, words: Words) -> int:
    return split_datatrove(data, start, end, tables.code_index, tables.blocks, words, tables.exceptions)


@inner
def _by_dictionary(data: Bytes, start: int, end: int, tables: Tables, words: Words) -> int:
    return split_by_dictionary(
        data, start, end, tables.code_index, tables.blocks, tables.of_ascii, words, tables.dictionary
    )


SPLITTERS: Mapping[int, Splitter] = {
    WHITESPACE: _by_white_space, UAX29: _by_uax29, DATATROVE: _as_datatrove, DOLMA: _by_white_space,
    DICTIONARY: _by_dictionary,
}  # fmt: skip
"""By the number of a way of splitting."""


def for_each_mode(make: Callable[[Splitter, int], Made]) -> Mapping[int, Made]:
    """A kernel for each way of splitting: one for all of them would compile those that a recipe does not use."""
    return {mode: make(split, mode) for mode, split in SPLITTERS.items()}
