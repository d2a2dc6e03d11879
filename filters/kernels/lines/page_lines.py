"""What each line of a text is: prose, a title, a menu's entry, a counter, a notice, spam."""

from __future__ import annotations

from enum import IntEnum, auto
from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int64s
from ..machine.hashing import hash_block
from ..machine.kernel import inner, kernel
from ..machine.scanning import line_end
from ..unicode.unicode_table import Property, decode, lookup
from .line_signs import ends_as_sentence, goes_on, has, is_code, is_image, points_on
from .phrase_trie import BEGINNING, MOST_WORDS, ROOT, Letters, Trie, Words, may_begin, next_word, step


class Phrase(IntEnum):
    """What a phrase says of a line; a phrase may say several of these."""

    LINE = 1
    WEAK = 2
    COUNTED = 4
    BESIDE = 8
    BEGINS = 16
    ENDS = 32
    NOTICE = 64
    MARKER = 128
    SPAM = 256


class LineClass(IntEnum):
    """Those from ``WEAK`` on are no text of an article, the first two only beside others."""

    BLANK = 0
    NUMBER = auto()
    """Digits and marks without a word."""
    SHORT = auto()
    TITLE = auto()
    """Longer, without an end mark."""
    OPEN = auto()
    """Long as prose, without an end mark."""
    ENDED = auto()
    """Short, with an end mark."""
    TEXT = auto()
    KEYWORDS = auto()
    """Five or more words or phrases between bars."""
    WEAK = auto()
    MARKER = auto()
    COUNTER = auto()
    NAVIGATION = auto()
    NOTICE = auto()
    SPAM = auto()
    IMAGE = auto()


TERMINAL, SPACE, DIGIT = int(Property.TERMINAL), int(Property.SPACE), int(Property.DIGIT)
LONG_BYTES = 600
"""A line that is longer and ends as a sentence is prose without further questions."""
SHORT_SIZE, TEXT_SIZE, OPEN_SIZE = 10, 12, 40
"""Sizes are counted in Han characters; a word of letters is as long as two."""
NOTICE_SIZE, NOTICES_SIZE = 60, 250
ASIDE_SIZE = 8
KEYWORD_SIZE = 12
"""Most on average between two bars."""
CLOSERS = frozenset("\"'”’»›)]）】」』》*_")
BARS = frozenset("|｜¦│┃·•∙‧")
MOST_BARS = 128


class Marks(NamedTuple):
    """Sorted code points."""

    closers: Int64s
    bars: Int64s


@cache
def marks() -> Marks:
    """As the kernel takes them."""
    return Marks(*(np.array(sorted(map(ord, some)), dtype=np.int64) for some in (CLOSERS, BARS)))


@kernel
def judge_lines(
    offsets: Int64s,
    data: Bytes,
    known: Letters,
    trie: Trie,
    some: Marks,
    words: Words,
    bars_at: Int64s,
    starts: Int64s,
    classes: Bytes,
    first_lines: Int64s,
) -> None:
    """Say where each line starts and what it is; ``first_lines`` tells the number of each document's first one."""
    line = 0
    for document in range(len(offsets) - 1):
        first_lines[document] = line
        position, end = offsets[document], offsets[document + 1]
        while position < end:
            stop = line_end(data, position, end)
            starts[line] = position
            classes[line] = _judge(data, position, stop, known, trie, some, words, bars_at)
            line += 1
            position = stop + 1
    first_lines[len(offsets) - 1] = line


@inner
def _flags_of(words: Words, start: int, end: int, trie: Trie) -> int:
    """Flags of the phrase that so many words are from first to last."""
    state = ROOT
    found = 0
    for at in range(start, end):
        state = hash_block(state, words.hashes[at])
        if at == start and not may_begin(trie, state):
            return 0
        found = step(trie, state)
        if found == 0:
            return 0
    return found & ~BEGINNING


