"""The splitting of words against Python's own, and the word boundaries of uniseg."""

from functools import cache

import numpy as np
import pytest
import regex
import uniseg.wordbreak
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.unicode.build_unicode_table import DATATROVE_PUNCTUATION, WORD_BREAK_NAMES
from textmill.filters.kernels.unicode.unicode_table import load
from textmill.filters.kernels.words.boundaries import UAX29, WHITESPACE

from .slow_words import hash_of, kernel_words, slow_words

NAMES = {int(value): name for value, name in WORD_BREAK_NAMES.items()}
RUNS = st.text(st.sampled_from("ab1_.,':;- é\n"), max_size=40)
"""Long and short words of ASCII, with the marks that may stand inside them."""

ONE_BY_ONE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{WB=Katakana}]"
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=60)
TRICKY = st.text(
    st.sampled_from("aZé漢カあーא\"'.:,;_1२ \t\n\r\u0085\u2028\u00a0\u0301\u200d\u200b\u00ad👩🏽🇩🇪Ⓜ가ไ\u3000\x1c"),
    max_size=20,
)


@cache
def same_class() -> frozenset[str]:
    """Characters that our tables and uniseg, made of different Unicode versions, put in the same class."""
    codes = np.array([code for code in range(0x110000) if not 0xD800 <= code < 0xE000])
    bits = load().properties[(load().index[codes >> 7].astype(np.int64) << 7) | (codes & 127)] & 31
    return frozenset(
        chr(code)
        for code, ours in zip(codes.tolist(), bits.tolist(), strict=True)
        if NAMES.get(ours, "Other") == uniseg.wordbreak.word_break(chr(code)).value
    )


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


def is_mark(character: str) -> bool:
    if character.isalpha():
        return False
    return character in DATATROVE_PUNCTUATION or bool(regex.match(r"\p{Sentence_Terminal}", character))


def described(text: str, words: list[str]) -> list[tuple[int, int, bool, bool, bool]]:
    """What the kernel should say of these words."""
    found = []
    position = 0
    for word in words:
        start = text.index(word, position)
        begins = start == 0 or start > position  # white space that belongs to no word: U+202F may be part of one
        position = start + len(word)
        found.append((hash_of(word), len(word), not all(map(is_mark, word)), any(map(str.isalpha, word)), begins))
    return found


@pytest.mark.parametrize("mode", [WHITESPACE, UAX29])
@given(ANY_TEXT | TRICKY | RUNS)
@settings(max_examples=400)
@example("\x1c\x1d\x1e\x1f a \u3000b\u2029")
@example("exactly8 longer-than-eight it's a.b 1.2 a:b 1,2 a,b 1:2 a_.b _ __ x_y a;b 1;2 é.b a.é ab\u0301")
@example("        eight spaces, 1234567 12345678 123456789")
@example("«")
@example("0\u202f\x1b")
def test_kernel_splits_and_describes_words(mode: int, text: str) -> None:
    assert kernel_words(text, mode) == described(text, slow_words(text, mode))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("can't stop, won't stop.", ["can't", "stop", ",", "won't", "stop", "."]),
        ("3.14 and 1,000.5 a.b", ["3.14", "and", "1,000.5", "a.b"]),
        ("漢字かなカナ abc漢", ["漢", "字", "か", "な", "カ", "ナ", "abc", "漢"]),
        ("สวัสดีครับ", ["ส", "วั", "ส", "ดี", "ค", "รั", "บ"]),
        ("ພາສາລາວ ភាសា", ["ພ", "າ", "ສ", "າ", "ລ", "າ", "ວ", "ភា", "សា"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("👩🏽‍🚀 🇩🇪🇫🇷", ["👩🏽‍🚀", "🇩🇪", "🇫🇷"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("snake_case x__", ["snake_case", "x__"]),
        ("צה\"ל ג'", ['צה"ל', "ג'"]),
        ("", []),
        ("\x00", ["\x00"]),
    ],
)
def test_words_of_uax29(text: str, words: list[str]) -> None:
    assert slow_words(text, UAX29) == words
    assert kernel_words(text, UAX29) == described(text, words)


@given(ANY_TEXT | TRICKY)
@settings(max_examples=500)
@example("〸\u200d🆑")
def test_uax29_words_are_those_of_uniseg(text: str) -> None:
    text = "".join(character for character in text if character in same_class())
    assert slow_words(text, UAX29) == slow_segments(text)


@given(ANY_TEXT)
def test_words_hold_everything_but_white_space(text: str) -> None:
    assert "".join("".join(slow_words(text, UAX29)).split()) == "".join(text.split())
