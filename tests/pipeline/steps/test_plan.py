"""Recipes are cut into passes at the deduplications, and measurements get columns of their own."""

import pyarrow as pa
import pytest

from textmill import (
    C4Lines,
    ExactDedup,
    GopherQuality,
    Language,
    LineDedup,
    MinHashDedup,
    NormalizeUnicode,
    Recipe,
    Rehydrate,
    ScrubPII,
    Select,
    SemanticDedup,
    Tokenize,
    named,
    only_if,
    per_language,
    where,
)
from textmill.errors import RecipeError
from textmill.pipeline.steps.plan import Pass, Plan, grouping_columns, lay_out


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


def length(text: str) -> int:
    return len(text)


def half(text: str) -> float:
    return len(text) / 2


def label(text: str) -> str:
    return text[:1]


def test_a_recipe_is_laid_out() -> None:
    """Each pass knows the barrier before it and behind it; an index is looked up in a pass of its own."""
    select = Select(measurement="length", buckets={"head": 0.5, "tail": 1})
    steps = [where(length), select, LineDedup(), ExactDedup(against="seen"), Rehydrate(), Tokenize()]
    plan = lay_out(steps)
    ids = ["where", "select", "line_dedup", "exact_dedup", "rehydrate", "tokenize"]
    assert [item.id for item in plan.steps] == ids
    first, chosen, lines, exact, rehydrate, tokenize = plan.steps
    assert plan.passes == (
        Pass(number=0, steps=(first,), deduplicator=chosen),
        Pass(number=1, steps=(), deduplicator=lines, previous_deduplicator=chosen),
        Pass(number=2, steps=(), deduplicator=exact, previous_deduplicator=lines, checks_index=True),
        Pass(number=3, steps=(), deduplicator=exact, previous_deduplicator=exact),
        Pass(number=4, steps=(rehydrate, tokenize), previous_deduplicator=exact),
    )
    assert list(plan.measurements) == [column for item in plan.steps for column in item.columns.values()]
    assert plan.measurements["length"] == pa.int64()
    assert plan.tokenizer is steps[-1]
    assert plan.repeats_rows
    assert plan.bucket_columns == ("bucket",)
    until = [list(plan.measurements_until(number)) for number in range(5)]
    assert until[0] == ["length"]
    assert until[1][:2] == ["length", "bucket"]
    assert "cluster_size" not in until[2]
    assert "cluster_size" in until[3]
    assert until[4] == list(plan.measurements)
    assert [item.is_expensive for item in plan.steps] == [False, False, False, False, False, True]
    assert (plan.extra_columns, plan.partition) == ({}, ())


def test_what_a_plan_without_some_steps_says() -> None:
    plan = lay_out([where(half)])
    assert (plan.tokenizer, plan.repeats_rows, plan.bucket_columns) == (None, False, ())
    assert plan.measurements == {"half": pa.float64()}
    assert plan.passes == (Pass(number=0, steps=plan.steps),)
    assert lay_out([]) == Plan(passes=(Pass(number=0, steps=()),), measurements={})
    assert not lay_out([ExactDedup(), Rehydrate(repeat_rows=False)]).repeats_rows


def test_edits_matter_where_something_cheap_is_measured_behind() -> None:
    cheap, dear = where(length), where(length, expensive=True, measurement="n")
    plan = lay_out([C4Lines(), dear, ExactDedup(), C4Lines(), cheap, NormalizeUnicode(), dear])
    assert [plan.measures_behind(item) for item in plan.steps] == [True, True, True, True, False, False, False]
    assert [plan.measures_after(number) for number in (0, 1)] == [True, False]
    assert [item.is_expensive for item in plan.steps] == [False, True, False, False, False, False, True]


def test_steps_are_numbered_and_named() -> None:
    steps = [GopherQuality(), named(GopherQuality(), "mine"), GopherQuality(), Language(), GopherQuality()]
    assert [item.id for item in lay_out(steps).steps] == [
        "gopher_quality",
        "mine",
        "gopher_quality_2",
        "language",
        "gopher_quality_3",
    ]
    different = per_language(GopherQuality(), {"de+fr": {"min_words": 2}, "zh": None})
    plan = lay_out([Language(), different, GopherQuality()])
    assert [item.id for item in plan.steps] == [
        "language",
        "gopher_quality",
        "gopher_quality@de+fr",
        "gopher_quality_2",
    ]
    own = lay_out([where(length), where(length)])
    assert [dict(item.columns) for item in own.steps] == [{"length": "length"}, {"length": "length@where_2"}]
    assert own.measurements == {"length": own.measurements["length"], "length@where_2": own.measurements["length"]}


