"""Deduplication against what earlier runs have seen."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from textmill import ExactDedup, LineDedup, MinHashDedup, Recipe, RecipeError
from textmill.pipeline.commands.duplicates import describe, judged
from textmill.pipeline.exchange.seen_index import check_indexes, read_partition, seal_indexes, write_partition
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

from .conftest import checksums

Run = Callable[..., subprocess.CompletedProcess[str]]

STORY = (
    "The miller rose before the sun and walked down to the river, where the wheel had stood still since the first "
    "frost. He broke the ice with a long pole, oiled the shaft, and waited until the water took hold of the boards. "
    "By noon the stones were turning again, and the smell of fresh flour went through the whole village {}."
)


def write(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return path


def recipe(path: Path, *steps: str) -> Path:
    path.write_text("name: seen\nsteps:\n" + "".join(f"  - {step}\n" for step in steps))
    return path


def run(folder: Path, steps: list, texts: list[list[str]], *, partitions: int = 32) -> list[str]:
    folder.mkdir()
    paths = [write(folder / f"{number}.jsonl", split) for number, split in enumerate(texts)]
    made = Recipe("r", steps)
    check_indexes(made.plan)
    job = Job(
        recipe=made,
        inputs=tuple(map(str, paths)),
        output=str(folder / "out"),
        reading=InputOptions(),
        partitions=partitions,
    )
    kept = [b["text"].to_pylist() for result in run_passes(job) for b in read_staged(result.piece.path)]
    seal_indexes(job)
    return [text for texts in kept for text in texts]


def test_a_later_run_keeps_nothing_that_an_earlier_one_has_seen(textmill: Run, tmp_path: Path) -> None:
    first = write(tmp_path / "first.jsonl", ["A page.", "A  page.", "Another page.", STORY.format("that day")])
    later = write(
        tmp_path / "later.jsonl",
        ["New page.", "another page.", "Another\npage.", STORY.format("that night"), "New page."],
    )
    steps = ("exact_dedup: {{{} {}/exact}}", "minhash_dedup: {{{} {}/minhash}}")
    writing = recipe(tmp_path / "w.yaml", *(step.format("write_index:", tmp_path / "seen") for step in steps))
    reading = recipe(tmp_path / "r.yaml", *(step.format("against:", tmp_path / "seen") for step in steps))
    done = textmill("run", writing, first, "-o", tmp_path / "first", "--workers", 2, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    texts = [json.loads(line)["text"] for line in first.read_text().splitlines()]
    index = str(tmp_path / "again")
    run(
        tmp_path / "here",
        [ExactDedup(write_index=f"{index}/exact"), MinHashDedup(write_index=f"{index}/minhash")],
        [texts],
    )
    assert checksums(tmp_path / "seen") == checksums(tmp_path / "again")
    outputs = []
    for workers in (1, 2):
        out = tmp_path / f"later_{workers}"
        done = textmill("run", reading, later, "-o", out, "--workers", workers, "-q")
        assert (done.returncode, done.stderr) == (0, "")
        outputs.append(checksums(out))
    assert outputs[0] == outputs[1]
    assert textmill("verify", out).returncode == 0
    ((seen,),) = duckdb.sql(
        f"SELECT doc_id FROM '{out}/ledger/*.parquet' WHERE kept_instead = 'index:exact'"
    ).fetchall()
    assert list(describe(judged(str(out), seen)))[1:] == ["removed by exact_dedup.seen", "kept instead: index:exact"]
    rows = duckdb.sql(f"SELECT verdict, step, rule, kept_instead FROM '{out}/ledger/*.parquet'").fetchall()
    assert rows[0] == ("kept", None, None, None)
    assert rows[1][:3] == ("removed", "minhash_dedup", "seen")  # case is nothing to MinHash
    assert rows[2] == ("removed", "exact_dedup", "seen", "index:exact")
    assert rows[3] == ("removed", "minhash_dedup", "seen", "index:minhash")
    assert rows[4][:3] == ("removed", "exact_dedup", "duplicate")
    manifest = json.loads((out / "manifest.json").read_text())
    assert [(row["step"], row["rule"], row["documents"]) for row in manifest["funnel"]] == [
        ("read", "empty", 0),
        ("exact_dedup", "seen", 1),
        ("exact_dedup", "duplicate", 1),
        ("minhash_dedup", "seen", 2),
        ("minhash_dedup", "duplicate", 0),
    ]
    assert str(tmp_path) not in (out / "manifest.json").read_text()


def test_an_index_that_does_not_fit_is_refused_before_anything_is_read(textmill: Run, tmp_path: Path) -> None:
    texts = write(tmp_path / "in.jsonl", ["one two three"])
    run(tmp_path / "run", [MinHashDedup(ngram=3, write_index=str(tmp_path / "seen"))], [["one two three"]])
    for steps, message in (
        (f"minhash_dedup: {{against: {tmp_path}/seen}}", '"ngram": 3'),
        (f"exact_dedup: {{against: {tmp_path}/seen}}", '"minhash_dedup"'),
        (f"exact_dedup: {{against: {tmp_path}/nowhere}}", "there is no index in"),
        (f"minhash_dedup: {{ngram: 3, write_index: {tmp_path}/seen}}", "holds an index already"),
        (f"minhash_dedup: {{against: {tmp_path}/x, write_index: {tmp_path}/x}}", "to be read and written"),
    ):
        done = textmill("run", recipe(tmp_path / "r.yaml", steps), texts, "-o", tmp_path / "none", "-q")
        assert done.returncode == 2, steps
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "none").exists()


def test_lines_of_an_earlier_run_go(tmp_path: Path) -> None:
    index = str(tmp_path / "lines")
    run(tmp_path / "first", [LineDedup(write_index=index)], [["menu\nstory one"], ["menu\nSTORY TWO"]])
    later = [["Menu\nstory two\nstory three", "story three\nend"], ["menu"]]
    assert run(tmp_path / "later", [LineDedup(against=index)], later) == ["story three", "end"]
    with pytest.raises(RecipeError, match="parameters"):
        run(tmp_path / "other", [LineDedup(form="ccnet", against=index)], later)


def test_several_indexes_and_other_partitions_say_the_same(tmp_path: Path) -> None:
    folders = tuple(str(tmp_path / name) for name in ("monday", "tuesday"))
    for folder, day in zip(folders, ("a", "b"), strict=True):
        texts = [f"{day} {number}" for number in range(50)]
        assert len(run(tmp_path / day, [ExactDedup(write_index=folder)], [texts])) == 50
    texts = [f"{day} {number}" for day in "abc" for number in range(0, 100, 10)]
    expected = [text for text in texts if text[0] == "c" or int(text[2:]) >= 50]
    for partitions in (1, 7, 8, 32, 48, 64):
        found = run(
            tmp_path / f"p{partitions}", [ExactDedup(against=folders)], [texts[::2], texts[1::2]], partitions=partitions
        )
        assert sorted(found) == sorted(expected)


def test_an_index_takes_8_bytes_a_key_and_holds_each_once(tmp_path: Path) -> None:
    index = tmp_path / "index"
    texts = [[STORY.format(number) for number in range(30)] * 2, [STORY.format(29)]]
    run(tmp_path / "run", [MinHashDedup(ngram=1, write_index=str(index), index_evidence=False)], texts)
    described = json.loads((index / "index.json").read_text())
    keys = np.concatenate([read_partition(MinHashDedup(ngram=1), str(index), number, 32) for number in range(32)])
    assert described["keys"] == len(keys) == len(np.unique(keys)) <= 30 * 14
    for partitions in (8, 24, 128):
        parts = [read_partition(MinHashDedup(ngram=1), str(index), number, partitions) for number in range(partitions)]
        assert all(np.all(part[1:] > part[:-1]) for part in parts)
        assert np.array_equal(np.sort(np.concatenate(parts), axis=0), np.sort(keys, axis=0))
    assert sum(path.stat().st_size for path in index.glob("*.bin")) == 8 * len(keys)


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    index = tmp_path / "index"
    run(tmp_path / "run", [ExactDedup(write_index=str(index))], [["some text"]])
    (file,) = index.glob("*.bin")
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(Exception, match="cut off"):
        run(tmp_path / "again", [ExactDedup(against=str(index))], [["some text"]])
    (index / "index.json").write_text("{")
    with pytest.raises(RecipeError, match="damaged"):
        run(tmp_path / "third", [ExactDedup(against=str(index))], [["some text"]])


def test_nothing_is_written_for_a_partition_without_keys(tmp_path: Path) -> None:
    write_partition(str(tmp_path / "index"), 3, 32, np.empty((0, 1), np.uint64))
    assert not (tmp_path / "index").exists()
    index = str(tmp_path / "empty")
    assert run(tmp_path / "run", [ExactDedup(write_index=index)], [[" "]]) == []
    assert run(tmp_path / "later", [ExactDedup(against=index)], [["text"]]) == ["text"]
