"""Gopher's repetition rules around their thresholds."""

import math
from dataclasses import fields

import pytest

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.gopher_repetition import GopherRepetition


def ratio(text: str, name: str, words: str = "whitespace") -> float:
    judge = GopherRepetition(words=words)  # type: ignore[arg-type]
    return float(judge.measure(make_batch([text]))[f"gopher.{name}_ratio"][0].as_py())


def broken_rules(text: str, judge: GopherRepetition) -> list[str]:
    found = judge.measure(make_batch([text]))
    return [rule.name for rule in judge.rules if rule.fails(found[rule.measurement])[0]]


def different_words(count: int) -> str:
    return " ".join(f"w{number:04d}" for number in range(count))


def test_lines() -> None:
    text = "same\nsame\nother\n\n  \nsame\nlast\n"
    assert ratio(text, "duplicate_line") == 2 / 5
    assert ratio(text, "duplicate_line_chars") == 8 / len(text)
    assert ratio("same\n same\n", "duplicate_line") == 0


def test_paragraphs() -> None:
    text = "\n\none\ntwo\n\n\none\ntwo\n\nthree\n"
    assert ratio(text, "duplicate_paragraph") == 1 / 3
    assert ratio(text, "duplicate_paragraph_chars") == 7 / len(text)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_most_frequent_n_gram(size: int) -> None:
    phrase = different_words(size)
    text = f"{phrase} x {phrase} y {phrase}"
    assert ratio(text, f"top_{size}_gram") == 3 * len(phrase) / len(text)
    assert ratio(different_words(50), f"top_{size}_gram") == 0


@pytest.mark.parametrize("size", [5, 6, 7, 8, 9, 10])
def test_repeated_n_grams(size: int) -> None:
    phrase = different_words(size)
    text = f"{phrase} x {phrase} y {phrase}"
    assert ratio(text, f"duplicate_{size}_gram") == 2 * 5 * size / len(text)
    # No n-gram of a shorter phrase that stands twice is as long as this.
    shorter = different_words(size - 1)
    assert ratio(f"{shorter} x {shorter} y", f"duplicate_{size}_gram") == 0


def test_overlapping_repetitions_count_once() -> None:
    assert ratio("a " * 100, "duplicate_5_gram") == 5 * 19 / 200


@pytest.mark.parametrize(
    ("rule", "passing", "failing"),
    [
        ("max_duplicate_line_ratio", "a\n" * 4 + "b\nc\nd\ne\nf\ng", "a\n" * 5 + "b\nc\nd\ne\nf"),
        ("max_duplicate_paragraph_ratio", "\n\n".join("aaaabcdefg"), "\n\n".join("aaaaabcdef")),
        ("max_duplicate_line_chars_ratio", "ab\nab\nefghi", "abc\nabc\nfghij"),
        ("max_duplicate_paragraph_chars_ratio", "ab\n\nab\n\nefghi", "abcd\n\nabcd\n\nfgh"),
        ("max_top_2_gram_ratio", "a b x a b " + "y" * 20, "a b x a b " + "y" * 19),
        ("max_top_3_gram_ratio", "a b c d a b c " + "y" * 42, "a b c d a b c " + "y" * 41),
        ("max_top_4_gram_ratio", "a b c d x a b c d " + "y" * 70, "a b c d x a b c d " + "y" * 69),
        *(
            (
                f"max_duplicate_{size}_gram_ratio",
                # Phrases of 100 * bound letters twice in a text of 100 characters: at the bound, then one above it.
                phrase * 2 + "y" * (100 - 2 * len(phrase)),
                phrase * 2 + "y" * (99 - 2 * len(phrase)),
            )
            for size, letters in ((5, 15), (6, 14), (7, 13), (8, 12), (9, 11), (10, 10))
            for phrase in ["abcdefghij"[: size - 1].replace("", " ").strip() + " " + "k" * (letters - size + 1) + " "]
        ),
    ],
)  # fmt: skip
def test_each_rule_at_its_threshold(rule: str, passing: str, failing: str) -> None:
    judge = GopherRepetition(words="whitespace")
    assert rule not in broken_rules(passing, judge)
    assert rule in broken_rules(failing, judge)
    assert rule not in broken_rules(failing, GopherRepetition(words="whitespace", **{rule: None}))  # type: ignore[arg-type]


