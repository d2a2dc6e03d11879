"""Every preset says what it follows, loads, and runs over the example corpus."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from textmill import Recipe, RecipeError
from textmill.filters.models.linear_model import default_model
from textmill.pipeline.job.facts import combine
from textmill.pipeline.job.job import Job
from textmill.pipeline.output.manifest import build_manifest
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.recipes.presets import preset_names, recipe_source
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml

CORPUS = Path(__file__).parents[3] / "examples" / "corpus"

JUDGED_BY_OURS = ("dclm", "gpt3", "llama")
"""Presets whose papers' models nobody can ship: the one of ours judges, and the run says so."""


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_runs_over_the_example_corpus(name: str, tmp_path: Path) -> None:
    recipe = Recipe.load(name)
    assert recipe.name == name
    job = Job(recipe=recipe, inputs=(str(CORPUS),), output=str(tmp_path))
    facts = combine(result.staged.facts for result in run_passes(job))
    totals: dict[str, Any] = build_manifest(recipe, facts, [])["totals"]
    assert totals["read"] == totals["kept"] + totals["removed"] + totals["quarantined"] == 173
    assert totals["kept"] > 20
    assert totals["tokens"] > 1000
    assert pq.read_table(tmp_path / "ledger").num_rows == 173


@pytest.mark.parametrize("name", preset_names())
def test_no_step_of_a_preset_is_called_by_a_number(name: str) -> None:
    assert not [planned.id for planned in Recipe.load(name).plan.steps if re.search(r"_\d+$", planned.id)]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_says_what_it_follows(name: str) -> None:
    text, _ = recipe_source(name)
    comment = text[: text.index("name:")]
    assert all(line.startswith("#") for line in comment.splitlines())
    assert "et al. 20" in comment
    assert name == "default" or "How ours differs" in comment
    assert max(map(len, text.splitlines())) <= 120
    assert yaml.safe_load(text)["description"]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_says_whose_model_judges(name: str) -> None:
    told = {planned.id: " ".join(planned.step.notices) for planned in Recipe.load(name).plan.steps}
    told = {step: notice for step, notice in told.items() if notice}
    assert ("fasttext_classifier" in told) == (name in JUDGED_BY_OURS)
    if name in JUDGED_BY_OURS:
        assert "textmill's own model quality.en.bin" in told["fasttext_classifier"]
        assert "cannot judge" in told["fasttext_classifier"]
        assert "fasttext_classifier.model" in recipe_source(name)[0]
    assert ("decontaminate" in told) == (name == "gpt3")


def test_a_model_and_sets_of_ones_own_take_the_place_of_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text(json.dumps({"question": " ".join(f"word{number}" for number in range(20))}))
    model = str(default_model())
    given = {"fasttext_classifier.model": model, "decontaminate.sets": str(tmp_path / "set.jsonl")}
    recipe = Recipe.load("gpt3", given)
    assert not [notice for planned in recipe.plan.steps for notice in planned.step.notices]
    asked = " ".join(f"Word{number}" for number in range(15))
    assert recipe.clean(asked).measurements["decontaminate.ngram_hits"] == 3


@pytest.mark.parametrize("name", preset_names())
def test_every_parameter_survives_a_round_trip(name: str) -> None:
    recipe = Recipe.load(name)
    written = recipe.as_dict()
    assert parse_recipe(yaml.safe_dump(written, sort_keys=False)).as_dict() == written
    assert parse_recipe(recipe_yaml(recipe)).as_dict() == written


def test_default_keeps_good_text_of_every_language(shared_data: Path) -> None:
    """Sentences of news and the web put together to paragraphs; short and long, as page and as book."""
    recipe = Recipe.load("default")
    removed = []
    for path in sorted((shared_data / "language").glob("*.txt")):
        sentences = path.read_text(encoding="utf-8").splitlines()
        for count in (30, 100):
            text = "\n\n".join(" ".join(sentences[begin : begin + 5]) for begin in range(0, count, 5))
            removed += [
                (path.stem, count, kind, cleaned.removed_by)
                for kind in ("web", "book")
                if (cleaned := recipe.clean(text, kind=kind)).removed_by is not None
            ]
    # Some samples are lists of sentences that are much alike: they repeat themselves.
    assert {language for language, *_ in removed} <= {"kk", "sq", "tl", "ur"}
    assert all(str(reason).startswith("gopher_repetition") for *_, reason in removed)


def test_presets_are_found_by_name_and_files_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = preset_names()
    assert names == sorted(path.stem for path in (CORPUS.parents[1] / "pipeline" / "recipes").glob("*.yaml"))
    text, called = recipe_source("c4")
    assert (text, called) == ((CORPUS.parents[1] / "pipeline" / "recipes" / "c4.yaml").read_text("utf-8"), "preset c4")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c4").write_text("name: not this")
    assert recipe_source("c4")[1] == "preset c4"
    (tmp_path / "mine.yaml").write_text("name: für mich", "utf-8")
    assert recipe_source("mine.yaml") == ("name: für mich", "mine.yaml")
    (tmp_path / "folder").mkdir()
    for name, near in (("folder", ""), ("nowhere.yaml", ""), ("finweb", "; did you mean 'fineweb'?")):
        with pytest.raises(RecipeError) as caught:
            recipe_source(name)
        assert str(caught.value) == f"no preset or recipe file {name!r}{near}; presets are {', '.join(names)}"
    (tmp_path / "latin.yaml").write_bytes(b"name: f\xfcr mich")
    with pytest.raises(RecipeError, match=r"^cannot read the recipe latin\.yaml: 'utf-8' codec"):
        recipe_source("latin.yaml")


def test_recipes_in_other_stores_are_read(tmp_path: Path) -> None:
    import fsspec

    with fsspec.open("memory://recipes/mine.yaml", "w") as sink:
        sink.write("name: far away")
    assert recipe_source("memory://recipes/mine.yaml") == ("name: far away", "memory://recipes/mine.yaml")
    with pytest.raises(RecipeError, match=r"^cannot read the recipe memory://recipes/none\.yaml: "):
        recipe_source("memory://recipes/none.yaml")
