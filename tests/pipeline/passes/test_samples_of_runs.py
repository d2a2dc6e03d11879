"""Texts of removed documents: which are chosen, from pass to pass, and that it is the same however the work is done."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import xxhash

from textmill import ExactDedup, MinHashDedup, Recipe, where
from textmill.errors import InputError
from textmill.pipeline.commands.duplicates import judged
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.verify import verify
from textmill.pipeline.passes.samples import (
    KEY,
    LONGEST_CHARS,
)

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
