"""Documents as sets of hashed word n-grams, for MinHash."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from ...filters.kernels.machine.buffers import Bytes, Int64s, longest_bytes, text_buffers
from ...filters.kernels.machine.kernel import inner, kernel
from ...filters.kernels.unicode.unicode_table import (
    BLOCK_BITS,
    CODE_POINTS,
    WORD_BREAK_MASK,
    Blocks,
    Index,
    Property,
    WordBreak,
    decode,
    fold,
    load,
    lookup,
)
from ..base.step import UInt64s
from .signatures import UInt32s

_DIGIT = int(Property.DIGIT)
_HAN_KANA = int(Property.HAN_KANA)
_LETTER = int(Property.ALNUM | Property.MARK)
_EXTEND, _FORMAT, _ZWJ = int(WordBreak.EXTEND), int(WordBreak.FORMAT), int(WordBreak.ZWJ)
_WORD_MULTIPLIER = np.uint64(0x9FB21C651E98DF25)
_SHINGLE_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)


class Shingles(NamedTuple):
    """Shingles of n documents: those of document i are ``hashes[offsets[i]:offsets[i + 1]]``."""

    offsets: Int64s
    """Shape (n + 1,)."""
    hashes: UInt32s
    """32-bit hashes, repeated where a shingle is."""
    identities: UInt64s
    """Shape (n,): the 64-bit hash of a document's only shingle; 0 for documents with several different ones or none."""


