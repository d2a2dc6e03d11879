"""Which documents a step concerns, and what may be said of it."""

import pyarrow as pa
import pytest

from textmill import C4Lines, ExactDedup, GopherQuality, RecipeError, any_of, only_if, where
from textmill.filters.base.conditions import Condition, named, per_language

KINDS = pa.array(["web", "book", "code", "web", None])
LANGUAGES = pa.array(["en", "de", "en", None, "fr"])


def held(condition: Condition, language: pa.Array | None = LANGUAGES) -> list[int]:
    return [row for row, holds in enumerate(condition.holds(KINDS, language)) if holds]


@pytest.mark.parametrize(
    ("condition", "rows", "without_labels"),
    [
        (Condition(), [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]),
        (Condition(kind=("web",)), [0, 3], [0, 3]),
        (Condition(kind=("web", "book")), [0, 1, 3], [0, 1, 3]),
        (Condition(language=("en",)), [0, 2], []),
        (Condition(language=("en", "fr")), [0, 2, 4], []),
        (Condition(except_language=("en",)), [1, 3, 4], [0, 1, 2, 3, 4]),
        (Condition(kind=("web",), language=("en",)), [0], []),
        (Condition(kind=("web",), except_language=("en",)), [3], [0, 3]),
    ],
)
def test_which_documents_a_condition_concerns(condition: Condition, rows: list[int], without_labels: list[int]) -> None:
    assert held(condition) == rows
    assert held(condition, None) == without_labels
    alone = [(KINDS[row : row + 1], LANGUAGES[row : row + 1]) for row in range(len(KINDS))]
    assert [row for row, (kind, language) in enumerate(alone) if condition.holds(kind, language)[0]] == rows
    assert [row for row, (kind, _) in enumerate(alone) if condition.holds(kind, None)[0]] == without_labels


def test_a_condition_may_be_none_and_may_need_a_language() -> None:
    assert not Condition()
    for given, needs in (
        ({"kind": ("web",)}, False),
        ({"language": ("en",)}, True),
        ({"except_language": ("en",)}, True),
    ):
        condition = Condition(**given)
        assert condition
        assert condition.needs_language == needs


@pytest.mark.parametrize(
    ("first", "second", "excludes"),
    [
        (Condition(kind=("web",)), Condition(kind=("book", "code")), True),
        (Condition(kind=("web",)), Condition(kind=("book", "web")), False),
        (Condition(kind=("web",)), Condition(), False),
        (Condition(kind=("web",)), Condition(language=("en",)), False),
        (Condition(language=("en",)), Condition(language=("de",)), True),
        (Condition(language=("en", "fr")), Condition(language=("de", "fr")), False),
        (Condition(language=("en",)), Condition(except_language=("en", "de")), True),
        (Condition(language=("en", "fr")), Condition(except_language=("en", "de")), False),
        (Condition(except_language=("en",)), Condition(except_language=("de",)), False),
        (Condition(), Condition(except_language=("de",)), False),
    ],
)
def test_whether_no_document_can_meet_both(first: Condition, second: Condition, excludes: bool) -> None:
    assert first.excludes(second) == second.excludes(first) == excludes


def test_conditions_are_joined() -> None:
    one = Condition(kind=("web", "book"), language=("en", "de"), except_language=("zh", "fr"))
    two = Condition(kind=("book", "code"), except_language=("fr", "ar"))
    assert one.both(two) == Condition(kind=("book",), language=("en", "de"), except_language=("ar", "fr", "zh"))
    assert two.both(one).kind == ("book",)
    assert Condition().both(one) == Condition(kind=("web", "book"), language=("en", "de"), except_language=("fr", "zh"))
    with pytest.raises(RecipeError, match=r"no document can be of kind web\|book and code at once"):
        one.both(Condition(kind=("code",)))
    with pytest.raises(RecipeError, match=r"no document can be of language en\|de and fr at once"):
        one.both(Condition(language=("fr",)))


def test_a_group_of_steps() -> None:
    step = GopherQuality()
    group = only_if(step, kind="web", language=["en", "de"], except_language="fr")
    assert group.steps == (step,)
    assert group.condition == Condition(kind=("web",), language=("en", "de"), except_language=("fr",))
    with pytest.raises(RecipeError, match="unknown kind 'blog'; kinds are web, book, code, other"):
        only_if(step, kind=["web", "blog"])
    for wrong in (3, b"web"):
        with pytest.raises(RecipeError, match=f"kind is named by text, not {wrong!r}"):
            only_if(step, kind=wrong)  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="name at least one kind or language"):
        only_if(step)
    with pytest.raises(RecipeError, match="name at least one step"):
        only_if(kind="web")


def test_a_step_per_language() -> None:
    step = per_language(GopherQuality(), {"zh+ja": {"min_words": 3}, "th": None})
    found = [(name, variant and variant.min_words, condition) for name, variant, condition in step.variants()]  # type: ignore[attr-defined]
    assert found == [
        ("", 50, Condition(except_language=("zh", "ja", "th"))),
        ("zh+ja", 3, Condition(language=("zh", "ja"))),
        ("th", None, Condition(language=("th",))),
    ]
    assert per_language(C4Lines(), {"de": {"end_punctuation": False}}).name == "per_language"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: per_language(named(GopherQuality(), "x"), {"de": None}), "name the whole, as in named"),
        (lambda: per_language(ExactDedup(), {"de": None}), "exact_dedup is no filter or cleaner with parameters"),
        (
            lambda: per_language(any_of(GopherQuality(), where(len, maximum=3)), {"de": None}),
            "any_of is no filter or cleaner with parameters",
        ),
        (lambda: per_language(GopherQuality(), {}), "name at least one language"),
        (
            lambda: per_language(GopherQuality(), {"de": {"min_word": 3}}),
            "gopher_quality has no parameter 'min_word'; did you mean 'min_words'\\?; it takes ",
        ),
        (lambda: per_language(GopherQuality(), {"zh+": None}), r"'zh\+' is no language"),
        (lambda: per_language(GopherQuality(), {"": None}), "'' is no language"),
        (lambda: per_language(GopherQuality(), {"zh+ja": None, "ja": None}), "'ja' is named twice"),
        (
            lambda: per_language(GopherQuality(), {"de": {"min_words": 9, "max_words": 3}}),
            "min_words=9 is above max_words=3",
        ),
    ],
)
def test_what_cannot_differ_by_language(make, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        make()


@pytest.mark.parametrize("called", ["a", "Book_quality-2", "reads", "gopher_quality"])
def test_a_name_for_a_step(called: str) -> None:
    step = named(GopherQuality(), called)
    assert (step.called, step.step) == (called, GopherQuality())


@pytest.mark.parametrize("called", ["", "2nd", "a.b", "a@de", "a b", "read", "_a", "ä", None, 3, "a\n"])
def test_what_is_no_name(called: object) -> None:
    with pytest.raises(RecipeError, match=r"a step cannot be called .*: a name begins with a letter"):
        named(GopherQuality(), called)  # type: ignore[arg-type]


def test_a_group_has_no_name_and_a_step_only_one() -> None:
    with pytest.raises(RecipeError, match="'x' names one step; name the steps within only_if one by one"):
        named(only_if(GopherQuality(), kind="web"), "x")
    with pytest.raises(RecipeError, match="name the steps within named one by one"):
        named(named(GopherQuality(), "y"), "x")
    assert named(per_language(GopherQuality(), {"de": None}), "x").called == "x"
