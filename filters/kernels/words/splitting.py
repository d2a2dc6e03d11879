"""The words of a document in each of the ways of ``words``, and the tables that it takes."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ..machine.buffers import Bytes
from ..machine.jit import njit
from ..unicode import unicode_table
from ..unicode.unicode_table import Blocks, Index
from . import datatrove_table
from .boundaries import DATATROVE, UAX29
from .datatrove_words import split_datatrove
from .uax29_words import Words, ascii_kinds, split_uax29
from .whitespace_words import split_whitespace


class Tables(NamedTuple):
    """What is known of code points."""

    code_index: Index
    blocks: Blocks
    of_ascii: Bytes
    exceptions: datatrove_table.Exceptions


@cache
def load() -> Tables:
    """Read them once in a process."""
    unicode = unicode_table.load()
    of_ascii = ascii_kinds(unicode.index, unicode.properties)
    return Tables(unicode.index, unicode.properties, of_ascii, datatrove_table.load())


@njit
def split(data: Bytes, start: int, end: int, tables: Tables, mode: int, words: Words) -> int:
    """Find the words of one document; returns how many."""
    if mode == UAX29:
        return split_uax29(data, start, end, tables.code_index, tables.blocks, tables.of_ascii, words)
    if mode == DATATROVE:
        return split_datatrove(data, start, end, tables.code_index, tables.blocks, words, tables.exceptions)
    return split_whitespace(data, start, end, tables.code_index, tables.blocks, tables.of_ascii, words)
