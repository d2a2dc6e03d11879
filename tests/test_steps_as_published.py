"""Names, parameters, measurements and rules of every step, as ``steps_as_published.yaml`` says: recipes depend on them.

Also which lines of a bad text ``explain`` shows for each rule.

A change of one is a change for users: it belongs into the changelog. ``python tests/test_steps_as_published.py`` writes
the file anew.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from textmill.errors import TextmillError
from textmill.filters.base.batch import make_batch
from textmill.pipeline.recipes.registry import STEPS

LINES = (
    "The committee met on Tuesday to talk about the new library, and most of them stayed.",
    "lorem ipsum dolor sit amet { return } javascript",
    "- one item of a list that goes on and on ...",
    "- one item of a list that goes on and on ...",
    "",
    "READ MORE CLICK HERE",
    "12 345 678 +-*/ 90%",
    "+-*/ == (){}[] <> && || x",
    "x" * 1100,
    '<?xml version="1.0"?><p>3 likes</p> terms of use, cookie policy #hash #tag …',
    "wordwithoutanyblanksinitatall " * 3,
    'They said: "We stay here."',
    "and 'why not?'",
    "the the the the the the the the of of of of and and",
)
RULE = ("name", "measurement", "minimum", "maximum", "minimum_in", "maximum_in", "allowed")
PUBLISHED = Path(__file__).with_name("steps_as_published.yaml")


def plain(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    return [plain(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]


def described(step: type[Any]) -> dict[str, Any]:
    """What users of a step depend on."""
    fields = [field for field in dataclasses.fields(step) if field.init]
    given = {
        field.name: plain(field.default_factory() if field.default is dataclasses.MISSING else field.default)
        for field in fields
        if (field.default, field.default_factory) != (dataclasses.MISSING, dataclasses.MISSING)
    }
    found: dict[str, Any] = {"parameters": given, "needed": [one.name for one in fields if one.name not in given]}
    try:
        made = step()
    except (TypeError, TextmillError):
        measured = step.measurements if isinstance(step.measurements, Mapping) else {}
        return {**found, "measurements": {name: str(type_) for name, type_ in measured.items()}}
    measured = {name: str(type_) for name, type_ in made.measurements.items()}
    rules = [
        {name: plain(getattr(rule, name)) for name in RULE if getattr(rule, name) is not None}
        for rule in getattr(made, "rules", ())
    ]
    shown = {rule["name"]: lines_shown(made, rule["name"]) for rule in rules}
    return {**found, "measurements": measured, "rules": rules, "lines_shown": shown}


def lines_shown(step: Any, rule: str) -> dict[str, list[int]]:
    """Numbers of the lines that drive a rule, in a file of code and in one of data."""
    found = {}
    for source in ("main.go", "data.json"):
        try:
            found[source] = [one.line for one in step.evidence(make_batch(["\n".join(LINES)], source=source), rule)]
        except KeyError:  # what a step before it measures is missing
            found[source] = []
    return found


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_step_is_as_published(name: str) -> None:
    published = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
    assert sorted(published) == sorted(STEPS)
    assert described(STEPS[name]) == published[name]


if __name__ == "__main__":
    everything = {name: described(step) for name, step in sorted(STEPS.items())}
    PUBLISHED.write_text(yaml.safe_dump(everything, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
