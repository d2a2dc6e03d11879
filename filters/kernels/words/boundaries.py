"""Where words end: by white space, or by the word boundaries of UAX #29."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from ....errors import RecipeError
from ..machine.buffers import Bytes
from ..machine.kernel import inner
from ..machine.scanning import byte_at
from ..unicode.unicode_table import Blocks, Index, Property, WordBreak, decode, lookup

Words: TypeAlias = Literal["whitespace", "uax29", "datatrove", "dolma", "dictionary"]
"""How text is split into words.

``whitespace``: as ``str.split``. ``uax29``: segments of UAX #29 that are not white space, so that marks count as words
of their own. Text without spaces falls apart: Han, Hiragana and Katakana into characters; Thai, Lao, Khmer and Burmese
into a character each with the marks that stand on it, which are less than a word. ``datatrove`` and ``dolma``: as the
peer splits English and counts what it finds, to get its verdicts. ``dictionary``: as ``uax29``, but Thai, Lao, Khmer,
Burmese, Chinese and Japanese are parted into words, by ICU's dictionaries, whatever the language of the document.
"""

WHITESPACE, UAX29, DATATROVE, DOLMA, DICTIONARY = range(5)

CLASS = 31
SPACE_FLAG = int(Property.SPACE)
HAN_KANA_FLAG = int(Property.HAN_KANA)
PICTOGRAPH_FLAG = int(Property.PICTOGRAPH)

CR, LF, NEWLINE = int(WordBreak.CR), int(WordBreak.LF), int(WordBreak.NEWLINE)
EXTEND, ZWJ, FORMAT = int(WordBreak.EXTEND), int(WordBreak.ZWJ), int(WordBreak.FORMAT)
REGIONAL, KATAKANA = int(WordBreak.REGIONAL_INDICATOR), int(WordBreak.KATAKANA)
HEBREW, LETTER = int(WordBreak.HEBREW_LETTER), int(WordBreak.LETTER)
SINGLE_QUOTE, DOUBLE_QUOTE = int(WordBreak.SINGLE_QUOTE), int(WordBreak.DOUBLE_QUOTE)
MID_NUMBER_LETTER, MID_LETTER = int(WordBreak.MID_NUMBER_LETTER), int(WordBreak.MID_LETTER)
MID_NUMBER, NUMERIC = int(WordBreak.MID_NUMBER), int(WordBreak.NUMERIC)
EXTEND_NUMBER_LETTER, SPACE = int(WordBreak.EXTEND_NUMBER_LETTER), int(WordBreak.SPACE)


def mode_of(owner: str, words: str) -> int:
    """Number by which kernels know a way of splitting.

    Raises:
        RecipeError: for an unknown one.
    """
    if words not in get_args(Words):
        raise RecipeError(f"{owner}: words is {words!r}; choose one of {', '.join(get_args(Words))}")
    return get_args(Words).index(words)


def is_cased(mode: int) -> bool:
    """Whether stop words count only as they are given."""
    return mode == DATATROVE or mode == DOLMA


@inner
def skip_space(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    """Position of the next character that is no white space."""
    position = start
    while position < end:
        byte = byte_at(data, position)
        if byte < 0x80:
            if not (byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F):
                return position
            position += 1
            continue
        code_point, width = decode(data, position)
        if not lookup(index, blocks, code_point) & SPACE_FLAG:
            return position
        position += width
    return position


@inner
def space_at(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    """Position of the next white space, or ``end``."""
    position = start
    while position < end:
        byte = byte_at(data, position)
        if byte < 0x80:
            if byte <= 0x20 and (byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F):
                return position
            position += 1
            continue
        code_point, width = decode(data, position)
        if lookup(index, blocks, code_point) & SPACE_FLAG:
            return position
        position += width
    return position


@inner
def strip_end(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    """Position behind the last character that is no white space."""
    while end > start:
        last = end - 1
        if 0x20 < byte_at(data, last) < 0x80:
            return end
        while last > start and byte_at(data, last) & 0xC0 == 0x80:
            last -= 1
        code_point, _ = decode(data, last)
        if not lookup(index, blocks, code_point) & SPACE_FLAG:
            return end
        end = last
    return end


@inner
def segment_end(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    """End of the UAX #29 segment that begins at ``start``; rule numbers as there (Unicode 15, section 4.1.1)."""
    code_point, width = decode(data, start)
    bits = lookup(index, blocks, code_point)
    before = bits & CLASS
    position = start + width
    if before == CR:  # WB3
        return position + 1 if position < end and data[position] == 0x0A else position
    if before == LF or before == NEWLINE:  # WB3a
        return position
    alone = bits & HAN_KANA_FLAG != 0
    after_joiner = before == ZWJ
    directly = True
    regional = 1
    while position < end:
        code_point, width = decode(data, position)
        bits = lookup(index, blocks, code_point)
        here = bits & CLASS
        if here == CR or here == LF or here == NEWLINE:  # WB3b
            break
        if (after_joiner and bits & PICTOGRAPH_FLAG) or (here == SPACE and before == SPACE and directly):  # WB3c
            pass
        elif here == EXTEND or here == FORMAT or here == ZWJ:  # WB4
            after_joiner = here == ZWJ
            directly = False
            position += width
            continue
        elif alone or bits & HAN_KANA_FLAG:
            break
        elif not _joined(before, here):
            if here == REGIONAL and before == REGIONAL and regional == 1:  # WB15, WB16
                regional = 2
            else:
                behind = _skip_extenders(data, position + width, end, index, blocks)
                following = 0
                following_width = 0
                if behind < end:
                    code_point, following_width = decode(data, behind)
                    following_bits = lookup(index, blocks, code_point)
                    if not following_bits & HAN_KANA_FLAG:
                        following = following_bits & CLASS
                if _bridged(before, here, following):  # WB6, WB7, WB7b, WB7c, WB11, WB12
                    position = behind
                    width = following_width
                    here = following
                elif not (before == HEBREW and here == SINGLE_QUOTE):  # WB7a
                    break
        before = here
        after_joiner = False
        directly = True
        position += width
    return position


@inner
def _joined(before: int, here: int) -> bool:
    """No break between two classes whatever follows: WB5, WB8 to WB10, WB13a, WB13b."""
    is_letter = here == LETTER or here == HEBREW
    if before == LETTER or before == HEBREW or before == NUMERIC:
        return is_letter or here == NUMERIC or here == EXTEND_NUMBER_LETTER
    if before == EXTEND_NUMBER_LETTER:
        return is_letter or here == NUMERIC or here == KATAKANA or here == EXTEND_NUMBER_LETTER
    return before == KATAKANA and here == EXTEND_NUMBER_LETTER


@inner
def _bridged(before: int, here: int, following: int) -> bool:
    """No break around a mark between two letters or two digits: WB6, WB7, WB7b, WB7c, WB11, WB12."""
    is_either = here == MID_NUMBER_LETTER or here == SINGLE_QUOTE
    if before == LETTER or before == HEBREW:
        if here == DOUBLE_QUOTE:
            return before == HEBREW and following == HEBREW
        return (here == MID_LETTER or is_either) and (following == LETTER or following == HEBREW)
    return before == NUMERIC and (here == MID_NUMBER or is_either) and following == NUMERIC


@inner
def _skip_extenders(data: Bytes, start: int, end: int, index: Index, blocks: Blocks) -> int:
    position = start
    while position < end:
        code_point, width = decode(data, position)
        here = lookup(index, blocks, code_point) & CLASS
        if not (here == EXTEND or here == FORMAT or here == ZWJ):
            return position
        position += width
    return position
