from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup.documents.shingles import shingles
from textmill.dedup.parts.pieces import cut_words
from textmill.filters.base.batch import make_batch

MASK = 2**64 - 1
TEXT = st.text(
    st.characters(exclude_categories=("Cs",))
    | st.sampled_from("aAzé9 _-.,'\n\u0301\u200c\u200d\u00ad\u200b漢カガーﾞ한각한ᄒ١९ʼ")
)
ONE_BY_ONE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{WB=Katakana}]")
EXTEND = regex.compile(r"\p{WB=Extend}")
INVISIBLE = regex.compile(r"[\p{WB=Format}\p{WB=ZWJ}\u200c]")


def folded(character):
    if character.isdecimal():
        return "0"
    parts = unicodedata.normalize("NFD", character.lower())
    bare = [part for part in parts if unicodedata.category(part) != "Mn"]
    if "\uac00" <= character < "\ud7a4":
        return parts
    return bare[0] if bare and unicodedata.category(character) != "Mn" else ""


def words_of(text):
    """The slow twin of the kernel's words, by Python's Unicode data."""
    words, word = [], ""
    for character in text:
        if ONE_BY_ONE.match(character):
            words += [word, folded(character) or "\0"]
            word = ""
        elif character.isalnum() or unicodedata.category(character) == "Mn":
            word += folded(character)
        elif INVISIBLE.match(character):
            continue
        elif EXTEND.match(character):
            word += folded(character)
        else:
            words.append(word)
            word = ""
    return [word for word in [*words, word] if word]


def mix(value):
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & MASK
    return value ^ value >> 31


def hash_of(words):
    value = 0
    for word in words:
        one = 0x9E3779B97F4A7C15
        for character in word:
            one = ((one ^ ord(character)) * 0x9FB21C651E98DF25) & MASK
        value = (value * 0xD6E8FEB86659FD93 + mix(one)) & MASK
    return mix(value)


def expected(text, ngram, max_words):
    words = words_of(text)[:max_words]
    hashes = [hash_of(words[start : start + ngram]) for start in range(max(len(words) - ngram + 1, 1))] if words else []
    return [value >> 32 for value in hashes], hashes[0] if len(set(hashes)) == 1 else 0


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXT, max_size=4), ngram=st.integers(1, 4), more_words=st.integers(0, 8))
def test_shingles_equal_their_slow_twin(texts, ngram, more_words):
    found = shingles(make_batch(texts)["text"], ngram=ngram, max_words=ngram + more_words, fold_digits=True)
    assert found.offsets[0] == 0
    for number, text in enumerate(texts):
        hashes, identity = expected(text, ngram, ngram + more_words)
        assert found.hashes[found.offsets[number] : found.offsets[number + 1]].tolist() == hashes
        assert int(found.identities[number]) == identity


def test_every_code_point_is_folded_and_separates_as_in_the_twin(characters):
    known = [f"x{one}y" for one in characters if unicodedata.category(one) != "Cn"]
    found = shingles(make_batch(known)["text"], ngram=1, max_words=100, fold_digits=True)
    starts = found.offsets.tolist()
    hashes = found.hashes.tolist()
    wrong = [
        hex(ord(text[1]))
        for number, text in enumerate(known)
        if hashes[starts[number] : starts[number + 1]] != expected(text, 1, 100)[0]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't STOP_it 2024!", ["don", "t", "stop", "it", "0000"]),
        ("naïve na\u00adïve", ["naive", "naive"]),
        ("漢a字bc", ["漢", "a", "字", "bc"]),
        ("スーパー", ["ス", "ー", "ハ", "ー"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("10\u00a0000,5", ["00", "000", "0"]),
    ],
)
def test_words(text, words):
    assert words_of(text) == words
    found = shingles(make_batch([text, "|".join(words)])["text"], ngram=1, max_words=100, fold_digits=True)
    assert found.offsets.tolist() == [0, len(words), 2 * len(words)]
    assert np.array_equal(found.hashes[: len(words)], found.hashes[len(words) :])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" one, two", ["one, ", "two"]),
        ("한국어는 좋은 말", ["한국어는 ", "좋은 ", "말"]),
        ("abc한 한abc", ["abc한 ", "한abc"]),
        ("漢字 カナ", ["漢", "字 ", "カ", "ナ"]),
        ("год,\u00a0été", ["год,\u00a0", "été"]),
        ("한漢한", ["한", "漢", "한"]),
    ],
)
def test_a_word_begins_at_its_first_letter(text, words):
    starts = cut_words(make_batch([text])["text"]).starts.tolist()
    content = text.encode()
    bounds = [*starts, len(content)]
    assert [content[a:b].decode() for a, b in pairwise(bounds)] == words


def test_rolling_hashes_do_not_depend_on_what_came_before():
    text = " ".join(f"w{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(600))
    later = shingles(make_batch([text, text[len(text) // 8 * 4 :]])["text"], ngram=5, max_words=1000)
    tail = later.hashes[later.offsets[1] :]
    assert np.array_equal(tail, later.hashes[: later.offsets[1]][-len(tail) :])


@pytest.mark.parametrize("digits", ["2024", "٢٠٢٤", "२०२४"])
def test_digits_count_unless_folded(digits):
    other = digits[::-1]
    texts = make_batch([f"in {digits}", f"in {other}"])["text"]
    kept = shingles(texts, ngram=2, max_words=9).hashes
    folded = shingles(texts, ngram=2, max_words=9, fold_digits=True).hashes
    assert kept[0] != kept[1]
    assert folded[0] == folded[1]
