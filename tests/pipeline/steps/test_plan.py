"""Recipes are cut into passes at the deduplications, and measurements get columns of their own."""

import pytest

from textmill import ExactDedup, GopherQuality, Language, MinHashDedup, Recipe, ScrubPII, Tokenize, only_if
from textmill.errors import RecipeError


def test_passes_are_cut_at_deduplications() -> None:
    plan = Recipe("r", [Language(), ExactDedup(), GopherQuality(), MinHashDedup(), ScrubPII(), Tokenize()]).plan
    assert [[step.id for step in one.steps] for one in plan.passes] == [
        ["language"],
        ["gopher_quality"],
        ["scrub_pii", "tokenize"],
    ]
    assert [one.deduplicator and one.deduplicator.id for one in plan.passes] == ["exact_dedup", "minhash_dedup", None]
    assert plan.measures_after(0)
    assert not plan.measures_after(1)


def test_steps_for_disjoint_kinds_share_columns_and_others_do_not() -> None:
    shared = Recipe("r", [only_if(GopherQuality(), kind="web"), only_if(GopherQuality(min_words=9), kind="book")]).plan
    assert [step.id for step in shared.steps] == ["gopher_quality", "gopher_quality_2"]
    assert shared.steps[0].columns == shared.steps[1].columns
    apart = Recipe("r", [GopherQuality(), only_if(GopherQuality(min_words=9), kind="book")]).plan
    assert not set(apart.steps[0].columns.values()) & set(apart.steps[1].columns.values())
    assert set(apart.measurements) == {*apart.steps[0].columns.values(), *apart.steps[1].columns.values()}


def test_what_is_not_a_step_is_refused() -> None:
    with pytest.raises(RecipeError, match="is not a step"):
        Recipe("r", ["gopher_quality"])  # type: ignore[list-item]


def test_groups_that_nothing_can_meet_are_refused() -> None:
    with pytest.raises(RecipeError, match="no document can be of kind web and code at once"):
        Recipe("r", [only_if(only_if(GopherQuality(), kind="code"), kind="web")])


def test_conditions_that_exclude_each_other_share_columns() -> None:
    steps = [
        Language(),
        only_if(GopherQuality(), language="en"),
        only_if(GopherQuality(min_stop_words=None), except_language=["en", "zh"]),
        only_if(GopherQuality(words="uax29"), language="zh"),
    ]
    assert not [name for name in Recipe("r", steps).plan.measurements if "@" in name]


def test_a_language_condition_chooses_documents() -> None:
    chinese = "".join("今天天气很好，我们去公园散步。" * 1 for _ in range(3))
    german = "Der Hund läuft über die Straße und die Katze schläft auf dem Sofa in der Küche."
    recipe = Recipe("r", [Language(min_score=None), only_if(GopherQuality(), except_language=["zh"])])
    assert recipe.clean(chinese).verdict.kept
    assert recipe.clean(german).removed_by == "gopher_quality.min_words"


def test_what_decides_who_is_kept_must_be_measured_before() -> None:
    with pytest.raises(RecipeError, match=r"'by' is 'language.score', but no step before it .* known: none"):
        Recipe("r", [MinHashDedup(keep="highest", by="language.score"), Language()])
    with pytest.raises(RecipeError, match=r"known: language.score"):
        Recipe("r", [Language(), ExactDedup(keep="lowest", by="language.label")])
    assert Recipe("r", [Language(), ExactDedup(keep="highest", by="language.score")]).plan.passes[0].deduplicator