@inner
def _judge(
    data: Bytes, start: int, stop: int, known: Letters, trie: Trie, some: Marks, words: Words, bars_at: Int64s
) -> int:
    while start < stop and (data[start] == 0x20 or data[start] == 0x09):
        start += 1
    while stop > start and (data[stop - 1] == 0x20 or data[stop - 1] == 0x09 or data[stop - 1] == 0x0D):
        stop -= 1
    if start == stop:
        return LineClass.BLANK
    ended = ends_as_sentence(data, start, stop, known, some.closers)
    if ended and stop - start > LONG_BYTES:
        return LineClass.TEXT
    count = bars = han = letter_bytes = numbers = terminals = 0
    words.after_number[0] = False
    position = start
    in_number = False
    while position < stop and count < MOST_WORDS:
        if data[position] == 0x20:
            in_number = False
            position += 1
            continue
        after, more = next_word(data, position, stop, known, words, count)
        if more > count:
            count = more
            in_number = False
            if words.are_han[more - 1]:
                han += 1
            else:
                letter_bytes += after - position
        else:
            point, _ = decode(data, position)
            properties = lookup(known.places, known.blocks, point)
            is_digit = properties & DIGIT != 0
            numbers += is_digit and not in_number
            in_number = is_digit
            if properties & TERMINAL and not (point == 0x2E and after < stop and data[after] > 0x20):
                terminals += 1
            elif count > 0 and bars < MOST_BARS and (point == 0x7C or point > 0xA0) and has(some.bars, point):
                bars_at[bars] = count
                bars += 1
        position = after
    size = han + max(2 * (count - han), letter_bytes // 6)
    if count == 0:
        return LineClass.NUMBER if numbers else LineClass.SHORT
    if bars and bars_at[bars - 1] == count:
        bars -= 1
    if han == 0 and is_image(data, start, stop):
        return LineClass.IMAGE
    whole = _flags_of(words, 0, count, trie)
    if whole & Phrase.LINE:
        return LineClass.NAVIGATION
    if whole & Phrase.MARKER:
        return LineClass.MARKER
    return _judge_by_parts(data, start, stop, trie, words, bars_at, count, bars, size, numbers, terminals, ended, whole)


@inner
def _judge_by_parts(
    data: Bytes,
    start: int,
    stop: int,
    trie: Trie,
    words: Words,
    bars_at: Int64s,
    count: int,
    bars: int,
    size: int,
    numbers: int,
    terminals: int,
    ended: bool,
    whole: int,
) -> int:
    notices = counted = spam = spam_size = beside_size = counted_size = covered = 0
    begins = ends = last_is_counted = False
    for at in range(count):
        state = hash_block(ROOT, words.hashes[at])
        if not may_begin(trie, state):
            continue
        found = step(trie, state)
        after = at + 1
        spam_end = counted_end = beside_end = 0
        while found:
            if found & Phrase.NOTICE:
                notices += 1
            if found & Phrase.SPAM:
                spam_end = after
            if found & Phrase.COUNTED and (words.after_number[at] or words.after_number[after]):
                counted_end = after
            if found & Phrase.BESIDE:
                beside_end = after
            begins = begins or (at == 0 and found & Phrase.BEGINS != 0)
            ends = ends or (after == count and found & Phrase.ENDS != 0)
            if after == count:
                break
            state = hash_block(state, words.hashes[after])
            found = step(trie, state)
            after += 1
        if spam_end > covered:
            spam += 1
            spam_size += _size(words, max(at, covered), spam_end)
            covered = spam_end
        if counted_end:
            counted += 1
            counted_size += _size(words, at, counted_end)
            last_is_counted = counted_end == count
        elif beside_end:
            beside_size += _size(words, at, beside_end)
    if notices and (size <= NOTICE_SIZE or (notices > 1 and size <= NOTICES_SIZE)):
        return LineClass.NOTICE
    if counted and not ended:
        others = _size(words, 0, count) - counted_size - beside_size
        if others <= 0 or (last_is_counted and numbers >= 3 and others <= ASIDE_SIZE):
            return LineClass.COUNTER
    whole_size = _size(words, 0, count)
    if spam > 1 and 20 * spam_size >= 7 * whole_size and (terminals == 0 or spam > 2):
        return LineClass.SPAM
    if bars > 1 and not ended:
        hits = begun = 0
        for bar in range(bars + 1):
            upto = bars_at[bar] if bar < bars else count
            hits += _flags_of(words, begun, upto, trie) & (Phrase.LINE | Phrase.WEAK | Phrase.COUNTED) != 0
            begun = upto
        if hits > 1 and 2 * hits >= bars + 1:
            return LineClass.NAVIGATION
        if (
            bars > 3
            and terminals == 0
            and numbers == 0
            and size <= KEYWORD_SIZE * (bars + 1)
            and not (data[start] == 0x7C or is_code(data, start, stop))
        ):
            return LineClass.KEYWORDS
    if whole & (Phrase.WEAK | Phrase.COUNTED) and numbers < 2 and not is_code(data, start, stop):
        return LineClass.WEAK
    if not ended:
        if size <= SHORT_SIZE and (begins or ends) and not goes_on(data, stop):
            return LineClass.WEAK
        if spam and 5 * spam_size >= 3 * whole_size:
            return LineClass.WEAK
        if size <= OPEN_SIZE and points_on(data, start, stop, words.are_han[0]) and not is_code(data, start, stop):
            return LineClass.WEAK
        return LineClass.OPEN if size >= OPEN_SIZE else LineClass.TITLE if size >= SHORT_SIZE else LineClass.SHORT
    return LineClass.TEXT if size >= TEXT_SIZE else LineClass.ENDED


@inner
def _size(words: Words, start: int, end: int) -> int:
    size = 0
    for at in range(start, end):
        size += 1 if words.are_han[at] else 2
    return size
