"""A batch on its way: verdicts, views, texts and measurements of some documents among others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from textmill import ExactDedup, GopherQuality, Language, Recipe, only_if, where
from textmill.filters.base.batch import make_batch
from textmill.pipeline.steps.documents import VERDICT_SCHEMA, VERDICTS, Documents, concerned, known_language, shown

TEXTS = ["one", " \n", "drei", ""]


def mask(*places: int, count: int = 4) -> np.ndarray:
    found = np.zeros(count, dtype=np.bool_)
    found[list(places)] = True
    return found


def read(texts: list[str] = TEXTS, language: str | None = None) -> Documents:
    return Documents.read(make_batch(texts), language)


def test_blank_documents_are_removed_as_they_are_read() -> None:
    documents = read()
    assert documents.kept.tolist() == [True, False, True, False]
    assert documents.has_text.tolist() == [True] * 4
    assert (documents.text_bytes.dtype, documents.text_bytes.tolist()) == (np.int64, [3, 2, 4, 0])
    columns = documents.ledger_columns({"m": pa.int32()})
    assert {name: column.to_pylist() for name, column in columns.items()} == {
        "bytes": [3, 2, 4, 0],
        "step": [None, "read", None, "read"],
        "rule": [None, "empty", None, "empty"],
        "value": [None, "0", None, "0"],
        "threshold": [None, "1", None, "1"],
        **{name: [None] * 4 for name in ("kept_instead", "emptied_by", "similarity", "cluster", "m")},
    }
    declared = {**dict(zip(VERDICT_SCHEMA.names, VERDICT_SCHEMA.types, strict=True)), "m": pa.int32()}
    assert {name: column.type for name, column in columns.items()} == declared
    assert (
        pa.schema(
            [
                pa.field("bytes", pa.int64(), nullable=False),
                *(pa.field(name, pa.string()) for name in VERDICTS[:6]),
                *(pa.field("similarity", pa.float64()), pa.field("cluster", pa.string())),
            ]
        )
        == VERDICT_SCHEMA
    )
    assert (
        *("step", "rule", "value", "threshold", "kept_instead", "emptied_by"),
        *("similarity", "cluster"),
    ) == VERDICTS
    assert documents.measurements == {}
    assert documents.language is None


def test_a_slice_of_a_batch_is_read_as_it_stands() -> None:
    documents = Documents.read(make_batch(["much longer", "xy", " "]).slice(1))
    assert (documents.text_bytes.tolist(), documents.kept.tolist()) == ([2, 1], [True, False])


def test_a_language_that_is_known_is_a_measurement() -> None:
    documents = read(language="de")
    assert documents.language == "de"
    assert {name: (column.type, column.to_pylist()) for name, column in documents.measurements.items()} == {
        "language.label": (pa.string(), ["de"] * 4),
        "language.score": (pa.float64(), [1.0] * 4),
    }
    assert known_language("xx", 0)["language.score"].to_pylist() == []


def test_a_document_is_removed_once() -> None:
    documents = read()
    kept = documents.kept
    documents.remove(mask(0, 1), step="s", rule="r", kept_instead="k")
    documents.remove(mask(0, 2), step="later", rule="other")
    assert documents.verdicts["step"].tolist() == ["s", "read", "later", "read"]
    assert documents.verdicts["rule"].tolist() == ["r", "empty", "other", "empty"]
    assert documents.verdicts["kept_instead"].tolist() == ["k", None, None, None]
    assert documents.verdicts["value"].tolist() == [None, "0", None, "0"]
    assert documents.kept.tolist() == [False] * 4
    assert kept.tolist() == [True, False, True, False]  # whoever holds the mask of before keeps it
    documents.blame(2, "b", "c", 0.12345678, "9")
    told = [documents.verdicts[name][2] for name in ("step", "rule", "value", "threshold")]
    assert told == ["b", "c", "0.123457", "9"]


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.1234567, "0.123457"), (2.0, "2.0"), (3, "3"), (True, "True"), (None, "None"), ("en", "en"), (1e-9, "0.0")],
)
def test_values_as_the_ledger_shows_them(value: object, told: str) -> None:
    assert shown(value) == told


def test_views_have_the_documents_meant_and_their_measurements() -> None:
    documents = read()
    every, some = mask(0, 1, 2, 3), mask(0, 2)
    assert documents.view(every) is documents.batch
    documents.set_measurement("a", pa.int64(), pa.array([1, 2, 3, 4]), every)
    documents.set_measurement("language.label", pa.string(), pa.array(["x", "y"]), some)
    view = documents.view(some)
    assert view.schema.names[-2:] == ["a", "language.label"]
    assert (view["text"].to_pylist(), view["a"].to_pylist()) == (["one", "drei"], [1, 3])
    assert documents.view(every)["language.label"].to_pylist() == ["x", None, "y", None]
    gopher, language = GopherQuality(), Language(keep=("en",))
    assert documents.view(some, gopher).schema.names == [*documents.batch.schema.names, "language.label"]
    assert documents.view(some, gopher) is documents.view(some, language)
    assert documents.view(some, gopher)["text"] is not documents.view(every, gopher)["text"]
    before = documents.view(some, gopher)
    documents.set_measurement("language.label", pa.string(), pa.array(["z", "z"]), some)
    after = documents.view(some, gopher)
    assert (before["language.label"].to_pylist(), after["language.label"].to_pylist()) == (["x", "y"], ["z", "z"])
    documents.set_text(pa.array(["eins", "zwei"], pa.large_string()), some)
    assert documents.view(some, gopher)["text"].to_pylist() == ["eins", "zwei"]


def test_texts_of_some_are_replaced() -> None:
    documents = read()
    documents.set_text(pa.array(["1", "3"], pa.large_string()), mask(0, 2))
    assert documents.batch["text"].to_pylist() == ["1", " \n", "3", ""]
    documents.set_text(pa.array(list("abcd"), pa.large_string()), mask(0, 1, 2, 3))
    assert documents.batch["text"].to_pylist() == list("abcd")
    assert documents.text_bytes.tolist() == [3, 2, 4, 0]  # as it was read


def test_measurements_of_some_leave_those_of_others() -> None:
    documents = read()
    documents.set_measurement("m", pa.float64(), pa.array([1, 2], pa.int32()), mask(0, 1))
    assert documents.measurements["m"] == pa.array([1.0, 2.0, None, None])
    documents.set_measurement("m", pa.float64(), pa.array([5.0]), mask(1))
    assert documents.measurements["m"] == pa.array([1.0, 5.0, None, None])
    documents.set_measurement("m", pa.float64(), pa.array([None] * 4, pa.float64()), mask(0, 1, 2, 3))
    assert documents.measurements["m"] == pa.array([None] * 4, pa.float64())


def length(text: str) -> int:
    return len(text)


def test_what_a_step_measures_has_its_declared_type_and_column() -> None:
    (_, planned) = Recipe("r", [where(length), where(length, minimum=1)]).plan.steps
    documents = read()
    declared = planned.step.measurements["length"]
    for values, where_to, expected in (
        (pa.array([1, 2, 3, 4], declared), mask(0, 1, 2, 3), [1, 2, 3, 4]),
        (pa.array([5, 6, 7, 8], pa.int8()), mask(0, 1, 2, 3), [5, 6, 7, 8]),
        (pa.array([9], declared), mask(3), [5, 6, 7, 9]),
    ):
        documents.set_measurements(planned, {"length": values}, where_to)
        assert documents.measurements["length@where_2"] == pa.array(expected, declared)
    assert list(documents.measurements) == ["length@where_2"]


def test_whom_a_step_is_concerned_with() -> None:
    steps = [Language(min_score=None), only_if(ExactDedup(), kind="book"), only_if(GopherQuality(), language="de")]
    _, books, german = Recipe("r", steps).plan.steps
    (every,) = Recipe("r", [GopherQuality()]).plan.steps
    batch = pa.concat_batches([make_batch(["a", "b"], kind="book"), make_batch(["c", "d"], kind="web")])
    documents = Documents.read(batch)
    assert concerned(every, documents).tolist() == [True] * 4
    assert concerned(books, documents).tolist() == [True, True, False, False]
    assert concerned(german, documents).tolist() == [False] * 4
    documents.set_measurement("language.label", pa.string(), pa.array(["de", "en", "de"]), mask(0, 1, 2))
    assert concerned(german, documents).tolist() == [True, False, True, False]
    documents.has_text = mask(1, 2, 3)
    assert concerned(books, documents).tolist() == [False, True, False, False]
    assert concerned(every, documents).tolist() == [False, True, True, True]
    concerned(every, documents)[1] = False
    assert documents.has_text.tolist() == [False, True, True, True]
