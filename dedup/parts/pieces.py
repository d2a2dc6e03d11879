"""Texts cut into pieces that can be compared: lines, paragraphs, sentences, words. Arrays in, arrays out."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...filters.kernels.lines.ccnet_lines import normalize_lines
from ...filters.kernels.machine.buffers import Bytes, Int64s, text_buffers
from ...filters.kernels.machine.hashing import hash_bytes, mix
from ...filters.kernels.machine.kernel import inner, kernel
from ...filters.kernels.machine.scanning import count_line_feeds, line_end
from ...filters.kernels.unicode.unicode_table import (
    Blocks,
    Index,
    Property,
    count_chars,
    decode,
    load,
    lookup,
)
from ...filters.kernels.words.boundaries import skip_space, strip_end
from ..base.step import UInt64s
from ..documents.shingles import digits_kept, fold_words

Form: TypeAlias = Literal["c4", "ccnet", "exact"]
"""How lines are written before they are compared, white space at their ends aside: ``c4`` in lower case; ``ccnet`` in
lower case, with digits as 0 and without typographic marks; ``exact`` as they stand."""
FORMS: tuple[Form, ...] = get_args(Form)

_LINE_END, _SPACE, _TERMINAL = int(Property.LINE_END), int(Property.SPACE), int(Property.TERMINAL)
_CHAIN = np.uint64(0x9FB21C651E98DF25)
_NONE = np.uint64(0)


class Pieces(NamedTuple):
    """Pieces of n documents: those of document i are ``offsets[i]`` up to ``offsets[i + 1]``."""

    offsets: Int64s
    """Shape (n + 1,)."""
    starts: Int64s
    """Where each begins in the bytes of the column; it ends where the next begins, or with the document."""
    hashes: UInt64s
    """What pieces are compared by; 0 for one that is not compared."""


def cut_lines(text: pa.Array, *, form: Form, min_chars: int, paragraphs: bool) -> Pieces:
    """Cut at every line feed, or into paragraphs: runs of lines that are not blank.

    White space around a line counts for nothing. Blank lines are not compared; behind a paragraph they belong to it.

    Args:
        text: ``large_string`` column.
        form: How lines are written before they are compared.
        min_chars: Pieces with fewer characters, when written so, are not compared.
        paragraphs: Cut into paragraphs.
    """
    offsets, data = text_buffers(text)
    # Neither form adds or removes a line feed: line k of the one text is line k of the other.
    written = text
    if form == "c4":
        written = pc.utf8_lower(text)
    elif form == "ccnet":
        written, _ = normalize_lines(text, "dedup")
    table = load()
    room = _room(len(text), len(text) + count_line_feeds(data, offsets[0], offsets[-1]))
    _cut_lines(
        offsets, data, *text_buffers(written), table.index, table.properties, max(min_chars, 1), paragraphs,
        room.offsets, room.starts, room.hashes,
    )  # fmt: skip
    return _filled(room)


def cut_words(text: pa.Array) -> Pieces:
    """Cut into words as :func:`~textmill.dedup.documents.shingles.shingles` does, but digits count as they are.

    With every digit as 0, any two tables of numbers would say the same.
    """
    offsets, data = text_buffers(text)
    table = load()
    # A word takes a byte and a separator, or three bytes; pages that are never written cost nothing.
    room = _room(len(text), (offsets[-1] - offsets[0]) // 2 + len(text))
    ascii_table, distances = digits_kept()
    _cut_words(offsets, data, ascii_table, distances, table.index, table.properties, table.fold_index, *room)
    return _filled(room)


def cut_sentences(text: pa.Array) -> Pieces:
    """Cut into sentences of at least one word; they are compared by their folded words.

    A sentence ends at a line's end, at a terminal mark of scripts other than Latin, and at ``. ? !`` before white
    space (quotes and brackets between them allowed), but not at a full stop before a small letter.
    """
    words = cut_words(text)
    data = text_buffers(text).data
    table = load()
    room = _room(len(text), len(words.starts))
    _cut_sentences(*words, data, table.index, table.properties, *room)
    return _filled(room)


def _room(documents: int, most: int) -> Pieces:
    """Arrays for a kernel to write to, of documents with so many pieces at most."""
    return Pieces(
        np.zeros(documents + 1, dtype=np.int64), np.empty(most, dtype=np.int64), np.empty(most, dtype=np.uint64)
    )


def _filled(room: Pieces) -> Pieces:
    """The part of these arrays that has been written to."""
    count = room.offsets[-1]
    return Pieces(room.offsets, room.starts[:count], room.hashes[:count])


@kernel
def _cut_lines(
    offsets: Int64s,
    data: Bytes,
    written_offsets: Int64s,
    written: Bytes,
    index: Index,
    properties: Blocks,
    min_chars: int,
    paragraphs: bool,
    piece_offsets: Int64s,
    starts: Int64s,
    hashes: UInt64s,
) -> None:
    count = 0
    for document in range(len(offsets) - 1):
        position, end = offsets[document], offsets[document + 1]
        other, other_end = written_offsets[document], written_offsets[document + 1]
        is_open = False
        chars = 0
        chain = np.uint64(0)
        while position < end:
            stop, other_stop = line_end(data, position, end), line_end(written, other, other_end)
            first = skip_space(written, other, other_stop, index, properties)
            last = strip_end(written, first, other_stop, index, properties)
            line_chars = count_chars(written, first, last)
            if not paragraphs:
                starts[count] = position
                hashes[count] = _some(hash_bytes(written, first, last)) if line_chars >= min_chars else _NONE
                count += 1
            elif first == last:
                is_open = False
            else:
                if not is_open:
                    starts[count] = position
                    count += 1
                    is_open = True
                    chars = 0
                    chain = np.uint64(0)
                chars += line_chars
                chain = (chain ^ hash_bytes(written, first, last)) * _CHAIN
                hashes[count - 1] = _some(mix(chain)) if chars >= min_chars else _NONE
            position, other = stop + 1, other_stop + 1
        piece_offsets[document + 1] = count


@kernel
def _cut_words(
    offsets: Int64s,
    data: Bytes,
    ascii_table: Bytes,
    fold_distance: Blocks,
    index: Index,
    properties: Blocks,
    fold_index: Index,
    piece_offsets: Int64s,
    starts: Int64s,
    hashes: UInt64s,
) -> None:
    count = 0
    for document in range(len(offsets) - 1):
        count += fold_words(
            data,
            offsets[document],
            offsets[document + 1],
            ascii_table,
            index,
            properties,
            fold_index,
            fold_distance,
            hashes[count:],
            starts[count:],
            len(hashes) + 1,
        )
        piece_offsets[document + 1] = count


@kernel
def _cut_sentences(
    word_offsets: Int64s,
    word_starts: Int64s,
    word_hashes: UInt64s,
    data: Bytes,
    index: Index,
    properties: Blocks,
    piece_offsets: Int64s,
    starts: Int64s,
    hashes: UInt64s,
) -> None:
    count = 0
    for document in range(len(word_offsets) - 1):
        chain = np.uint64(0)
        for word in range(word_offsets[document], word_offsets[document + 1]):
            is_first = word == word_offsets[document]
            if is_first or _ends_between(data, word_starts[word - 1], word_starts[word], index, properties):
                starts[count] = word_starts[word]
                count += 1
                chain = np.uint64(0)
            chain = (chain ^ word_hashes[word]) * _CHAIN
            hashes[count - 1] = _some(mix(chain))
        piece_offsets[document + 1] = count


@inner
def _ends_between(data: Bytes, start: int, end: int, index: Index, properties: Blocks) -> bool:
    """Whether a sentence ends between the starts of two words that follow each other."""
    position = start
    while position < end:
        byte = data[position]
        if byte >= 0x80:
            code_point, width = decode(data, position)
            if lookup(index, properties, code_point) & (_LINE_END | _TERMINAL):
                return True
            position += width
            continue
        if 0x0A <= byte <= 0x0D or 0x1C <= byte <= 0x1E:
            return True
        if byte != 0x2E and byte != 0x3F and byte != 0x21:
            position += 1
            continue
        # All marks up to the next white space share what follows, so that runs of marks are looked at once.
        is_strong = False
        while position < end:
            byte = data[position]
            width = 1
            if byte < 0x80:
                if _is_space(byte):
                    break
                is_strong |= byte == 0x3F or byte == 0x21
            else:
                code_point, width = decode(data, position)
                bits = lookup(index, properties, code_point)
                if bits & (_LINE_END | _TERMINAL):
                    return True
                if bits & _SPACE:
                    break
            position += width
        if position < end and (is_strong or _begins_sentence(data, position, end, index, properties)):
            return True
    return False


@inner
def _begins_sentence(data: Bytes, position: int, end: int, index: Index, properties: Blocks) -> bool:
    """Whether what follows the white space here, a mark or the word at ``end``, is no small letter."""
    following = data[skip_space(data, position, end, index, properties)]
    return not 0x61 <= following <= 0x7A


@inner
def _some(hash_: np.uint64) -> np.uint64:
    """A hash that is not 0, which stands for none."""
    return hash_ if hash_ != _NONE else np.uint64(1)


@inner
def _is_space(byte: int) -> bool:
    return byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F
