"""Parquet: rows as documents, under any cutting into row groups."""

import gzip
import json
import random
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.filters.base.batch import document_id
from textmill.pipeline.input.readers.records import MORE
from textmill.pipeline.input.readers.tables import parquet

from .reading import read_file


def write(path: Path, columns: dict[str, object], **options: object) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_columns_of_a_row(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet",
        {
            "url": ["http://x/", None],
            "text": ["Ünï 字", "second"],
            "kind": ["code", None],
            "n": [1, None],
            "when": [datetime(2026, 1, 2), None],
            "picture": [b"\x89PNG", None],
            "tags": [["a", "b"], []],
        },
    )
    first, second = read_file(path).rows
    assert (first["text"], first["url"], first["kind"], first["doc_id"]) == (
        "Ünï 字",
        "http://x/",
        "code",
        document_id("in", 0),
    )
    assert json.loads(first["metadata"]) == {"n": 1, "tags": ["a", "b"], "when": "2026-01-02T00:00:00"}
    assert (second["text"], second["url"], second["kind"], second["doc_id"]) == (
        "second",
        None,
        "web",
        document_id("in", 1),
    )


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.binary(), pa.string_view()])
def test_types_of_the_text(tmp_path: Path, type_: pa.DataType) -> None:
    values = [b"x", b"y"] if pa.types.is_binary(type_) else ["x", "y"]
    path = write(tmp_path / "a.parquet", {"body": pa.array(values, type_)})
    assert read_file(path, text_field="body").texts == ["x", "y"]


def test_rows_that_are_no_documents(tmp_path: Path) -> None:
    text = pa.array([b"a", None, b"caf\xe9", b"x" * 50, b"e"], pa.binary())
    found = read_file(write(tmp_path / "a.parquet", {"text": text}), max_document_bytes=40)
    assert found.texts == ["a", "e"]
    assert found.errors == [(1, "missing_text"), (2, "invalid_utf8"), (3, "too_large")]
    numbers = read_file(write(tmp_path / "b.parquet", {"text": [1, 2]}))
    assert numbers.errors == [(0, "text_not_a_string"), (1, "text_not_a_string")]


def test_an_invalid_string_costs_one_row(tmp_path: Path) -> None:
    offsets, data = pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xe9c")
    strings = pa.Array.from_buffers(pa.string(), 3, [None, offsets, data])
    found = read_file(write(tmp_path / "a.parquet", {"text": strings}))
    assert (found.texts, found.errors) == (["a", "c"], [(1, "invalid_utf8")])


def test_a_file_without_the_column_is_one_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", {"body": ["x"] * 100}, row_group_size=10)
    for split_bytes in (None, 100):
        found = read_file(path, split_bytes)
        assert (found.rows, found.errors) == ([], [(0, "missing_text")])
        assert "columns are body" in found.quarantined[0].detail


