"""Selections over a whole run are what sorting all documents by value and id gives, however the run is cut."""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill import Recipe, Select, only_if, where
from textmill.dedup.base.keep import extreme_first, extreme_value
from textmill.pipeline.exchange.borders import at_rank, candidates, count_up_to, enclose, summarize
from textmill.pipeline.exchange.ranking import id_words
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes


def score(text: str) -> float:
    """The number that a text begins with."""
    return float(text.split()[0])


def topic(text: str) -> str:
    return text.split()[1]


MEASURED = [where(score, measurement="score"), where(topic, measurement="topic", returns="str")]


def texts_of(count: int, seed: int, scores: int = 7) -> list[str]:
    """Texts with few different scores, so that most are equal to others, and some without one."""
    rolled = random.Random(seed)
    values = [str(rolled.randrange(scores) / 4 - 0.5) for _ in range(count)]
    values = [rolled.choice(["nan", "inf", "-inf", "-0.0", "0.0"]) if rolled.random() < 0.1 else one for one in values]
    return [f"{value} {rolled.choice('aab')} {number}" for number, value in enumerate(values)]


def run_of(
    folder: Path, steps: list[Any], texts: list[str], *, splits: int = 3, **options: Any
) -> list[dict[str, Any]]:
    """The ledger of a run without Beam over one file, read in so many splits; row n is document n."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    reading = InputOptions(split_bytes=max(path.stat().st_size // splits, 1))
    job = Job(recipe=Recipe("r", steps), inputs=(str(path),), output=str(folder / "out"), reading=reading, **options)
    run_passes(job)
    return [row for part in sorted((folder / "out" / "ledger").glob("*")) for row in pq.read_table(part).to_pylist()]


def twin(rows: list[dict[str, Any]], step: Select) -> dict[str, int]:
    """The bucket of every document, found slowly: sort each group by value and id."""
    groups: dict[Any, list[tuple[float, str]]] = defaultdict(list)
    sign = -1 if step.order == "highest" else 1
    for row in rows:
        value = row[step.measurement]
        if value is not None and not math.isnan(value):
            groups[tuple(row[name] for name in step.by)].append((sign * value, row["doc_id"]))
    shares = [step.keep_fraction] if step.buckets is None else sorted(step.buckets.values())[:-1]
    found = {}
    for members in groups.values():
        ends = [math.floor(len(members) * Fraction(str(share)) + Fraction(1, 2)) for share in shares]
        for place, (_, doc_id) in enumerate(sorted(members)):
            found[doc_id] = sum(place >= end for end in ends)
    return found


def is_as_the_twin_says(rows: list[dict[str, Any]], step: Select) -> None:
    wanted = twin(rows, step)
    for row in rows:
        bucket = wanted.get(row["doc_id"])
        assert (row["verdict"] == "kept") == (bucket is None or step.stays[bucket]), row
        if step.buckets is not None:
            assert row["bucket"] == (None if bucket is None else step.labels[bucket])


STEPS = [
    Select(measurement="score", keep_fraction=0.1),
    Select(measurement="score", keep_fraction=0.37, by=("topic",), order="lowest"),
    Select(measurement="score", keep_fraction=1),
    Select(measurement="score", keep_fraction=0.001, by="topic"),
    Select(measurement="bytes", keep_fraction=0.5, by=["topic", "source", "kind"]),
    Select(measurement="score", buckets={"tail": 1, "head": 0.3, "middle": 0.6}, order="lowest", by="topic"),
    Select(measurement="score", buckets={"head": 0.3, "middle": 0.6, "tail": 1}, keep=("head", "middle")),
    Select(measurement="score", buckets={"head": 0.3, "middle": 0.6, "tail": 1}, keep="middle", by="topic"),
]


@pytest.mark.parametrize("step", STEPS, ids=range(len(STEPS)))
def test_it_is_what_sorting_gives_however_the_run_is_cut(tmp_path: Path, step: Select) -> None:
    texts = texts_of(500, seed=1)
    rows = run_of(tmp_path / "0", [*MEASURED, step], texts, splits=1)
    is_as_the_twin_says(rows, step)
    assert all(row["step"] == "select" and row["rule"] == step.rule for row in rows if row["verdict"] == "removed")
    for splits, partitions in ((2, 1), (9, 32), (60, 4)):
        same = run_of(tmp_path / str(splits), [*MEASURED, step], texts, splits=splits, partitions=partitions)
        assert str(same) == str(rows)  # where what is no number equals itself
        assert len(list((tmp_path / str(splits) / "out" / "ledger").glob("*"))) >= min(splits, 9)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 6), max_size=60), min_size=1, max_size=8),
    st.lists(st.integers(0, 480), min_size=1, max_size=3),
    st.integers(1, 2**60),
)
def test_what_lies_between_two_keys_has_the_document_at_the_rank(
    splits: list[list[int]], ranks: list[int], seed: int
) -> None:
    rolled = np.random.default_rng(seed)
    whole = [
        np.array([values, rolled.integers(1, 3, len(values)), rolled.integers(0, 9, len(values))], dtype=np.uint64)
        + np.uint64(1)
        for values in splits
    ]
    ordered = [keys[:, np.lexsort(keys[::-1])] for keys in whole]
    everything = sorted(tuple(key) for keys in ordered for key in keys.T.tolist())
    ranks = [min(rank, len(everything)) for rank in ranks]
    summaries = [(keys.shape[1], *summarize(keys, len(ranks))) for keys in ordered]
    between = enclose(ranks, summaries)
    found = [candidates(np.ascontiguousarray(keys), between) for keys in ordered]
    for border, rank in enumerate(ranks):
        below = sum(int(one[0][border]) for one in found)
        keys = np.concatenate([np.split(one[2], np.cumsum(one[1])[:-1], axis=1)[border] for one in found], axis=1)
        key = at_rank(rank, below, keys)
        assert tuple(key.tolist()) == (everything[rank - 1] if rank else (0, 0, 0))
        counted = sum(count_up_to(np.ascontiguousarray(one), key) for one in ordered)
        assert counted == sum(one <= tuple(key.tolist()) for one in everything)


def test_neither_a_summary_nor_what_lies_between_is_much_of_a_split() -> None:
    """Whatever the values: all different, or all equal, or nearly all in one place."""
    rolled = np.random.default_rng(0)
    count = 20_000
    for values in (
        rolled.random(count),
        np.ones(count),
        np.where(rolled.random(count) < 0.99, 0.5, rolled.random(count)),
    ):
        splits = []
        for part in np.split(extreme_first(pa.array(values), highest=True), 4):
            keys = np.vstack([part[None], rolled.integers(1, 2**63, (2, len(part)), dtype=np.uint64)])
            splits.append(np.ascontiguousarray(keys[:, np.lexsort(keys[::-1])]))
        summaries = [(keys.shape[1], *summarize(keys, 1)) for keys in splits]
        between = enclose([2000], summaries)
        assert sum(found.shape[1] for _, _, found in summaries) < 500
        assert 0 < sum(candidates(keys, between)[2].shape[1] for keys in splits) < 800


@given(st.lists(st.floats(allow_nan=False)), st.booleans())
def test_ranks_lead_back_to_their_numbers(values: list[float], highest: bool) -> None:
    ranks = extreme_first(pa.array(values, pa.float64()), highest=highest)
    assert extreme_value(ranks, highest=highest).tolist() == values


def test_ids_order_as_their_words_do() -> None:
    hashes = [f"{random.Random(seed).getrandbits(128):032x}" for seed in range(50)]
    words = id_words(pa.array(hashes))
    assert [hashes[index] for index in np.lexsort(words[::-1])] == sorted(hashes)
    mixed = id_words(pa.array([hashes[0], "mine", "ABCDEF0123456789abcdef0123456789"]))
    assert mixed[:, 0].tolist() == words[:, 0].tolist()
    assert len(set(mixed[0].tolist())) == 3


def test_the_ledger_tells_the_value_and_the_one_that_decided(tmp_path: Path) -> None:
    texts = [f"{number} a {number}" for number in (5, 3, 9, 3, 1)]
    rows = run_of(tmp_path / "a", [*MEASURED, Select(measurement="score", keep_fraction=0.6)], texts)
    assert [row["verdict"] for row in rows].count("kept") == 3
    out = [row for row in rows if row["verdict"] == "removed"]
    assert {(row["step"], row["rule"], row["threshold"]) for row in out} == {("select", "keep_fraction", "3.0")}
    assert sorted(row["value"] for row in out) == ["1.0", "3.0"]
    loser = max((row for row in rows if row["score"] == 3), key=lambda row: row["doc_id"])
    assert loser["verdict"] == "removed"
    rows = run_of(
        tmp_path / "b", [Select(measurement="bytes", keep_fraction=0.2, order="lowest")], [*texts, "1 a 44444"]
    )
    assert {(row["value"], row["threshold"]) for row in rows if row["value"]} >= {("9", "5")}
    rows = run_of(tmp_path / "c", [*MEASURED, Select(measurement="score", keep_fraction=0.01)], texts)
    assert [(row["verdict"], row["threshold"]) for row in rows] == [("removed", "inf")] * 5


def test_what_is_not_concerned_or_not_measured_stays(tmp_path: Path) -> None:
    texts = ["1 a x", "2 a x", "nan a x", "4 b x", "3 b x"]
    steps = [
        where(topic, measurement="topic", returns="str", allowed=("a", "b")),
        where(score, measurement="score"),
        only_if(Select(measurement="score", keep_fraction=0.5), kind="book"),
        Select(measurement="score", buckets={"head": 0.5, "tail": 1}),
    ]
    rows = run_of(tmp_path, steps, texts)
    assert [row["verdict"] for row in rows] == ["kept"] * 5
    assert [row["bucket"] for row in rows] == ["tail", "tail", None, "head", "head"]
