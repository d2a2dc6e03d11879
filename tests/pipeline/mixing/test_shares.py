"""Tokens of each source in each stage, by hand."""

from typing import Any

import pytest

from textmill import RecipeError
from textmill.pipeline.mixing.definition import Mix, Source, Stage
from textmill.pipeline.mixing.shares import by_temperature, share_out


def mix(stages: list[tuple[float, dict[str, float] | None]], epochs: tuple[float, ...] = (1, 1), **options: Any) -> Mix:
    return Mix(
        name="m",
        seed="s",
        sources=tuple(
            Source(name=name, paths=(name,), max_epochs=most) for name, most in zip("abc", epochs, strict=False)
        ),
        stages=tuple(
            Stage(name=str(number), share=share, weights=weights) for number, (share, weights) in enumerate(stages)
        ),
        **options,
    )


def test_shares_of_a_budget() -> None:
    stages = [(0.75, {"a": 3, "b": 1}), (0.25, {"b": 2})]
    assert share_out(mix(stages, tokens=400), [1000, 1000]).tolist() == [[225, 75], [0, 100]]


def test_without_a_budget_as_many_as_shares_and_epochs_allow() -> None:
    assert share_out(mix([(1, {"a": 3, "b": 1})]), [300, 1000]).tolist() == [[300, 100]]
    assert share_out(mix([(1, {"a": 3, "b": 1})], (2, 1)), [300, 1000]).tolist() == [[600, 200]]
    assert share_out(mix([(1, {"a": 3, "b": 1})], (2, 0.1)), [300, 1000]).tolist() == [[300, 100]]
    assert share_out(mix([(1, None)]), [300, 1000]).tolist() == [[300, 1000]]  # by what is there


def test_a_shortage_is_told_with_what_would_do() -> None:
    short = mix([(1, {"a": 3, "b": 1})], tokens=800)
    with pytest.raises(RecipeError) as told:
        share_out(short, [300, 1000])
    assert str(told.value) == (
        "source a has 300 tokens, of which 600 are wanted: 2.00 epochs, but max_epochs is 1; "
        "lower tokens to 400, raise max_epochs, or say shortage: shrink or redistribute"
    )
    assert share_out(mix([(1, {"a": 3, "b": 1})], tokens=400), [300, 1000]).tolist() == [[300, 100]]  # just enough


def test_a_shortage_shrinks_all_or_others_give_more() -> None:
    stages = [(0.5, {"a": 1, "b": 1, "c": 2}), (0.5, {"b": 1})]
    options: dict[str, Any] = {"epochs": (1, 1, 1), "tokens": 800}
    there = [50, 1000, 1000]
    assert share_out(mix(stages, shortage="shrink", **options), there).tolist() == [[50, 50, 100], [0, 200, 0]]
    given = share_out(mix(stages, shortage="redistribute", **options), there)
    assert given[0].tolist() == pytest.approx([50, 350 / 3, 700 / 3])
    assert given[1].tolist() == [0, 400, 0]


def test_one_shortage_that_makes_another() -> None:
    stages = [(1.0, {"a": 1, "b": 1, "c": 1})]
    given = share_out(mix(stages, (1, 1, 1), tokens=300, shortage="redistribute"), [50, 110, 1000])
    assert given[0].tolist() == pytest.approx([50, 110, 140])
    given = share_out(mix(stages, (1, 1, 1), tokens=300, shortage="redistribute"), [50, 110, 145])
    assert given[0].tolist() == pytest.approx([50, 110, 140])
    given = share_out(mix(stages, (1, 1, 1), tokens=300, shortage="redistribute"), [50, 110, 130])
    assert given[0].tolist() == pytest.approx([50, 110, 130])  # no more are there


def test_no_stage_gives_more_than_its_share() -> None:
    stages = [(0.5, {"a": 1, "b": 1}), (0.5, {"b": 1})]
    given = share_out(mix(stages, tokens=400, shortage="redistribute"), [10, 350])
    assert given.tolist() == [pytest.approx([10, 350 * 190 / 390]), pytest.approx([0, 350 * 200 / 390])]


def test_sources_that_have_nothing_are_refused_where_something_is_wanted() -> None:
    with pytest.raises(RecipeError, match="source b has no tokens that may be taken; leave it out"):
        share_out(mix([(0.5, {"a": 1}), (0.5, {"b": 1})]), [10, 0])
    assert share_out(mix([(1, {"a": 1})]), [10, 0]).tolist() == [[10, 0]]
    with pytest.raises(RecipeError, match="none of the sources has tokens"):
        share_out(mix([(1, None)]), [0, 0])


def test_temperature_flattens_the_shares_of_languages() -> None:
    assert by_temperature([10_000, 100], 1010, None, 1).tolist() == pytest.approx([1000, 10])
    assert by_temperature([10_000, 100], 110, 2, 1).tolist() == pytest.approx([100, 10])
    assert by_temperature([10_000, 100], 2200, 2, 1).tolist() == pytest.approx([2100, 100])  # no more are there
    assert by_temperature([10_000, 100], 2200, 2, 2).tolist() == pytest.approx([2000, 200])
    assert by_temperature([0, 0], 0, 2, 1).tolist() == [0, 0]
