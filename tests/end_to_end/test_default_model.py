"""Presets that wait for somebody's model run as they are, and say everywhere whose model has judged."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from textmill import Recipe
from textmill.filters.models.linear_model import default_model
from textmill.pipeline.recipes.recipe_file import parse_recipe

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
Run = Callable[..., subprocess.CompletedProcess[str]]

OURS = "judged by textmill's own model quality.en.bin"
NOTHING = "no evaluation sets were named, so nothing was looked for"


@pytest.mark.parametrize("preset", ["dclm", "gpt3", "llama"])
def test_a_preset_runs_and_says_whose_model_judged(textmill: Run, tmp_path: Path, preset: str) -> None:
    out = tmp_path / "out"
    ran = textmill("run", preset, str(CORPUS), "--output", str(out), "--workers", 1)
    assert ran.returncode == 0, ran.stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    told = {row["step"]: row["notice"] for row in manifest["notices"]}
    assert OURS in told["fasttext_classifier"]
    assert (NOTHING in told.get("decontaminate", "")) == (preset == "gpt3")
    card = (out / "README.md").read_text(encoding="utf-8")
    report = (out / "report.html").read_text(encoding="utf-8")
    for notice in told.values():
        assert f"note: {notice}" in ran.stderr
        assert notice.replace("`", "'") in card
    assert "textmill&#x27;s own model quality.en.bin" in report
    assert "quality.en.bin" in [model["name"] for model in manifest["models"]]
    assert 20 < manifest["totals"]["kept"] < 160
    scores = duckdb.sql(
        f"SELECT verdict, avg(\"fasttext_classifier.score\") FROM '{out}/ledger/*.parquet' "
        'WHERE "fasttext_classifier.score" IS NOT NULL GROUP BY 1'
    ).fetchall()
    assert dict(scores)["kept"] > dict(scores)["removed"]
    assert textmill("verify", str(out)).returncode == 0


def test_a_preset_is_shown_with_what_it_will_say(textmill: Run) -> None:
    shown = textmill("recipes", "gpt3").stdout
    assert f"# Note: fasttext_classifier: {OURS}" in shown
    assert f"# Note: decontaminate: {NOTHING}" in shown
    assert yaml.safe_load(shown)["name"] == "gpt3"
    assert "# Note" not in textmill("recipes", "fineweb").stdout


def test_a_recipe_puts_documents_into_buckets_by_label(tmp_path: Path) -> None:
    recipe = parse_recipe(
        "name: buckets\n"
        "steps:\n"
        "  - fasttext_classifier: {min_score: 0.3}\n"
        "  - fasttext_classifier:\n"
        f"      model: {default_model()}\n"
        "      labels: [hq, cc]\n"
        "    as: kind_of_text\n"
    )
    assert [planned.id for planned in recipe.plan.steps] == ["fasttext_classifier", "kind_of_text"]
    manifest = Recipe(recipe.name, recipe.steps).run([str(CORPUS)], output=str(tmp_path / "out"))
    assert [row["step"] for row in manifest["notices"]] == ["fasttext_classifier"]
    ledger = pq.read_table(tmp_path / "out" / "ledger").to_pylist()
    kept = [row for row in ledger if row["verdict"] == "kept"]
    assert {row["fasttext_classifier.label"] for row in kept} == {"hq", "cc"}
    assert all(
        (row["fasttext_classifier.label"] == "hq") == (row["fasttext_classifier.label.hq"] >= 0.5) for row in kept
    )
    assert all(row["fasttext_classifier.label"] is None for row in ledger if row["verdict"] != "kept")
