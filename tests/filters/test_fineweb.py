"""FineWeb's rules around their thresholds."""

import math
from dataclasses import fields

import pytest

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.fineweb import FineWebQuality


def broken_rules(text: str, judge: FineWebQuality) -> list[str]:
    found = judge.measure(make_batch([text]))
    return [rule.name for rule in judge.rules if rule.fails(found[rule.measurement])[0]]


def line(number: int, end: str = ".") -> str:
    return f"Line {number:02d} is longer than thirty characters{end}\n"


@pytest.mark.parametrize(
    ("rule", "passing", "failing"),
    [
        (
            "min_line_punctuation_ratio",
            "".join(line(number, "。" if number < 3 else "") for number in range(25)),
            "".join(line(number, "!" if number < 2 else ",") for number in range(25)),
        ),
        (
            "max_short_line_ratio",
            "".join(line(number) if number < 33 else f"{number} short.\n" for number in range(100)),
            "".join(line(number) if number < 32 else f"{number} short.\n" for number in range(100)),
        ),
        (
            "max_duplicate_chars_ratio",
            "abc.\nabc.\n" + "x" * 392,
            "abc.\nabc.\n" + "x" * 391,
        ),
        ("max_newline_ratio", "a b\nc\nd\ne f g h i j", "a\nb\nc\nd\ne f g h i j"),
    ],
)  # fmt: skip
def test_each_rule_at_its_threshold(rule: str, passing: str, failing: str) -> None:
    assert rule not in broken_rules(passing, FineWebQuality())
    assert rule in broken_rules(failing, FineWebQuality())
    assert rule not in broken_rules(failing, FineWebQuality(**{rule: None}))  # type: ignore[arg-type]


def test_what_a_short_line_is_can_be_said() -> None:
    text = "x" * 30 + ".\n" + "y" * 31 + ".\n"
    found = [
        FineWebQuality(short_line_chars=chars).measure(make_batch([text]))["fineweb.short_line_ratio"][0].as_py()
        for chars in (30, 31, 32)
    ]
    assert found == [0, 0.5, 1]


def test_blank_lines_are_no_lines() -> None:
    found = FineWebQuality().measure(make_batch(["One.\n\n  \nOne.\nTwo"]))
    assert found["fineweb.line_punctuation_ratio"][0].as_py() == 2 / 3
    assert found["fineweb.duplicate_chars_ratio"][0].as_py() == 4 / 13
    assert found["fineweb.newline_ratio"][0].as_py() == 4 / 5


@pytest.mark.parametrize("text", ["", " \n\n", "\x00", "\u0301", "x", "漢", "שלום", "👩🏽\u200d🚀"])
def test_every_measurement_of_tiny_texts_is_a_number(text: str) -> None:
    found = FineWebQuality().measure(make_batch([text]))
    assert {name: column.type for name, column in found.items()} == dict(FineWebQuality.measurements)
    assert all(math.isfinite(column[0].as_py()) for column in found.values())


def test_an_empty_text_breaks_no_rule() -> None:
    assert broken_rules("", FineWebQuality()) == []


def test_rules_bear_the_names_of_their_parameters_in_published_order() -> None:
    names = [rule.name for rule in FineWebQuality().rules]
    assert names == [f.name for f in fields(FineWebQuality) if f.name not in ("short_line_chars", "words")]


def test_an_unknown_way_of_splitting_is_refused() -> None:
    with pytest.raises(RecipeError, match="fineweb_quality: words"):
        FineWebQuality(words="nltk")  # type: ignore[arg-type]
