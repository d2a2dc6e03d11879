"""Rules as conditions in SQL: what they say of rows is what the steps themselves say of texts."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from textmill import GopherQuality, Recipe, all_of, any_of, where
from textmill.filters.base.batch import make_batch
from textmill.filters.base.step import Filter
from textmill.pipeline.commands.recut_sql import Branch, broken_rules, first_true


def length(text: str) -> int:
    return len(text)


def ratio(text: str) -> float:
    return text.count("x") / len(text) if text else float("nan")


def first(text: str) -> str:
    return text[:1]


TEXTS = ["", "x", "xy", "y" * 9, "xxxx y", "the words of a text and that it is", "z", "aaaaaaaaaaaaaaax"]
SHORT, FULL = where(length, minimum=3, maximum=8), where(ratio, maximum=0.5)
WORDS = GopherQuality(min_words=2, min_stop_words=None)


@pytest.mark.parametrize(
    "step",
    [
        SHORT,
        FULL,
        WORDS,
        where(first, measurement="first", returns="str", allowed=("x", "z")),
        any_of(SHORT, FULL),
        any_of(FULL, WORDS, where(length, measurement="all", maximum=1)),
        all_of(SHORT, WORDS),
        any_of(all_of(SHORT, FULL), WORDS),
    ],
    ids=range(8),
)
def test_rules_are_broken_where_the_step_says_so(step: Filter) -> None:
    (planned,) = Recipe("r", [step]).plan.steps
    measured = step.measure(make_batch(TEXTS))
    tables = duckdb.connect()
    tables.register("rows", pa.table({planned.columns[name]: column for name, column in measured.items()}))
    found = {
        name: [bool(row[0]) for row in tables.execute(f"SELECT {condition} FROM rows").fetchall()]
        for name, condition in broken_rules(step, planned.columns)
    }
    assert found == {rule.name: rule.fails(measured[rule.measurement]).tolist() for rule in step.rules}
    assert any(any(fails) for fails in found.values())


def test_of_branches_the_first_that_holds_counts() -> None:
    branches = [Branch("a", "b", 7), Branch("TRUE", "b", 8)]
    rows = "(VALUES (TRUE, TRUE), (FALSE, TRUE), (TRUE, FALSE), (NULL, TRUE)) AS rows(a, b)"
    found = duckdb.execute(f"SELECT {first_true(branches)} FROM {rows}").fetchall()
    assert found == [(7,), (8,), (None,), (8,)]
    assert duckdb.execute(f"SELECT {first_true([])}").fetchall() == [(None,)]
