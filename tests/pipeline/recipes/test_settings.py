"""Parameters given on the command line."""

from typing import Any

import pytest

from textmill import RecipeError
from textmill.pipeline.recipes.settings import parse_settings


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("a.b=30", 30),
        (" a.b = 0.5 ", 0.5),
        ("a.b=[en, de]", ["en", "de"]),
        ("a.b=x=y", "x=y"),
        ("a.b=true", True),
        *((f"a.b={off}", None) for off in ("none", "None", "null", "~", "")),
    ],
)
def test_values_are_read_as_in_a_recipe_file(given: str, value: Any) -> None:
    assert parse_settings([given]) == {"a.b": value}


def test_the_last_dot_separates_the_parameter() -> None:
    assert parse_settings(["any_of.gopher.min_words=1", "b.c=2"]) == {"any_of.gopher.min_words": 1, "b.c": 2}
    assert parse_settings([]) == {}


@pytest.mark.parametrize("wrong", ["a.b", "a=1", "=1", ".b=1", "a.=1"])
def test_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(RecipeError, match=r"write it as step\.parameter=value"):
        parse_settings([wrong])


def test_nothing_is_given_twice_and_values_can_be_read() -> None:
    with pytest.raises(RecipeError, match=r"--set a.b=2: a.b is set twice; keep one"):
        parse_settings(["a.b=1", "a.b=2"])
    with pytest.raises(RecipeError, match=r"--set a.b=\[1: cannot read the value"):
        parse_settings(["a.b=[1"])
