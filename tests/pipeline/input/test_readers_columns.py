"""Rows of Arrow batches as Python values, and which columns are read."""

import datetime
from typing import Any

import pyarrow as pa
import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.records import Document, Quarantined
from textmill.pipeline.input.readers.tables.columns import (
    first_line,
    has_text,
    needed_columns,
    python_rows,
    records_of,
    spelled_bytes,
    unique_names,
    wanted_columns,
)
from textmill.pipeline.input.readers.tables.fields import Odd

FAR = 400_000_000_000_000_000
"""Microseconds; Python ends in the year 9999."""
BAD_UTF8 = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xe9")])


def value_of(array: pa.Array) -> Any:
    (row,) = python_rows(pa.RecordBatch.from_arrays([array], ["a"]))
    value = row["a"]
    return shown(value)


def shown(value: Any) -> Any:
    if isinstance(value, Odd):
        return f"odd {value.text}"
    if isinstance(value, UnicodeDecodeError):
        return f"bad {value.object!r}"
    if isinstance(value, dict):
        return {name: shown(inner) for name, inner in value.items()}
    return [shown(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("array", "value"),
    [
        (pa.array([1]), 1),
        (pa.array([None], pa.int64()), None),
        (pa.array(["é"]), "é"),
        (pa.array([b"\xff"]), b"\xff"),
        (BAD_UTF8, "bad b'a\\xe9'"),
        (pa.array([0], pa.timestamp("us")), datetime.datetime(1970, 1, 1)),
        (pa.array([FAR], pa.timestamp("us")), "odd 14645-06-30 15:06:40.000000"),
        (pa.array([5_000_000], pa.date32()), "odd 15659-07-15"),
        (pa.array([0], pa.timestamp("s", "Foo/Bar")), "odd 1970-01-01 00:00:00 UTC (Foo/Bar)"),
        (pa.array([1_000], pa.timestamp("ns")), datetime.datetime(1970, 1, 1, microsecond=1)),
        (pa.array([1_001], pa.timestamp("ns")), "1970-01-01T00:00:00.000001001"),
        (pa.array([1_234_000_005], pa.timestamp("ns", "UTC")), "1970-01-01T00:00:01.234000005+00:00"),
        (pa.array([-1], pa.timestamp("ns")), "1969-12-31T23:59:59.999999999"),
        (pa.array([None], pa.timestamp("ns")), None),
        (pa.array([1_001], pa.timestamp("ns", "Foo/Bar")), "odd 1970-01-01 00:00:00.000001 UTC (Foo/Bar)"),
        (pa.array([7], pa.duration("ns")), "7 ns"),
        (pa.array([7], pa.duration("s")), datetime.timedelta(seconds=7)),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array([None], pa.string()).dictionary_encode(), None),
        (pa.DictionaryArray.from_arrays(pa.array([0]), BAD_UTF8), "bad b'a\\xe9'"),
        (pa.array([{"at": FAR, "n": 1}], pa.struct([("at", pa.timestamp("us")), ("n", pa.int8())])),
         {"at": "odd 14645-06-30 15:06:40.000000", "n": 1}),
        (pa.StructArray.from_arrays([BAD_UTF8, pa.array([7]), pa.array([8])], ["x", "y", "y"]),
         {"x": "bad b'a\\xe9'", "y": 7, "y_2": 8}),
        (pa.array([[FAR, None]], pa.list_(pa.timestamp("us"))), ["odd 14645-06-30 15:06:40.000000", None]),
        (pa.array([[FAR]], pa.large_list(pa.timestamp("us"))), ["odd 14645-06-30 15:06:40.000000"]),
        (pa.array([[FAR]], pa.list_(pa.timestamp("us"), 1)), ["odd 14645-06-30 15:06:40.000000"]),
        (pa.array([[("k", FAR)]], pa.map_(pa.string(), pa.timestamp("us"))),
         [["k", "odd 14645-06-30 15:06:40.000000"]]),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int8())), [("k", 1)]),
    ],
)  # fmt: skip
def test_values_of_every_type(array: pa.Array, value: Any) -> None:
    assert value_of(array) == value


def test_rows_have_all_columns_under_names_of_their_own() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([1, 2]), pa.array(["a", None]), pa.array([3, 4])], ["n", "t", "n"])
    assert list(python_rows(batch)) == [{"n": 1, "t": "a", "n_2": 3}, {"n": 2, "t": None, "n_2": 4}]
    assert unique_names(["a", "a_2", "a", "a"]) == ["a", "a_2", "a_3", "a_4"]
    assert unique_names([]) == []


