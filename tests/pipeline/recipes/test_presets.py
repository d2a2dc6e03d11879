"""Every preset says what it follows, loads, and runs over the example corpus."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.pipeline.job.facts import combine
from textmill.pipeline.job.job import Job
from textmill.pipeline.output.manifest import build_manifest
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.recipes.presets import preset_names, recipe_source
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml

CORPUS = Path(__file__).parents[3] / "examples" / "corpus"

NEEDED = {
    "dclm": {"fasttext_classifier.model": "hq"},
    "gpt3": {"fasttext_classifier.model": "hq", "decontaminate.sets": "set"},
    "llama": {"fasttext_classifier.model": "wiki"},
}
"""What has to be given to a preset, and what of ours to give."""


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Small classifiers of the corpus's prose against menus, and an evaluation set."""
    import fasttext_new

    folder = tmp_path_factory.mktemp("given")
    prose = [line for line in (CORPUS / "essay.txt").read_text(encoding="utf-8").splitlines() if len(line) > 40]
    for label in ("hq", "wiki"):
        lines = [f"__label__{label} {line}\n__label__cc home login menu 1 2 3 next cart" for line in prose] * 5
        (folder / "train.txt").write_text("\n".join(lines), encoding="utf-8")
        settings = {"dim": 4, "epoch": 5, "bucket": 1000, "thread": 1, "verbose": 0}
        fasttext_new.train_supervised(str(folder / "train.txt"), **settings).save_model(str(folder / f"{label}.bin"))
    (folder / "set.jsonl").write_text(json.dumps({"question": " ".join(f"word{number}" for number in range(20))}))
    return {"hq": str(folder / "hq.bin"), "wiki": str(folder / "wiki.bin"), "set": str(folder / "set.jsonl")}


def load(name: str, given: dict[str, str]) -> Recipe:
    return Recipe.load(name, {key: given[what] for key, what in NEEDED.get(name, {}).items()})


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_runs_over_the_example_corpus(name: str, given: dict[str, str], tmp_path: Path) -> None:
    recipe = load(name, given)
    assert recipe.name == name
    job = Job(recipe=recipe, inputs=(str(CORPUS),), output=str(tmp_path))
    facts = combine(result.staged.facts for result in run_passes(job))
    totals: dict[str, Any] = build_manifest(recipe, facts, [])["totals"]
    assert totals["read"] == totals["kept"] + totals["removed"] + totals["quarantined"] == 173
    assert totals["kept"] > 20
    assert totals["tokens"] > 1000
    assert pq.read_table(tmp_path / "ledger").num_rows == 173


@pytest.mark.parametrize("name", preset_names())
def test_no_step_of_a_preset_is_called_by_a_number(name: str, given: dict[str, str]) -> None:
    assert not [planned.id for planned in load(name, given).plan.steps if re.search(r"_\d+$", planned.id)]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_says_what_it_follows(name: str) -> None:
    text, _ = recipe_source(name)
    comment = text[: text.index("name:")]
    assert all(line.startswith("#") for line in comment.splitlines())
    assert "et al. 20" in comment
    assert name == "default" or "How ours differs" in comment
    assert all(key in comment for key in NEEDED.get(name, {}))
    assert max(map(len, text.splitlines())) <= 120
    assert yaml.safe_load(text)["description"]


@pytest.mark.parametrize("name", sorted(NEEDED.keys() & set(preset_names())))
def test_a_preset_that_waits_for_a_file_says_so(name: str, given: dict[str, str]) -> None:
    settings = {key: given[what] for key, what in NEEDED[name].items()}
    for key in settings:
        others = {other: value for other, value in settings.items() if other != key}
        with pytest.raises(RecipeError, match=rf"preset {name}:\d+: {key.split('.')[0]}.*{key.split('.')[1]}"):
            Recipe.load(name, others)


@pytest.mark.parametrize("name", preset_names())
def test_every_parameter_survives_a_round_trip(name: str, given: dict[str, str]) -> None:
    recipe = load(name, given)
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
