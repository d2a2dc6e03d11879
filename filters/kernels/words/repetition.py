"""Repeated word n-grams of each document of a batch, in the same kernel pass that counts its words."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int32s, Int64Matrix, Int64s, UInt64s, longest_bytes, text_buffers
from ..machine.hashing import FACTOR, HALF, SEED
from ..machine.instructions import unsplit
from ..machine.kernel import Kernel, inlined, inner, integer, kernel
from ..machine.memory import Matrix, remember, remembered
from ..machine.scratch import kept
from .boundaries import DATATROVE, DOLMA, UAX29, WHITESPACE
from .splitting import Splitter, Tables, for_each_mode, load
from .stop_word_table import StopWords, english
from .uax29_words import Words, new_words
from .word_statistics import COUNT as WORD_COUNT
from .word_statistics import count_words_alone, count_words_and_groups, words_key

TOP_SIZES = (2, 3, 4)
DUPLICATE_SIZES = (5, 6, 7, 8, 9, 10)
USUAL_BYTES_OF_WORD = 5
SMALLEST_TOP, SMALLEST_DUPLICATE, LARGEST = TOP_SIZES[0], DUPLICATE_SIZES[0], DUPLICATE_SIZES[-1]


class Repetition(IntEnum):
    """Columns of the matrix; chars are code points."""

    TOP_2_GRAM_CHARS = 0
    """Chars of the most frequent n-gram, words joined by one space, times its count; 0 when none occurs twice. For
    datatrove and Dolma also when none does; for Dolma without spaces."""
    TOP_3_GRAM_CHARS = auto()
    TOP_4_GRAM_CHARS = auto()
    DUPLICATE_5_GRAM_CHARS = auto()
    """Chars of words in n-grams that have stood before, found from left to right, none counted twice; for Dolma those
    of all occurrences of repeated n-grams, which overlap."""
    DUPLICATE_6_GRAM_CHARS = auto()
    DUPLICATE_7_GRAM_CHARS = auto()
    DUPLICATE_8_GRAM_CHARS = auto()
    DUPLICATE_9_GRAM_CHARS = auto()
    DUPLICATE_10_GRAM_CHARS = auto()
    ALL_5_GRAM_CHARS = auto()
    """Chars of all n-grams, each word as often as it is in one; 0 but for Dolma."""
    ALL_6_GRAM_CHARS = auto()
    ALL_7_GRAM_CHARS = auto()
    ALL_8_GRAM_CHARS = auto()
    ALL_9_GRAM_CHARS = auto()
    ALL_10_GRAM_CHARS = auto()


COUNT = len(Repetition)


def repetition(text: pa.Array, mode: int) -> Matrix:
    """Measure each document, shape (documents, :data:`COUNT`); ``mode`` is how words are split.

    What the pass learns of words on its way is remembered for :func:`word_statistics.word_statistics`; words of
    UAX #29 also tell what stands between white space.
    """

    def take() -> Matrix:
        result, in_words, in_groups = _repetition_of(text, mode)
        remember(text, words_key(mode), in_words)
        if mode == UAX29:
            remember(text, words_key(WHITESPACE), in_groups)
        return result

    return remembered(text, ("repetition", mode), take)


class Room(NamedTuple):
    """Room to work in, for so many words: what a long text takes of memory is mostly this."""

    starts: Int32s
    """Of n-grams that may occur twice."""
    links: Int32s
    """By start: where its n-gram stood first; there itself minus how often it occurs, doubled."""
    table: Int32s
    """Starts, from 1 on."""
    sketch: Bytes
    """The same memory: each is done with before the other is begun."""


@kept
def _room_for(words: int) -> Room:
    table = np.empty(table_slots.function(words), dtype=np.int32)
    return Room(
        starts=np.empty(words, dtype=np.int32),
        links=np.empty(words, dtype=np.int32),
        table=table,
        sketch=table.view(np.uint8),
    )


def _repetition_of(text: pa.Array, mode: int) -> tuple[Matrix, Matrix, Matrix]:
    """The matrix, and those of the words and of what stands between white space."""
    offsets, data = text_buffers(text)
    documents = len(text)
    result = np.zeros((documents, COUNT), dtype=np.int64)
    in_words, in_groups = np.zeros((2, documents, WORD_COUNT), dtype=np.int64)
    words = new_words(longest_bytes(offsets))
    room = _room_for(longest_bytes(offsets) // USUAL_BYTES_OF_WORD + 1)
    done = 0
    while done < documents:  # the kernel stops at a document of more words than there is room for
        arguments = offsets, data, load(mode), english(mode), words, room, done, result, in_words, in_groups
        done, needed = _REPETITION[mode](*arguments)
        if needed > len(room.starts):
            room = _room_for(needed + needed // 2)
    return result, in_words, in_groups


Pass: TypeAlias = Kernel[
    [Int64s, Bytes, Tables, StopWords, Words, Room, int, Int64Matrix, Int64Matrix, Int64Matrix], tuple[int, int]
]
"""Measures documents from one on; returns with which it stopped, and the number of its words."""


def _repetition(split: Splitter, mode: int) -> Pass:
    tally = count_words_and_groups if mode == UAX29 else count_words_alone

    @kernel
    def _repetition(
        offsets: Int64s,
        data: Bytes,
        tables: Tables,
        stop_words: StopWords,
        words: Words,
        room: Room,
        first: int,
        result: Int64Matrix,
        in_words: Int64Matrix,
        in_groups: Int64Matrix,
    ) -> tuple[int, int]:
        for document in range(first, len(result)):
            count = split(data, offsets[document], offsets[document + 1], tables, words)
            if count > len(room.starts):
                return document, count
            tally(words, count, stop_words, in_words[document], in_groups[document])
            _measure(words, count, room, mode, result[document])
            if mode == DATATROVE or mode == DOLMA:
                _as_peers_count(words.lengths, count, mode, result[document])
        return len(result), 0

    return _repetition


@inner
def _measure(words: Words, candidates: int, room: Room, mode: int, row: Int64s) -> None:
    """Count n-grams of ever more words, looking only at those that can occur twice.

    An n-gram occurs twice only where the (n - 1)-grams at its first and at its second word do, so that for n above 3
    few are left. A sketch of one byte for each possible hash, which needs no comparing, sorts out most others before
    the exact table is asked. Hashes of n-grams take the place of those of words, one size that of the one before.
    """
    grams, (starts, links, table, sketch) = words.hashes, room
    for size in range(SMALLEST_TOP, LARGEST + 1):
        if size == SMALLEST_TOP:
            candidates = _sketched_pairs(grams, candidates, starts, sketch)
        elif size < SMALLEST_DUPLICATE:
            candidates = _sketched(grams, candidates, starts, sketch)
        else:
            candidates = _longer(grams, candidates, starts)
        if candidates < 2:
            return
        most = _count(grams, candidates, starts, links, table)
        if most < 2:
            return
        if size < SMALLEST_DUPLICATE:
            for candidate in range(candidates):
                start = starts[candidate]
                if -links[start] >> 1 == most:  # the first one in the text
                    chars = _chars(words.lengths, start, size) + (0 if mode == DOLMA else size - 1)
                    row[Repetition.TOP_2_GRAM_CHARS + size - SMALLEST_TOP] = chars * most
                    break
        elif mode == DOLMA:
            for candidate in range(candidates):
                start = starts[candidate]
                if _is_repeated(links[start]):
                    chars = _chars(words.lengths, start, size)
                    row[Repetition.DUPLICATE_5_GRAM_CHARS + size - SMALLEST_DUPLICATE] += chars
        else:
            free = 0
            for candidate in range(candidates):
                start = starts[candidate]
                if start < free:
                    continue
                first = start if links[start] < 0 else links[start]
                if links[first] & 1:  # marked when it was first met
                    chars = _chars(words.lengths, start, size)
                    row[Repetition.DUPLICATE_5_GRAM_CHARS + size - SMALLEST_DUPLICATE] += chars
                    free = start + size
                else:
                    links[first] -= 1
        kept = 0
        for candidate in range(candidates):
            start = starts[candidate]
            starts[kept] = start
            kept += _is_repeated(links[start])
        candidates = kept


@inlined
def _is_repeated(link: int) -> bool:
    """Whether the n-gram with this link occurs twice; a first one may be marked."""
    return (link >= 0) | (link <= -4)


@inner
def _as_peers_count(lengths: Int32s, count: int, mode: int, row: Int64s) -> None:
    """For datatrove and Dolma an n-gram may be the most frequent that occurs once; Dolma counts all n-grams."""
    for size in range(SMALLEST_TOP, SMALLEST_DUPLICATE):
        column = Repetition.TOP_2_GRAM_CHARS + size - SMALLEST_TOP
        if row[column] == 0 and count >= size:
            row[column] = _chars(lengths, 0, size) + (0 if mode == DOLMA else size - 1)
    if mode == DOLMA:
        for size in range(SMALLEST_DUPLICATE, LARGEST + 1):
            for start in range(count - size + 1):
                row[Repetition.ALL_5_GRAM_CHARS + size - SMALLEST_DUPLICATE] += _chars(lengths, start, size)


@inner
def _chars(lengths: Int32s, start: int, size: int) -> int:
    """Chars of so many words."""
    chars = 0
    for word in range(start, start + size):
        chars += lengths[word]
    return chars


@inlined
def _joined(gram: np.uint64, following: np.uint64) -> np.uint64:
    """The hash of an n-gram, of those of the (n - 1)-grams at its first and at its second word."""
    return gram * FACTOR + (following ^ (following >> HALF))


@inner
def _sketched_pairs(grams: UInt64s, words: int, starts: Int32s, sketch: Bytes) -> int:
    """Make pairs of all words, and keep those that may occur twice; returns how many."""
    cells = sketch_cells(words)
    sketch[:cells] = 0
    for start in range(words - 1):
        gram = _joined(grams[start], grams[start + 1])
        grams[start] = gram
        cell = _place(gram, cells)
        sketch[cell] = min(sketch[cell] + 1, 2)
    kept = 0
    for start in range(words - 1):
        starts[kept] = start
        kept += sketch[_place(grams[start], cells)] > 1
    return kept


@inner
def _sketched(grams: UInt64s, candidates: int, starts: Int32s, sketch: Bytes) -> int:
    """Make n-grams of (n - 1)-grams that stand behind each other, and keep those that may occur twice."""
    cells = sketch_cells(candidates)
    sketch[:cells] = 0
    made = 0
    for candidate in range(candidates - 1):
        start = starts[candidate]
        is_followed = starts[candidate + 1] == start + 1
        # The (n - 1)-gram of a start that is left out is never asked for again.
        gram = _joined(grams[start], grams[start + 1])
        grams[start] = gram
        cell = _place(gram, cells)
        sketch[cell] = min(sketch[cell] + is_followed, 2)
        starts[made] = start
        made += is_followed
    kept = 0
    for candidate in range(made):
        start = starts[candidate]
        starts[kept] = start
        kept += sketch[_place(grams[start], cells)] > 1
    return kept


@inner
def _longer(grams: UInt64s, candidates: int, starts: Int32s) -> int:
    """Make n-grams of (n - 1)-grams that stand behind each other; of so many words nearly all of them repeat."""
    made = 0
    for candidate in range(candidates - 1):
        start = starts[candidate]
        is_followed = starts[candidate + 1] == start + 1
        grams[start] = _joined(grams[start], grams[start + 1])
        starts[made] = start
        made += is_followed
    return made


@inner
def _count(grams: UInt64s, candidates: int, starts: Int32s, links: Int32s, table: Int32s) -> int:
    """Link every start to the first one of its n-gram; returns how often the most frequent occurs, or 0."""
    slots = table_slots(candidates)
    table[:slots] = 0
    most = 0
    for candidate in range(candidates):
        start = starts[candidate]
        gram = grams[start]
        slot = _place(gram, slots)
        while not unsplit((table[slot] == 0) | (grams[max(table[slot] - 1, 0)] == gram)):
            slot += 1
            slot = 0 if slot == slots else slot
        first = table[slot] - 1
        if first < 0:
            table[slot] = start + 1
            links[start] = -2
        else:
            links[start] = first
            links[first] -= 2
            most = max(most, -links[first])
    return most >> 1


@inner
def table_slots(entries: int) -> int:
    """Slots of the table: half of them stay free."""
    return 2 * entries + 16


@inner
def sketch_cells(entries: int) -> int:
    """Bytes of the sketch."""
    return 8 * entries + 64


@inlined
def _place(gram: np.uint64, places: int) -> int:
    """Where the hash of an n-gram belongs among so many places."""
    return integer(((gram * SEED) >> HALF) * np.uint64(places) >> HALF)


_REPETITION = for_each_mode(_repetition)