def test_each_parameter_is_a_rule_on_a_measurement_of_its_own() -> None:
    rules = GopherRepetition().rules
    assert {rule.name for rule in rules} == {field.name for field in fields(GopherRepetition)} - {"words"}
    assert {rule.measurement for rule in rules} == set(GopherRepetition.measurements)
    bounds = [rule.maximum for rule in rules if "gram" in rule.name]
    assert bounds == [0.2, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.1]
    switched_off = dict.fromkeys((field.name for field in fields(GopherRepetition)), None) | {"words": "uax29"}
    assert GopherRepetition(**switched_off).rules == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", " \n\n ", "\x00", "\u0301", "x", "漢", "שלום", "👩🏽\u200d🚀"])
def test_tiny_texts_do_not_repeat(text: str) -> None:
    found = GopherRepetition().measure(make_batch([text]))
    assert {name: column.type for name, column in found.items()} == dict(GopherRepetition.measurements)
    assert [column[0].as_py() for column in found.values()] == [0] * len(found)


def test_chinese_repeats_only_where_its_characters_are_words() -> None:
    text = "今天天气很好" * 20
    assert ratio(text, "duplicate_5_gram", words="uax29") > 0.9
    assert ratio(text, "duplicate_5_gram", words="whitespace") == 0


def test_texts_of_nothing_but_repetition_are_measured() -> None:
    found = GopherRepetition().measure(make_batch(["a a a a a a a a a a a a", "x\n" * 500, "спам " * 1000]))
    values = [value for column in found.values() for value in column.to_pylist()]
    assert all(math.isfinite(value) and value >= 0 for value in values)


@pytest.mark.parametrize("words", ["whitespace", "uax29", "datatrove", "dolma"])
def test_texts_by_themselves_are_measured_as_among_others(words: str) -> None:
    texts = ["a line\n\na line\n", "", "\n", "word word\nword", "", "\n\nb\n\nb"]
    judge = GopherRepetition(words=words)  # type: ignore[arg-type]
    together = judge.measure(make_batch(texts))
    for row, text in enumerate(texts):
        alone = judge.measure(make_batch([text]))
        assert {name: column[row] for name, column in together.items()} == {
            name: column[0] for name, column in alone.items()
        }


def test_an_unknown_way_of_splitting_is_refused() -> None:
    with pytest.raises(RecipeError, match="gopher_repetition: words"):
        GopherRepetition(words="letters")  # type: ignore[arg-type]


def marked(step: GopherRepetition, rule: str, text: str) -> list[tuple[int, str]]:
    """Numbers of the lines that are shown for a rule, and what of them counts."""
    return [(one.line, one.found) for one in step.evidence(make_batch([text]), rule)]


def test_lines_that_are_shown_for_a_rule() -> None:
    text = "One two.\nThree.\n\nOne two.\nThree.\n\nThree.\nfive one, one, two, one, two, one, two, one, two, one"
    step = GopherRepetition(words="whitespace")
    assert marked(step, "max_duplicate_line_ratio", text) == [(4, ""), (5, ""), (7, "")]
    assert marked(step, "max_duplicate_line_chars_ratio", text) == [(4, ""), (5, ""), (7, "")]
    assert marked(step, "max_duplicate_paragraph_ratio", text) == [(4, "")]
    assert marked(step, "max_top_2_gram_ratio", text) == [(8, "one, two,")]
    assert marked(step, "max_duplicate_5_gram_ratio", text) == [(8, "one, two, one, two, one,")]
    assert marked(step, "max_duplicate_9_gram_ratio", text) == []
    by_uax29 = marked(GopherRepetition(), "max_top_3_gram_ratio", text)  # where a comma is a word
    assert by_uax29[-1][1].count(",") >= 1
    assert " , " in by_uax29[-1][1]
    assert marked(GopherRepetition(words="dictionary"), "max_top_3_gram_ratio", text) == by_uax29


def test_published_thresholds() -> None:
    bounds = {rule.name.removeprefix("max_"): rule.maximum for rule in GopherRepetition().rules}
    assert bounds == {
        **{"duplicate_line_ratio": 0.30, "duplicate_paragraph_ratio": 0.30},
        **{"duplicate_line_chars_ratio": 0.20, "duplicate_paragraph_chars_ratio": 0.20},
        **{"top_2_gram_ratio": 0.20, "top_3_gram_ratio": 0.18, "top_4_gram_ratio": 0.16},
        **{"duplicate_5_gram_ratio": 0.15, "duplicate_6_gram_ratio": 0.14, "duplicate_7_gram_ratio": 0.13},
        **{"duplicate_8_gram_ratio": 0.12, "duplicate_9_gram_ratio": 0.11, "duplicate_10_gram_ratio": 0.10},
    }
