"""Whole runs over the example corpus with the real runner, models and files."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from textmill import InputOptions, Recipe
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

from .conftest import CORPUS, checksums

Run = Callable[..., subprocess.CompletedProcess[str]]


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(
        query.format(ledger=f"'{folder}/ledger/*.parquet'", shards=f"'{folder}/shards/*.parquet'")
    ).fetchall()


def test_the_output_folder_has_everything(finished: Path) -> None:
    assert sorted(path.name for path in finished.iterdir()) == [
        "README.md",
        "croissant.json",
        "ledger",
        "manifest.json",
        "quarantine",
        "removed",
        "report.html",
        "shards",
    ]


def test_every_document_is_accounted_for(finished: Path) -> None:
    manifest = json.loads((finished / "manifest.json").read_text())
    for source in manifest["inputs"]:
        assert source["read"] == source["kept"] + source["removed"] + source["quarantined"]
    totals = manifest["totals"]
    assert totals["kept"] > 0
    assert totals["removed"] > 0
    assert totals["quarantined"] > 0
    counted = dict(rows(finished, "SELECT verdict, count(*) FROM {ledger} GROUP BY verdict"))
    assert counted == {name: totals[name] for name in ("kept", "removed", "quarantined")}


def test_all_stages_have_left_their_mark(finished: Path) -> None:
    removing = {step for (step,) in rows(finished, "SELECT DISTINCT step FROM {ledger} WHERE verdict = 'removed'")}
    assert {"exact_dedup", "minhash_dedup", "gopher_quality_web_en", "gopher_repetition_web"} <= removing
    texts = [text for (text,) in rows(finished, "SELECT text FROM {shards}")]
    assert any("<EMAIL>" in text for text in texts)
    ((ids, tokens),) = rows(finished, "SELECT sum(len(input_ids)), sum(token_count) FROM {shards}")
    assert ids == tokens > 0
    kinds = {kind for (kind,) in rows(finished, "SELECT DISTINCT kind FROM {shards}")}
    assert {"web", "book", "code"} <= kinds


def test_duplicates_name_the_document_kept_instead(finished: Path) -> None:
    named = rows(
        finished,
        "SELECT l.kept_instead, s.verdict FROM {ledger} l LEFT JOIN {ledger} s ON s.doc_id = l.kept_instead "
        "WHERE l.rule = 'duplicate'",
    )
    assert named
    assert all(survivor is not None and verdict is not None for survivor, verdict in named)


def test_verify_passes_and_notices_a_changed_byte(finished: Path, textmill: Run, tmp_path: Path) -> None:
    assert textmill("verify", finished).returncode == 0
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    shard = next((copy / "shards").iterdir())
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    done = textmill("verify", copy)
    assert done.returncode == 1
    assert shard.name in done.stderr


def test_the_same_bytes_whatever_the_workers_and_the_folder(finished: Path, textmill: Run, tmp_path: Path) -> None:
    shutil.copytree(CORPUS, tmp_path / "elsewhere" / "corpus")
    command = ("run", "default", tmp_path / "elsewhere" / "corpus", "--output", tmp_path / "out", "--workers", 1)
    done = textmill(*command, "--keep-removed", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert checksums(tmp_path / "out") == checksums(finished)


def test_the_order_of_inputs_does_not_matter(textmill: Run, tmp_path: Path) -> None:
    inputs = sorted(CORPUS.iterdir())
    outputs = []
    for name, given in (("forth", inputs), ("back", inputs[::-1])):
        done = textmill("run", "fineweb", *given, "--output", tmp_path / name, "--workers", 1, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        outputs.append(checksums(tmp_path / name))
    assert outputs[0] == outputs[1]
    assert any(name.startswith("shards/") for name in outputs[0])


def test_without_beam_come_the_same_documents_verdicts_and_bytes(finished: Path, tmp_path: Path) -> None:
    job = Job(
        recipe=Recipe.load("default"),
        inputs=(str(CORPUS),),
        output=str(tmp_path),
        reading=InputOptions(),
        keep_removed=True,
    )
    results = run_passes(job)
    theirs = checksums(finished)
    for folder in ("ledger", "removed", "quarantine"):
        ours = {f"{folder}/{name}": found for name, found in checksums(tmp_path / folder).items()}
        assert ours == {name: found for name, found in theirs.items() if name.startswith(f"{folder}/")}
    kept = [row for result in results for batch in read_staged(result.piece.path) for row in batch.to_pylist()]
    assert kept == [row for path in sorted(finished.glob("shards/*")) for row in pq.read_table(path).to_pylist()]


def test_the_shards_load_in_datasets(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    loaded = load_dataset(
        "parquet", data_files=str(finished / "shards" / "*.parquet"), split="train", cache_dir=str(tmp_path)
    )
    manifest = json.loads((finished / "manifest.json").read_text())
    assert len(loaded) == manifest["totals"]["kept"]
    assert sum(len(row["input_ids"]) for row in loaded) == manifest["totals"]["tokens"]


def test_no_output_carries_a_directory_of_the_machine(finished: Path) -> None:
    folder = str(CORPUS.parent).encode()
    for path in finished.rglob("*"):
        if path.is_file() and path.suffix in (".json", ".html", ".md"):
            assert folder not in path.read_bytes(), path.name
    for (source,) in rows(finished, "SELECT DISTINCT source FROM {ledger}"):
        assert source.startswith("corpus/")
