"""Made-up junk: the same every time, different from text to text, and of the kind that it says."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise

import pytest

from textmill.pipeline.training import junk_phrases
from textmill.pipeline.training.default_quality import is_prose
from textmill.pipeline.training.junk import KINDS, SPOILT, Draws, babble, make

TEXT = (
    "The miller rose early, because the river was high. He opened the gate and let the water in. "
    "The wheel turned slowly at first, then faster, and the stones began to sing. Nobody came before noon."
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_the_same_every_time(kind: str) -> None:
    first = list(make(kind, 30))
    assert first == list(make(kind, 30))
    assert first[:10] == list(make(kind, 10))
    assert len(set(first)) == 30
    assert all(text.strip() for text in first)
    assert "{}" not in "".join(first)
    assert "{$}" not in "".join(first)


MADE = {
    "menu": "6a20f3772d09e41b",
    "notices": "888f169673f5c795",
    "shop": "04d999d75676eabb",
    "advertisement": "3506e5dd022bb3e8",
    "letter": "4ae40350df61d277",
    "keywords": "dc0c10802addce9d",
    "teasers": "6baaf018593c146d",
    "comments": "f29f1f5c0a8a1400",
    "log": "4ca93639a663c00d",
    "numbers": "c03e3dcd0b22e6c4",
    "lorem": "a5d8775df3b46c82",
    "names": "c9bda26b633a6b43",
}
"""Beginnings of the SHA-256 of the first 200 texts of each kind, of which the shipped model has learnt 700."""


def test_the_shipped_model_has_learnt_from_just_these_texts() -> None:
    made = {kind: list(make(kind, 200)) for kind in KINDS}
    assert {kind: hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16] for kind, texts in made.items()} == MADE
    everything = "\n".join(text for texts in made.values() for text in texts).lower()
    for name, value in vars(junk_phrases).items():
        phrases = value if isinstance(value, tuple) else sum(value.values(), ()) if name == "SPAM" else ()
        assert [one for one in phrases if one.partition("{")[0].lower() not in everything] == []


def test_draws_are_hashes_of_a_key_and_a_count() -> None:
    draws = Draws("x")
    assert [draws.below(100) for _ in range(6)] == [73, 98, 23, 3, 17, 98]
    assert (draws.some("abcdef", 4), draws.one("xyz"), draws.between(5, 9)) == (["c", "f", "e", "a"], "x", 5)


@pytest.mark.parametrize(
    ("kind", "key", "digest", "begins"),
    [
        ("salad", "a", "385f7b3198338db0", "because sing. at then slowly t"),
        ("stuffed", "a", "07fda9558729ec42", "sing\nmiller nobody\nbefore turn"),
        ("stuffed", "b", "e0a8757d2bcba3b4", "high faster opened. high becau"),
        ("stuffed", "c", "b0b1f6e6204761f5", "faster first miller\nfirst mill"),
        ("stuffed", "d", "db7ea48ae86fd3af", "began opened miller opened beg"),
        ("stuffed", "e", "3a61568739854c42", "noon water first\nslowly wheel\n"),
        ("stuffed", "f", "1be5c75690be525f", "began sing river. opened water"),
        ("repeated", "a", "cb3902475569334c", "Nobody came before noon. Nobod"),
        ("repeated", "b", "f2d67086688c6cb5", "He opened the gate and let the"),
        ("repeated", "c", "0867b8347ed96e30", "The miller rose early, because"),
        ("repeated", "d", "d4f192ea00c5fbf2", "The miller rose early, because"),
        ("repeated", "e", "0c3409037a2cd926", "Nobody came before noon.. The "),
        ("repeated", "f", "27fd61b0464f546e", "The wheel turned slowly at fir"),
        ("fragments", "a", "760ff8e4d5425c32", "the gate and let the water in."),
        ("fragments", "b", "93a59cd68619f390", "turned slowly at first, then f"),
        ("fragments", "c", "7046ad657b9155c5", "let the water in. ... » turned"),
        ("fragments", "d", "9c294de80f9d43bc", "rose early, because the river "),
        ("fragments", "e", "bc1ea46b11c93ef8", "first, then faster, and the .."),
        ("fragments", "f", "56cd6e5342c9ba08", "at first, then faster, and ..."),
    ],
)
def test_what_good_texts_are_made_into(kind: str, key: str, digest: str, begins: str) -> None:
    spoilt = SPOILT[kind](TEXT, key)
    assert spoilt.startswith(begins)
    assert hashlib.sha256(spoilt.encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("kind", SPOILT)
def test_good_texts_are_spoilt(kind: str) -> None:
    spoil = SPOILT[kind]
    assert spoil(TEXT, "a") == spoil(TEXT, "a") != spoil(TEXT, "b")
    assert spoil("", "a") is not None
    words = {word.strip(".,").lower() for word in TEXT.split()}
    assert {word.strip(".,\n").lower() for word in spoil(TEXT, "a").split()} <= words | {"...", "»", ""}


def test_a_salad_has_the_same_words() -> None:
    assert Counter(SPOILT["salad"](TEXT, "a").split()) == Counter(TEXT.split())
    assert SPOILT["salad"](TEXT, "a") != TEXT


def test_babble_follows_pairs_of_words() -> None:
    words = babble([TEXT], "a", 50).split()
    pairs = set(pairwise(TEXT.split()))
    assert len(words) == 50
    assert sum(pair in pairs for pair in pairwise(words)) > 40
    assert babble([TEXT], "a", 20) == (
        "He opened the water in. The miller rose early, because the river was high. He opened the river was high."
    )
    assert set(babble(["one two", "three"], "b", 30).split()) == {"one", "two", "three"}


def test_draws_stay_in_their_bounds() -> None:
    draws = Draws("x")
    assert {draws.between(2, 4) for _ in range(100)} == {2, 3, 4}
    assert sorted(draws.some(range(5), 9)) == [0, 1, 2, 3, 4]


def test_lists_are_no_prose() -> None:
    assert is_prose(TEXT * 2)
    assert not is_prose("\n".join(f"entry {number}" for number in range(100)))
    assert not is_prose("Too short.")
    assert is_prose("letters " * 24 + "and so o")
    assert not is_prose("letters " * 24 + "and so ")
    assert is_prose("\n\n".join(["some words that make a line"] * 10))
    assert not is_prose("\n\n".join([*["some words that make a line"] * 9, "some words that make it"]))
