"""Word kernels against Python's own splitting and the word boundaries of uniseg."""

import numpy as np
import pytest
import regex
import uniseg.wordbreak
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.build_unicode_table import WORD_BREAK_NAMES
from textmill.filters.kernels.unicode_table import load
from textmill.filters.kernels.words import UAX29, WHITESPACE, word_bounds

NAMES = {int(value): name for value, name in WORD_BREAK_NAMES.items()}
CODES = np.array([code for code in range(0x110000) if not 0xD800 <= code < 0xE000])
SAME_CLASS = {
    chr(code)
    for code, bits in zip(
        CODES.tolist(),
        load().properties[(load().index[CODES >> 7].astype(np.int64) << 7) | (CODES & 127)].tolist(),
        strict=True,
    )
    if NAMES.get(bits & 31, "Other") == uniseg.wordbreak.word_break(chr(code)).value
}
"""Characters that our tables and uniseg, made of different Unicode versions, put in the same class."""

ONE_BY_ONE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{WB=Katakana}]"
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=60)
TRICKY = st.text(
    st.sampled_from("aZé漢カあーא\"'.:,;_1२ \t\n\r\u0085\u2028\u00a0\u0301\u200d\u200b\u00ad👩🏽🇩🇪Ⓜ가ไ\u3000\x1c"),
    max_size=20,
)


def split(text: str, mode: int) -> list[str]:
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    table = load()
    bounds = word_bounds(data, table.index, table.properties, mode)
    return [bytes(data[start:end]).decode() for start, end in bounds.tolist()]


def slow_segments(text: str) -> list[str]:
    """Segments of uniseg (which passes Unicode's own tests) without white space, Han and Kana one by one."""
    words: list[str] = []
    for segment in uniseg.wordbreak.words(text):
        rest = segment
        while rest:
            if rest[0].isspace():
                rest = rest[1:]
                continue
            match = regex.match(ONE_BY_ONE + r"([\p{WB=Extend}\p{WB=Format}\u200d]|(?<=\u200d)\p{ExtPict})*", rest)
            if match is None:
                cut = regex.search(ONE_BY_ONE, rest)
                end = cut.start() if cut else len(rest)
                words.append(rest[:end])
                rest = rest[end:]
            else:
                words.append(match[0])
                rest = rest[match.end() :]
    return words


@given(ANY_TEXT | TRICKY)
@settings(max_examples=300)
@example("\x1c\x1d\x1e\x1f a \u3000b\u2029")
def test_whitespace_words_are_those_of_str_split(text: str) -> None:
    assert split(text, WHITESPACE) == text.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("can't stop, won't stop.", ["can't", "stop", ",", "won't", "stop", "."]),
        ("3.14 and 1,000.5 a.b", ["3.14", "and", "1,000.5", "a.b"]),
        ("漢字かなカナ abc漢", ["漢", "字", "か", "な", "カ", "ナ", "abc", "漢"]),
        ("👩🏽‍🚀 🇩🇪🇫🇷", ["👩🏽‍🚀", "🇩🇪", "🇫🇷"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("snake_case x__", ["snake_case", "x__"]),
        ("צה\"ל ג'", ['צה"ל', "ג'"]),
        ("", []),
        ("\x00", ["\x00"]),
    ],
)
def test_words_of_uax29(text: str, words: list[str]) -> None:
    assert split(text, UAX29) == words


@given((ANY_TEXT | TRICKY).map(lambda text: "".join(c for c in text if c in SAME_CLASS)))
@settings(max_examples=500)
@example("〸\u200d🆑")
def test_uax29_words_are_those_of_uniseg(text: str) -> None:
    assert split(text, UAX29) == slow_segments(text)


@given(ANY_TEXT)
def test_words_hold_everything_but_white_space(text: str) -> None:
    assert "".join("".join(split(text, UAX29)).split()) == "".join(text.split())
