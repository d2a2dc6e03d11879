"""A model of importance from two samples: what it has learnt from, how well it does, and which words say most."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from textmill.errors import InputError
from textmill.filters.base.draw import draw
from textmill.filters.models.importance_model import LEAST
from textmill.pipeline.training.importance import LearntImportance, learn_importance
from textmill.pipeline.training.sample import Sample

BUCKETS = 1 << 16
TARGET = [f"the mill and the river {'wheel' if number % 2 else 'stone'} 7 a_b" for number in range(40)]
RAW = [f"the shop and the river {'deal' if number % 3 else 'pill'} 9 a_b" for number in range(60)]


def sample(prefix: str, texts: list[str]) -> Sample:
    """Texts with ids, in two chunks."""
    ids = [f"{prefix}{number}" for number in range(len(texts))]
    table = pa.table({"doc_id": ids, "text": pa.array(texts, pa.large_string())})
    half = len(texts) // 3
    return Sample(pa.concat_tables([table.slice(0, half), table.slice(half)]), {}, {}, len(texts))


def held_out(prefix: str, count: int) -> list[int]:
    return [number for number in range(count) if draw(f"{prefix}{number}", "importance held out") <= 0.1]


@pytest.fixture(scope="module")
def learnt() -> LearntImportance:
    return learn_importance(sample("m", TARGET), sample("r", RAW), BUCKETS)


def test_nine_tenths_are_learnt_from(learnt: LearntImportance) -> None:
    held = len(held_out("m", 40)), len(held_out("r", 60))
    assert held == learnt.held_out == (5, 7)
    assert learnt.texts == (35, 53)
    assert learnt.words == (8 * 35, 8 * 53)  # words of a text; "a_b" is one
    assert (learnt.ratios.shape, learnt.ratios.dtype) == ((BUCKETS,), np.int32)


def test_words_that_say_most_are_named_in_small_letters_and_without_digits(learnt: LearntImportance) -> None:
    assert learnt.for_target == ["mill", "stone", "wheel"]
    assert learnt.for_raw == ["shop", "deal", "pill"]


def test_how_well_it_does(learnt: LearntImportance) -> None:
    assert learnt.auc == 1.0
    assert learnt.divergence == round(divergence(learnt_from("m", TARGET), learnt_from("r", RAW)), 4)


def learnt_from(prefix: str, texts: list[str]) -> Counter[str]:
    """Words and pairs of words of what is not held out."""
    counts: Counter[str] = Counter()
    for number, text in enumerate(texts):
        if number not in held_out(prefix, len(texts)):
            words = text.split()
            counts.update([*words, *map(" ".join, pairwise(words))])
    return counts


def divergence(target: Counter[str], raw: Counter[str]) -> float:
    """That of Kullback and Leibler, with the small number that the model adds to each frequency."""
    shares = {name: (count / target.total(), raw[name] / raw.total()) for name, count in target.items()}
    return sum(of_target * math.log((of_target + LEAST) / (of_raw + LEAST)) for of_target, of_raw in shares.values())


def test_ties_count_by_half_and_pairs_in_the_wrong_order_not_at_all() -> None:
    weights = ["mill"] * 40, ["shop"] * 60
    for number in held_out("m", 40)[:1]:
        weights[0][number] = "shop"  # one of five weighs as little as the raw ones
    for number in held_out("r", 60)[:2]:
        weights[1][number] = "mill"  # and two of seven as much as those of the target
    learnt = learn_importance(sample("m", weights[0]), sample("r", weights[1]), BUCKETS)
    assert learnt.auc == round((4 * (5 + 2 / 2) + 1 * (5 / 2)) / (5 * 7), 4) == 0.7571
    assert (learnt.for_target, learnt.for_raw) == (["mill"], ["shop"])


def test_without_a_text_held_out_there_is_no_area() -> None:
    few = learn_importance(sample("t", TARGET), sample("r", RAW), BUCKETS)
    assert (few.auc, few.held_out, few.texts) == (None, (0, 7), (40, 53))
    few = learn_importance(sample("m", TARGET), sample("t", RAW[:40]), BUCKETS)
    assert (few.auc, few.held_out) == (None, (5, 0))


def test_at_most_twenty_words_that_stand_there_ten_times_are_named() -> None:
    names = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    rare = ["Rare"] * 9 + [""] * 17
    target = [" ".join([*names[number:], *names, rare[number]]) for number in range(26)]
    learnt = learn_importance(sample("t", target), sample("r", ["OTHER worda"] * 10), BUCKETS)
    assert learnt.for_target == names[:5:-1]
    assert learnt.for_raw == ["other", "worda"]
    learnt = learn_importance(sample("t", target), sample("r", ["OTHER worda"] * 9), BUCKETS)
    assert learnt.for_raw == []


@pytest.mark.parametrize(
    ("target", "raw", "told"),
    [
        ([""] * 3, RAW, "--target: 3 texts without a word are too little to learn from"),
        (TARGET, [""] * 1200, "--raw: 1,075 texts without a word are too little to learn from"),
    ],
)
def test_texts_without_words_are_refused(target: list[str], raw: list[str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        learn_importance(sample("t", target), sample("r", raw), 16)
    assert str(caught.value) == told


def test_words_are_looked_for_in_the_first_four_megabytes() -> None:
    long = ["first " * 20 + "x" * 2_000_000, "second " * 20 + "x" * 2_000_000, "third " * 20]
    learnt = learn_importance(sample("t", long), sample("r", RAW), BUCKETS)
    assert {"first", "second"} <= set(learnt.for_target)
    assert "third" not in learnt.for_target
