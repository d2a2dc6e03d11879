"""Files of Arrow: which rows come of whole, damaged and exploding ones, and what is told of the others."""

import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.records import Document, Quarantined, Record
from textmill.pipeline.input.readers.tables import arrow
from textmill.pipeline.input.readers.tables.arrow import read_arrow

FIRST = pa.record_batch({"text": ["a", "b"], "n": [1, 2]})
SECOND = pa.record_batch({"text": ["c", "d", "e"], "n": [3, 4, 5]})
ROWS = [
    Document(position=number, text=text, kind="web", metadata={"n": number + 1}) for number, text in enumerate("abcde")
]


def read(folder: Path, content: bytes, compression: str | None = None, **options: Any) -> list[Record]:
    (folder / "a").write_bytes(content)
    part = Part(path=str(folder / "a"), source="in/a", format=FileFormat("arrow", compression))
    return list(read_arrow(part, InputOptions(**options)))


def arrow_of(*batches: pa.RecordBatch, is_stream: bool = False) -> bytes:
    sink = io.BytesIO()
    with (pa.ipc.new_stream if is_stream else pa.ipc.new_file)(sink, batches[0].schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def bad(position: int, error: str, detail: str) -> Quarantined:
    return Quarantined(source="in/a", position=position, error=error, detail=detail)


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("batch_documents", [1, 2, 10])
def test_rows_are_numbered_through_all_batches(tmp_path: Path, is_stream: bool, batch_documents: int) -> None:
    content = arrow_of(FIRST, SECOND, is_stream=is_stream)
    assert read(tmp_path, content, batch_documents=batch_documents) == ROWS
    assert read(tmp_path, gzip.compress(content), "gz", batch_documents=batch_documents) == ROWS


def breaks_off(rows: int, why: str) -> Quarantined:
    return bad(rows, "corrupt", f"the file breaks off behind {rows} rows: {why}")


def test_a_file_that_breaks_off_keeps_its_whole_batches(tmp_path: Path) -> None:
    stream, file = arrow_of(FIRST, SECOND, is_stream=True), arrow_of(FIRST, SECOND)
    assert read(tmp_path, stream[: len(stream) - 10]) == [
        *ROWS[:2], breaks_off(2, "Expected to be able to read 48 bytes for message body, got 46")
    ]  # fmt: skip
    assert read(tmp_path, file[: len(file) - 10]) == [*ROWS, breaks_off(5, "Not an Arrow file")]
    *rows, last = read(tmp_path, file[: len(file) - 400])
    assert rows == ROWS[:2]
    assert isinstance(last, Quarantined)
    assert (last.position, last.detail[:35]) == (2, "the file breaks off behind 2 rows: ")
    assert read(tmp_path, b"") == [breaks_off(0, "Tried reading schema message, was null or length 0")]
    assert read(tmp_path, b"FEA1xxxxx") == [breaks_off(0, "File is too small to be a well-formed file")]
    assert read(tmp_path, gzip.compress(file)[:-5], "gz") == [bad(0, "truncated", "the file ends inside its gz data")]


def test_a_file_without_the_column_is_told_once(tmp_path: Path) -> None:
    columns = pa.record_batch({f"c{number}": [1] for number in range(22)})
    names = ", ".join(f"c{number}" for number in range(20))
    expected = [bad(0, "missing_text", f"no column 'text'; columns are {names}")]
    assert read(tmp_path, arrow_of(columns, columns)) == expected
    assert read(tmp_path, arrow_of(FIRST), text_field="x") == [
        bad(0, "missing_text", "no column 'x'; columns are text, n")
    ]
    (found,) = read(tmp_path, arrow_of(FIRST), html_field="y")
    assert found == bad(0, "missing_text", "no column 'y'; columns are text, n")


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_file_may_be_so_much_longer_than_it_is(
    tmp_path: Path, is_stream: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = pa.record_batch({"text": ["a" * 5, "b" * 5]})
    content = arrow_of(small, pa.record_batch({"text": [""]}), pa.record_batch({"text": ["c"]}), is_stream=is_stream)
    monkeypatch.setattr(arrow, "BOMB_RATIO", 0)
    monkeypatch.setattr(arrow, "BOMB_BYTES", 10)
    *rows, last = read(tmp_path, content)
    assert [row.text for row in rows if isinstance(row, Document)] == ["a" * 5, "b" * 5, ""]
    assert last == bad(3, "too_large", "over 0 times as long as the file; the rows from here on are lost")
    monkeypatch.setattr(arrow, "BOMB_BYTES", 11)
    assert len(read(tmp_path, content)) == 4
    monkeypatch.setattr(arrow, "BOMB_BYTES", 0)
    monkeypatch.setattr(arrow, "BOMB_RATIO", 1)  # the file is longer than its texts
    assert len(read(tmp_path, content)) == 4


def strings(offsets: tuple[int, ...], data: bytes) -> pa.Array:
    packed = pa.py_buffer(b"".join(number.to_bytes(4, "little", signed=True) for number in offsets))
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, [None, packed, pa.py_buffer(data)])


def test_damaged_columns_cost_themselves_and_a_damaged_text_its_batch(tmp_path: Path) -> None:
    wild = strings((0, 1 << 30, 2), b"ab")
    good = {"text": pa.array(["a", "b"]), "n": pa.array([1, 2]), "m": pa.array(["x", "y"])}
    inner = pa.StructArray.from_arrays([wild], ["x"])
    noted = pa.RecordBatch.from_pydict(good | {"m": wild, "o": inner})
    rows = [row for row in read(tmp_path, arrow_of(noted)) if isinstance(row, Document)]
    assert [(row.text, row.metadata) for row in rows] == [
        ("a", {"n": 1, "unreadable_values": 2}),
        ("b", {"n": 2, "unreadable_values": 2}),
    ]
    damaged, whole = pa.RecordBatch.from_pydict(good | {"text": wild}), pa.RecordBatch.from_pydict(good)
    first, *others = read(tmp_path, arrow_of(damaged, whole))
    assert isinstance(first, Quarantined)
    assert (first.position, first.error) == (0, "corrupt")
    assert first.detail.startswith("a batch is damaged, its rows are lost: ")
    assert [(row.position, row.text) for row in others if isinstance(row, Document)] == [(2, "a"), (3, "b")]
    for name in ("url", "kind"):
        told = read(tmp_path, arrow_of(pa.RecordBatch.from_pydict(good | {name: wild})))
        assert [row.error for row in told if isinstance(row, Quarantined)] == ["corrupt"]


def test_a_text_that_is_no_utf8_costs_its_row(tmp_path: Path) -> None:
    for kind in (pa.string(), pa.large_string()):
        text = strings((0, 1, 2, 3), b"a\xe9c") if kind == pa.string() else None
        if text is None:
            packed = pa.py_buffer(b"".join(number.to_bytes(8, "little") for number in range(4)))
            text = pa.Array.from_buffers(kind, 3, [None, packed, pa.py_buffer(b"a\xe9c")])
        found = read(tmp_path, arrow_of(pa.record_batch({"text": text})))
        assert found == [
            Document(position=0, text="a", kind="web"),
            bad(1, "invalid_utf8", "byte 0 of column 'text': unexpected end of data"),
            Document(position=2, text="c", kind="web"),
        ]


def test_a_batch_of_a_file_that_cannot_be_read_costs_its_rows(tmp_path: Path) -> None:
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    third = pa.record_batch({"text": ["f" * 5000], "n": [6]})
    with pa.ipc.new_file(sink, FIRST.schema, options=options) as writer:
        for batch in (FIRST, third, SECOND):
            writer.write_batch(batch)
    content = bytearray(sink.getvalue())
    at = content.index(b"\x28\xb5\x2f\xfd")  # of zstandard
    content[at : at + 8] = bytes(8)
    first, *others = read(tmp_path, bytes(content))
    assert isinstance(first, Quarantined)
    assert (first.position, first.error) == (0, "corrupt")
    assert first.detail.startswith("a batch cannot be read, its rows are lost: ")
    assert [(row.position, row.text[:1]) for row in others if isinstance(row, Document)] == [
        (1, "f"), (2, "c"), (3, "d"), (4, "e")
    ]  # fmt: skip
