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
