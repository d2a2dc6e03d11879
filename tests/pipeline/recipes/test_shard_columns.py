"""Columns of shards and what they are partitioned by: asked for in Python, in YAML, and refused with what is there."""

import pytest
import yaml

from textmill import GopherQuality, Language, MinHashDedup, Recipe, RecipeError, Tokenize, where
from textmill.filters.base.step import Step
from textmill.pipeline.passes.rows import shard_schema
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml

STEPS = [Language(keep=None, min_score=None), GopherQuality(), MinHashDedup(), Tokenize("cl100k")]


def length_label(text: str) -> str:
    return "long" if len(text) > 100 else "short"


def is_long(text: str) -> bool:
    return len(text) > 100


def names(recipe: Recipe) -> list[str]:
    return [str(name) for name in shard_schema(recipe.plan).names]


def test_columns_come_behind_those_that_every_shard_has() -> None:
    plain = names(Recipe("r", STEPS))
    asked = Recipe("r", STEPS, columns=["license", "gopher.stop*", "gopher.words"], partition=["input_label"])
    assert names(asked) == [*plain, "gopher.words", "gopher.stop_words", "license", "input_label"]


def test_what_shards_have_already_is_not_there_twice() -> None:
    plain = names(Recipe("r", STEPS))
    assert names(Recipe("r", STEPS, columns=["cluster_size", "language", "kind"], partition=["language"])) == plain
    everything = names(Recipe("r", STEPS, columns=["*"]))
    assert len(everything) == len(set(everything))
    assert {"gopher.words", "license", "input_label"} < set(everything)
    assert not {"language.label", "language.score"} & set(everything)


def test_measurements_of_ones_own_can_be_folders() -> None:
    recipe = Recipe("r", [where(length_label), where(is_long)], partition=["length_label", "is_long"])
    assert names(recipe)[-2:] == ["length_label", "is_long"]


@pytest.mark.parametrize(
    ("columns", "partition", "message"),
    [
        (["gopher.mean_word_lenght"], [], "columns: no measurement.*did you mean 'gopher.mean_word_length'"),
        (["fineweb.*"], [], "columns: no measurement.*gopher.words.*license and input_label"),
        ([""], [], "columns: no measurement"),
        ([], ["lang"], "partition: cannot partition by 'lang'; did you mean 'language'"),
        ([], ["gopher.mean_word_length"], "every value of it would be a folder"),
        ([], ["language_score"], "every value of it would be a folder"),
        ([], ["text"], "cannot partition by 'text'"),
        ([], ["doc_id"], "cannot partition by 'doc_id'.*kind"),
        ([], ["../kind"], "cannot partition by"),
        ([], ["kind", "kind"], "'kind' twice"),
    ],
)
def test_names_that_mean_nothing_are_refused(columns: list[str], partition: list[str], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Recipe("r", STEPS, columns=columns, partition=partition)


def test_a_language_that_nobody_recognises_is_no_folder() -> None:
    with pytest.raises(RecipeError, match="a language step must stand in the recipe"):
        Recipe("r", [GopherQuality()], partition=["language"])


@pytest.mark.parametrize("name", ["text", "license", "url", "token_count"])
def test_a_measurement_named_like_another_column_is_refused_only_when_it_is_wanted(name: str) -> None:
    steps: list[Step] = [where(is_long, measurement=name), Tokenize("cl100k")]
    assert name not in names(Recipe("r", steps))[6:] or name == "token_count"
    with pytest.raises(RecipeError, match=f"columns: .*{name}"):
        Recipe("r", steps, columns=["*"])


def test_a_text_is_no_list_of_names() -> None:
    with pytest.raises(RecipeError, match="columns takes a list of names"):
        Recipe("r", STEPS, columns="gopher.*")


def test_a_recipe_file_says_the_same() -> None:
    text = 'name: r\ncolumns: ["gopher.w*", license]\npartition: [kind]\nsteps:\n  - gopher_quality\n'
    recipe = parse_recipe(text)
    assert recipe.as_dict()["columns"] == ["gopher.w*", "license"]
    assert list(yaml.safe_load(recipe_yaml(recipe))) == ["name", "columns", "partition", "steps"]
    assert parse_recipe(recipe_yaml(recipe)) == recipe
    assert parse_recipe(yaml.safe_dump(recipe.as_dict(), sort_keys=False)) == recipe


def test_a_recipe_without_them_is_written_as_ever() -> None:
    assert list(Recipe("r", STEPS).as_dict()) == ["name", "steps"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("columns: gopher.words", "mine.yaml:2: columns takes a list of names, as in .*not 'gopher.words'"),
        ("partition: {kind: web}", "mine.yaml:2: partition takes a list"),
        ("columns: [no]", "mine.yaml:2: columns takes a list"),
        ("columns: [quality.*]", "mine.yaml:2: columns: no measurement is called"),
        ("partitions: [kind]", "mine.yaml:2: unknown key 'partitions'; did you mean 'partition'"),
    ],
)
def test_mistakes_in_a_file_are_told_with_their_line(line: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        parse_recipe(f"name: r\n{line}\nsteps:\n  - gopher_quality\n", "mine.yaml")
