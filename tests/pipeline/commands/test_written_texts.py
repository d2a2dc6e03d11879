"""Cleaned documents are written as texts, JSON lines, Markdown and Parquet, to one place or a file for each source."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.errors import InputError
from textmill.filters.base.batch import BATCH_SCHEMA, document_id, make_batch
from textmill.pipeline.commands.written_texts import (
    COLUMNS,
    format_of,
    write_file,
    write_files,
    write_to_standard_output,
)


def documents(
    *texts: str, source: str = "notes/ä.txt", url: str | None = None, metadata: object = None
) -> pa.RecordBatch:
    plain = make_batch(texts, source=source, kind="book")
    columns = {name: plain[name] for name in BATCH_SCHEMA.names}
    columns |= {"url": pa.array([url] * len(texts)), "language": pa.array(["de"] * len(texts))}
    columns["metadata"] = pa.array([json.dumps(metadata) if metadata is not None else None] * len(texts))
    return pa.RecordBatch.from_pydict(columns)


@pytest.mark.parametrize(
    ("name", "output", "as_json", "format_"),
    [
        (None, None, False, "text"),
        (None, None, True, "jsonl"),
        (None, "a.b/out.txt", True, "text"),
        (None, "out.jsonl", False, "jsonl"),
        (None, "out.md", False, "markdown"),
        (None, "s3://there/out.parquet", False, "parquet"),
        ("markdown", "out.txt", False, "markdown"),
        ("jsonl", "out", False, "jsonl"),
    ],
)
def test_the_format_is_named_or_told_by_the_outputs_name(
    name: str | None, output: str | None, as_json: bool, format_: str
) -> None:
    assert format_of(name, output, as_json=as_json) == format_


def test_a_format_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match="no format 'pdf'; choose one of text, jsonl, markdown, parquet"):
        format_of("pdf", "out.txt", as_json=False)
    with pytest.raises(InputError, match=r"to out\.docx; let its name end in \.txt, \.jsonl, \.md, \.parquet"):
        format_of(None, "out.docx", as_json=False)


def test_a_single_text_is_written_alone_and_several_below_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    write_to_standard_output([documents("One.\n\n")], "text", several=False)
    assert capsys.readouterr().out == "One.\n"
    write_to_standard_output([documents("One."), documents("Two.", source="b\x1b.txt")], "text", several=True)
    first, second = (document_id(source, 0)[:12] for source in ("notes/ä.txt", "b\x1b.txt"))
    assert capsys.readouterr().out == f"==> notes/ä.txt {first} <==\nOne.\n\n==> b\\x1b.txt {second} <==\nTwo.\n"


def test_json_lines_have_the_same_keys_whatever_was_measured(tmp_path: Path) -> None:
    write_file(
        str(tmp_path / "out.jsonl"),
        [documents("Grüße.\n", url="https://example.org/", metadata={"day": 1}), make_batch(["Plain."])],
        "jsonl",
        several=True,
    )
    lines = (tmp_path / "out.jsonl").read_bytes().decode().split("\n")
    assert '"text": "Grüße.\\n"' in lines[0]
    told = [json.loads(line) for line in lines[:-1]]
    assert [tuple(one) for one in told] == [COLUMNS] * 2
    assert told[0] == {
        "doc_id": document_id("notes/ä.txt", 0),
        "text": "Grüße.\n",
        "source": "notes/ä.txt",
        "kind": "book",
        "url": "https://example.org/",
        "language": "de",
        "metadata": {"day": 1},
    }
    assert (told[1]["text"], told[1]["kind"], told[1]["language"], told[1]["metadata"]) == ("Plain.", "web", None, {})


def test_markdown_is_headed_by_the_title_or_the_source(capsys: pytest.CaptureFixture[str]) -> None:
    titled = documents("One.", url="https://example.org/", metadata={"title": " The\n first  one "})
    untitled = [documents("Two.", metadata=metadata) for metadata in ({"title": "  "}, {"title": 5}, None)]
    write_to_standard_output([titled, *untitled], "markdown", several=True)
    assert capsys.readouterr().out.split("\n\n# ") == [
        "# The first one\n\n<https://example.org/>\n\nOne.",
        *["notes/ä.txt\n\nTwo."] * 2,
        "notes/ä.txt\n\nTwo.\n",
    ]


def test_parquet_holds_what_the_batches_hold_and_is_a_table_without_any(tmp_path: Path) -> None:
    batches = [documents("One.", "Two."), documents("Three.")]
    write_file(str(tmp_path / "out.parquet"), batches, "parquet", several=True)
    assert pq.read_table(tmp_path / "out.parquet").equals(pa.Table.from_batches(batches))
    column = pq.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0).column(1)
    assert (column.path_in_schema, column.compression) == ("text", "ZSTD")
    write_file(str(tmp_path / "none.parquet"), [], "parquet", several=False)
    assert pq.read_table(tmp_path / "none.parquet").to_pydict() == {"text": []}


def test_parquet_is_written_to_a_pipe_and_not_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        def __init__(self, *, terminal: bool) -> None:
            self.buffer, self.terminal = io.BytesIO(), terminal

        def isatty(self) -> bool:
            return self.terminal

    terminal, pipe = Standard(terminal=True), Standard(terminal=False)
    monkeypatch.setattr("sys.stdout", terminal)
    with pytest.raises(InputError, match="Parquet is nothing for a terminal; give -o FILE"):
        write_to_standard_output([documents("One.")], "parquet", several=False)
    monkeypatch.setattr("sys.stdout", pipe)
    write_to_standard_output([documents("One.")], "parquet", several=False)
    assert terminal.buffer.getvalue() == b""
    assert pq.read_table(pa.BufferReader(pipe.buffer.getvalue()))["text"].to_pylist() == ["One."]


def test_each_source_has_a_file_of_its_own(tmp_path: Path) -> None:
    both = pa.Table.from_batches(
        [documents("One.", source="a/one.txt"), documents("Two.", "Three.", source="a/b.jsonl")]
    )
    (mixed,) = both.combine_chunks().to_batches()
    others = [documents("Four.", source="/../c/./d.txt"), documents("Five.", source=".."), documents("Six.", source="")]
    # One name for two sources: the second has the ending once more.
    assert write_files(str(tmp_path / "out"), [mixed, *others], "text") == 5
    found = {str(path.relative_to(tmp_path / "out")): path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert sorted(found) == ["a/b.jsonl.txt", "a/one.txt", "c/d.txt", "document.txt", "document.txt.txt"]
    assert found["a/one.txt"].read_text() == "One.\n"
    assert [line.split()[0] for line in found["a/b.jsonl.txt"].read_text().split("\n\n")] == ["==>", "==>"]
    assert found["document.txt.txt"].read_text() == "Six.\n"


def test_no_input_is_written_over_and_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("One, once.")
    spared = frozenset({str(tmp_path / "one.txt")})
    with pytest.raises(InputError, match="is an input, and would be written over; write elsewhere"):
        write_files(str(tmp_path), [documents("One.", source="one.txt")], "text", spared)
    assert (tmp_path / "one.txt").read_text() == "One, once."
    with pytest.raises(InputError, match=r"cannot write .*one\.txt/two\.txt: "):
        write_file(str(tmp_path / "one.txt" / "two.txt"), [documents("Two.")], "text", several=False)
    with pytest.raises(InputError, match=r"cannot write .*one\.txt: "):
        write_files(str(tmp_path / "one.txt"), [documents("Two.", source="a/two.txt")], "text")
