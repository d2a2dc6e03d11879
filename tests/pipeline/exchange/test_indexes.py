"""What an earlier run has seen, from files to the ledger: whole documents and parts of them, by keys alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, LineDedup, MinHashDedup, Recipe, SubstringDedup, only_if, where
from textmill.dedup.packed.packing import spread
from textmill.filters.base.batch import make_batch
from textmill.pipeline.exchange.indexes import IndexExchange
from textmill.pipeline.exchange.seen_index import read_partition, seal_indexes
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

Documents = Sequence[str | dict[str, Any]]


def run(
    folder: Path, steps: list[Any], splits: Sequence[Documents], partitions: int = 8
) -> tuple[list[str], list[dict[str, Any]]]:
    """Kept texts in their order, and the ledger, of a run over files that are a split each."""
    folder.mkdir(parents=True)
    inputs = tuple(str(folder / f"{number}.jsonl") for number in range(len(splits)))
    contents = []
    for documents in splits:
        rows = [one if isinstance(one, dict) else {"text": one} for one in documents]
        contents.append("".join(json.dumps(row) + "\n" for row in rows))
    size = max(map(len, contents))
    for path, content in zip(inputs, contents, strict=True):
        Path(path).write_text(content.ljust(size, "\n"))
    reading = InputOptions(split_bytes=size)  # each file is a split
    job = Job(
        recipe=Recipe("r", steps),
        inputs=inputs,
        output=str(folder / "out"),
        reading=reading,
        partitions=partitions,
    )
    results = run_passes(job)
    assert len(results) == len(splits)
    seal_indexes(job)
    kept = [text for one in results for batch in read_staged(one.piece.path) for text in batch["text"].to_pylist()]
    paths = sorted((folder / "out" / "ledger").glob("*"))
    return kept, [row for path in paths for row in pq.read_table(path).to_pylist()]


def told(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["step"], row["rule"], row["kept_instead"]) for row in rows]


@pytest.mark.parametrize("partitions", [1, 8])
def test_whole_documents_go_by_the_first_index_that_has_them(tmp_path: Path, partitions: int) -> None:
    monday, tuesday = str(tmp_path / "monday"), str(tmp_path / "tuesday")
    run(tmp_path / "a", [ExactDedup(write_index=monday)], [["one", "two"], ["three"]])
    run(tmp_path / "b", [ExactDedup(write_index=tuesday)], [["three", "four", "five"]])
    splits = [["new", "four", "new"], ["six", "seven"], ["three", "one", "eight", "six"]]
    kept, rows = run(tmp_path / "c", [ExactDedup(against=(tuesday, monday))], splits, partitions)
    assert kept == ["new", "six", "seven", "eight"]
    assert told(rows) == [
        (None, None, None),
        ("exact_dedup", "seen", "index:tuesday"),
        ("exact_dedup", "duplicate", rows[0]["doc_id"]),
        (None, None, None),
        (None, None, None),
        ("exact_dedup", "seen", "index:tuesday"),
        ("exact_dedup", "seen", "index:monday"),
        (None, None, None),
        ("exact_dedup", "duplicate", rows[3]["doc_id"]),
    ]
    assert [row["cluster_size"] for row in rows] == [2, None, 1, 2, 1, None, None, 1, 1]


def test_an_index_has_what_was_kept_and_what_was_not(tmp_path: Path) -> None:
    """A run may read one index and write the next; documents that it has removed are in it too."""
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    run(tmp_path / "a", [ExactDedup(write_index=first)], [["one"], ["two"]])
    kept, _ = run(
        tmp_path / "b", [ExactDedup(against=first, write_index=second)], [["two", "three"], ["three", "four"]]
    )
    assert kept == ["three", "four"]
    assert [json.loads(Path(folder, "index.json").read_text())["keys"] for folder in (first, second)] == [2, 3]
    kept, rows = run(tmp_path / "c", [ExactDedup(against=second)], [["one", "two", "three"], ["four"]])
    assert kept == ["one"]
    assert {row["kept_instead"] for row in rows[1:]} == {"index:second"}


@pytest.mark.parametrize("step", [ExactDedup, MinHashDedup, LineDedup])
def test_an_index_holds_the_whole_keys_of_all_documents(tmp_path: Path, step: type[Any]) -> None:
    texts = [" ".join(f"{one}{number}" for number in range(20)) + "." for one in ("mill", "river", "corn", "mill")]
    options = {"index_evidence": False} if step is MinHashDedup else {}
    written = step(write_index=str(tmp_path / "seen"), **options)
    run(tmp_path / "a", [written], [texts[:2], texts[2:]], partitions=4)
    parts = [read_partition(written, str(tmp_path / "seen"), number, 4) for number in range(4)]
    found = np.concatenate(parts)[:, : step.key_width]
    keys = spread(step().keys(make_batch(texts)).words)
    assert found.tolist() == sorted(map(list, {tuple(key) for key in keys.tolist()}))
    assert found.shape[1] == (2 if step is ExactDedup else 1)


def test_who_is_not_concerned_is_not_compared(tmp_path: Path) -> None:
    index = str(tmp_path / "seen")
    run(tmp_path / "a", [ExactDedup(write_index=index)], [["a", "b"]])
    splits = [["a", "c"], [{"text": "b", "kind": "book"}, {"text": "d", "kind": "book"}]]
    steps = [only_if(ExactDedup(against=index), kind="book")]
    assert run(tmp_path / "b", steps, splits)[0] == ["a", "c", "d"]
    steps = [where(len, maximum=1), ExactDedup(against=index)]
    kept, rows = run(tmp_path / "c", steps, [["bb", "a", "c"], ["ccc"]])
    assert kept == ["c"]
    assert [row["step"] for row in rows] == ["where", "exact_dedup", None, "where"]


@pytest.mark.parametrize("files", [1, 3])
def test_near_duplicates_go_by_their_bands(tmp_path: Path, files: int) -> None:
    words = [f"{one}{number}" for number in range(40) for one in ("mill", "river", "corn", "stone")]
    index = str(tmp_path / "seen")
    step = {"bands": 20, "rows": 4, "ngram": 1, "verify": "none"}
    run(tmp_path / "a", [MinHashDedup(**step, write_index=index)], [[" ".join(words)], [" ".join(words[:80])]])
    near, other = " ".join([*words[:-1], "end"]), " ".join(f"other{number}" for number in range(100))
    splits = [[other, near], ["something else"], [near]][:files]
    kept, rows = run(tmp_path / "b", [MinHashDedup(**step, against=index)], splits)
    assert kept == [other, "something else"][: 1 + (files > 1)]
    assert told(rows)[1] == ("minhash_dedup", "seen", "index:seen")


LINES = [f"line {number} of the first mill" for number in range(12)]


@pytest.mark.parametrize("partitions", [1, 8])
def test_lines_that_have_stood_in_an_earlier_run_are_cut_out(tmp_path: Path, partitions: int) -> None:
    index, more = str(tmp_path / "seen"), str(tmp_path / "more")
    texts = [["\n".join(LINES[:3]), "\n".join(LINES[2:5])], ["\n".join(LINES[:2]), "\n".join(LINES[4:6])]]
    kept, rows = run(tmp_path / "a", [LineDedup(write_index=index)], texts, partitions)
    assert kept == ["\n".join(LINES[:3]), "\n".join(LINES[3:5]), LINES[5]]
    assert told(rows)[2] == ("line_dedup", "empty", None)
    assert (rows[2]["value"], rows[2]["threshold"]) == ("0", "1")
    later = [["\n".join(LINES[4:8]), LINES[0]], [LINES[9], "\n".join([LINES[9], LINES[7]])], [LINES[10]]]
    kept, rows = run(tmp_path / "b", [LineDedup(against=index, write_index=more)], later, partitions)
    assert kept == ["\n".join(LINES[6:8]), LINES[9], LINES[10]]
    kept, rows = run(tmp_path / "c", [LineDedup(against=(more, index))], [["\n".join(LINES)]], partitions)
    assert kept == ["\n".join([LINES[8], LINES[11]])]


def corpus(seed: int, count: int) -> list[str]:
    """Texts in which long runs of words stand in several."""
    draw = random.Random(seed)
    words = [f"w{number}" for number in range(400)]
    runs = [draw.choices(words, k=60) for _ in range(6)]
    return [
        " ".join(
            [
                *draw.choices(words, k=30),
                *(draw.choice(runs) if draw.random() < 0.6 else []),
                *draw.choices(words, k=30),
            ]
        )
        for _ in range(count)
    ]


STEPS: list[Callable[[], Any]] = [LineDedup, SubstringDedup, lambda: SubstringDedup(every=10)]


@pytest.mark.parametrize("make", STEPS)
def test_what_is_cut_out_does_not_depend_on_how_the_run_is_divided(tmp_path: Path, make: Callable[[], Any]) -> None:
    texts = corpus(1, 40)
    texts = ["\n".join([text, texts[number // 2]]) for number, text in enumerate(texts)]
    whole, rows = run(tmp_path / "whole", [make()], [texts])
    assert sum(map(len, whole)) < 0.95 * sum(map(len, texts))
    for number, size in enumerate((20, 7)):
        splits = [texts[start : start + size] for start in range(0, len(texts), size)]
        for partitions in (1, 16):
            kept, same = run(tmp_path / f"{number}-{partitions}", [make()], splits, partitions)
            assert kept == whole
            assert [row["verdict"] for row in same] == [row["verdict"] for row in rows]


def test_the_look_up_has_a_name_of_its_own() -> None:
    recipe = Recipe("r", [ExactDedup(against="seen")])
    (planned,) = recipe.plan.steps
    exchange = IndexExchange(planned, partitions=1)
    assert exchange.label == "exact_dedup index"
    assert [(one.name, one.at_splits) for one in exchange.rounds] == [("Look up seen", False)]
