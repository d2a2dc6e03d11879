"""Runs of words that stand behind themselves, against a slow twin."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.olmo import OlmoRepetition


def repeats(text: str, **parameters: object) -> int:
    judge = OlmoRepetition(**parameters)  # type: ignore[arg-type]
    return int(judge.measure(make_batch([text]))["olmo.repeats"][0].as_py())


def slow_repeats(words: list[str], longest: int) -> int:
    most = min(len(words), 1)
    for size in range(1, longest + 1):
        for start in range(len(words) - size + 1):
            times, position = 1, start + size
            while words[position : position + size] == words[start : start + size]:
                times += 1
                position += size
            most = max(most, times)
    return most


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["a", "b", "漢", "\x00", "é"]), max_size=30), st.integers(1, 5))
@example([], 1)
@example(["a"], 3)
@example(["a", "b", "a", "b", "a"], 2)
def test_repeats_are_those_of_the_twin(words: list[str], longest: int) -> None:
    assert repeats(" ".join(words), words="whitespace", max_ngram_words=longest) == slow_repeats(words, longest)


@pytest.mark.parametrize(("times", "removed"), [(31, False), (32, True)])
@pytest.mark.parametrize("size", [1, 2, 13])
def test_threshold(times: int, removed: bool, size: int) -> None:
    run = " ".join(f"w{number}" for number in range(size))
    judge = OlmoRepetition()
    measured = judge.measure(make_batch([f"before {' '.join([run] * times)} after"]))
    assert [bool(rule.fails(measured["olmo.repeats"])[0]) for rule in judge.rules] == [removed]


def test_longer_runs_and_switched_off_rules() -> None:
    run = " ".join(f"w{number}" for number in range(14))
    assert repeats(" ".join([run] * 40)) == 1
    assert repeats("x " * 1_000_000) == 1_000_000
    assert repeats("") == repeats(" \n") == 0
    assert OlmoRepetition(max_repeats=None).rules == ()
    with pytest.raises(RecipeError, match="at least 1"):
        OlmoRepetition(max_ngram_words=0)
    with pytest.raises(RecipeError, match="words is"):
        OlmoRepetition(words="other")  # type: ignore[arg-type]


def test_the_run_that_is_shown() -> None:
    (one,) = OlmoRepetition(words="whitespace").evidence(make_batch(["a line\nspam, eggs spam, eggs"]), "max_repeats")
    assert (one.line, one.text, one.found) == (2, "spam, eggs spam, eggs", "spam, eggs")
    for words in ("uax29", "dictionary"):  # where a comma is a word
        (one,) = OlmoRepetition(words=words).evidence(make_batch(["spam, eggs spam, eggs"]), "max_repeats")
        assert one.found == "spam , eggs"
