"""``textmill train perplexity`` from a folder and a finished run, and recipes that run what it has made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_model_is_trained_measured_and_used(textmill: Run, tmp_path: Path) -> None:
    command = ["train", "perplexity", str(CORPUS), "--order", "3", "--json"]
    first = textmill(*command, "--output", str(tmp_path / "one"), "--quiet")
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    report = json.loads(first.stdout)
    assert report == json.loads((tmp_path / "one" / "report.json").read_text(encoding="utf-8"))
    model = report["models"]["model.lm"]
    assert model["tokens"] > 10_000
    assert model["held_out"]["perplexity"] > 1
    assert model["ngrams"][2] > model["kept"][2] > 0
    assert model["texts"] + model["held_out"]["texts"] == report["sample"]["documents"]
    again = textmill(*command, "--output", str(tmp_path / "two"))
    assert again.returncode == 0
    for name in ("model.lm", "report.json", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nsteps:\n  - perplexity: {model: one/model.lm, maximum: 1500}\n", encoding="utf-8")
    out = tmp_path / "out"
    run = textmill("run", str(recipe), str(CORPUS), "--output", str(out), "--workers", 1, "--quiet")
    assert run.returncode == 0, run.stderr
    rows = duckdb.sql(
        f'SELECT verdict, count(*), min("perplexity.value"), max("perplexity.value") FROM \'{out}/ledger/*.parquet\' '
        'WHERE "perplexity.value" IS NOT NULL GROUP BY verdict ORDER BY verdict'
    ).fetchall()
    (kept, _, _, highest), (removed, _, lowest, _) = rows
    assert (kept, removed) == ("kept", "removed")
    assert highest <= 1500 < lowest

    of_run = textmill("train", "perplexity", f"good={out}", "--by-language", "-o", str(tmp_path / "three"), "--quiet")
    assert of_run.returncode == 0, of_run.stderr
    assert "en.lm" in {path.name for path in (tmp_path / "three").iterdir()}
    assert "| good |" in of_run.stdout


def test_the_shipped_models_need_no_path(textmill: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nsteps: [language: {min_score: null}, perplexity]\n", encoding="utf-8")
    run = textmill("run", str(recipe), str(CORPUS), "--output", str(tmp_path / "out"), "--workers", 1, "--quiet")
    assert run.returncode == 0, run.stderr
    models = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["models"]
    assert "perplexity.en.lm" in {model["name"] for model in models}
    judged = duckdb.sql(
        f"SELECT count(*) FROM '{tmp_path}/out/ledger/*.parquet' "
        'WHERE "perplexity.model" = \'en\' AND "perplexity.value" > 1'
    ).fetchall()
    assert judged[0][0] > 10


def test_head_middle_and_tail_of_each_language(textmill: Run, tmp_path: Path) -> None:
    """CCNet's cut: models of each language, and percentiles of the run."""
    learnt = textmill("train", "perplexity", str(CORPUS), "--by-language", "--fold", "-o", str(tmp_path / "lm"), "-q")
    assert learnt.returncode == 0, learnt.stderr
    recipe = tmp_path / "ccnet.yaml"
    recipe.write_text(
        "name: ccnet\nsteps:\n  - language: {min_score: null}\n"
        f"  - perplexity: {{model: '{tmp_path}/lm/{{language}}.lm'}}\n"
        "  - select: {measurement: perplexity.value, order: lowest, by: [language], "
        "buckets: {head: 0.3, middle: 0.6, tail: 1}}\n",
        encoding="utf-8",
    )
    run = textmill("run", str(recipe), str(CORPUS), "--output", str(tmp_path / "out"), "--workers", 1, "--quiet")
    assert run.returncode == 0, run.stderr
    rows = duckdb.sql(
        'SELECT bucket, count(*), min("perplexity.value"), max("perplexity.value") '
        f"FROM '{tmp_path}/out/ledger/*.parquet' "
        'WHERE "language.label" = \'en\' AND "perplexity.value" IS NOT NULL GROUP BY bucket ORDER BY 3'
    ).fetchall()
    (head, heads, _, end), (middle, middles, begin, middle_end), (tail, tails, last, _) = rows
    assert (head, middle, tail) == ("head", "middle", "tail")
    assert end <= begin <= middle_end <= last
    whole = heads + middles + tails
    assert abs(heads - 0.3 * whole) <= 1
    assert abs(heads + middles - 0.6 * whole) <= 1


def test_mistakes_are_told_in_one_line(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    (tmp_path / "blank.txt").write_text(" \n")
    new = str(tmp_path / "new")
    cases = {
        (str(tmp_path / "nothing"), "-o", new): "nothing",
        (str(CORPUS), "-o", str(tmp_path / "full")): "is there already",
        (str(CORPUS), "-o", new, "--order", "9"): "order 9 is not between 1 and 6",
        (str(CORPUS), "-o", new, "--prune", "1,0"): "do not fall",
        (str(CORPUS), "-o", new, "--prune", "x"): "no list of numbers",
        (str(CORPUS), "-o", new, "--words", "letters"): "choose one of script",
        (str(tmp_path / "blank.txt"), "-o", new): "no word",
    }
    for arguments, message in cases.items():
        ran = textmill("train", "perplexity", *arguments, "--quiet")
        assert ran.returncode == 2, arguments
        assert message in ran.stderr
        assert ran.stderr.count("\n") == 1
    assert (tmp_path / "full" / "mine").read_text() == "kept"
    assert not (tmp_path / "new").exists()
