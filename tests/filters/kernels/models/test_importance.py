"""Hashed words and pairs of words, beside a slow twin that finds words by an expression in Python."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.kernels.machine.buffers import Int64s
from textmill.filters.kernels.machine.hashing import FACTOR, hashes_of, mix
from textmill.filters.kernels.models.importance import count_ngrams, sum_ratios

BUCKETS = 997
ALONE = r"[\p{Han}\p{Hiragana}\p{Katakana}\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF]"
JOINS = r"[\p{WB=Extend}\p{WB=ZWJ}\p{WB=Format}]"
ORDINARY = re.compile(r"\w+|[^\w\s]+")


def slow_words(text: str) -> list[str]:
    """The words of a text: characters of scripts without spaces alone, marks with what they stand on."""
    found: list[list[str]] = []
    kinds: list[str] = []
    for character in text:
        is_alone = (regex.match(ALONE, character) and character.isalnum()) or ord(character) >> 17 == 1
        kind = "space" if character.isspace() else "alone" if is_alone else "symbol"
        kind = "word" if kind == "symbol" and (character.isalnum() or character == "_") else kind
        if (regex.match(JOINS, character) or ord(character) >> 12 == 0xE0) and kind != "space":
            if found and kinds[-1] != "space":
                found[-1].append(character)
                continue
            kind = "word"
        lower = character.lower()[0] if character.isupper() else character
        if found and kind == kinds[-1] and kind != "alone":
            found[-1].append(lower)
        else:
            found.append([lower])
            kinds.append(kind)
    return ["".join(one) for one, kind in zip(found, kinds, strict=True) if kind != "space"]


def slow_buckets(words: list[str]) -> list[int]:
    hashes = hashes_of([word.encode() for word in words]) if words else np.empty(0, dtype=np.uint64)
    with np.errstate(over="ignore"):
        pairs = [mix.function(one * FACTOR + other) for one, other in pairwise(hashes)]
    return [(int(one) >> 32) * BUCKETS >> 32 for one in (*hashes, *pairs)]


def count(*texts: str) -> Int64s:
    counts = np.zeros(BUCKETS, dtype=np.int64)
    count_ngrams(pa.array(texts, pa.large_string()), counts)
    return counts


ENGLISH = 'The Mill, 3.14 times: it\'s _not_ "here"...\n\tÉcole naïve? Straße!! A' + "b" * 40 + " " + "Q" * 16 + "é end"


@pytest.mark.parametrize("text", [ENGLISH, "", " \n", "x", "12345678", "\x01.\x02 \x1c", "don't", "word" * 8])
def test_words_are_those_of_the_published_expression(text: str) -> None:
    words = ORDINARY.findall(text.lower())
    np.testing.assert_array_equal(count(text), np.bincount(slow_buckets(words), minlength=BUCKETS))


def test_marks_stay_and_characters_without_spaces_part() -> None:
    assert slow_words("हिन्दी e\u0301a 我们。ไทย") == ["हिन्दी", "e\u0301a", "我", "们", "。", "ไ", "ท", "ย"]
    for text in (
        "हिन्दी e\u0301a 我们。ไทย",
        "\u0301 a",
        "ΑΒΓ ДОМ",
        "你好world",
        "👩\u200d💻!?",
        "\U00020000\U00020001",
    ):
        np.testing.assert_array_equal(count(text), np.bincount(slow_buckets(slow_words(text)), minlength=BUCKETS))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=4))
def test_any_texts_count_as_their_twins(texts: list[str]) -> None:
    expected = sum((np.bincount(slow_buckets(slow_words(one)), minlength=BUCKETS) for one in texts), np.zeros(BUCKETS))
    np.testing.assert_array_equal(count(*texts), expected)


@given(st.lists(st.text("aB0_ .,\n\té我", max_size=40), max_size=4))
def test_sums_are_those_of_each_text_alone(texts: list[str]) -> None:
    ratios = np.random.default_rng(1).integers(-(10**7), 10**7, BUCKETS).astype(np.int32)
    whole = pa.array(["before", *texts], pa.large_string())
    sums, words = sum_ratios(whole.slice(1), ratios)
    for text, total, number in zip(texts, sums.tolist(), words.tolist(), strict=True):
        buckets = slow_buckets(slow_words(text))
        assert total == ratios[buckets].astype(np.int64).sum()
        assert number == (len(buckets) + 1) // 2