MESSAGES = [
    ([Tokenize(), Language()], "language stands after tokenize; tokenize must be the last step"),
    ([Tokenize(), Tokenize()], "tokenize stands after tokenize; tokenize must be the last step"),
    (
        [only_if(Tokenize(), kind="web")],
        "tokenize stands under only_if; every kept document is tokenised, so move it to the end",
    ),
    (
        [only_if(GopherQuality(), language="en"), Language()],
        "gopher_quality is limited by language, but no language step stands before it; add one",
    ),
    ([SemanticDedup()], "semantic_dedup reads embed.vector, but no embed stands before it; add one"),
    (
        [ExactDedup(), named(Rehydrate(), "again"), MinHashDedup()],
        "minhash_dedup stands after again, which must come after all of these; move it",
    ),
    (
        [Language(), where(length), MinHashDedup(keep="highest", by="nothing")],
        "minhash_dedup: 'by' is 'nothing', but no step before it measures that number; known: language.score, "
        "language.second_share, length",
    ),
    (
        [where(length), Select(measurement="tokens", keep_fraction=0.5)],
        "select: tokens are counted by tokenize, which is the last step; select by bytes, or a measurement",
    ),
    (
        [where(length), Select(measurement="lenght", keep_fraction=0.5)],
        "select: 'lenght' is measured by no step before it; did you mean 'length'?; numbers are length, bytes",
    ),
    (
        [where(label, returns="str"), Select(measurement="label", keep_fraction=0.5)],
        "select: 'label' is no number; numbers are bytes",
    ),
    (
        [where(length), Select(measurement="length", keep_fraction=0.5, by="language")],
        "select: by names language, but no language step stands before it; add one",
    ),
    (
        [where(length), Select(measurement="length", keep_fraction=0.5, by="sorce")],
        "select: by names 'sorce', which is measured by no step before it; did you mean 'source'?; known are "
        "kind, source, length",
    ),
    (
        [Language(), where(half), Select(measurement="half", keep_fraction=0.5, by="half")],
        "select: by names 'half', which has no labels; known are kind, source, language, language.label, "
        "language.script, language.second",
    ),
    (
        [ExactDedup(), named(Select(measurement="cluster_size", keep_fraction=0.5), "best"), MinHashDedup()],
        "minhash_dedup stands after best, which looks at cluster_size; move it before",
    ),
    (
        [named(GopherQuality(), "language"), Language()],
        "two steps are called language; give one of them another name",
    ),
    (
        [where(length, measurement="cluster_size")],
        "a measurement cannot be called 'cluster_size': deduplications count in it; rename it",
    ),
]


@pytest.mark.parametrize(("steps", "message"), MESSAGES, ids=range(len(MESSAGES)))
def test_what_does_not_fit_is_refused_in_full(steps: list[object], message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        lay_out(steps)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_selection_by_labels_names_columns_of_the_ledger() -> None:
    select = Select(measurement="bytes", keep_fraction=0.5, by=["kind", "source", "language"])
    with_language = lay_out([Language(), select]).measurements
    assert grouping_columns(select, with_language) == ("kind", "source", "language.label")
    assert grouping_columns(Select(measurement="bytes", keep_fraction=0.5), with_language) == ()
    assert grouping_columns(select, {"language": pa.string()}) == ("kind", "source", "language")
    numbers = [where(length), where(label, returns="str"), where(half)]
    for by in ("length", "label", "kind", "source"):
        assert lay_out([*numbers, Select(measurement="half", keep_fraction=0.5, by=by)])
    size = Select(measurement="bytes", keep_fraction=0.5, by="cluster_size")
    with pytest.raises(RecipeError, match=r"looks at cluster_size"):
        lay_out([ExactDedup(), size, MinHashDedup()])
