"""What one pass leaves of a batch is what the next one takes up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from textmill import ExactDedup, Recipe, where
from textmill.filters.base.batch import BATCH_SCHEMA, make_batch, replace_text
from textmill.pipeline.steps.documents import VERDICT_SCHEMA, Documents, concerned
from textmill.pipeline.steps.staged import restore, stage, staged_schema


def length(text: str) -> int:
    return len(text)


def words(text: str) -> int:
    return len(text.split())


PLAN = Recipe("r", [where(length), ExactDedup(), where(words)]).plan
BESIDE = {"_priority": pa.array([7, 8, 9], pa.uint64())}


def documents() -> Documents:
    found = Documents.read(make_batch(["one two", " ", "three"], kind="book"))
    found.set_measurement("length", PLAN.measurements["length"], pa.array([7, 5]), np.array([True, False, True]))
    found.verdicts["similarity"][1] = 0.5
    return found


def test_columns_of_a_staged_batch() -> None:
    length_type, size, words_type = (PLAN.measurements[name] for name in ("length", "cluster_size", "words"))
    first = [*BATCH_SCHEMA, *VERDICT_SCHEMA, pa.field("length", length_type)]
    assert staged_schema(PLAN, 0, {}) == pa.schema(first)
    assert staged_schema(PLAN, 0, {"_x": pa.int8()}) == pa.schema([*first, pa.field("_x", pa.int8())])
    assert staged_schema(PLAN, 1, {}) == pa.schema(
        [*first, pa.field("cluster_size", size), pa.field("words", words_type)]
    )


@pytest.mark.parametrize("removed_have_text", [True, False])
def test_what_is_staged_comes_back(removed_have_text: bool) -> None:
    before = documents()
    emptied = replace_text(before.batch, pa.array(["one two", "", "three"], pa.large_string()))
    staged = stage(before, emptied, PLAN, 0, BESIDE)
    assert staged.schema == staged_schema(PLAN, 0, {"_priority": pa.uint64()})
    assert staged["_priority"].to_pylist() == [7, 8, 9]
    found = restore(staged, PLAN, removed_have_text=removed_have_text)
    expected: dict[str, Any] = before.ledger_columns(PLAN.measurements_until(0))
    assert found.ledger_columns(PLAN.measurements_until(0)) == expected
    assert found.batch == emptied
    assert found.batch.schema == BATCH_SCHEMA
    assert found.kept.tolist() == [True, False, True]
    assert found.has_text.tolist() == [True, removed_have_text, True]
    assert list(found.measurements) == ["length"]
    assert found.text_bytes.tolist() == [7, 1, 5]
    assert (found.input_ids, found.language) == (None, None)


def test_what_was_measured_of_none_is_not_measured_yet() -> None:
    """So that a step that takes it next time sets it for the first time."""
    before = documents()
    before.measurements["length"] = pa.nulls(3, PLAN.measurements["length"])
    assert restore(stage(before, before.batch, PLAN, 0, {}), PLAN, removed_have_text=True).measurements == {}


def test_a_batch_that_comes_back_can_go_on() -> None:
    """Longer verdicts fit beside shorter ones, and masks stay masks."""
    (planned, *_) = PLAN.steps
    before = Documents.read(make_batch([" ", "\n"], kind="book"))
    found = restore(stage(before, before.batch, PLAN, 0, {}), PLAN, removed_have_text=True)
    found.blame(0, "a_step_of_a_long_name", "rule", 0.25, "threshold")
    found.kept = np.ones(2, dtype=np.bool_)
    found.remove(np.array([False, True]), step="another_one_that_is_long", rule="r")
    assert found.verdicts["step"].tolist() == ["a_step_of_a_long_name", "another_one_that_is_long"]
    assert {column.dtype for column in found.verdicts.values()} == {np.dtype(object)}
    assert {mask.dtype for mask in (found.has_text, found.kept)} == {np.dtype(np.bool_)}
    assert concerned(planned, found).tolist() == [True, True]
