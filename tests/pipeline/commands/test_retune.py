"""What ``retune`` claims to know is what a fresh run with the other thresholds does, document by document."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from textmill import Recipe
from textmill.errors import InputError, RecipeError
from textmill.pipeline.commands.recut import Place
from textmill.pipeline.commands.retune import (
    Amount,
    Retuning,
    RuleChange,
    Sum,
    check_columns,
    recorded_text,
    retune,
    retuned_recipe,
    retuned_verdicts,
    summed_up,
)
from textmill.pipeline.job.facts import combine
from textmill.pipeline.job.job import Job
from textmill.pipeline.output.manifest import build_manifest, write_manifest
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.recipes.presets import recipe_source
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml
from textmill.pipeline.recipes.settings import parse_settings

ROOT = Path(__file__).parents[3]

STRICT = """
name: strict
steps:
  - normalize_unicode
  - gopher_repetition
  - only_if: {kind: [web, book]}
    steps:
      - language: {keep: [en], min_score: 0.6}
  - only_if: {kind: web, except_language: [de]}
    steps:
      - c4_lines: {end_punctuation: false, min_words_per_line: 3}
  - gopher_quality: {min_words: 400, min_stop_words: null}
  - only_if: {kind: [web, book]}
    steps:
      - toxicity
"""
RULES_ONLY = "name: rules\nsteps: [normalize_unicode, c4_lines, gopher_repetition, c4_quality, gopher_quality]\n"
DEDUP = "  - exact_dedup\n  - minhash_dedup\n  - fineweb_quality\n  - scrub_pii\n"


def finished(recipe: Recipe, folder: Path) -> Path:
    """Run a recipe over the example corpus without Beam, up to ledger and manifest."""
    job = Job(recipe=recipe, inputs=(str(ROOT / "examples" / "corpus"),), output=str(folder))
    facts = [result.staged.facts for result in run_passes(job)]
    write_manifest(str(folder), build_manifest(recipe, combine(facts), []))
    return folder


def ledger(folder: Path) -> dict[str, tuple[Any, ...]]:
    table = pq.read_table(folder / "ledger").select(["doc_id", "verdict", "step", "rule"])
    return {row["doc_id"]: tuple(row.values())[1:] for row in table.to_pylist() if row["verdict"] != "quarantined"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, Path]]:
    """The text of a recipe and the folder of its run, once for each."""
    texts = {
        # Repetition judges before the language is known, and removes half of the documents.
        "tight": STRICT.replace("gopher_repetition", "gopher_repetition: {max_top_2_gram_ratio: 0.017}") + DEDUP,
        "rules": RULES_ONLY,
        "strict": STRICT,
        "dedup": STRICT + DEDUP,
        **{name: recipe_source(name)[0].replace("  - tokenize", "  # tokenize") for name in ("c4", "default")},
    }
    made: dict[str, Path] = {}

    def get(name: str) -> tuple[str, Path]:
        if name not in made:
            made[name] = finished(parse_recipe(texts[name]), tmp_path_factory.mktemp(name) / "out")
        return texts[name], made[name]

    return get


CASES: list[tuple[str, list[str], bool]] = [
    # recipe, settings, and whether every verdict can be known
    ("rules", [], True),
    ("rules", ["gopher_quality.min_words=400", "c4_quality.min_sentences=12"], True),
    ("rules", ["gopher_quality.min_words=5", "gopher_quality.min_stop_words=none", "c4_quality.min_sentences=1"], True),
    ("rules", ["gopher_repetition.max_duplicate_line_ratio=0.01"], True),
    ("rules", ["c4_lines.min_words_per_line=3"], False),
    ("rules", ["gopher_quality.words=uax29"], False),
    ("strict", ["gopher_quality.min_words=450"], True),
    ("strict", ["gopher_quality.min_words=350", "gopher_quality.min_stop_words=2"], False),
    ("strict", ["language.keep=[de, en, fr]", "language.min_score=none", "gopher_quality.min_words=30"], False),
    ("strict", ["gopher_repetition.max_top_2_gram_ratio=0.022"], True),
    ("dedup", [], True),
    ("dedup", ["fineweb_quality.max_short_line_ratio=0.1"], True),
    ("dedup", ["gopher_quality.min_words=440"], True),
    ("dedup", ["gopher_quality.max_words=410"], False),
    ("dedup", ["gopher_quality.min_words=300"], False),
    ("dedup", ["minhash_dedup.bands=3"], False),
    ("default", [], True),
    (
        "default",
        ["fineweb_quality_alphabets.min_line_punctuation_ratio=0.9", "gopher_quality_book_en.min_words=3500"],
        True,
    ),
    ("default", ["gopher_quality_web_en.min_words=400", "gopher_repetition_web.max_top_2_gram_ratio=0.02"], False),
    ("default", ["language.min_score=0.1", "gopher_repetition_web.max_top_2_gram_ratio=none"], True),
    # C4 cuts lines out that have stood before: whoever leaves or enters changes the text of others.
    ("c4", ["c4_quality_after_dedup.min_sentences=30", "language.min_score=0.99"], True),
    ("c4", ["c4_page_length.max_chars=2200"], False),
    ("c4", ["c4_quality.max_lorem_ipsum=none", "c4_quality.min_sentences=1"], False),
    ("tight", ["gopher_repetition.max_top_2_gram_ratio=0.2"], False),
]


@pytest.mark.parametrize(("name", "settings", "all_known"), CASES)
def test_verdicts_are_those_of_a_fresh_run(
    base: Callable[[str], tuple[str, Path]], tmp_path: Path, name: str, settings: list[str], all_known: bool
) -> None:
    text, folder = base(name)
    parsed = parse_settings(settings)
    fresh = ledger(finished(parse_recipe(text, settings=parsed), tmp_path / "fresh"))
    told = retuned_verdicts(str(folder), parsed).to_pylist()
    assert {row["doc_id"] for row in told} == fresh.keys()
    for row in told:
        if row["doubt"] is None:
            assert (row["verdict"], row["step"], row["rule"]) == fresh[row["doc_id"]], row
        elif row["known"]:
            assert row["verdict"] == fresh[row["doc_id"]][0], row
    unknown = sum(not row["known"] for row in told)
    assert (unknown == 0) == all_known
    found = retune(str(folder), parsed)
    assert found.cannot_know == unknown
    assert found.kept_after.documents == sum(row["verdict"] == "kept" for row in told)
    assert found.kept_before.documents + found.gained.documents - found.lost.documents == found.kept_after.documents
    assert found.gained.documents == sum(rule.gained.documents for rule in found.rules)
    assert found.lost.bytes == sum(rule.lost.bytes for rule in found.rules)


def test_the_written_recipe_is_the_one_that_was_tried(base: Callable[[str], tuple[str, Path]]) -> None:
    text, folder = base("default")
    settings = {"gopher_quality_book_en.min_words": 30, "toxicity.max_score": None}
    written = recipe_yaml(retuned_recipe(str(folder), settings), name="mine", description="with: a colon")
    wanted = parse_recipe(text, settings=settings)
    assert parse_recipe(written).as_dict()["steps"] == wanted.as_dict()["steps"]
    assert yaml.safe_load(written)["description"] == "with: a colon"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"gopher_qualty.min_words": 3}, "there is no step 'gopher_qualty'; did you mean 'gopher_quality'"),
        ({"gopher_quality.min_word": 3}, "gopher_quality has no parameter 'min_word'; did you mean 'min_words'"),
        ({"gopher_quality.min_words": "many"}, "gopher_quality.min_words must be a whole number or null, not 'many'"),
        ({"gopher_quality.min_words": 300, "gopher_quality.max_words": 3}, "min_words=300 is above max_words=3"),
    ],
)
def test_wrong_settings_are_told(
    base: Callable[[str], tuple[str, Path]], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        retune(str(base("rules")[1]), settings)


@pytest.mark.parametrize("text", ["min_words=3", "gopher_quality.min_words", ".x=3", "a.=3", "a.b=[1"])
def test_settings_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="--set"):
        parse_settings([text])
    with pytest.raises(RecipeError, match="twice"):
        parse_settings(["a.b=1", "a.b=2"])


def test_a_function_need_not_be_there(tmp_path: Path) -> None:
    from textmill import where

    recipe = Recipe("mine", [where(lambda text: len(text), maximum=100, measurement="chars")])
    folder = finished(recipe, tmp_path / "out")
    blank = sum(step == "read" for _, step, _ in ledger(folder).values())
    assert retune(str(folder), {"where.maximum": None}).kept_after.documents == len(ledger(folder)) - blank


def test_whether_a_cleaner_at_the_end_leaves_anything_is_not_known(tmp_path: Path) -> None:
    from textmill import C4Lines, where

    texts = ["Short", "A line of some words that ends in a full stop.", "one long line without any end of a sentence"]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    recipe = Recipe("last", [where(len, minimum=20, measurement="chars"), C4Lines()])
    job = Job(recipe=recipe, inputs=(str(tmp_path / "in.jsonl"),), output=str(tmp_path / "out"))
    facts = [result.staged.facts for result in run_passes(job)]
    write_manifest(job.output, build_manifest(recipe, combine(facts), []))
    told = retuned_verdicts(job.output, {"where.minimum": 1}).to_pylist()
    assert sorted((row["step"] or "", row["verdict"], row["doubt"] or "", row["known"]) for row in told) == [
        ("", "kept", "", True),
        ("", "kept", "measurement", False),
        ("c4_lines", "removed", "", True),
    ]


def test_a_step_of_somebody_else_is_not_imported_unless_allowed(
    finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
    (tmp_path / "step_of_theirs.py").write_text(f"{code}from textmill import GopherQuality as Theirs\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    folder = tmp_path / "copy"
    shutil.copytree(finished_run, folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    steps = [
        {"step_of_theirs:Theirs": {}} if "gopher_quality" in step else step for step in manifest["recipe"]["steps"]
    ]
    manifest["recipe"]["steps"] = steps
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RecipeError, match=r"manifest.json: .*names Python code \(step_of_theirs:Theirs\).* --code"):
        retune(str(folder), {})
    assert not (tmp_path / "ran").exists()
    assert retune(str(folder), {}, code=True).kept_before.documents > 0
    assert (tmp_path / "ran").exists()


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no manifest.json"):
        retune(str(tmp_path), {})


def test_the_command_tells_and_writes(textmill: Callable[..., Any], finished_run: Path, tmp_path: Path) -> None:
    done = textmill("retune", finished_run, "--set", "gopher_quality.min_words=400", "--write", tmp_path / "mine.yaml")
    assert done.returncode == 0, done.stderr
    assert "gopher_quality.min_words" in done.stdout
    assert Recipe.load(str(tmp_path / "mine.yaml")).name == "mine"
    told = json.loads(textmill("retune", finished_run, "--set", "gopher_quality.min_words=none", "--json").stdout)
    assert told["kept_before"]["documents"] > 0
    wrong = textmill("retune", finished_run, "--set", "gopher.min_words=3")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean 'gopher_quality'" in wrong.stderr


@pytest.fixture(scope="module")
def finished_run(base: Callable[[str], tuple[str, Path]]) -> Path:
    return base("rules")[1]


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "flipped"])
def test_a_damaged_ledger_is_told(finished_run: Path, tmp_path: Path, damage: str) -> None:
    shutil.copytree(finished_run, tmp_path / "out")
    (part, *_) = (tmp_path / "out" / "ledger").iterdir()
    whole = part.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    part.unlink()
    if damage != "gone":
        damaged = {"empty": b"", "cut": whole[:1000], "flipped": whole[:footer] + bytes(200) + whole[footer + 200 :]}
        part.write_bytes(damaged[damage])
    with pytest.raises(InputError, match=r"cannot read .*out: .*; textmill verify tells what is damaged"):
        retune(str(tmp_path / "out"), {})


def test_a_ledger_without_a_column_is_told(finished_run: Path, tmp_path: Path) -> None:
    shutil.copytree(finished_run, tmp_path / "out")
    for part in (tmp_path / "out" / "ledger").iterdir():
        pq.write_table(pq.read_table(part).drop_columns(["gopher.words"]), part)
    for judge in (retune, retuned_verdicts):
        with pytest.raises(InputError, match=r"has no column 'gopher.words': another version wrote it; run again"):
            judge(str(tmp_path / "out"), {})


PLACES = {0: Place("read", "empty"), 1001: Place("s", "one"), 1002: Place("s", "two"), 2001: Place("t", "one")}


def test_sums_of_documents_become_what_changes() -> None:
    """Tokens of what was removed are estimated by those of what was kept: two bytes each."""
    sums = [
        Sum(None, None, None, None, 10, 100, 60),
        Sum(None, None, 1002, None, 2, 40, 10),
        Sum("t", "one", None, "text", 3, 50, None),
        Sum("s", "one", 2001, None, 4, 8, None),
        Sum("s", "two", 1002, None, 5, 9, None),
        Sum("s", "one", None, None, 1, 7, None),
        Sum("read", "empty", 0, None, 1, 0, None),
        Sum(None, None, None, "neighbour", 1, 0, 0),
        Sum("gone", None, 1001, "text", 2, 2, None),
    ]
    found = summed_up(sums, PLACES, {"s.one": 3})
    assert found == Retuning(
        settings={"s.one": 3},
        kept_before=Amount(documents=13, bytes=140, tokens=70),
        kept_after=Amount(documents=15, bytes=157, tokens=60 + 25 + 4),
        rules=(
            RuleChange(step="gone", rule="", removed_before=2),
            RuleChange(
                step="s", rule="one", removed_before=5, removed_after=2, gained=Amount(documents=1, bytes=7, tokens=4)
            ),
            RuleChange(
                step="s", rule="two", removed_before=5, removed_after=7, lost=Amount(documents=2, bytes=40, tokens=10)
            ),
            RuleChange(
                step="t", rule="one", removed_before=3, removed_after=4, gained=Amount(documents=3, bytes=50, tokens=25)
            ),
        ),
        gained=Amount(documents=4, bytes=57, tokens=29),
        lost=Amount(documents=2, bytes=40, tokens=10),
        unknown={"text": 5, "neighbour": 1},
        bytes_per_token=2.0,
    )
    assert found.cannot_know == 6


def test_without_a_tokenizer_there_are_no_tokens() -> None:
    sums = [Sum(None, None, None, None, 1, 5, None), Sum("s", "one", None, None, 2, 6, None)]
    found = summed_up(sums, PLACES, {})
    assert (found.kept_before, found.kept_after) == (Amount(documents=1, bytes=5), Amount(documents=3, bytes=11))
    assert (found.gained, found.lost, found.bytes_per_token) == (Amount(documents=2, bytes=6), Amount(), None)
    assert Amount(documents=1, bytes=2) + Amount(tokens=3) == Amount(documents=1, bytes=2, tokens=3)
    swapped = [Sum("s", "one", None, None, 1, 1, None), Sum(None, None, 1001, None, 1, 1, None)]
    (change,) = summed_up(swapped, PLACES, {}).rules
    assert (change.removed_before, change.removed_after, change.gained.documents, change.lost.documents) == (1, 1, 1, 1)
    assert summed_up([], PLACES, {}).rules == ()


def test_what_another_version_has_written_is_told(tmp_path: Path) -> None:
    recipe = parse_recipe("name: r\nsteps: [gopher_quality]\n")
    tables = duckdb.connect()
    names = [*recipe.plan.measurements, "kind", "emptied_by"]
    tables.register("ledger", pa.table({name: [1] for name in names}))
    check_columns(tables, "out", recipe)
    for name in ("kind", "emptied_by", "gopher.words"):
        tables.register("ledger", pa.table({one: [1] for one in names if one != name}))
        with pytest.raises(InputError) as caught:
            check_columns(tables, "out", recipe)
        assert str(caught.value) == f"the ledger of out has no column {name!r}: another version wrote it; run again"
    with pytest.raises(InputError) as caught:
        recorded_text("out", {})
    assert str(caught.value) == "out/manifest.json records no recipe; run again"
    assert recorded_text("out", {"recipe": {"name": "r", "sha256": "x", "steps": []}}) == "name: r\nsteps: []\n"
    empty = {name: [] for name in ("shards", "ledger", "removed", "quarantine", "inputs")}
    manifest = {**empty, "totals": {}, "recipe": recipe.as_dict()}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError) as caught:
        retune(str(tmp_path), {})
    assert str(caught.value) == f"{tmp_path} has no ledger, so there is nothing to judge anew"
