"""Texts of removed documents: which of a split are chosen, batch by batch."""

import json
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import xxhash

from textmill.filters.base.batch import BATCH_SCHEMA, replace_text
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


def test_many_splits_contribute_less_each() -> None:
    assert [samples_of_split(5, splits) for splits in (1, 20, 25, 50, 99, 100, 1000)] == [5, 5, 4, 2, 2, 1, 1]
    assert samples_of_split(0, 1) == 0
    assert samples_of_split(1, 1) == 1
