"""Staged files: what is written comes back batch by batch, and nothing appears before it is complete."""

from pathlib import Path

import pyarrow as pa
import pytest
import xxhash

from textmill.pipeline.files.staging import StagedWriter, read_staged

SCHEMA = pa.schema([pa.field("text", pa.large_string()), pa.field("words", pa.int64()), pa.field("url", pa.string())])


def batch(*texts: str) -> pa.RecordBatch:
    columns = {"text": list(texts), "words": list(range(len(texts))), "url": [f"http://{text}/" for text in texts]}
    return pa.RecordBatch.from_pydict(columns, schema=SCHEMA)


def write(path: Path, *batches: pa.RecordBatch) -> StagedWriter:
    with StagedWriter(str(path), SCHEMA) as writer:
        for one in batches:
            writer.write(one, sum(len(text) for text in one["text"].to_pylist()))
    return writer


def test_batches_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "pass-0" / "split.arrow"
    writer = write(path, batch("one", "two"), batch(), batch("three"))
    assert list(read_staged(str(path))) == [batch("one", "two"), batch("three")]
    assert (writer.batch_rows, writer.batch_bytes) == ([2, 1], [6, 5])
    assert writer.checksum == xxhash.xxh3_128_hexdigest(path.read_bytes())


def test_only_the_wanted_columns_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a", batch("one", "two"), batch("three"))
    found = list(read_staged(str(tmp_path / "a"), ["url", "words"]))
    assert [set(one.schema.names) for one in found] == [{"url", "words"}] * 2
    assert [one["words"].to_pylist() for one in found] == [[0, 1], [0]]


def test_a_file_without_a_batch_has_its_schema(tmp_path: Path) -> None:
    writer = write(tmp_path / "a")
    assert list(read_staged(str(tmp_path / "a"))) == []
    assert (writer.batch_rows, writer.batch_bytes) == ([], [])
    assert pa.ipc.open_file(str(tmp_path / "a")).schema == SCHEMA


def test_texts_are_compressed(tmp_path: Path) -> None:
    write(tmp_path / "a", batch("word " * 100_000))
    assert (tmp_path / "a").stat().st_size < 50_000


def test_an_interrupted_file_does_not_appear(tmp_path: Path) -> None:
    def fail() -> None:
        with StagedWriter(str(tmp_path / "a"), SCHEMA) as writer:
            writer.write(batch("one"), 3)
            assert not (tmp_path / "a").exists()
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_ended_does_not_appear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = StagedWriter(str(tmp_path / "a"), SCHEMA)
    writer.__enter__()
    real = writer._writer

    class Failing:
        def close(self) -> None:
            real.close()
            raise OSError("no room for the end")

    monkeypatch.setattr(writer, "_writer", Failing())
    with pytest.raises(OSError, match="no room for the end"):
        writer.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []
