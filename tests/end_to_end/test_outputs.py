"""Runs with measurements in their shards and shards in folders: the same bytes for any workers, read by everything."""

import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from .conftest import checksums

TOPICS = ["mills", "a/b", "..", "x=y", "50 %", "ü"]
PYTHON = "def topic(text):\n    return text.splitlines()[0]\n"
RECIPE = """
name: parted
columns: ["gopher.stop*", license]
steps:
  - language: {keep: null, min_score: null}
  - gopher_quality: {min_words: 5, max_words: null, min_mean_word_length: null, min_stop_words: 0}
  - where: {function: "topics:topic", returns: str}
  - exact_dedup
  - rehydrate
  - tokenize: {tokenizer: cl100k}
"""
MIX = """
tokens: 600
sources:
  all: {path: out2, where: topic <> 'mills' AND "gopher.stop_words" > 0}
packing: {method: concat, length: 64, eos: 100257}
"""


def text_of(number: int) -> str:
    topic = TOPICS[number % len(TOPICS)]
    return f"{topic}\nPage {number - number % 30} tells of the mills and of the river that drives them, with a wheel."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, textmill: Callable[..., Any]) -> Path:
    """Two equal runs by 1 and 2 workers: out1, out2."""
    folder = tmp_path_factory.mktemp("outputs")
    (folder / "topics.py").write_text(PYTHON)
    (folder / "recipe.yaml").write_text(RECIPE)
    (folder / "mix.yaml").write_text(MIX)
    (folder / "crawl").mkdir()
    for name in ("a", "007"):
        with (folder / "crawl" / f"{name}.jsonl").open("w") as sink:
            for number in range(360):
                row = {"text": text_of(number) + f" In {name}.", "license": "CC0" if number % 3 else None}
                sink.write(json.dumps(row) + "\n")
    for workers in (1, 2):
        done = textmill(
            *("run", folder / "recipe.yaml", folder / "crawl", "-o", folder / f"out{workers}", "--workers", workers),
            *("--partition", "language, topic,source", "--shard-mb", 0.001, "-q"),
        )
        assert (done.returncode, done.stderr) == (0, "")
    return folder


def rows_of(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "shards").rglob("*.parquet"))
    return [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]


def test_the_number_of_workers_changes_nothing(folder: Path) -> None:
    assert checksums(folder / "out1") == checksums(folder / "out2")
    assert len(list((folder / "out1" / "shards").rglob("*.parquet"))) > 2 * len(TOPICS)


def test_shards_hold_what_was_asked_for(folder: Path) -> None:
    rows = rows_of(folder / "out2")
    assert list(rows[0])[-3:] == ["gopher.stop_words", "topic", "license"]
    assert Counter(row["topic"] for row in rows) == Counter(row["text"].splitlines()[0] for row in rows)
    assert {row["license"] for row in rows} == {None, "CC0"}
    ledger = {row["doc_id"]: row for row in pq.read_table(folder / "out2" / "ledger").to_pylist()}
    assert all(ledger[row["doc_id"]]["gopher.stop_words"] == row["gopher.stop_words"] > 0 for row in rows)
    assert any(row["repeats"] > 1 for row in rows)
    assert sum(one["verdict"] == "kept" for one in ledger.values()) == len({row["doc_id"] for row in rows}) < len(rows)


def test_shards_of_a_folder_are_of_its_values_and_even(folder: Path) -> None:
    manifest = json.loads((folder / "out2" / "manifest.json").read_text())
    sizes: dict[str, list[int]] = {}
    for shard in manifest["shards"]:
        parent, _, name = shard["name"].rpartition("/")
        sizes.setdefault(parent, []).append(shard["text_bytes"])
        assert name.startswith(f"part-{len(sizes[parent]) - 1:05d}-of-")
    for found in sizes.values():
        assert max(found) - min(found) < 300  # a document at either end
    assert max(map(len, sizes.values())) > 1