def test_the_first_line_of_an_error() -> None:
    assert [first_line(error) for error in (OSError("a\nb"), OSError(), ValueError("c"))] == ["a", "OSError", "c"]


KINDS = {
    "text": pa.binary(), "url": pa.large_binary(), "kind": pa.binary(4), "a": pa.binary(), "b": pa.large_binary(),
    "c": pa.binary(2), "d": pa.binary_view(), "e": pa.string(), "f": pa.int64(), "g": pa.list_(pa.binary()),
}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "wanted", "needed"),
    [
        ({}, "text url kind e f g", {"text", "url", "kind"}),
        ({"text_field": "a"}, "kind url a e f g", {"a", "url", "kind"}),
        ({"html_field": "b.x.y", "url_field": "c"}, "kind b c e f g", {"b.x.y", "b", "c", "kind"}),
    ],
)
def test_pictures_are_not_read(options: dict[str, Any], wanted: str, needed: set[str]) -> None:
    reading = InputOptions(**options)
    assert set(wanted_columns(pa.schema(KINDS.items()), reading)) == set(wanted.split())
    assert wanted_columns(pa.schema(KINDS.items()), reading) == [name for name in KINDS if name in wanted.split()]
    assert needed_columns(reading) == needed


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("a", True), ("b", False), ("s", True), ("s.t", True), ("s.u", False), ("s.v.w", True), ("s.v.x", False),
        ("a.b", False), ("no.t", False), ("d.e", True), ("s.", False),
    ],
)  # fmt: skip
def test_whether_there_is_a_text(field: str, expected: bool) -> None:
    inner = pa.struct([("t", pa.string()), ("v", pa.struct([("w", pa.string())]))])
    schema = pa.schema([("a", pa.string()), ("s", inner), ("d.e", pa.string())])
    assert has_text(schema, InputOptions(text_field=field)) is expected
    assert has_text(schema, InputOptions(text_field="a", html_field=field)) is expected


@pytest.mark.parametrize(
    ("array", "total"),
    [
        (pa.array(["ab", None, "é"]), 4),
        (pa.array([b"abc"]), 3),
        (pa.array(["ab"], pa.large_string()), 2),
        (pa.array([b"ab"], pa.large_binary()), 2),
        (pa.array([1, 2]), 0),
        (pa.array([None], pa.string()), 0),
        (pa.array([], pa.string()), 0),
        (pa.DictionaryArray.from_arrays(pa.array([0, 0, 1, None]), pa.array(["abc", "d"])), 7),
        (pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array([1])), 0),
        (pa.array([["a", "bc"], None, []]), 3),
        (pa.array([["a", "bc"]], pa.large_list(pa.string())), 3),
        (pa.array([{"x": "a", "y": ["b"]}, {"x": "cd", "y": None}]), 4),
        (pa.array([[("k", "value")]], pa.map_(pa.string(), pa.string())), 6),
        (pa.array(["abcdef", "x", "yz"]).slice(1), 3),
    ],
)
def test_how_long_all_texts_of_a_batch_are(array: pa.Array, total: int) -> None:
    batch = pa.RecordBatch.from_arrays([array, pa.array(["+"] * len(array))], ["a", "b"])
    assert spelled_bytes(batch) == total + len(array)


@pytest.mark.parametrize(("rows", "counted"), [(100, False), (101, True)])
def test_rows_without_any_text_are_counted_in_one(rows: int, counted: bool) -> None:
    part = Part(path="/a", source="in/a", format=FileFormat("parquet"))
    empty = pa.record_batch({"text": pa.array([None] * rows, pa.string()), "n": range(rows)})
    found = list(records_of(empty, 5, part, InputOptions()))
    told = {"source": "in/a", "error": "missing_text"}
    if counted:
        detail = f"column 'text' is null in all of {rows} rows from here on"
        assert found == [Quarantined(**told, position=5, detail=detail)]
    else:
        detail = "column 'text' is null"
        assert found == [Quarantined(**told, position=5 + row, detail=detail) for row in range(rows)]
    some = pa.record_batch({"text": pa.array([None] * rows + ["x"]), "n": range(rows + 1)})
    *_, last = records_of(some, 5, part, InputOptions())
    assert last == Document(position=5 + rows, text="x", kind="web", metadata={"n": rows})
    inner = pa.record_batch({"a": [{"text": None}] * rows + [{"text": "x"}]})
    assert len(list(records_of(inner, 0, part, InputOptions(text_field="a.text")))) == rows + 1
