"""Selections by the command and inside a pipeline: the same bytes with any workers, and all commands know them."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import InputOptions, Recipe

from .conftest import checksums

Command = Callable[..., subprocess.CompletedProcess[str]]

MINE = """
def score(text):
    return float(text.split()[0])


def topic(text):
    return text.split()[1]
"""
RECIPE = """
name: selected
steps:
  - where: {function: "mine:topic", measurement: topic, returns: str}
  - where: {function: "mine:score", measurement: score}
  - select: {measurement: score, order: lowest, by: topic, column: third,
             buckets: {head: 0.3333, middle: 0.6667, tail: 1}, keep: [head, middle]}
  - exact_dedup
  - select: {measurement: score, keep_fraction: 0.25, by: [third, source]}
"""


def write_inputs(folder: Path, documents: int = 900, files: int = 3) -> list[Path]:
    """Files of two inputs with scores of which most are equal to others, and the recipe with its functions."""
    (folder / "mine.py").write_text(MINE)
    (folder / "mine.yaml").write_text(RECIPE)
    rolled = random.Random(5)
    texts = [
        f"{rolled.randrange(20) / 16} {rolled.choice('ab')} {rolled.randrange(documents)}" for _ in range(documents)
    ]
    found = []
    for number in range(files):
        path = folder / ("left", "right")[number % 2] / f"{number}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts[number::files]))
        found.append(path)
    return [folder / "left", folder / "right"]


def rows_of(out: Path, name: str = "ledger") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / name).to_pylist()
    return rows


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, textmill: Command) -> Path:
    """The folder of inputs, recipe and ``out``."""
    folder = tmp_path_factory.mktemp("selection")
    inputs = write_inputs(folder)
    done = textmill("run", folder / "mine.yaml", *inputs, "-o", folder / "out", "--workers", 1, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def test_ledger_shards_manifest_and_report_agree(run: Path, textmill: Command) -> None:
    rows = rows_of(run / "out")
    steps = [row["step"] for row in rows]
    assert 0.3 < steps.count("select") / len(rows) < 0.36
    assert steps.count("exact_dedup") > 5
    kept = [row for row in rows if row["verdict"] == "kept"]
    assert {row["doc_id"]: row["third"] for row in rows_of(run / "out", "shards")} == {
        row["doc_id"]: row["third"] for row in kept
    }
    assert {row["third"] for row in kept} == {"head", "middle"}
    first, second = json.loads((run / "out" / "manifest.json").read_text())["selections"]
    assert [group["group"] for group in first["groups"]] == [["a"], ["b"]]
    assert len(second["groups"]) == 4
    for group in second["groups"]:
        stays, goes = group["buckets"]
        here = [row for row in kept if [row["third"], row["source"].split("/")[0]] == group["group"]]
        assert stays["documents"] == len(here) == int(0.25 * group["documents"] + 0.5)
        assert min(row["score"] for row in here) == stays["last"]
        assert stays["documents"] + goes["documents"] == group["documents"]
    report = (run / "out" / "report.html").read_text()
    assert "What select_2 has found" in report
    assert "the highest 25 % in each third, source" in report
    assert textmill("verify", run / "out").stdout.count("\n") == 1


def test_workers_and_splits_change_no_byte(run: Path, tmp_path: Path) -> None:
    recipe, inputs = Recipe.load(str(run / "mine.yaml")), [str(run / name) for name in ("left", "right")]
    found = {}
    for workers in (1, 3):
        reading = InputOptions(split_bytes=1000)
        out = tmp_path / str(workers)
        recipe.run(inputs, output=str(out), workers=workers, reading=reading)
        found[workers] = checksums(out)
    assert found[1] == found[3]
    assert len([name for name in found[1] if name.startswith("ledger")]) > 10
    whole = {row["doc_id"]: row for row in rows_of(run / "out")}
    assert {row["doc_id"]: row for row in rows_of(tmp_path / "3")} == whole


def test_an_interrupted_run_goes_on_behind_the_selection(run: Path, textmill: Command, tmp_path: Path) -> None:
    """The step behind it fails once; what was read and ranked before is not done again."""
    (tmp_path / "mine.py").write_text(
        MINE + f"\n\ndef check(text):\n    open({str(tmp_path / 'there')!r}).close()\n    return True\n"
    )
    recipe = tmp_path / "mine.yaml"
    recipe.write_text(RECIPE + '  - where: {function: "mine:check", measurement: checked, returns: bool}\n')
    command = ("run", recipe, run / "left", run / "right", "-q", "--workers", 2)
    failed = textmill(*command, "-o", tmp_path / "out")
    assert failed.returncode != 0
    records = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("pass-[01]/*.record")}
    assert records
    (tmp_path / "there").touch()
    resumed = textmill(*command, "-o", tmp_path / "out", "--resume")
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert textmill(*command, "-o", tmp_path / "whole").returncode == 0
    assert checksums(tmp_path / "out") == checksums(tmp_path / "whole")


def test_a_changed_verdict_is_found(run: Path, textmill: Command, tmp_path: Path) -> None:
    """Two documents change places, so that all counts are as before."""
    from textmill.pipeline.files.storage import sha256

    subprocess.run(["cp", "-r", str(run / "out"), str(tmp_path / "out")], check=True)
    (path,) = (tmp_path / "out" / "ledger").glob("*")
    rows = pq.read_table(path)
    listed = rows.to_pylist()
    for row in listed:
        if row["third"] in ("head", "middle") and row["topic"] == "a" and row["step"] != "select":
            row["third"] = {"head": "middle", "middle": "head"}[row["third"]]
    pq.write_table(pa.Table.from_pylist(listed, schema=rows.schema), path)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    manifest["ledger"][0]["sha256"] = sha256(str(path))
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    done = textmill("verify", tmp_path / "out")
    assert done.returncode == 1
    assert "documents stand on the wrong side of a border of select: " in done.stdout + done.stderr


def test_retune_explain_estimate_and_clean_know_it(run: Path, textmill: Command, tmp_path: Path) -> None:
    done = textmill("retune", run / "out", "--set", "select_2.keep_fraction=0.5", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["cannot_know"] == 0
    again = textmill(
        "run",
        run / "mine.yaml",
        run / "left",
        run / "right",
        "-q",
        "-o",
        tmp_path / "o",
        "--set",
        "select_2.keep_fraction=0.5",
    )
    assert again.returncode == 0
    assert told["kept_after"]["documents"] == sum(row["verdict"] == "kept" for row in rows_of(tmp_path / "o"))
    gone = next(row for row in rows_of(run / "out") if row["step"] == "select_2")
    shown = textmill("explain", run / "out", "--document", gone["doc_id"]).stdout
    assert f"removed by select_2.keep_fraction: {gone['value']} against {gone['threshold']}" in shown
    (tmp_path / "one.txt").write_text("0.5 a lonely")
    explained = textmill("explain", tmp_path / "one.txt", "--recipe", run / "mine.yaml").stdout
    assert (
        "select_2.keep_fraction: whether it is among the highest 25 % in each third, source, by score, "
        "only a run can tell; here it is 0.5\n"
    ) in explained
    cleaned = textmill("clean", tmp_path / "one.txt", "--recipe", run / "mine.yaml")
    assert (cleaned.returncode, cleaned.stdout) == (0, "0.5 a lonely\n")
    assert "one document has no rank: select, select_2 left out" in cleaned.stderr
    several = textmill("clean", run / "left" / "0.jsonl", "--recipe", run / "mine.yaml")
    assert several.returncode == 0
    assert "300 documents: " in several.stderr
    assert "removed by select_2.keep_fraction: " in several.stderr
    guessed = textmill("estimate", run / "mine.yaml", run / "left", run / "right", "--share", 0.5, "--json")
    assert guessed.returncode == 0, guessed.stderr
    found = json.loads(guessed.stdout)
    kept = sum(row["verdict"] == "kept" for row in rows_of(run / "out"))
    assert found["all"]["documents"]["low"] <= kept <= found["all"]["documents"]["high"]
    assert any("selected among those of the sample" in note for note in found["notes"])
