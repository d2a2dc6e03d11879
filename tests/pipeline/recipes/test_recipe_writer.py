"""A recipe as the file that a person would write, line by line."""

from __future__ import annotations

from textmill import ExactDedup, GopherQuality, Language, Recipe, ScrubPII, any_of, named, only_if, per_language
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml

STEPS = [
    Language(keep=("no", "en"), min_score=None),
    named(GopherQuality(min_words=3), "short"),
    named(ExactDedup(), "equal"),
    only_if(ScrubPII(), any_of(GopherQuality(max_words=None), Language()), kind=("web", "book")),
    per_language(GopherQuality(), {"zh": None, "de": {"min_words": 2}}),
    named(any_of(GopherQuality(), Language()), "either"),
]
WRITTEN = """\
name: my "own"
columns: [gopher.*, license]
partition: [kind]
steps:
  - language: {keep: ['no', en], min_score: null}
  - gopher_quality: {min_words: 3}
    as: short
  - exact_dedup:
    as: equal
  - only_if: {kind: [web, book]}
    steps:
      - scrub_pii
      - any_of:
          - gopher_quality: {max_words: null}
          - language
  - gopher_quality:
    per_language: {zh: null, de: {min_words: 2}}
  - any_of:
      - gopher_quality
      - language
    as: either
"""


def test_a_recipe_is_written_line_by_line() -> None:
    recipe = Recipe('my "own"', STEPS, columns=["gopher.*", "license"], partition=["kind"])
    assert recipe_yaml(recipe) == WRITTEN
    assert parse_recipe(WRITTEN).as_dict() == recipe.as_dict()


def test_a_name_and_a_description_are_put_before_it() -> None:
    described = " ".join(["Words that say what it does"] * 6) + ": it's"
    text = recipe_yaml(Recipe("r", [ExactDedup()]), name="no", description=described)
    lines = text.splitlines()
    assert lines[:2] == ["name: 'no'", "description: >-"]
    assert lines[-2:] == ["steps:", "  - exact_dedup"]
    assert [line[:2] for line in lines[2:-2]] == ["  ", "  "]
    assert 100 < len(lines[2]) <= 118
    assert " ".join(line.strip() for line in lines[2:-2]) == described
    assert parse_recipe(text).name == "no"
    assert recipe_yaml(Recipe("r", [])) == "name: r\nsteps:\n"
    assert recipe_yaml(Recipe("wörter " * 40, [])).splitlines()[0] == f"name: '{'wörter ' * 40}'"
