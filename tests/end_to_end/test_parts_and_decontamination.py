"""Deduplication below the document and decontamination, in whole runs of the command."""

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from textmill import Recipe

from .conftest import CORPUS, checksums

Run = Callable[..., subprocess.CompletedProcess[str]]

BELOW_THE_DOCUMENT = """
name: below the document
steps:
  - only_if: {kind: [web, book, other]}
    steps:
      - line_dedup: {form: ccnet, min_chars: 10}
  - substring_dedup: {min_words: 30}
  - gopher_quality: {min_words: 10, min_stop_words: 0}
"""
EXAMPLES = CORPUS.parent


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "parts.yaml"
    path.write_text(BELOW_THE_DOCUMENT)
    return path


def ledger(folder: Path, query: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(query.format(ledger=f"'{folder}/ledger/*.parquet'")).fetchall()


def test_parts_are_cut_out_accounted_for_and_the_same_with_any_workers(
    textmill: Run, recipe: Path, tmp_path: Path
) -> None:
    outputs = []
    for workers, inputs in (
        (1, [CORPUS / "pages", CORPUS / "records.jsonl"]),
        (2, [CORPUS / "records.jsonl", CORPUS / "pages"]),
    ):
        out = tmp_path / f"out{workers}"
        done = textmill("run", recipe, *inputs, "-o", out, "--workers", workers, "--keep-removed", "-q")
        assert (done.returncode, done.stderr) == (0, "")
        assert textmill("verify", out).returncode == 0
        outputs.append(checksums(out))
    assert outputs[0] == outputs[1]
    out = tmp_path / "out1"
    ((lines, words, ratio),) = ledger(
        out,
        'SELECT sum("line_dedup.lines_removed"), sum("substring_dedup.words_removed"), '
        'max("line_dedup.chars_removed_ratio") FROM {ledger}',
    )
    assert lines > 0
    assert words >= 30
    assert 0 < ratio <= 1
    removed = dict(ledger(out, "SELECT step, count(*) FROM {ledger} WHERE rule = 'empty' GROUP BY 1"))
    assert removed["line_dedup"] > 0
    manifest = json.loads((out / "manifest.json").read_text())
    funnel = {(row["step"], row["rule"]): row["documents"] for row in manifest["funnel"]}
    assert funnel["line_dedup", "empty"] == removed["line_dedup"]
    assert ("substring_dedup", "empty") in funnel


def test_one_file_is_cleaned_of_its_own_repetitions(textmill: Run, tmp_path: Path) -> None:
    recipe = tmp_path / "lines.yaml"
    recipe.write_text("name: lines\nsteps: [line_dedup]\n")
    (tmp_path / "a.txt").write_text("one\ntwo\nONE\nthree\n")
    done = textmill("clean", tmp_path / "a.txt", "--recipe", recipe, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "one\ntwo\nthree\n", "")


def test_decontamination_removes_what_quotes_a_set(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "sets").mkdir()
    question = "How many of the forty apples are left when Ann has eaten three of them every day of one week?"
    (tmp_path / "sets" / "apples.jsonl").write_text(json.dumps({"question": question, "answer": "19"}) + "\n")
    recipe = tmp_path / "clean.yaml"
    recipe.write_text(
        f"name: clean\nsteps:\n  - decontaminate:\n      sets: [{tmp_path}/sets]\n      fields: [question]\n"
    )
    texts = [
        f"Quiz! {question.replace(',', '')} Answer below.",
        "Forty apples, and nothing of the kind.",
        question[:40],
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    outputs = []
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        done = textmill("run", recipe, tmp_path / "in.jsonl", "-o", out, "--workers", workers, "-q")
        assert (done.returncode, done.stderr) == (0, "")
        outputs.append(checksums(out))
    assert outputs[0] == outputs[1]
    assert textmill("verify", out).returncode == 0
    query = (
        'SELECT step, rule, "decontaminate.ngram_hits", "decontaminate.longest_overlap_ratio", "decontaminate.item" '
        "FROM {ledger} ORDER BY bytes DESC"
    )
    removed, *kept = ledger(out, query)
    assert removed == ("decontaminate", "max_ngram_hits", 8, 1.0, "apples:1.question")
    assert kept == [(None, None, 0, 0.0, None)] * 2
    manifest = (out / "manifest.json").read_text()
    assert [model["name"] for model in json.loads(manifest)["models"]] == ["apples.jsonl"]
    assert str(tmp_path) not in manifest
    recipe.write_text("name: wrong\nsteps:\n  - decontaminate: {sets: [nowhere.jsonl]}\n")
    done = textmill("run", recipe, tmp_path / "in.jsonl", "-o", tmp_path / "none")
    assert done.returncode == 2
    assert "recipe.yaml" not in done.stderr
    assert "there is no evaluation set nowhere.jsonl" in done.stderr


def test_examples(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["decontamination.py"])
    runpy.run_path(str(EXAMPLES / "decontamination.py"), run_name="__main__")
    assert capsys.readouterr().out.splitlines() == [
        "a forum post: removed by decontaminate.max_ngram_hits: 10 against 0; holds 100% of questions:1.question",
        "an essay: kept; holds 0% of nothing",
    ]
    steps = [planned.step.name for planned in Recipe.load(str(EXAMPLES / "below_the_document.yaml")).plan.steps]
    assert steps[2:6] == ["line_dedup", "paragraph_dedup", "sentence_dedup", "substring_dedup"]
