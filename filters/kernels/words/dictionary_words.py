"""Words where none are apart: those of dictionaries, elsewhere the segments of UAX #29.

As ICU's word breaker does it, a run of Thai, Lao, Khmer or Burmese letters, or of Han and Kana, is parted into the
words that cost least together. What no dictionary knows costs more than a word that it knows; in Thai, Lao, Khmer and
Burmese it is one word up to the next known one. Of equal ways the one with the longer word first is taken. A run of
Katakana is a word too unless it is very long. Zero-width spaces, which part words in Khmer and Lao, are white space.
"""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes, UInt64s
from ..machine.eight_bytes import HIGH
from ..machine.hashing import SEED, hash_bytes
from ..machine.instructions import load_eight
from ..machine.kernel import inner, integer
from ..unicode.unicode_table import WORD_BREAK_MASK, Blocks, Index, Property, decode, lookup
from .boundaries import EXTEND, HAN_KANA_FLAG, SPACE_FLAG, segment_end
from .dictionaries import ABSENT, Dictionary, cost_of, longer
from .uax29_words import BEGINS, Words, range_kinds, split_uax29

ALPHA_FLAG = int(Property.ALPHA)
ZERO_WIDTH_SPACE = 0x200B
NO_RUN, THAI, LAO, BURMESE, KHMER, HAN_KANA = range(6)
UNKNOWN_LETTER, UNKNOWN_CHARACTER = 90, 255
"""What a unit costs that no dictionary knows, in Thai and its like, and among Han and Kana (as in ICU)."""
LONGEST_WORD = 60
"""In units."""
LONGEST_KATAKANA, USUAL_KATAKANA, KATAKANA = 20, 8, 240
"""Units, and the cost of a run that is not longer than usual."""


@inner
def script_of(code_point: int, bits: int) -> int:
    """In which kind of run a unit stands that begins with a code point, or :data:`NO_RUN`."""
    if bits & HAN_KANA_FLAG:
        return HAN_KANA
    if code_point < 0xE00 or code_point > 0xAA7F or not (bits & ALPHA_FLAG or bits & WORD_BREAK_MASK == EXTEND):
        return NO_RUN
    if code_point < 0xF00:
        return THAI if code_point < 0xE80 else LAO
    if 0x1000 <= code_point < 0x10A0 or 0xA9E0 <= code_point < 0xAA00 or code_point >= 0xAA60:
        return BURMESE
    return KHMER if 0x1780 <= code_point < 0x1800 else NO_RUN


@inner
def _katakana_cost(length: int) -> int:
    """What a run of so many Katakana costs as one word: little, since the dictionary has few of such words."""
    return UNKNOWN_CHARACTER + 1 if length == 1 else KATAKANA if length <= USUAL_KATAKANA else 2 * KATAKANA


@inner
def _is_katakana(data: Bytes, position: int) -> bool:
    code_point, _ = decode(data, position)
    return (0x30A1 <= code_point <= 0x30FE and code_point != 0x30FB) or 0xFF66 <= code_point <= 0xFF9F


@inner
def asks_a_dictionary(data: Bytes, start: int, end: int) -> bool:
    """Whether any character is of a script of dictionaries, or a zero-width space."""
    position = start
    while position < end - 2:
        if position + 8 <= end and not load_eight(data, position) & HIGH:
            position += 8
            continue
        byte, second = data[position], data[position + 1]
        if byte >= 0xE0 and _may_be_in_a_dictionary(byte, second, data[position + 2]):
            return True
        position += 1
    return False


@inner
def _may_be_in_a_dictionary(byte: int, second: int, third: int) -> bool:
    """By the first bytes of a character: the blocks of these scripts."""
    if byte <= 0xE2:
        if byte == 0xE0:
            return second >= 0xB8
        if byte == 0xE1:
            return second <= 0x82 or 0x9E <= second <= 0x9F
        return second >= 0xBA or (second == 0x80 and third == 0x8B)
    if byte <= 0xE9:
        return True
    if byte == 0xEA:
        return second == 0xA7 or second == 0xA9
    return 0xA4 <= second <= 0xAB or second >= 0xBD if byte == 0xEF else byte >= 0xF0 and second >= 0x96


