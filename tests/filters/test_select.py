"""What a selection is told, and what it says of what cannot be."""

from __future__ import annotations

import itertools

import pytest

from textmill import Recipe, RecipeError, Select
from textmill.filters.select import SHARD_COLUMNS
from textmill.pipeline.passes.rows import shard_schema
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml

HEAD = """name: selected
steps:
  - where: {function: "builtins:len", measurement: score}
  - where: {function: "builtins:str", measurement: topic, returns: str}
"""


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{measurement: scor, keep_fraction: 0.1}", "'scor' is measured by no step before it; did you mean 'score'?"),
        ("{measurement: topic, keep_fraction: 0.1}", "'topic' is no number"),
        ("{measurement: tokens, keep_fraction: 0.1}", "tokens are counted by tokenize, which is the last step"),
        ("{measurement: score, keep_fraction: 1.5}", "keep_fraction=1.5 is no share; it must be above 0 and at most 1"),
        ("{measurement: score, keep_fraction: 0}", "keep_fraction=0 is no share"),
        ("{measurement: score}", "give either keep_fraction, as 0.1 for the best tenth, or buckets"),
        ("{keep_fraction: 0.1}", "name the measurement that decides"),
        (
            "{measurement: score, keep_fraction: 0.1, by: topics}",
            "'topics', which is measured by no step before it; did",
        ),
        ("{measurement: score, keep_fraction: 0.1, by: score}", "by names 'score', which has no labels"),
        ("{measurement: score, keep_fraction: 0.1, by: language}", "no language step stands before it; add one"),
        ("{measurement: score, keep_fraction: 0.1, keep: head}", "keep names buckets, but there are none"),
        ("{measurement: score, buckets: {head: 0.3, middle: 0.3, tail: 0.4}}", "the last ends at 1"),
        ("{measurement: score, buckets: {head: 0.3, tail: 1}, keep: haed}", "'haed' to keep; did you mean 'head'?"),
        ("{measurement: score, buckets: {a: 0.3, b: 1}, column: text}", "the column cannot be called 'text'"),
        ("{measurement: score, keep_fraction: 0.1, ordr: lowest}", "no parameter 'ordr'; did you mean 'order'?"),
    ],
)
def test_what_is_wrong_is_told(given: str, told: str) -> None:
    with pytest.raises(RecipeError) as error:
        parse_recipe(HEAD + f"  - select: {given}\n")
    assert str(error.value).startswith("recipe:")
    assert told in str(error.value)


def test_a_deduplication_cannot_change_what_was_selected_by() -> None:
    chosen = "  - select: {measurement: cluster_size, keep_fraction: 0.5}\n"
    parse_recipe(f"{HEAD}  - exact_dedup\n  - minhash_dedup\n{chosen}")
    with pytest.raises(RecipeError, match="minhash_dedup stands after select, which looks at cluster_size; move it"):
        parse_recipe(f"{HEAD}  - exact_dedup\n{chosen}  - minhash_dedup\n")


@pytest.mark.parametrize(
    ("share", "documents", "rank"),
    [(0.1, 95, 10), (0.1, 94, 9), (0.1, 30, 3), (0.1, 4, 0), (0.1, 5, 1), (1, 7, 7), (1e-9, 10**9, 1), (0.7, 10, 7)],
)
def test_shares_are_exact(share: float, documents: int, rank: int) -> None:
    assert Select(measurement="score", keep_fraction=share).ranks(documents) == (rank,)


def test_more_documents_never_move_a_border_by_more_than_one() -> None:
    """What ``retune`` relies on."""
    step = Select(measurement="score", buckets={"a": 0.1, "b": 0.3333, "c": 0.99, "d": 1})
    ranks = [step.ranks(documents) for documents in range(2000)]
    for before, after in itertools.pairwise(ranks):
        assert all(one <= two <= one + 1 for one, two in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("keep", "borders"),
    [("a", [None, 0, 0, 0]), ("b", [0, None, 1, 1]), (("a", "d"), [None, 0, 0, None]), ("d", [2, 2, 2, None])],
)
def test_the_border_that_decides_is_the_nearest_of_what_stays(keep: str, borders: list[int | None]) -> None:
    step = Select(measurement="score", buckets={"a": 0.1, "b": 0.3, "c": 0.9, "d": 1}, keep=keep)  # type: ignore[arg-type]
    found = [None if step.stays[bucket] else step.deciding(bucket) for bucket in range(4)]
    assert found == borders


def test_a_recipe_file_says_the_same_as_python() -> None:
    text = (
        HEAD + "  - select: {measurement: score, buckets: {head: 0.3, tail: 1}, keep: head, by: topic, order: lowest}\n"
    )
    step = Select(measurement="score", buckets={"tail": 1, "head": 0.3}, keep=("head",), by=("topic",), order="lowest")
    parsed = parse_recipe(text)
    assert parsed.steps[-1] == step
    assert parse_recipe(recipe_yaml(parsed)).steps == parsed.steps
    changed = parse_recipe(text, settings={"select.buckets": {"head": 0.5, "tail": 1}, "select.by": ["topic", "kind"]})
    assert changed.steps[-1].by == ("topic", "kind")  # type: ignore[attr-defined]
    assert changed.steps[-1].ranks(10) == (5,)  # type: ignore[attr-defined]


def test_a_share_says_what_stays() -> None:
    tenth = Select(measurement="score", keep_fraction=0.1)
    assert (tenth.stays, tenth.rule, tenth.describe()) == ((True, False), "keep_fraction", "the highest 10 % of a run")
    lowest = Select(measurement="score", keep_fraction=0.125, order="lowest", by=("kind", "topic"))
    assert lowest.describe() == "the lowest 12.5 % in each kind, topic"


def test_names_of_columns_that_shards_have_are_known() -> None:
    presets = ("default", "fineweb", "multilingual")
    columns = {name for preset in presets for name in shard_schema(Recipe.load(preset).plan).names}
    assert columns <= {*SHARD_COLUMNS}
