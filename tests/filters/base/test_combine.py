"""Filters of filters, and thresholds of each language's own: in Python, in recipe files, in the ledger, in retune."""

import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from textmill import GopherQuality, Recipe, ScrubPII, all_of, any_of, per_language, where
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.language import Language
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml
from textmill.pipeline.recipes.settings import Settings

FILE = """
name: mine
steps:
  - language: {min_score: null}
  - any_of:
      - gopher_quality: {min_words: 4, min_stop_words: null}
      - all_of:
          - where: {function: "builtins:len", minimum: 2, measurement: chars, returns: int}
          - where: {function: "builtins:len", maximum: 5, measurement: chars, returns: int}
  - gopher_quality: {min_words: 1, min_stop_words: null, min_alpha_words_ratio: null}
    per_language:
      zh+ja: {words: uax29, min_words: 3, min_mean_word_length: 1}
      de: null
"""


def chars(text: str) -> int:
    return len(text)


def first_word(text: str) -> str:
    return text.partition(" ")[0]


def test_any_of_keeps_what_one_filter_keeps() -> None:
    recipe = Recipe("r", [any_of(where(chars, maximum=4), where(first_word, allowed=["The"]))])
    assert recipe.clean("abc").verdict.kept
    assert recipe.clean("The whole story").verdict.kept
    removed = recipe.clean("A whole story")
    assert removed.removed_by == "any_of.min_passing"
    assert (removed.verdict.value, removed.verdict.threshold) == ("0", "1")
    assert removed.measurements["any_of.failed"] == "where.maximum|where_2.allowed"
    assert (removed.measurements["chars"], removed.measurements["first_word"]) == (13, "A")


def test_all_of_names_the_rule_of_its_member() -> None:
    recipe = Recipe("r", [all_of(where(chars, maximum=9), where(chars, minimum=3, measurement="chars"))])
    assert recipe.clean("ab").removed_by == "all_of.where_2.minimum"
    assert recipe.clean("ab").measurements == {"chars": 2, "chars@where_2": 2}
    assert recipe.clean("a long text").removed_by == "all_of.where.maximum"
    assert recipe.clean("a text").verdict.kept


@pytest.mark.parametrize(("size", "kept"), [(1, True), (3, False), (5, True), (7, False), (9, True)])
def test_combinations_nest(size: int, kept: bool) -> None:
    middle = all_of(where(chars, minimum=4), any_of(where(chars, maximum=6)))
    recipe = Recipe("r", [any_of(where(chars, maximum=2), any_of(middle, where(chars, minimum=8)))])
    assert recipe.clean("x" * size).verdict.kept is kept


def test_a_null_passes_as_in_any_rule() -> None:
    step = any_of(where(lambda text: None, minimum=1.0, measurement="nothing"), where(chars, minimum=100))
    taken = step.measure(make_batch(["a", ""]))
    assert taken["any_of.passing"].to_pylist() == [1, 1]
    assert not step.rules[0].fails(taken["any_of.passing"]).any()


def test_combinations_travel_to_workers() -> None:
    step = any_of(where(chars, maximum=4), GopherQuality())
    step.measure(make_batch(["a"]))
    assert pickle.loads(pickle.dumps(step)) == step


def test_thresholds_per_language() -> None:
    words = {"min_words": 4, "min_stop_words": None}
    step = per_language(GopherQuality(min_words=2, min_stop_words=None), {"zh+ja": {"words": "uax29"}, "de": words})
    recipe = Recipe("r", [Language(min_score=None), step])
    assert [planned.id for planned in recipe.plan.steps] == [
        *("language", "gopher_quality", "gopher_quality@zh+ja", "gopher_quality@de")
    ]
    assert recipe.clean("Der Hund schläft.").removed_by == "gopher_quality@de.min_words"
    assert recipe.clean("The dog sleeps.").verdict.kept
    assert recipe.clean("我们今天去北京。").removed_by == "gopher_quality@zh+ja.min_mean_word_length"
    silent = Recipe("r", [Language(min_score=None), per_language(GopherQuality(), {"de": None})])
    assert silent.clean("Der Hund schläft.").verdict.kept