@inner
def split_by_dictionary(
    data: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    of_ascii: Bytes,
    words: Words,
    dictionary: Dictionary,
) -> int:
    """Find the words of one document; returns how many."""
    if not asks_a_dictionary(data, start, end):
        return split_uax29(data, start, end, index, blocks, of_ascii, words)
    count = 0
    begins = BEGINS
    position = start
    while position < end:
        code_point, width = decode(data, position)
        bits = lookup(index, blocks, code_point)
        if bits & SPACE_FLAG or code_point == ZERO_WIDTH_SPACE:
            begins = BEGINS
            position += width
            continue
        first = count
        script = script_of(code_point, bits)
        if script == NO_RUN:
            stop = segment_end(data, position, end, index, blocks)
            kinds, chars = range_kinds(data, position, stop, index, blocks)
            words.hashes[count] = hash_bytes(data, position, stop)
            words.lengths[count] = chars
            words.kinds[count] = kinds
            count += 1
            position = stop
        else:
            count, position = _split_run(data, position, end, index, blocks, words, count, dictionary, script)
        words.kinds[first] |= begins
        begins = 0
    return count


@inner
def _katakana_from(data: Bytes, begins: UInt64s, free: int, unit: int, units: int) -> int:
    """How many Katakana stand from a unit on; 0 where none begins there."""
    if not _is_katakana(data, integer(begins[free + unit])):
        return 0
    if unit > 0 and _is_katakana(data, integer(begins[free + unit - 1])):
        return 0
    length = 1
    while (
        length < LONGEST_KATAKANA
        and unit + length < units
        and _is_katakana(data, integer(begins[free + unit + length]))
    ):
        length += 1
    return length


@inner
def _split_run(
    data: Bytes,
    start: int,
    end: int,
    index: Index,
    blocks: Blocks,
    words: Words,
    count: int,
    dictionary: Dictionary,
    script: int,
) -> tuple[int, int]:
    """Part a run into words; returns how many words there are then, and where the run ends.

    Units have three bytes or more, and words not more units than that, so that the places for words behind those of the
    run's own words are free: there stand where each unit begins, what it costs from there to the end, and by how many
    units the best way goes on, 0 for a unit that no dictionary knows.
    """
    units = 0
    position = start
    while position < end:
        code_point, _ = decode(data, position)
        if script_of(code_point, lookup(index, blocks, code_point)) != script:
            break
        units += 1
        position = segment_end(data, position, end, index, blocks)
    stop = position
    begins, costs, steps = words.hashes, words.lengths, words.kinds
    free = count + units
    position = start
    for unit in range(units):
        begins[free + unit] = np.uint64(position)
        position = segment_end(data, position, end, index, blocks)
    begins[free + units] = np.uint64(stop)
    costs[free + units] = 0
    unknown = UNKNOWN_CHARACTER if script == HAN_KANA else UNKNOWN_LETTER
    for unit in range(units - 1, -1, -1):
        best, step = costs[free + unit + 1] + unknown, 0
        key = SEED
        for following in range(unit, min(unit + LONGEST_WORD, units)):
            key = longer(key, data, integer(begins[free + following]), integer(begins[free + following + 1]))
            cost = cost_of(dictionary, key)
            if cost == ABSENT:
                break
            if cost > 0 and costs[free + following + 1] + cost <= best:
                best, step = costs[free + following + 1] + cost, following + 1 - unit
        if script == HAN_KANA:
            length = _katakana_from(data, begins, free, unit, units)
            if 0 < length < LONGEST_KATAKANA:
                cost = costs[free + unit + length] + _katakana_cost(length)
                # Of a word that costs as much, the longer one is taken.
                if cost < best or (cost == best and length > step):
                    best, step = cost, length
        costs[free + unit] = best
        steps[free + unit] = step
    unit = 0
    while unit < units:
        length = max(integer(steps[free + unit]), 1)
        if steps[free + unit] == 0 and script != HAN_KANA:
            while unit + length < units and steps[free + unit + length] == 0:
                length += 1
        word_start, word_end = integer(begins[free + unit]), integer(begins[free + unit + length])
        kinds, chars = range_kinds(data, word_start, word_end, index, blocks)
        words.hashes[count] = hash_bytes(data, word_start, word_end)
        words.lengths[count] = chars
        words.kinds[count] = kinds
        count += 1
        unit += length
    return count, stop