def test_files_that_are_not_parquet(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.parquet", {"text": ["x" * 100] * 100}).read_bytes()
    for content in (b"", b"PAR1", b"nonsense", whole[: len(whole) // 2], whole[:-20]):
        (tmp_path / "b.parquet").write_bytes(content)
        for split_bytes in (None, 10):
            assert read_file(tmp_path / "b.parquet", split_bytes).errors == [(0, "corrupt")]


def test_a_damaged_row_group_leaves_the_others(tmp_path: Path) -> None:
    generator = random.Random(3)
    texts = ["".join(generator.choices("abcdefgh ", k=200)) for _ in range(60)]
    path = write(
        tmp_path / "a.parquet",
        {"text": texts},
        row_group_size=20,
        compression="gzip",
        use_dictionary=False,
    )
    group = pq.ParquetFile(path).metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    middle = group.data_page_offset + group.total_compressed_size // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    whole, parts = read_file(path), read_file(path, 3000)
    assert parts.splits > 1
    assert whole.texts == parts.texts == texts[:20] + texts[40:]
    assert whole.errors == parts.errors == [(20, "corrupt")]
    assert "20 rows lost" in whole.quarantined[0].detail


def test_any_cutting_gives_the_same(tmp_path: Path) -> None:
    generator = random.Random(7)
    texts = ["".join(generator.choices("abcdefgh ", k=generator.randrange(300))) for _ in range(200)]
    path = write(tmp_path / "a.parquet", {"text": texts, "n": list(range(200))}, row_group_size=13)
    whole = read_file(path, batch_documents=1000)
    assert whole.texts == texts
    assert [row["doc_id"] for row in whole.rows] == [document_id("in", row) for row in range(200)]
    for split_bytes in (1, 2000, 9000, 10**9):
        assert read_file(path, split_bytes, batch_documents=7).rows == whole.rows


def test_a_text_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    texts = ["é" * 20, "é" * 20 + "x", "x" * 40, "x" * 41, "字" * 13, "字" * 14]
    found = read_file(write(tmp_path / "a.parquet", {"text": texts}), max_document_bytes=40)
    assert found.texts == ["é" * 20, "x" * 40, "字" * 13]
    assert [(row.position, row.error, row.detail) for row in found.quarantined] == [
        (
            1,
            "too_large",
            f"a text of 41 bytes; the limit is 40: {MORE}",
        ),
        (
            3,
            "too_large",
            f"a text of 41 bytes; the limit is 40: {MORE}",
        ),
        (
            5,
            "too_large",
            f"a text of 42 bytes; the limit is 40: {MORE}",
        ),
    ]


def test_what_is_told_of_rows_that_are_no_documents(tmp_path: Path) -> None:
    text = pa.array([None, b"caf\xe9"], pa.binary())
    missing, undecoded = read_file(write(tmp_path / "a.parquet", {"text": text})).quarantined
    assert missing.detail == "column 'text' is null"
    assert undecoded.detail.startswith("byte 3 of column 'text': ")
    (number,) = read_file(write(tmp_path / "b.parquet", {"text": [1]})).quarantined
    assert number.detail == "column 'text' is a int"
    offsets, data = pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"ab\xe9")
    strings = pa.Array.from_buffers(pa.string(), 2, [None, offsets, data])
    (invalid,) = read_file(write(tmp_path / "c.parquet", {"text": strings})).quarantined
    assert (invalid.position, invalid.error) == (1, "invalid_utf8")
    assert invalid.detail.startswith("byte 1 of column 'text': ")
    wide = {f"column {number:02}": ["x"] for number in range(30)}
    (row,) = read_file(write(tmp_path / "d.parquet", wide)).quarantined
    assert row.detail.startswith("no column 'text'; columns are column 00, column 01, ")
    assert row.detail.endswith("column 19")
    (tmp_path / "e.parquet").write_bytes(b"nonsense")
    (row,) = read_file(tmp_path / "e.parquet").quarantined
    assert row.detail.startswith("not a readable Parquet file: Parquet magic bytes not found")
    assert "\n" not in row.detail


def test_no_bytes_are_metadata_and_what_is_no_address_or_kind_is_not_taken_for_one(tmp_path: Path) -> None:
    columns = {
        "text": ["x"],
        "link": pa.array([7]),
        "kind": ["poem"],
        "a": pa.array([b"1"], pa.binary()),
        "b": pa.array([b"1"], pa.large_binary()),
        "c": pa.array([b"1"], pa.binary(1)),
        "d": ["kept"],
    }
    (row,) = read_file(write(tmp_path / "a.parquet", columns), url_field="link").rows
    assert (row["url"], row["kind"], json.loads(row["metadata"])) == (
        None,
        "web",
        {"d": "kept", "kind": "poem", "link": 7},
    )


def test_batches_are_of_the_size_asked_for_and_rows_keep_their_number(tmp_path: Path) -> None:
    texts = [f"row {number}" for number in range(50)]
    path = write(tmp_path / "a.parquet", {"text": texts}, row_group_size=20)
    whole, parts = read_file(path, batch_documents=8), read_file(path, 100, batch_documents=8)
    assert whole.batch_rows == [8, 8, 8, 8, 8, 8, 2]
    assert parts.splits == 3
    assert [row["doc_id"] for row in parts.rows] == [document_id("in", number) for number in range(50)]
    assert parts.rows == whole.rows


def exploding(values: list[str], rows: int) -> pa.Array:
    """Rows that all name the first of a dictionary's values."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(values))


def test_a_row_group_may_be_so_much_longer_than_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.parquet", {"text": exploding(["x" * 1000], 100)}, compression="zstd", row_group_size=50)
    monkeypatch.setattr(parquet, "BOMB_RATIO", 0)
    monkeypatch.setattr(parquet, "BOMB_BYTES", 2 * 50_000)
    assert len(read_file(path, batch_documents=20).rows) == 100
    monkeypatch.setattr(parquet, "BOMB_BYTES", 2 * 49_999)
    found = read_file(path, batch_documents=20)
    assert [row["doc_id"] for row in found.rows] == [document_id("in", n) for n in (*range(40), *range(50, 90))]
    assert [(row.position, row.error, row.detail) for row in found.quarantined] == [
        (40, "too_large", "row group 0 is over 0 times as long as in the file; 10 rows lost"),
        (90, "too_large", "row group 1 is over 0 times as long as in the file; 10 rows lost"),
    ]
    monkeypatch.setattr(parquet, "MOST_BOMBS", 1)  # a row group may have so large a part in any case
    assert len(read_file(path, batch_documents=20).rows) == 100


def test_metadata_that_explode_are_left_out_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "BOMB_RATIO", 0)
    monkeypatch.setattr(parquet, "BOMB_BYTES", 5000)
    monkeypatch.setattr(parquet, "MOST_BOMBS", 1)
    columns = {"text": [f"row {n}" for n in range(30)], "note": exploding(["y" * 900], 30), "n": list(range(30))}
    found = read_file(write(tmp_path / "a.parquet", columns, compression="zstd"), batch_documents=2)
    assert (found.texts, found.errors) == ([f"row {n}" for n in range(30)], [])
    told = [json.loads(row["metadata"]) for row in found.rows]
    assert told[:4] == [{"n": n, "note": "y" * 900} for n in range(4)]
    assert told[4:] == [{"unreadable_values": 2}] * 26
    both = {"text": exploding(["z" * 900], 30), "url": exploding(["y" * 900], 30)}
    found = read_file(write(tmp_path / "b.parquet", both, compression="zstd"), batch_documents=2)
    assert (len(found.rows), found.errors) == (2, [(2, "too_large")])


@pytest.mark.parametrize(("limit", "read_as"), [(0, pa.dictionary(pa.int32(), pa.string())), (1 << 26, pa.string())])
def test_columns_that_may_explode_are_read_as_their_dictionary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, read_as: pa.DataType
) -> None:
    monkeypatch.setattr(parquet, "EXPLODED_BYTES", limit)
    seen = []
    real = parquet.records_of

    def look(batch: pa.RecordBatch, *rest: object) -> object:
        seen.append(batch.schema.field("text").type)
        return real(batch, *rest)

    monkeypatch.setattr(parquet, "records_of", look)
    texts = ["a text that repeats"] * 500
    path = write(tmp_path / "a.parquet", {"text": texts, "n": [f"number {n}" for n in range(500)]})
    assert read_file(path).texts == texts
    assert set(seen) == {read_as}


@pytest.mark.parametrize(
    ("rows", "batch_bytes", "batch_documents", "batches"),
    [(10, 10**9, 4, [4, 4, 2]), (10, 3 * 1000, 100, [2, 2, 2, 2, 2]), (3, 1, 100, [1, 1, 1]), (3, 10**9, 1, [1, 1, 1])],
)
def test_large_rows_come_a_few_at_a_time(
    tmp_path: Path,
    rows: int,
    batch_bytes: int,
    batch_documents: int,
    batches: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = random.Random(1)
    columns = {"text": ["".join(generator.choices("abcdefgh", k=1000)) for _ in range(rows)]}
    path = write(tmp_path / "a.parquet", columns, compression="none", use_dictionary=False)
    seen = []
    real = parquet.records_of

    def look(batch: pa.RecordBatch, *rest: object) -> object:
        seen.append(batch.num_rows)
        return real(batch, *rest)

    monkeypatch.setattr(parquet, "records_of", look)
    assert read_file(path, batch_bytes=batch_bytes, batch_documents=batch_documents).texts == columns["text"]
    assert seen == batches


def test_a_compressed_file_and_one_that_breaks_off(tmp_path: Path) -> None:
    path = write(tmp_path / "b.parquet", {"text": ["a", "b"], "n": [1, 2]})
    packed = gzip.compress(path.read_bytes())
    (tmp_path / "a.parquet.gz").write_bytes(packed)
    assert read_file(tmp_path / "a.parquet.gz").texts == ["a", "b"]
    (tmp_path / "a.parquet.gz").write_bytes(packed[:-9])
    (row,) = read_file(tmp_path / "a.parquet.gz").quarantined
    assert (row.position, row.error, row.detail) == (0, "truncated", "the file ends inside its gz data")
    found = read_file(path, text_field="no")
    assert [(row.position, row.detail) for row in found.quarantined] == [(0, "no column 'no'; columns are text, n")]
