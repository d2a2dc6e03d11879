"""What a recipe is: refused when it is none, carried between processes, and spelled out with every parameter."""

from __future__ import annotations

import functools
import pickle
from dataclasses import dataclass
from typing import Any

import pytest

from textmill import (
    ExactDedup,
    GopherQuality,
    Language,
    Recipe,
    RecipeError,
    all_of,
    named,
    only_if,
    per_language,
    where,
)
from textmill.pipeline.recipes.definition import RecipeDefinition, _plain, step_as_dict


@dataclass(frozen=True, kw_only=True)
class Mine(GopherQuality):
    """A step of a user's own."""

    name = "mine"
    rule: Any = len


class Counter:
    """A function with a state."""

    def __call__(self, text: str) -> int:
        return len(text)


def length(text: str, least: int = 0) -> int:
    return max(len(text), least)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": " "}, "a recipe needs a name, as in Recipe('mine', [...])"),
        ({"name": 5}, "a recipe needs a name, as in Recipe('mine', [...])"),
        ({"steps": "language"}, "the steps of a recipe are a list, as in [GopherQuality()], not 'language'"),
        ({"steps": 3}, "the steps of a recipe are a list, as in [GopherQuality()], not 3"),
        ({"steps": ExactDedup()}, f"the steps of a recipe are a list, as in [GopherQuality()], not {ExactDedup()!r}"),
        ({"columns": "kind"}, "columns takes a list of names, not 'kind'"),
        ({"columns": ["kind", 3]}, "columns takes a list of names, not ['kind', 3]"),
        ({"partition": "kind"}, "partition takes a list of names, not 'kind'"),
        ({"partition": [None]}, "partition takes a list of names, not [None]"),
    ],
)
def test_what_is_no_recipe_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        RecipeDefinition(**{"name": "r", "steps": [], **given})
    assert str(caught.value) == message


def test_contradictions_are_refused_at_once() -> None:
    with pytest.raises(RecipeError, match="is limited by language, but no language step"):
        RecipeDefinition("r", [only_if(GopherQuality(), language="en")])


def test_a_recipe_travels_between_processes() -> None:
    steps = [Language(), GopherQuality(min_words=3)]
    recipe = RecipeDefinition("r", iter(steps), columns=["gopher.words"], partition=["language"])  # type: ignore[arg-type]
    assert (recipe.steps, recipe.columns, recipe.partition) == (tuple(steps), ("gopher.words",), ("language",))
    assert hash(recipe) == hash(RecipeDefinition("r", steps, ["gopher.words"], ["language"]))
    again = pickle.loads(pickle.dumps(recipe))
    assert again == recipe
    assert "plan" not in vars(again)
    assert again.plan == recipe.plan
    assert recipe.__getstate__().keys() == {"name", "steps", "columns", "partition"}


def test_a_recipe_is_spelled_out() -> None:
    steps = [Language(), only_if(ExactDedup(), GopherQuality(), kind="web", language=["de", "en"])]
    told = RecipeDefinition("r", steps, columns=["license"], partition=["kind"]).as_dict()
    assert list(told) == ["name", "columns", "partition", "steps"]
    assert (told["name"], told["columns"], told["partition"]) == ("r", ["license"], ["kind"])
    group = told["steps"][1]
    assert list(group) == ["only_if", "steps"]
    assert group["only_if"] == {"kind": ["web"], "language": ["de", "en"]}
    assert [list(step) for step in group["steps"]] == [["exact_dedup"], ["gopher_quality"]]
    assert RecipeDefinition("r", []).as_dict() == {"name": "r", "steps": []}
    assert Recipe("r", []).as_dict() == {"name": "r", "steps": []}


def test_steps_are_written_as_a_recipe_file_has_them() -> None:
    def brief(step: Any) -> dict[str, Any]:
        return step_as_dict(step, defaults=False)

    assert brief(GopherQuality()) == {"gopher_quality": {}}
    assert brief(GopherQuality(min_words=3, max_words=None)) == {"gopher_quality": {"min_words": 3, "max_words": None}}
    assert step_as_dict(ExactDedup(against="a"))["exact_dedup"]["against"] == ["a"]
    assert step_as_dict(ExactDedup())["exact_dedup"].keys() == {"keep", "by", "against", "write_index"}
    assert brief(named(GopherQuality(min_words=3), "short")) == {"gopher_quality": {"min_words": 3}, "as": "short"}
    different = per_language(GopherQuality(min_words=3), {"de+fr": {"min_words": 2}, "zh": None})
    assert brief(different) == {
        "gopher_quality": {"min_words": 3},
        "per_language": {"de+fr": {"min_words": 2}, "zh": None},
    }
    assert brief(all_of(GopherQuality(), Language(keep=("en",)))) == {
        "all_of": [{"gopher_quality": {}}, {"language": {"keep": ["en"]}}]
    }
    assert brief(only_if(GopherQuality(), except_language="zh")) == {
        "only_if": {"except_language": ["zh"]}, "steps": [{"gopher_quality": {}}],
    }  # fmt: skip
    assert brief(Mine(min_words=1)) == {f"{__name__}:Mine": {"min_words": 1}}
    assert step_as_dict(Mine())[f"{__name__}:Mine"]["rule"] == "builtins:len"
    assert brief(where(length, minimum=2))["where"]["function"] == f"{__name__}:length"


def test_values_are_written_as_plain_ones() -> None:
    assert _plain(length) == f"{__name__}:length"
    assert _plain(Counter()) == f"{__name__}:Counter"
    assert _plain(functools.partial(length, least=3)) == {
        "partial": f"{__name__}:length", "args": [], "keywords": {"least": 3},
    }  # fmt: skip
    assert _plain({3: ("a", "b")}) == {"3": ["a", "b"]}
    assert _plain(("b", "a")) == _plain(["b", "a"]) == ["b", "a"]
    assert _plain({"b", "a"}) == _plain(frozenset({"b", "a"})) == ["a", "b"]
    assert _plain(None) is None
