"""Texts of removed documents: which are chosen, from pass to pass, and that it is the same however the work is done."""

import json
import random
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash

from textmill import ExactDedup, MinHashDedup, Recipe, where
from textmill.errors import InputError
from textmill.filters.base.batch import BATCH_SCHEMA, replace_text
from textmill.pipeline.commands.duplicates import judged
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.verify import verify
from textmill.pipeline.passes.rows import REMOVED_SCHEMA, removed_rows
from textmill.pipeline.passes.samples import (
    KEY,
    LONGEST_CHARS,
    RemovedSamples,
    samples_of_split,
    shortened,
    text_to_stage,
)
from textmill.pipeline.steps.documents import Documents

from ..conftest import IN_PROCESS

SAMPLES = 3


def words(text: str) -> int:
    return len(text.split())


def first_letters(text: str) -> int:
    return len((text.split() or [""])[0])


def chars(text: str) -> int:
    return len(text)


RECIPE = Recipe(
    "sampled",
    [
        where(words, minimum=8),
        ExactDedup(),
        where(chars, maximum=5_000),
        MinHashDedup(),
        where(first_letters, minimum=4),
    ],
)
"""Rules of the first, a middle and the last pass, with numbers and without; duplicates with similarity and without."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("run")
    rng = random.Random(7)
    texts = []
    for _ in range(400):
        first = "".join(rng.choice("abcdefgh") for _ in range(rng.randint(1, 7)))
        body = [f"word{rng.randint(0, 10**6)}" for _ in range(rng.choice((2, 3, 5, 7, 60, 60, 60)))]
        texts.append(" ".join([first, *body]) + ".")
    texts += [text for text in texts[:40] for _ in range(2)]
    texts += [text.rsplit(" ", 2)[0] + f" end{number}!" for number, text in enumerate(texts[40:80])]
    texts += [f"long text{number} " * 600 for number in range(8)]
    texts.append("very long text " * LONGEST_CHARS)
    texts.append(" ")
    rng.shuffle(texts)
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))

    def run(**options: Any) -> Path:
        out = folder / f"out{len(list(folder.iterdir()))}"
        given: dict[str, Any] = {"samples": SAMPLES, "runner": IN_PROCESS} | options
        RECIPE.run(str(folder / "in.jsonl"), output=str(out), **given)
        return out

    return run


@pytest.fixture(scope="module")
def sampled(run: Callable[..., Path]) -> Path:
    return run()


IN_SPLITS = InputOptions(split_bytes=60_000)


@pytest.fixture(scope="module")
def sampled_in_splits(run: Callable[..., Path]) -> Path:
    return run(reading=IN_SPLITS)


def rows_of(out: Path) -> list[dict[str, Any]]:
    return [row for path in sorted((out / "removed").glob("*")) for row in pq.read_table(path).to_pylist()]


def test_the_sample_holds_the_nearest_and_the_farthest_of_each_rule(run: Callable[..., Path], sampled: Path) -> None:
    removed = [row for row in rows_of(run(keep_removed=True)) if row["text"].strip()]
    expected = set()
    rules = {(row["step"], row["rule"]) for row in removed}
    assert len(rules) == 5
    for rule in rules:
        far = {}
        for row in removed:
            if (row["step"], row["rule"]) == rule:
                distance = row["similarity"] or 0.0
                if row["rule"] in ("minimum", "maximum"):
                    distance = abs(float(row["value"]) - float(row["threshold"]))
                far[row["doc_id"]] = (distance, xxhash.xxh3_64_intdigest(row["doc_id"], KEY))
        assert len(far) > 2 * SAMPLES
        expected |= set(sorted(far, key=lambda one: far[one])[:SAMPLES])
        expected |= set(sorted(far, key=lambda one: (-far[one][0], far[one][1]))[:SAMPLES])
    found = rows_of(sampled)
    assert {row["doc_id"] for row in found} == expected
    assert len(found) == len(expected)
    texts = {row["doc_id"]: row for row in removed}
    for row in found:
        assert row == texts[row["doc_id"]] | {"text": texts[row["doc_id"]]["text"][:LONGEST_CHARS]}


def test_of_a_long_text_the_beginning_is_kept(sampled: Path) -> None:
    (row,) = (row for row in rows_of(sampled) if row["text"].startswith("very long text"))
    assert len(row["text"]) == LONGEST_CHARS


def test_huge_texts_are_not_held_until_the_split_is_done() -> None:
    text = "word " * 2_000_000
    rows = {"doc_id": ["1"], "text": [text], "source": ["a"], "kind": ["web"], "url": [None]}
    batch = pa.RecordBatch.from_pydict(rows | {"metadata": [json.dumps({"all": text})]}, schema=BATCH_SCHEMA)
    documents = Documents.read(batch)
    documents.remove(np.array([True]), step="words", rule="maximum", value="2000000", threshold="9")
    samples = RemovedSamples(1, with_rows=True)
    before = pa.total_allocated_bytes()
    samples.add(documents)
    assert pa.total_allocated_bytes() - before < len(text) // 10
    (found,) = samples.rows()
    assert found.select(["text", "metadata"]).to_pylist() == [{"text": text[:LONGEST_CHARS], "metadata": None}]


def removed(*reasons: tuple[str, str | None, str | None, float | None], first: int = 0) -> Documents:
    """A batch of removed documents, each with step, value, threshold and similarity; kept where the step is empty."""
    count = len(reasons)
    names = [f"d{first + number}" for number in range(count)]
    rows = {"doc_id": names, "text": [f"text of {name}" for name in names], "source": ["a"] * count}
    rows |= {"kind": ["web"] * count, "url": [None] * count, "metadata": [None] * count}
    documents = Documents.read(pa.RecordBatch.from_pydict(rows, schema=BATCH_SCHEMA))
    documents.kept = np.array([not step for step, *_ in reasons])
    for number, (step, value, threshold, similarity) in enumerate(reasons):
        if step:
            told = {"step": step, "rule": "r", "value": value, "threshold": threshold, "similarity": similarity}
            for name, content in told.items():
                documents.verdicts[name][number] = content
    return documents


def by_chance(*numbers: int) -> list[int]:
    return sorted(numbers, key=lambda number: xxhash.xxh3_64_intdigest(f"d{number}", KEY))


@pytest.mark.parametrize("cuts", [(0, 9), (0, 4, 9), tuple(range(10))])
def test_values_are_far_from_thresholds_on_either_side(cuts: tuple[int, ...]) -> None:
    reasons: list[tuple[str, str | None, str | None, float | None]] = [
        ("m", "12", "10", None), ("m", "9.5", "10", None), ("", None, None, None), ("m", "-90", "10", None),
        ("m", "109", "10", None), ("m", "10", "10", None), ("s", None, None, 0.8), ("s", None, None, 0.9),
        ("s", "5", "7", 0.7),
    ]  # fmt: skip
    samples = RemovedSamples(2, with_rows=True)
    for begin, end in pairwise(cuts):
        samples.add(removed(*reasons[begin:end], first=begin))
    (found,) = samples.rows()
    assert found["doc_id"].to_pylist() == ["d1", "d3", "d4", "d5", "d6", "d7", "d8"]
    samples = RemovedSamples(1, with_rows=True)
    for begin, end in pairwise(cuts):
        samples.add(removed(*reasons[begin:end], first=begin))
    (found,) = samples.rows()
    assert found["doc_id"].to_pylist() == ["d3", "d5", "d7", "d8"]
    assert found["text"].to_pylist() == ["text of d3", "text of d5", "text of d7", "text of d8"]
    assert found.schema == REMOVED_SCHEMA


@pytest.mark.parametrize(
    ("value", "threshold"), [(None, None), ("4", None), (None, "4"), ("nan", "4"), ("en", "de"), ("4", "4.0")]
)
def test_what_no_number_tells_is_chosen_by_chance_on_both_sides(value: str | None, threshold: str | None) -> None:
    samples = RemovedSamples(2, with_rows=True)
    mask = samples.add(removed(*[("m", value, threshold, None)] * 9))
    assert np.flatnonzero(mask).tolist() == sorted(by_chance(*range(9))[:2])
    samples.add(removed(("m", "9", "4", None), *[("m", value, threshold, None)] * 8, first=9))
    (found,) = samples.rows()
    nearest = by_chance(*range(9), *range(10, 18))[:2]
    assert found["doc_id"].to_pylist() == [f"d{number}" for number in sorted({9, *nearest})]


def test_only_masks_are_made_where_no_rows_are_wanted() -> None:
    samples = RemovedSamples(1, with_rows=False)
    assert samples.add(removed(("m", "1", "4", None), ("", None, None, None), ("m", "2", "4", None))).tolist() == [
        True, False, True,
    ]  # fmt: skip
    assert samples.add(removed(("", None, None, None), first=3)).tolist() == [False]
    assert samples.add(removed(("m", "3", "4", None), ("m", "2", "4", None), first=4)).tolist() == [True, False]
    assert samples.rows() == []


def test_texts_that_are_staged_are_those_kept_and_the_beginnings_of_those_chosen() -> None:
    documents = removed(("", None, None, None), ("m", None, None, None), ("m", None, None, None))
    for chosen in (None, np.zeros(3, np.bool_)):
        assert text_to_stage(documents, chosen)["text"].to_pylist() == ["text of d0", "", ""]
    assert text_to_stage(documents, np.array([False, False, True]))["text"].to_pylist() == [
        "text of d0", "", "text of d2",
    ]  # fmt: skip
    long = "é" * (LONGEST_CHARS + 1)
    documents.batch = replace_text(documents.batch, pa.array([long, long, long], pa.large_string()))
    staged = text_to_stage(documents, np.array([False, True, False]))["text"]
    assert (staged.to_pylist(), staged.type) == ([long, long[:-1], ""], pa.large_string())


def test_metadata_that_are_longer_than_a_text_may_be_are_left_out() -> None:
    rows = removed_rows(removed(*[("m", None, None, None)] * 4), np.ones(4, np.bool_))
    metadata = ["x" * LONGEST_CHARS, "x" * (LONGEST_CHARS + 1), None, "{}"]
    text = ["x" * LONGEST_CHARS, "x" * (LONGEST_CHARS + 1), "", "a"]
    columns = {name: rows[name] for name in rows.schema.names} | {"metadata": metadata, "text": text}
    found = shortened(pa.RecordBatch.from_pydict(columns, schema=rows.schema))
    assert found["metadata"].to_pylist() == ["x" * LONGEST_CHARS, None, None, "{}"]
    assert found["text"].to_pylist() == ["x" * LONGEST_CHARS, "x" * LONGEST_CHARS, "", "a"]
    assert found.schema == rows.schema
    assert found["doc_id"].to_pylist() == rows["doc_id"].to_pylist()


@pytest.mark.parametrize("workers", [1, 2])
def test_it_is_the_same_with_one_worker_and_more(
    run: Callable[..., Path], sampled_in_splits: Path, workers: int
) -> None:
    one, other = sampled_in_splits, run(reading=IN_SPLITS, runner="local", workers=workers)
    names = sorted(path.name for path in (one / "removed").glob("*"))
    assert len(names) > 3
    assert names == sorted(path.name for path in (other / "removed").glob("*"))
    for name in names:
        assert (one / "removed" / name).read_bytes() == (other / "removed" / name).read_bytes()
    assert (one / "report.html").read_bytes() == (other / "report.html").read_bytes()


@pytest.mark.parametrize("batch_bytes", [300, 7_000])
def test_it_is_the_same_however_documents_are_cut_into_batches(
    run: Callable[..., Path], sampled: Path, batch_bytes: int
) -> None:
    other = run(reading=InputOptions(batch_bytes=batch_bytes))
    (path,) = (sampled / "removed").glob("*")
    assert (other / "removed" / path.name).read_bytes() == path.read_bytes()


def test_a_run_that_is_resumed_has_as_many_as_it_is_asked_for_then(run: Callable[..., Path], sampled: Path) -> None:
    source, out = str(sampled.parent / "in.jsonl"), run(samples=1)
    (path,) = (sampled / "removed").glob("*")
    for samples in (SAMPLES, 0):
        RECIPE.run(source, output=str(out), samples=samples, runner=IN_PROCESS, resume=True)
        assert verify(str(out)) == []
        assert [found.read_bytes() for found in (out / "removed").glob("*")] == [path.read_bytes()] * bool(samples)


def test_many_splits_contribute_less_each() -> None:
    assert [samples_of_split(5, splits) for splits in (1, 20, 25, 50, 99, 100, 1000)] == [5, 5, 4, 2, 2, 1, 1]
    assert samples_of_split(0, 1) == 0
    assert samples_of_split(1, 1) == 1


def test_a_run_without_samples_keeps_no_removed_text(run: Callable[..., Path], sampled: Path) -> None:
    out = run(samples=0)
    assert not (out / "removed").exists()
    for name in ("ledger", "shards"):
        for path in (sampled / name).glob("*"):
            assert path.read_bytes() == (out / name / path.name).read_bytes()
    assert "quoted in" not in (out / "README.md").read_text()
    assert "A sample of the removed documents" in (sampled / "README.md").read_text()
    with pytest.raises(InputError, match="samples must be at least 0"):
        run(samples=-1)


def test_the_sample_is_verified_unless_it_was_taken_away(sampled_in_splits: Path, tmp_path: Path) -> None:
    out = shutil.copytree(sampled_in_splits, tmp_path / "out")
    manifest = read_manifest(str(out))
    assert 0 < sum(file["rows"] for file in manifest["removed"]) < manifest["totals"]["removed"]
    assert verify(str(out)) == []
    doc_id = next(row["doc_id"] for row in rows_of(out) if row["step"] == "exact_dedup")
    assert judged(str(out), doc_id).account["doc_id"] == doc_id
    first, *others = sorted((out / "removed").glob("*"))
    content = first.read_bytes()
    first.unlink()
    assert verify(str(out)) == [f"removed/{first.name} is missing"]
    first.write_bytes(content + b" ")
    assert [problem.split(" has sha256")[0] for problem in verify(str(out))] == [f"removed/{first.name}"]
    for path in (first, *others):
        path.unlink()
    assert verify(str(out)) == []
