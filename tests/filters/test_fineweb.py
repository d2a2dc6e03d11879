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


def marked(step: FineWebQuality, rule: str, text: str) -> list[tuple[int, str]]:
    """Numbers of the lines that are shown for a rule, and what of them counts."""
    return [(one.line, one.found) for one in step.evidence(make_batch([text]), rule)]


def test_lines_that_are_shown_for_a_rule() -> None:
    text = f"{'a' * 30}\n{'b' * 31}.\n \nEnd.\nEnd.\n"
    assert marked(FineWebQuality(), "min_line_punctuation_ratio", text) == [(1, "")]
    assert marked(FineWebQuality(), "max_short_line_ratio", text) == [(1, ""), (4, ""), (5, "")]
    assert marked(FineWebQuality(short_line_chars=3), "max_short_line_ratio", text) == []
    assert marked(FineWebQuality(), "max_duplicate_chars_ratio", text) == [(5, "")]
    assert marked(FineWebQuality(), "max_newline_ratio", text) == []


def test_measurements_are_those_declared() -> None:
    found = FineWebQuality().measure(make_batch(["One.", ""]))
    assert {name: column.type for name, column in found.items()} == dict(FineWebQuality.measurements)


def test_published_thresholds() -> None:
    assert [(rule.name, rule.minimum, rule.maximum) for rule in FineWebQuality().rules] == [
        ("min_line_punctuation_ratio", 0.12, None),
        ("max_short_line_ratio", None, 0.67),
        ("max_duplicate_chars_ratio", None, 0.01),
        ("max_newline_ratio", None, 0.3),
    ]
    assert FineWebQuality().short_line_chars == 30
