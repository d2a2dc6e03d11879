"""``textmill train tokenizer`` from a folder, and a recipe that runs what it has made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_tokenizer_is_trained_measured_and_used(textmill: Run, tmp_path: Path) -> None:
    command = ["train", "tokenizer", "bpe", str(CORPUS), "--vocabulary-size", "1000", "--special", "<pad>", "--json"]
    first = textmill(*command, "--output", str(tmp_path / "one"), "--quiet")
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    report = json.loads(first.stdout)
    assert report == json.loads((tmp_path / "one" / "report.json").read_text(encoding="utf-8"))
    ours, cl100k, o200k = report["measured"]
    assert (ours["vocabulary_size"], cl100k["name"], o200k["name"]) == (1000, "cl100k", "o200k")
    assert ours["bytes"] == cl100k["bytes"]
    assert 1 < ours["bytes_per_token"] < cl100k["bytes_per_token"]
    assert report["texts_not_exact"] == 0
    assert report["texts_measured"] > 100
    again = textmill(*command, "--output", str(tmp_path / "two"))
    assert again.returncode == 0
    for name in ("tokenizer.json", "tokenizer_config.json", "report.json", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    recipe = tmp_path / "mine.yaml"
    recipe.write_text("name: mine\nsteps:\n  - tokenize: {tokenizer: one/tokenizer.json}\n", encoding="utf-8")
    run = textmill("run", str(recipe), str(CORPUS), "--output", str(tmp_path / "out"), "--workers", 1, "--quiet")
    assert run.returncode == 0, run.stderr
    tokens = duckdb.sql(f"SELECT sum(token_count) FROM '{tmp_path}/out/shards/*.parquet'").fetchall()
    assert tokens == [(ours["tokens"],)]


def test_mistakes_are_told_in_one_line(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    cases = {
        (str(tmp_path / "nothing"), str(tmp_path / "new")): "nothing",
        (str(CORPUS), str(tmp_path / "full")): "is there already",
    }
    for (source, output), message in cases.items():
        ran = textmill("train", "tokenizer", "bpe", source, "--output", output)
        assert ran.returncode == 2
        assert message in ran.stderr
        assert ran.stderr.count("\n") == 1
    assert (tmp_path / "full" / "mine").read_text() == "kept"
    assert not (tmp_path / "new").exists()
