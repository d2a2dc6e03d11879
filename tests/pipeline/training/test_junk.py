"""Made-up junk: the same every time, different from text to text, and of the kind that it says."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

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


def test_draws_stay_in_their_bounds() -> None:
    draws = Draws("x")
    assert {draws.between(2, 4) for _ in range(100)} == {2, 3, 4}
    assert sorted(draws.some(range(5), 9)) == [0, 1, 2, 3, 4]


def test_lists_are_no_prose() -> None:
    assert is_prose(TEXT * 2)
    assert not is_prose("\n".join(f"entry {number}" for number in range(100)))
    assert not is_prose("Too short.")
