"""Write ``unicode.bin``: properties and folded form of every code point, from the ``regex`` module's Unicode data.

Run by hand, with ``python -m textmill.filters.kernels.unicode.build_unicode_table``, when ``regex`` knows a newer
Unicode.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import regex

from .unicode_table import BLOCK_BITS, CODE_POINTS, DELETED, MAGIC, Property, WordBreak

WORD_BREAK_NAMES = {
    WordBreak.CR: "CR",
    WordBreak.LF: "LF",
    WordBreak.NEWLINE: "Newline",
    WordBreak.EXTEND: "Extend",
    WordBreak.ZWJ: "ZWJ",
    WordBreak.FORMAT: "Format",
    WordBreak.REGIONAL_INDICATOR: "Regional_Indicator",
    WordBreak.KATAKANA: "Katakana",
    WordBreak.HEBREW_LETTER: "Hebrew_Letter",
    WordBreak.LETTER: "ALetter",
    WordBreak.SINGLE_QUOTE: "Single_Quote",
    WordBreak.DOUBLE_QUOTE: "Double_Quote",
    WordBreak.MID_NUMBER_LETTER: "MidNumLet",
    WordBreak.MID_LETTER: "MidLetter",
    WordBreak.MID_NUMBER: "MidNum",
    WordBreak.NUMERIC: "Numeric",
    WordBreak.EXTEND_NUMBER_LETTER: "ExtendNumLet",
    WordBreak.SPACE: "WSegSpace",
}

DATATROVE_PUNCTUATION = (
    "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»"
    + "".join(map(chr, [*range(9), 11, 12, *range(13, 32), *range(127, 160)]))
)
"""The marks that datatrove's text normaliser takes for punctuation, control characters among them."""


def properties() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Property bits of every code point; surrogates, which no valid text holds, have none."""
    table = np.zeros(CODE_POINTS, dtype=np.uint32)
    everything = "".join(chr(c) for c in range(CODE_POINTS) if not 0xD800 <= c < 0xE000)

    def mark(pattern: str, bits: int) -> None:
        for match in regex.finditer(pattern, everything):
            table[ord(match[0])] |= bits

    for value, name in WORD_BREAK_NAMES.items():
        mark(rf"\p{{WB={name}}}", int(value))
    mark(r"\p{Extended_Pictographic}", Property.PICTOGRAPH)
    mark(r"\p{Sentence_Terminal}", Property.TERMINAL)
    mark(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{WB=Katakana}]", Property.HAN_KANA)
    mark(r"\p{Mn}", Property.MARK)
    mark(r"[\p{P}\p{S}]", Property.SYMBOL)
    for character in everything:
        bits = 0
        bits |= Property.ALPHA if character.isalpha() else 0
        bits |= Property.DIGIT if character.isdecimal() else 0
        bits |= Property.ALNUM if character.isalnum() else 0
        bits |= Property.SPACE if character.isspace() else 0
        bits |= Property.UPPER if character.isupper() else 0
        bits |= Property.LINE_END if len(f"a{character}b".splitlines()) == 2 else 0
        table[ord(character)] |= bits
    for character in DATATROVE_PUNCTUATION:
        table[ord(character)] |= Property.PUNCTUATION
    return table


def folded() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Folded form of every code point: lower case, accent stripped, digit to 0; 0 where nothing is left of it."""
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    for code in range(CODE_POINTS):
        if 0xD800 <= code < 0xE000:
            continue
        character = chr(code)
        if unicodedata.category(character) == "Mn":
            table[code] = 0
        elif character.isdecimal():
            table[code] = ord("0")
        elif not 0xAC00 <= code < 0xD7A4:  # Hangul syllables would fall apart into letters
            lower = unicodedata.normalize("NFD", character.lower())
            bare = [part for part in lower if unicodedata.category(part) != "Mn"]
            if len(bare) >= 1:
                table[code] = ord(bare[0])
    return table


def two_levels(
    table: np.ndarray[tuple[int], np.dtype[np.uint32]],
) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint16]], np.ndarray[tuple[int, int], np.dtype[np.uint32]]]:
    """Blocks of a table, each different one once, and which block serves which range of code points."""
    blocks, index = np.unique(table.reshape(-1, 1 << BLOCK_BITS), axis=0, return_inverse=True)
    return index.astype("<u2").reshape(-1), blocks.astype("<u4")


def main() -> None:
    """Write the file beside this module."""
    content = MAGIC
    # Stored as the distance from each code point to its folded form, most blocks are the same: all zero.
    code_points = np.arange(CODE_POINTS, dtype=np.uint32)
    forms = folded()
    distance = np.where(forms == 0, np.uint32(DELETED), forms - code_points).astype(np.uint32)
    for table in (properties(), distance):
        index, blocks = two_levels(table)
        content += np.array([len(blocks)], dtype="<u4").tobytes() + index.tobytes() + blocks.tobytes()
    Path(__file__).with_name("unicode.bin").write_bytes(content)


if __name__ == "__main__":
    main()