def read(text: str, settings: Settings | None = None) -> Recipe:
    parsed = parse_recipe(text, settings=settings)
    return Recipe(parsed.name, parsed.steps)


def test_a_recipe_file_says_the_same() -> None:
    recipe = read(FILE)
    assert recipe.clean("abcd").verdict.kept
    assert recipe.clean("abcdefg").removed_by == "any_of.min_passing"
    assert recipe.clean("我们今天去北京。").removed_by == "any_of.min_passing"
    assert parse_recipe(recipe_yaml(recipe)).as_dict() == recipe.as_dict()
    settings = {
        "any_of.gopher_quality.min_words": 1,
        "any_of.all_of.where_2.maximum": 9,
        "gopher_quality@de.min_words": 3,
    }
    with pytest.raises(RecipeError, match="there is no step 'gopher_quality@de'; did you mean 'gopher_quality'"):
        parse_recipe(FILE, settings=settings)
    del settings["gopher_quality@de.min_words"]
    settings["gopher_quality@zh+ja.min_words"] = 20
    changed = read(FILE, settings)
    assert changed.clean("abcdefg").verdict.kept
    assert changed.clean("我们今天去北京。").removed_by == "gopher_quality@zh+ja.min_words"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("  - any_of:\n      - gopher_qualty\n", "m:4: unknown step 'gopher_qualty'; did you mean 'gopher_quality'"),
        ("  - any_of:\n      - c4_lines\n", "m:3: any_of combines filters, but c4_lines is none"),
        ("  - any_of: {gopher_quality: {}}\n", "m:3: any_of takes a list of filters"),
        ("  - any_of: []\n", "m:3: any_of: name at least one filter"),
        (
            "  - any_of:\n      - gopher_quality: {min_word: 3}\n",
            "m:4: any_of.gopher_quality has no parameter 'min_word'",
        ),
        (
            "  - gopher_quality:\n    per_language: {de: {min_wrds: 3}}\n",
            "m:4: gopher_quality@de has no parameter 'min_wr",
        ),
        ("  - gopher_quality:\n    per_language: {de: {min_words: x}}\n", "m:4: gopher_quality@de.min_words must be"),
        ("  - gopher_quality:\n    per_language: {de: {}, de+fr: {}}\n", "m:4: per_language: 'de' is named twice"),
        ("  - gopher_quality:\n    per_language: {de: {min_words: 9, max_words: 3}}\n", "m:4: .*min_words=9"),
        ("  - gopher_quality:\n    per_language: {de: {}}\n", "m:3: gopher_quality is limited by language, but no"),
        ("  - no.such:Thing: {}\n", "m:3: step: cannot import 'no.such:Thing'"),
        ("  - builtins:len\n", "m:3: builtins:len is no dataclass derived from Filter or Cleaner"),
    ],
)
def test_mistakes_are_refused_with_their_line(steps: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        parse_recipe(f"name: mine\nsteps:\n{steps}", "m")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"any_of.gopher_quality.min_words": 390},
        {"any_of.where.maximum": 100},
        {"any_of.gopher_quality.min_words": 200, "any_of.where.maximum": 2000, "gopher_quality.max_words": 420},
        {"gopher_quality@en.min_words": 380, "gopher_quality.min_words": None},
    ],
)
def test_retune_knows_what_a_fresh_run_would_do(tmp_path: Path, settings: dict[str, Any]) -> None:
    from textmill.pipeline.commands.retune import retuned_verdicts
    from textmill.pipeline.job.facts import combine
    from textmill.pipeline.job.job import Job
    from textmill.pipeline.output.manifest import build_manifest, write_manifest
    from textmill.pipeline.passes.single import run_passes

    text = (
        "name: mine\nsteps:\n  - language: {min_score: null}\n  - any_of:\n      - gopher_quality: {min_words: 350}\n"
        "      - where: {function: 'builtins:len', maximum: 1000, measurement: chars}\n"
        "  - gopher_quality: {min_words: 20}\n    per_language: {en: {min_words: 360, max_words: 450}, fr: null}\n"
    )

    def run(name: str, given: dict[str, Any]) -> Path:
        corpus = str(Path(__file__).parents[3] / "examples" / "corpus")
        recipe = parse_recipe(text, settings=given)
        job = Job(recipe=recipe, inputs=(corpus,), output=str(tmp_path / name))
        facts = [result.staged.facts for result in run_passes(job)]
        write_manifest(job.output, build_manifest(recipe, combine(facts), []))
        return tmp_path / name

    import pyarrow.parquet as pq

    told = retuned_verdicts(str(run("old", {})), settings).to_pylist()
    fresh = {row["doc_id"]: row for row in pq.read_table(run("fresh", settings) / "ledger").to_pylist()}
    for row in told:
        assert row["known"]
        assert [row[name] for name in ("verdict", "step", "rule")] == [
            fresh[row["doc_id"]][name] for name in ("verdict", "step", "rule")
        ]
    assert any(row["step"] == "any_of" for row in told)


