"""mC4's rule around its thresholds."""

import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.mc4 import MC4Paragraphs

LONG = "漢" * 200


def broken_rules(text: str, judge: MC4Paragraphs) -> list[str]:
    measured = judge.measure(make_batch([text]))
    assert {name: column.type for name, column in measured.items()} == dict(MC4Paragraphs.measurements)
    return [rule.name for rule in judge.rules if rule.fails(measured[rule.measurement])[0]]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f"{LONG}\n{LONG}\n{LONG}", []),
        (f"{LONG}\nshort\n{LONG}x\n\n{LONG}\n", []),
        (f"{LONG}\n{LONG}\n{LONG[1:]}", ["min_third_line_chars"]),
        (f"{LONG}\n{LONG}", ["min_lines", "min_third_line_chars"]),
        ("", ["min_lines", "min_third_line_chars"]),
    ],
)
def test_three_long_lines(text: str, rules: list[str]) -> None:
    assert broken_rules(text, MC4Paragraphs()) == rules


def test_thresholds_move_and_go() -> None:
    assert broken_rules("a\nb\nc", MC4Paragraphs(min_third_line_chars=1)) == []
    assert MC4Paragraphs(min_lines=None, min_third_line_chars=None).rules == ()


def marked(step: MC4Paragraphs, rule: str, text: str) -> list[tuple[int, str]]:
    """Numbers of the lines that are shown for a rule, and what of them counts."""
    return [(one.line, one.found) for one in step.evidence(make_batch([text]), rule)]


def test_of_the_three_longest_lines_the_short_ones_are_shown() -> None:
    text = f"{'a' * 199}\n{'b' * 200}\n{'c' * 5}\n\n{'d' * 6}"
    assert marked(MC4Paragraphs(), "min_third_line_chars", text) == [
        (1, "199 of 200 characters"),
        (5, "6 of 200 characters"),
    ]
    assert marked(MC4Paragraphs(), "min_third_line_chars", "aa\nbb\ncc\ndd")[-1][0] == 3  # of equal ones the first
    assert marked(MC4Paragraphs(), "min_third_line_chars", "\n\naa") == [(3, "2 of 200 characters")]
    assert marked(MC4Paragraphs(), "min_lines", text) == []
    assert marked(MC4Paragraphs(min_third_line_chars=None), "min_third_line_chars", text) == []