def shingles(text: pa.Array, *, ngram: int, max_words: int, fold_digits: bool = False) -> Shingles:
    """Hash every run of ``ngram`` words; a document of fewer words is one shingle, one without words has none.

    Words are folded: lower case, accents and other nonspacing marks stripped, in any Unicode normalisation
    form alike (but for some Indic vowel signs). Whatever is neither letter, digit nor mark separates
    words; Han and Kana characters are words one by one, and invisible format characters count for nothing.

    Args:
        text: ``large_string`` array of n documents.
        ngram: Words in a shingle.
        max_words: Words of each document that are looked at.
        fold_digits: Take every digit for 0. Any two tables of numbers then say the same.
    """
    offsets, data = text_buffers(text)
    table = load()
    documents = len(offsets) - 1
    # A word takes a byte and a separator, or three bytes; pages that are never written cost nothing.
    words = np.empty(min(longest_bytes(offsets) // 2 + 1, max_words), dtype=np.uint64)
    hashes = np.empty((offsets[-1] - offsets[0]) // 2 + documents, dtype=np.uint32)
    shingle_offsets = np.zeros(documents + 1, dtype=np.int64)
    identities = np.zeros(documents, dtype=np.uint64)
    ascii_table, distances = (ascii_fold(), table.fold_distance) if fold_digits else digits_kept()
    _hash_shingles(
        offsets, data, ascii_table, table.index, table.properties, table.fold_index, distances, ngram,
        words, shingle_offsets, hashes, identities,
    )  # fmt: skip
    return Shingles(shingle_offsets, hashes[: shingle_offsets[-1]], identities)


@cache
def ascii_fold() -> Bytes:
    """Folded form of every ASCII character, 0 for those that separate words."""
    table = load()
    codes = np.arange(128)
    is_letter = table.properties[(table.index[codes >> 7].astype(np.int64) << 7) | codes] & Property.ALNUM
    lowered = (codes + table.fold_distance[(table.fold_index[codes >> 7].astype(np.int64) << 7) | codes]) & 0xFF
    return np.where(is_letter, lowered, 0).astype(np.uint8)


@cache
def digits_kept() -> tuple[Bytes, Blocks]:
    """Folded form of ASCII, and the table of distances to folded forms, in which digits stay themselves."""
    table = load()
    ascii_table, distances = ascii_fold().copy(), table.fold_distance.copy()
    ascii_table[0x30:0x3A] = np.arange(0x30, 0x3A)
    codes = np.arange(CODE_POINTS)
    at = (table.index[codes >> BLOCK_BITS].astype(np.int64) << BLOCK_BITS) | (codes & 127)
    digits = codes[table.properties[at] & _DIGIT != 0]
    # No block is shared by digits and others: digits that stand in different places are at different distances from 0.
    distances[(table.fold_index[digits >> BLOCK_BITS].astype(np.int64) << BLOCK_BITS) | (digits & 127)] = 0
    ascii_table.setflags(write=False)
    distances.setflags(write=False)
    return ascii_table, distances


@inner
def _mix(value: np.uint64) -> np.uint64:
    """Finalizer of splitmix64: every bit of the input moves every bit of the output."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inner
def _grown(hash_: np.uint64, code_point: int) -> np.uint64:
    """Hash of a word with one more code point."""
    return (hash_ ^ np.uint64(code_point)) * _WORD_MULTIPLIER


@inner
def fold_words(
    data: Bytes,
    position: int,
    end: int,
    ascii_table: Bytes,
    index: Index,
    properties: Blocks,
    fold_index: Index,
    fold_distance: Blocks,
    words: UInt64s,
    starts: Int64s | None,
    max_words: int,
) -> int:
    """Write the hashes of a document's words, and where they start if that is wanted, and return their number."""
    count = 0
    begun = position
    empty = np.uint64(0x9E3779B97F4A7C15)
    current = empty
    in_word = False
    while position < end:
        byte = data[position]
        if byte < 0x80:
            position += 1
            folded = ascii_table[byte]
            if folded:
                if starts is not None and not in_word:
                    begun = position - 1
                current = _grown(current, folded)
                in_word = True
                continue
        else:
            code_point, width = decode(data, position)
            position += width
            entry = lookup(index, properties, code_point)
            if entry & _HAN_KANA:
                if in_word:
                    words[count] = _mix(current)
                    if starts is not None:
                        starts[count] = begun
                    count += 1
                    if count == max_words:
                        return count
                if starts is not None:
                    begun = position - width
                current = _grown(empty, fold(fold_index, fold_distance, code_point))
                in_word = True  # and it ends below
            elif 0xAC00 <= code_point < 0xD7A4:  # Hangul syllables fall into the letters of their decomposed form
                syllable = code_point - 0xAC00
                if starts is not None and not in_word:
                    begun = position - width
                current = _grown(_grown(current, 0x1100 + syllable // 588), 0x1161 + syllable % 588 // 28)
                if syllable % 28:
                    current = _grown(current, 0x11A7 + syllable % 28)
                in_word = True
                continue
            else:
                word_break = entry & WORD_BREAK_MASK
                if entry & _LETTER or (word_break == _EXTEND and code_point != 0x200C):
                    code_point = fold(fold_index, fold_distance, code_point)
                    if code_point:
                        if starts is not None and not in_word:
                            begun = position - width
                        current = _grown(current, code_point)
                        in_word = True
                    continue
                if word_break in (_FORMAT, _ZWJ) or code_point == 0x200C:  # the last is the non-joiner of Persian
                    continue
        if in_word:
            words[count] = _mix(current)
            if starts is not None:
                starts[count] = begun
            count += 1
            if count == max_words:
                return count
            current = empty
            in_word = False
    if in_word:
        words[count] = _mix(current)
        if starts is not None:
            starts[count] = begun
        count += 1
    return count


@kernel
def _hash_shingles(
    offsets: Int64s,
    data: Bytes,
    ascii_table: Bytes,
    index: Index,
    properties: Blocks,
    fold_index: Index,
    fold_distance: Blocks,
    ngram: int,
    words: UInt64s,
    shingle_offsets: Int64s,
    hashes: UInt32s,
    identities: UInt64s,
) -> None:
    leaving = np.uint64(1)
    for _ in range(ngram):
        leaving *= _SHINGLE_MULTIPLIER
    written = 0
    for document in range(len(offsets) - 1):
        count = fold_words(
            data,
            offsets[document],
            offsets[document + 1],
            ascii_table,
            index,
            properties,
            fold_index,
            fold_distance,
            words,
            None,
            len(words),
        )
        if count:
            rolling = np.uint64(0)
            for word in range(min(ngram, count)):
                rolling = rolling * _SHINGLE_MULTIPLIER + words[word]
            shingle = _mix(rolling)
            hashes[written] = np.uint32(shingle >> np.uint64(32))
            written += 1
            first = shingle
            is_only = True
            for word in range(ngram, count):
                rolling = rolling * _SHINGLE_MULTIPLIER + words[word] - leaving * words[word - ngram]
                shingle = _mix(rolling)
                hashes[written] = np.uint32(shingle >> np.uint64(32))
                written += 1
                is_only &= shingle == first
            if is_only:
                identities[document] = first
        shingle_offsets[document + 1] = written
