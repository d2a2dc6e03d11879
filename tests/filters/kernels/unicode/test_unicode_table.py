"""The Unicode tables against Python and the regex module, for every code point."""

import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.kernels.unicode.unicode_table import Property, UnicodeTable, WordBreak, decode, encode, fold, load

CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def properties(table: UnicodeTable) -> np.ndarray:
    codes = np.array([ord(character) for character in CHARACTERS])
    return table.properties[(table.index[codes >> 7].astype(np.int64) << 7) | (codes & 127)]


@pytest.mark.parametrize(
    ("flag", "method"),
    [
        (Property.ALPHA, str.isalpha),
        (Property.DIGIT, str.isdecimal),
        (Property.ALNUM, str.isalnum),
        (Property.SPACE, str.isspace),
        (Property.LINE_END, lambda character: len(f"a{character}b".splitlines()) == 2),
    ],
)
def test_flags_are_those_of_python(flag: Property, method: object) -> None:
    # Python and the regex module may know different Unicode versions: only assigned characters are compared.
    found = (properties(load()) & np.uint32(flag)) != 0
    wrong = [
        character
        for character, flagged in zip(CHARACTERS, found.tolist(), strict=True)
        if flagged != method(character) and unicodedata.category(character) != "Cn"  # type: ignore[operator]
    ]
    assert wrong == []


def test_word_break_classes_are_those_of_regex() -> None:
    found = properties(load()) & 31
    text = "".join(CHARACTERS)
    for name, value in (("ALetter", WordBreak.LETTER), ("Numeric", WordBreak.NUMERIC), ("Extend", WordBreak.EXTEND)):
        theirs = {ord(match) for match in regex.findall(rf"\p{{WB={name}}}", text)}
        ours = {ord(character) for character, bits in zip(CHARACTERS, found.tolist(), strict=True) if bits == value}
        assert ours == theirs


def test_folding() -> None:
    table = load()
    folded = [fold(table.fold_index, table.fold_distance, ord(character)) for character in "AÀéİΣ९가\u0301漢ß"]
    assert folded == [*map(ord, "aaeiσ0가"), 0, ord("漢"), ord("ß")]


@given(st.characters(exclude_categories=("Cs",)))
def test_decode_and_encode_are_utf8(character: str) -> None:
    data = np.frombuffer(character.encode(), dtype=np.uint8)
    assert decode(data, 0) == (ord(character), len(data))
    target = np.zeros(4, dtype=np.uint8)
    assert bytes(target[: encode(ord(character), target, 0)]) == character.encode()