def test_members_are_called_by_their_names_and_share_no_column() -> None:
    combined = all_of(where(chars, minimum=1), GopherQuality(), where(chars, maximum=9), where(len, maximum=9))
    assert list(combined.members) == ["where", "gopher_quality", "where_2", "where_3"]
    assert combined.columns["where"] == {"chars": "chars"}
    assert combined.columns["where_2"] == {"chars": "chars@where_2"}
    assert combined.columns["where_3"] == {"len": "len"}
    batch = make_batch(["some text", "x"])
    measured = combined.measure(batch)
    assert {name: column.type for name, column in measured.items()} == dict(combined.measurements)
    assert measured["chars@where_2"].to_pylist() == [9, 1]


def test_a_whole_is_as_expensive_as_its_most_expensive_member_and_needs_their_files() -> None:
    cheap, expensive = where(chars, minimum=1), where(first_word, allowed=["a"], expensive=True)
    assert not all_of(cheap, cheap).expensive
    assert all_of(cheap, expensive).expensive
    assert any_of(expensive, cheap).expensive
    language = Language(keep=["en"])
    assert any_of(cheap, language, GopherQuality()).model_files == {
        **language.model_files,
        **GopherQuality().model_files,
    }
    assert language.model_files


def test_evidence_is_that_of_the_member() -> None:
    combined = any_of(where(chars, minimum=1), GopherQuality())
    document = make_batch(["one # line\nanother"])
    (found,) = combined.evidence(document, "gopher_quality.max_hash_ratio")
    assert (found.line, found.found) == (1, "#")
    assert list(combined.evidence(document, "nobody.max_hash_ratio")) == []
    assert list(combined.evidence(document, "min_passing")) == []


def test_how_many_pass_and_which_rule_of_each_failed_first() -> None:
    strict = where(chars, minimum=3)
    combined = any_of(all_of(strict, where(first_word, allowed=["a"])), where(chars, maximum=1))
    measured = combined.measure(make_batch(["a b c", "ab", "x", "long text"]))
    assert measured["any_of.passing"].to_pylist() == [1, 0, 1, 0]
    assert measured["any_of.failed"].to_pylist() == [
        "where.maximum",
        "all_of.where.minimum|where.maximum",
        "all_of.where.minimum",
        "all_of.where_2.allowed|where.maximum",
    ]
    assert measured["any_of.passing"].type == pa.int64()


def test_only_filters_can_be_combined() -> None:
    with pytest.raises(RecipeError, match="any_of: name at least one filter"):
        any_of()
    with pytest.raises(RecipeError, match="all_of combines filters, but scrub_pii is none; put it before or behind"):
        all_of(GopherQuality(), ScrubPII())  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="any_of combines filters, but str is none"):
        any_of("gopher_quality")  # type: ignore[arg-type]
