"""Rules that come to remove far more than of the first documents."""

from textmill import ExactDedup, Recipe, where
from textmill.pipeline.job.facts import SplitFacts, Tally
from textmill.pipeline.output.surges import Surge, SurgeWatch, surges_of_splits, watched_steps
from textmill.pipeline.steps.totals import StepTotals


def surges(first: int, later: int, *, window: int = 1000) -> list[Surge]:
    """Removals of the first 1,000 documents, and of those behind them."""
    watch = SurgeWatch({"a"}, first_documents=1000)
    assert watch.update({"a": 1000}, {"a.x": first}) == []
    return watch.update({"a": 1000 + window}, {"a.x": first + later})


def test_far_more_is_both_a_multiple_and_a_share() -> None:
    assert surges(0, 0) == []
    assert surges(400, 1000) != []
    assert surges(700, 1000) == []  # not twice as many
    assert surges(10, 60) == []  # many times as many, and still few
    assert surges(0, 50) == []  # five points more are not more than five
    assert surges(0, 51) != []
    assert surges(250, 500) == []  # twice as many are not more than twice
    assert surges(250, 501) != []
    assert surges(0, 900) == [Surge(step="a", rule="x", first_ratio=0.0, later_ratio=0.9, after_documents=1000)]


def test_a_few_documents_tell_nothing() -> None:
    assert surges(0, 50, window=50) == []
    assert surges(0, 1000, window=1000)


def test_a_watch_begins_when_it_has_seen_enough() -> None:
    watch = SurgeWatch({"a"}, first_documents=1000)
    assert watch.update({"a": 999}, {"a.x": 0}) == []
    assert watch.update({"a": 2000}, {"a.x": 600}) == []  # these are the first
    assert watch.update({"a": 4000}, {"a.x": 2600})[0].first_ratio == 0.3


def test_each_window_is_compared_with_the_first_documents() -> None:
    watch = SurgeWatch({"a", "b"}, first_documents=1000)
    watch.update({"a": 1000, "b": 1000}, {"a.x": 100, "a.y": 0, "ab.x": 999})
    assert watch.update({"a": 2000, "b": 1000}, {"a.x": 200, "a.y": 0, "ab.x": 999}) == []
    (x, y) = watch.update({"a": 3000, "b": 1000}, {"a.x": 1100, "a.y": 500})
    assert (x.rule, x.first_ratio, x.later_ratio, x.after_documents) == ("x", 0.1, 0.9, 2000)
    assert (y.rule, y.first_ratio, y.later_ratio, y.after_documents) == ("y", 0.0, 0.5, 2000)
    assert watch.update({"a": 4000}, {"a.x": 2100, "a.y": 1000}) == []  # each is told once


def test_only_filters_are_watched() -> None:
    plan = Recipe("r", [where(len, minimum=1), ExactDedup(), where(len, maximum=9)]).plan
    assert watched_steps(plan) == {"where", "where_2"}


def split(number: int, documents: int, removed: int) -> SplitFacts:
    return SplitFacts(
        number=number,
        verdicts={("removed", "where", "minimum"): Tally(removed, 0)},
        timing={"where": StepTotals(documents=documents), "exact_dedup": StepTotals(documents=documents)},
    )


def test_splits_of_a_finished_run_count_in_their_order() -> None:
    plan = Recipe("r", [where(len, minimum=1), ExactDedup()]).plan
    splits = [split(number, 1000, 900 if number == 2 else 100) for number in (2, 0, 1)]
    (found,) = surges_of_splits(plan, splits, 1000)
    assert found == Surge(step="where", rule="minimum", first_ratio=0.1, later_ratio=0.9, after_documents=2000)
    assert str(found) == (
        "where.minimum removes 90% of the documents after 2,000, but 10% of the first ones: look at the input from "
        "there on"
    )
