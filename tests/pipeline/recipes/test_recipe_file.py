"""Recipe files are read into steps, and what is wrong in them is told with the line and the nearest valid name."""

import pytest

from textmill import GopherQuality, Language, MinHashDedup, Recipe
from textmill.errors import RecipeError
from textmill.pipeline.recipes.recipe_file import parse_recipe


def recipe(steps: str) -> Recipe:
    return parse_recipe(f"name: mine\nsteps:\n{steps}", "mine.yaml")


def test_a_recipe_file_and_python_give_the_same_steps() -> None:
    loaded = recipe("  - gopher_quality: {min_words: 30}\n  - minhash_dedup: {bands: 9, rows: 13}\n")
    assert loaded.steps == (GopherQuality(min_words=30), MinHashDedup(bands=9, rows=13))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("  - gopher_qualty\n", r"mine.yaml:3: unknown step 'gopher_qualty'; did you mean 'gopher_quality'"),
        (
            "  - language\n  - gopher_quality: {min_word: 3}\n",
            r"mine.yaml:4: gopher_quality has no parameter 'min_word'; did you mean 'min_words'",
        ),
        ("  - gopher_quality: {min_words: many}\n", r"mine.yaml:3: gopher_quality.min_words must be .*not 'many'"),
        ("  - gopher_quality: {min_words: true}\n", r"must be .*not True"),
        ("  - gopher_quality: {min_words: 9, max_words: 3}\n", r"mine.yaml:3: .*min_words.*max_words"),
        ("  - gopher_quality: 30\n", r"mine.yaml:3: parameters of gopher_quality must be named"),
        ("  - {language: {}, gopher_quality: {}}\n", r"mine.yaml:3: a step has one name"),
        ("  - tokenize\n  - language\n", r"language stands after tokenize"),
        ("  - only_if: {kind: prose}\n    steps: [language]\n", r"mine.yaml:3: .*unknown kind 'prose'"),
        (
            "  - only_if: {kinds: web}\n    steps: [language]\n",
            r"mine.yaml:3: unknown condition 'kinds'; only_if takes kind, language",
        ),
        ("  - only_if: {language: de}\n    steps: [gopher_quality]\n", r"no language step stands before it"),
        ("  - where: {function: nowhere}\n", r"mine.yaml:3: .*package.module:name"),
        ("  - where: {function: 'no.such:thing'}\n", r"cannot import 'no.such:thing'"),
        ("  - language: {keep: [en]\n", r"mine.yaml:\d: not valid YAML"),
        ("  - language: {keep: [en], keep: [de]}\n", r"mine.yaml:3: 'keep' stands here twice"),
        ("  gopher_quality\n", r"mine.yaml:3: steps must be a list"),
    ],
)
def test_mistakes_are_refused_with_their_line(steps: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        recipe(steps)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"did you mean 'fineweb'\?; presets are .*default"):
        Recipe.load("finweb")


def test_a_user_function_is_imported_by_its_path() -> None:
    loaded = recipe("  - where: {function: 'builtins:len', minimum: 3, measurement: chars}\n")
    assert loaded.clean("ab").removed_by == "where.minimum"
    assert loaded.clean("abc").verdict.kept


def test_settings_stand_in_place_of_what_the_file_says() -> None:
    text = "name: mine\nsteps:\n  - gopher_quality: {min_words: 5}\n  - gopher_quality\n  - language: {keep: [en]}\n"
    settings = {"gopher_quality.min_words": 3, "gopher_quality_2.max_words": None, "language.keep": "de"}
    loaded = parse_recipe(text, settings=settings)
    assert loaded.steps == (GopherQuality(min_words=3), GopherQuality(max_words=None), Language(keep=("de",)))
    with pytest.raises(RecipeError, match=r"gopher_quality\.min_words must be a whole number or null, not .x."):
        parse_recipe(text, settings={"gopher_quality.min_words": "x"})
