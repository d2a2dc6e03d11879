"""Parquet files whole or not at all: row groups of bounded size, and what is told of them."""

import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.pipeline.files import parquet_file
from textmill.pipeline.files.parquet_file import CountedSink, ParquetFile

SCHEMA = pa.schema([pa.field("text", pa.string()), pa.field("number", pa.int64())])


def batch(rows: int, chars: int = 100) -> pa.RecordBatch:
    texts = [f"{row:09d} {row * row:09d} " * (chars // 20) for row in range(rows)]
    return pa.RecordBatch.from_pydict({"text": texts, "number": list(range(rows))}, schema=SCHEMA)


def group_rows(path: Path) -> list[int]:
    metadata = pq.read_metadata(path)
    return [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]


def test_what_is_told_of_a_file_is_so(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.parquet"
    with ParquetFile(str(path), SCHEMA) as file:
        assert (file.rows, file.file_bytes, file.sha256) == (0, 0, "")
        file.write(batch(300))
        file.write(batch(200))
    assert (file.rows, file.file_bytes) == (500, path.stat().st_size)
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert pq.read_table(path).num_rows == 500


def test_a_row_group_ends_when_it_has_bytes_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = batch(10)
    monkeypatch.setattr(parquet_file, "ROW_GROUP_BYTES", 3 * one.nbytes)
    with ParquetFile(str(tmp_path / "exact"), SCHEMA) as file:
        for _ in range(10):
            file.write(one)
    assert group_rows(tmp_path / "exact") == [30, 30, 30, 10]
    monkeypatch.setattr(parquet_file, "ROW_GROUP_BYTES", 3 * one.nbytes + 1)
    with ParquetFile(str(tmp_path / "more"), SCHEMA) as file:
        for _ in range(10):
            file.write(one)
    assert group_rows(tmp_path / "more") == [40, 40, 20]


def test_a_row_group_ends_when_it_has_rows_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_file, "ROW_GROUP_ROWS", 100)
    with ParquetFile(str(tmp_path / "a"), SCHEMA) as file:
        for rows in (60, 60, 100, 99, 1, 250):
            file.write(batch(rows))
    # No group is larger, also where a batch is; and none waits once it is full.
    assert group_rows(tmp_path / "a") == [100, 20, 100, 100, 100, 100, 50]


def test_no_more_than_one_row_group_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_file, "ROW_GROUP_ROWS", 100)
    with ParquetFile(str(tmp_path / "a"), SCHEMA) as file:
        sizes = []
        for _ in range(6):
            file.write(batch(50))
            sizes.append(file._sink.bytes)
    assert sizes[0] < sizes[1] == sizes[2] < sizes[3] == sizes[4] < sizes[5]


def test_files_are_compressed_at_the_chosen_level(tmp_path: Path) -> None:
    with ParquetFile(str(tmp_path / "ours"), SCHEMA) as file:
        file.write(batch(20_000))
    for level in (1, parquet_file.COMPRESSION_LEVEL):
        pq.write_table(
            pa.Table.from_batches([batch(20_000)]),
            tmp_path / str(level),
            compression="zstd",
            compression_level=level,
            use_dictionary=False,
            write_statistics=False,
        )
    default, wanted = ((tmp_path / name).stat().st_size for name in ("1", str(parquet_file.COMPRESSION_LEVEL)))
    assert default != file.file_bytes == wanted


def test_only_named_columns_have_dictionaries_and_statistics(tmp_path: Path) -> None:
    with ParquetFile(str(tmp_path / "a"), SCHEMA, dictionary=["text"], statistics=["number"]) as file:
        file.write(batch(100))
    group = pq.read_metadata(tmp_path / "a").row_group(0)
    text, number = group.column(0), group.column(1)
    assert (text.has_dictionary_page, number.has_dictionary_page) == (True, False)
    assert (text.is_stats_set, number.is_stats_set) == (False, True)


def test_a_file_that_cannot_be_finished_does_not_appear(tmp_path: Path) -> None:
    wrong = pa.RecordBatch.from_pydict({"other": [1]})
    with pytest.raises((ValueError, pa.ArrowInvalid)), ParquetFile(str(tmp_path / "a"), SCHEMA) as file:
        file.write(wrong)  # noticed when the group is written, at the end
    assert list(tmp_path.iterdir()) == []


def test_a_sink_counts_and_hashes_whatever_it_passes_on() -> None:
    below = io.BytesIO()
    sink = CountedSink(below, hashlib.sha256())
    assert [sink.write(data) for data in (b"abc", memoryview(b"defg"), pa.py_buffer(b"hi"))] == [3, 4, 2]
    assert (sink.bytes, sink.tell(), below.getvalue()) == (9, 9, b"abcdefghi")
    assert sink.hash.digest() == hashlib.sha256(b"abcdefghi").digest()
    assert not sink.closed
    sink.close()
    assert sink.closed
    assert not below.closed
