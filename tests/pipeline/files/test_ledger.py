"""The ledger's declared columns, and the files that hold it."""

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import RecipeError
from textmill.pipeline.files import parquet_file
from textmill.pipeline.files.ledger import QUARANTINE_SCHEMA, ledger_schema, write_table

MEASURED = {"gopher.words": pa.int64(), "language.label": pa.string(), "score@language_2": pa.float64()}
SCHEMA = ledger_schema(MEASURED)


def rows(count: int, first: int = 0) -> pa.RecordBatch:
    known = {
        "doc_id": [f"{first + row:032x}" for row in range(count)],
        "source": ["web/a.jsonl"] * count,
        "verdict": ["removed" if row % 3 else "kept" for row in range(count)],
        "bytes": list(range(count)),
        "gopher.words": [row % 5 for row in range(count)],
    }
    columns = [pa.array(known.get(field.name, [None] * count), field.type) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def test_measurements_follow_the_account_with_their_declared_types() -> None:
    assert SCHEMA.names[:14] == [
        *("doc_id", "source", "kind", "verdict", "step", "rule", "value", "threshold"),
        *("kept_instead", "similarity", "cluster", "emptied_by", "bytes", "tokens"),
    ]
    assert {name: SCHEMA.field(name).type for name in SCHEMA.names[14:]} == MEASURED


def test_what_is_known_of_every_document_is_never_null() -> None:
    always = {field.name for field in SCHEMA if not field.nullable}
    assert always == {"doc_id", "source", "verdict", "bytes"}
    assert {field.name for field in QUARANTINE_SCHEMA if not field.nullable} == {"source", "position", "error"}


def test_a_measurement_cannot_hide_a_column_of_the_account() -> None:
    with pytest.raises(RecipeError, match="'tokens'"):
        ledger_schema({"tokens": pa.int64()})


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "ledger" / "part-00003-of-00012.parquet"
    facts = write_table(str(path), iter([rows(10), rows(0), rows(5, first=10)]), SCHEMA)
    assert pq.read_table(path) == pa.Table.from_batches([rows(10), rows(5, first=10)])
    assert (facts.name, facts.rows) == (path.name, 15)
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with duckdb.connect() as connection:
        found = connection.execute('SELECT sum("gopher.words"), count(*) FROM read_parquet(?)', [str(path)]).fetchall()
    assert found == [(30, 15)]


def test_how_rows_are_batched_leaves_no_trace(tmp_path: Path) -> None:
    one = write_table(str(tmp_path / "a"), [rows(1000)], SCHEMA)
    many = write_table(str(tmp_path / "b"), [rows(1000).slice(start, 10) for start in range(0, 1000, 10)], SCHEMA)
    assert one.sha256 == many.sha256


def test_row_groups_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_file, "ROW_GROUP_ROWS", 100)
    write_table(str(tmp_path / "a"), [rows(50), rows(50), rows(250)], SCHEMA)
    metadata = pq.read_metadata(tmp_path / "a")
    assert [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)] == [100, 100, 100, 50]


def test_what_readers_are_told_to_skip_rows_by_and_what_repeats(tmp_path: Path) -> None:
    names = ("doc_id", "source", "kept_instead", "cluster", "similarity", "text", "metadata", "first_bytes", "rule")
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    batch = pa.RecordBatch.from_pydict({name: [f"{name} {row}" for row in range(100)] for name in names}, schema=schema)
    write_table(str(tmp_path / "a.parquet"), [batch], schema)
    group = pq.read_metadata(tmp_path / "a.parquet").row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    bounds = {one.path_in_schema for one in columns if one.statistics is not None and one.statistics.has_min_max}
    assert bounds == {"doc_id", "source", "kept_instead", "cluster", "similarity", "rule"}  # no text in a footer
    assert {one.path_in_schema for one in columns if one.has_dictionary_page} == {"source", "metadata", "rule"}
    assert {one.compression for one in columns} == {"ZSTD"}


def test_a_file_without_rows_has_its_schema(tmp_path: Path) -> None:
    facts = write_table(str(tmp_path / "a.parquet"), [], QUARANTINE_SCHEMA)
    assert facts.rows == 0
    assert pq.read_schema(tmp_path / "a.parquet").equals(QUARANTINE_SCHEMA)


def test_an_interrupted_file_does_not_appear(tmp_path: Path) -> None:
    def broken() -> object:
        yield rows(5)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_table(str(tmp_path / "a.parquet"), broken(), SCHEMA)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_batch_of_other_columns_does_not_leave_a_file(tmp_path: Path) -> None:
    with pytest.raises((ValueError, pa.ArrowInvalid)):
        write_table(str(tmp_path / "a.parquet"), [pa.RecordBatch.from_pydict({"doc_id": ["x"]})], SCHEMA)
    assert list(tmp_path.iterdir()) == []