def test_duckdb_pyarrow_and_datasets_read_them(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    rows = rows_of(folder / "out2")
    wanted = Counter(row["topic"] for row in rows)
    glob = str(folder / "out2" / "shards" / "**" / "*.parquet")
    assert dict(duckdb.execute("SELECT topic, count(*) FROM read_parquet(?) GROUP BY 1", [glob]).fetchall()) == wanted
    files = ds.dataset(folder / "out2" / "shards", partitioning="hive")
    for topic, count in wanted.items():
        found = files.to_table(filter=ds.field("topic") == topic)
        assert found.num_rows == count
    loaded = load_dataset(str(folder / "out2"), split="train", cache_dir=str(tmp_path / "cache"))
    assert sorted(loaded["doc_id"]) == sorted(row["doc_id"] for row in rows)
    assert loaded.column_names == list(rows[0])


def test_croissant_says_what_is_there(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    with pytest.warns(DeprecationWarning, match="ConjunctiveGraph"):  # of rdflib, which it uses
        dataset = mlcroissant.Dataset(jsonld=str(folder / "out2" / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert all("recommended" in line or "warning(s)" in line for text in told for line in text.splitlines()), told
    records = list(dataset.records("documents"))
    rows = {row["doc_id"]: row for row in rows_of(folder / "out2")}
    assert Counter(record["documents/doc_id"].decode() for record in records) == Counter(
        row["doc_id"] for row in rows_of(folder / "out2")
    )
    for record in records:
        row = rows[record["documents/doc_id"].decode()]
        assert record["documents/text"].decode() == row["text"]
        assert [int(one) for one in record["documents/input_ids"]] == row["input_ids"]
        assert record["documents/gopher.stop_words"] == row["gopher.stop_words"]


def test_other_commands_read_them(folder: Path, textmill: Callable[..., Any], tmp_path: Path) -> None:
    rows = rows_of(folder / "out2")
    done = textmill("verify", folder / "out2")
    assert (done.returncode, done.stderr) == (0, "")
    done = textmill("explain", folder / "out2", "--document", rows[0]["doc_id"])
    assert done.returncode == 0, done.stderr
    written = tmp_path / "new.yaml"
    done = textmill("retune", folder / "out2", "--set", "gopher_quality.min_words=6", "--code", "--write", written)
    assert done.returncode == 0, done.stderr
    assert "partition: [language, topic, source]" in written.read_text()
    done = textmill("mix", folder / "mix.yaml", "-o", tmp_path / "mixed", "--workers", 1, cwd=folder)
    assert done.returncode == 0, done.stderr
    topics = {row["doc_id"]: row["topic"] for row in rows}
    mixed = [
        one["doc_id"] for row in pq.read_table(tmp_path / "mixed" / "shards").to_pylist() for one in row["documents"]
    ]
    assert {topics[name] for name in mixed} == set(TOPICS) - {"mills"}
    for form in ("jsonl", "webdataset"):
        done = textmill("export", folder / "out2", "--format", form, "-o", tmp_path / form)
        assert done.returncode == 0, done.stderr
        assert textmill("verify", tmp_path / form).returncode == 0
    exported = [
        json.loads(line)["input_ids"]
        for path in sorted((tmp_path / "jsonl").glob("part-*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    manifest = json.loads((folder / "out2" / "manifest.json").read_text())
    shards = [pq.ParquetFile(folder / "out2" / "shards" / one["name"]).read() for one in manifest["shards"]]
    assert exported == [ids for shard in shards for ids in shard["input_ids"].to_pylist()]


def test_a_resumed_run_leaves_no_folder_of_the_one_before(folder: Path, textmill: Callable[..., Any]) -> None:
    out = folder / "resumed"
    shutil.copytree(folder / "out1", out)
    arguments = ("run", folder / "recipe.yaml", folder / "crawl", "-o", out, "--workers", 1, "-q", "--resume")
    done = textmill(*arguments, "--partition", "kind")
    assert done.returncode == 2
    assert "finished run of another recipe" in done.stderr
    (out / "_work").mkdir(mode=0o700)
    done = textmill(*arguments, "--partition", "kind")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (out / "shards").iterdir()] == ["kind=web"]
    assert textmill("verify", out).returncode == 0


def test_what_cannot_be_is_refused_before_anything_is_read(folder: Path, textmill: Callable[..., Any]) -> None:
    for option, message in (
        (("--partition", "topics"), "did you mean 'topic'"),
        (("--partition", "gopher.mean_word_length"), "every value of it would be a folder"),
        (("--columns", "gopher.stop_word"), "did you mean 'gopher.stop_words'"),
    ):
        done = textmill("run", folder / "recipe.yaml", folder / "crawl", "-o", folder / "no", "-q", *option)
        assert done.returncode == 2
        assert message in done.stderr
    assert not (folder / "no").exists()


def test_too_many_sources_and_too_long_values_are_told(
    folder: Path, textmill: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "many").mkdir()
    for number in range(4_100):
        (tmp_path / "many" / f"{number}.txt").write_text("A text.")
    arguments = ("run", folder / "recipe.yaml", "-o", tmp_path / "out", "-q", "--workers", 1)
    done = textmill(*arguments, tmp_path / "many", "--partition", "source")
    assert (done.returncode, "4,100 folders" in done.stderr, "input_label" in done.stderr) == (2, True, True)
    assert not (tmp_path / "out").exists()
    (tmp_path / "long.jsonl").write_text(json.dumps({"text": "long " * 100 + "\n the text of it is a text."}) + "\n")
    done = textmill(*arguments, tmp_path / "long.jsonl", "--partition", "topic")
    assert (done.returncode, "cannot be partitioned by topic" in done.stderr) == (2, True), done.stderr
    done = textmill(*arguments, tmp_path / "long.jsonl", "--partition", "kind", "--resume")
    assert (done.returncode, done.stderr.count("recipe is another")) == (0, 0), done.stderr
