"""CCNet's normalisation of lines, in the form in which lines are compared, and in the one whose perplexity is taken.

Lines are what stands between ``\\n``. Each is stripped; what is left of each of its characters is looked up in a table
(``build_ccnet_table``). A text keeps its number of lines, so that the n-th line of the output is the n-th of the input.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64s, room_for_text, text_array, text_buffers
from ..machine.eight_bytes import HIGH, digits_of, letters_of, printable_of
from ..machine.instructions import load_eight, store_eight, trailing_zeros
from ..machine.kernel import inner, kernel
from ..machine.scanning import line_end, same_bytes
from ..unicode.unicode_table import BLOCK_BITS, CODE_POINTS, DELETED, Blocks, Index, decode, encode, lookup
from ..unicode.unicode_table import load as load_unicode
from ..words.boundaries import skip_space, strip_end

Form: TypeAlias = Literal["dedup", "perplexity"]
"""``dedup``: lower case, digits are 0, CCNet's Unicode marks and control characters removed, ASCII marks kept.
``perplexity``: also accents stripped, and the marks written in ASCII instead of removed."""
FORMS: tuple[Form, ...] = get_args(Form)

EXPANDED = 0x80000001
"""Entries from here on stand for the strings of :attr:`Table.expansions`; :data:`DELETED` for none, others are the
distance to one code point."""
HANGUL = 0x8FFFFFFF
"""Entry of a Hangul syllable that falls apart into its letters, which arithmetic finds."""
HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3
LOW_HALF = np.uint64(0x0F)
MAGIC = b"textmill ccnet 1\n"

GROWTH = 3
"""Most bytes that come of one byte: a Hangul syllable of three bytes has three letters of three bytes."""


class Table(NamedTuple):
    """What one form makes of every code point."""

    block_index: Index
    entries: Blocks
    expansions: Bytes
    expansion_offsets: Int64s
    ascii: Bytes
    """What becomes of each ASCII character; 0 where nothing is left."""


@cache
def load(form: Form) -> Table:
    """Read the table that comes with textmill."""
    content = Path(__file__).with_name("ccnet.bin").read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError("filters/kernels/lines/ccnet.bin is damaged; install textmill again")
    position = len(MAGIC)
    tables: list[tuple[Any, Any]] = []
    for _ in FORMS:
        blocks = int(np.frombuffer(content, "<u4", 1, position)[0])
        index = np.frombuffer(content, "<u2", CODE_POINTS >> BLOCK_BITS, position + 4)
        entries = np.frombuffer(content, "<u4", blocks << BLOCK_BITS, position + 4 + index.nbytes)
        position += 4 + index.nbytes + entries.nbytes
        tables.append((index.astype(np.uint16), entries.astype(np.uint32)))
    strings = content[position:].split(b"\0")
    expansion_offsets = np.cumsum([0, *map(len, strings)], dtype=np.int64)
    expansions = np.frombuffer(b"".join(strings), dtype=np.uint8)
    index, entries = tables[FORMS.index(form)]
    of_ascii = entries[(int(index[0]) << BLOCK_BITS) + np.arange(128)]
    kept_ascii = np.where(of_ascii == DELETED, 0, (np.arange(128) + of_ascii) & 0x7F).astype(np.uint8)
    table = Table(index, entries, expansions, expansion_offsets, kept_ascii)
    for array in table:
        array.setflags(write=False)
    return table


def normalize_lines(text: pa.Array, form: Form = "dedup") -> tuple[pa.Array, Int64s]:
    """Normalise every line of every text; returns the ``large_string`` column, and how many lines of each changed.

    Source: Wenzek et al. 2020, "CCNet: Extracting High Quality Monolingual Datasets from Web Crawl Data", sections 3.1
    and 3.4, and its code. How ours differs: a capital sigma is σ at the end of a word too.
    """
    offsets, data = text_buffers(text)
    unicode = load_unicode()
    written = room_for_text(offsets, growth=GROWTH, more=8)
    changed = np.zeros(len(text), dtype=np.int64)
    _normalize(offsets, data, unicode.index, unicode.properties, load(form), *written, changed)
    end = int(written.offsets[-1])
    return text_array(written.offsets, written.data[:end].copy()), changed  # most of the room is not needed


@kernel
def _normalize(
    offsets: Int64s,
    data: Bytes,
    space_index: Index,
    properties: Blocks,
    table: Table,
    output_offsets: Int64s,
    output: Bytes,
    changed: Int64s,
) -> None:
    target = 0
    for document in range(len(changed)):
        target, changed[document] = _normalize_document(
            data, offsets[document], offsets[document + 1], space_index, properties, table, output, target
        )
        output_offsets[document + 1] = target


@inner
def _normalize_document(
    data: Bytes,
    position: int,
    end: int,
    space_index: Index,
    properties: Blocks,
    table: Table,
    output: Bytes,
    target: int,
) -> tuple[int, int]:
    """Write one text from a position of the output on; returns where it ends, and how many lines changed."""
    changed = 0
    while True:
        stop = line_end(data, position, end)
        begun = target
        at = skip_space(data, position, stop, space_index, properties)
        last = strip_end(data, at, stop, space_index, properties)
        while at < last:
            if at + 8 <= last:  # printing ASCII: letters in lower case, digits 0
                block = load_eight(data, at)
                upper, digits = letters_of(block) & ~(block << np.uint64(2)), digits_of(block)
                store_eight(output, target, (block | upper >> np.uint64(2)) & ~((digits >> np.uint64(7)) * LOW_HALF))
                others = ~printable_of(block) & HIGH
                if not others:  # a branch of its own: where the next block begins is known before this one is read
                    target += 8
                    at += 8
                    continue
                run = trailing_zeros(others) >> 3
                target += run
                at += run
            byte = data[np.uint64(at)]
            if byte < 0x80:
                kept = table.ascii[byte]
                output[np.uint64(target)] = kept
                target += kept != 0
                at += 1
                continue
            code_point, width = decode(data, at)
            at += width
            entry = lookup(table.block_index, table.entries, code_point)
            if entry >> 28 != 8:
                target = encode((code_point + entry) & 0xFFFFFFFF, output, target)
            elif entry == HANGUL:
                target = _write_letters(code_point - HANGUL_FIRST, output, target)
            elif entry != DELETED:
                number = entry - EXPANDED
                for byte_at in range(table.expansion_offsets[number], table.expansion_offsets[number + 1]):
                    output[target] = table.expansions[byte_at]
                    target += 1
        length = stop - position
        changed += target - begun != length or not same_bytes(data, position, output, begun, length)
        if stop == end:
            return target, changed
        output[target] = 0x0A
        target += 1
        position = stop + 1


@inner
def _write_letters(syllable: int, output: Bytes, target: int) -> int:
    """The two or three letters of a Hangul syllable (Unicode, section 3.12)."""
    target = encode(0x1100 + syllable // 588, output, target)
    target = encode(0x1161 + syllable % 588 // 28, output, target)
    return encode(0x11A7 + syllable % 28, output, target) if syllable % 28 else target
