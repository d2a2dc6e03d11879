"""JSON lines: what becomes a document, what a quarantine row, and that no cutting changes either."""

import bz2
import gzip
import hashlib
import json
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.base.batch import document_id
from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions, find_inputs
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers import read_split
from textmill.pipeline.input.readers.records import MORE, Document, Quarantined, Record
from textmill.pipeline.input.readers.tables.jsonl import read_value
from textmill.pipeline.input.splits import cut_splits

from .reading import Found, read_file

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.compress,
    ".bz2": bz2.compress,
}


def read_lines(folder: Path, *lines: bytes, **options: Any) -> Found:
    path = folder / "a.jsonl"
    path.write_bytes(b"\n".join(lines))
    return read_file(path, **options)


def test_fields_of_a_document(tmp_path: Path) -> None:
    line = {
        "text": "Ünï 字",
        "url": "http://x/",
        "kind": "book",
        "b": 2,
        "a": "x",
        "nested": {"y": [1, None]},
        "f": 0.5,
    }
    (row,) = read_lines(tmp_path, json.dumps(line).encode()).rows
    assert row == {
        "doc_id": document_id("in", 0),
        "text": "Ünï 字",
        "source": "in",
        "kind": "book",
        "url": "http://x/",
        "metadata": '{"a":"x","b":2,"f":0.5,"nested":{"y":[1,null]}}',
    }


def test_defaults_and_named_fields(tmp_path: Path) -> None:
    line = b'{"content": "the text", "link": "http://y/", "text": "other", "kind": "poem"}'
    (row,) = read_lines(tmp_path, line, text_field="content", url_field="link").rows
    assert (row["text"], row["url"], row["kind"], row["metadata"]) == (
        "the text",
        "http://y/",
        "web",
        '{"kind":"poem","text":"other"}',
    )
    (row,) = read_lines(tmp_path, b'{"text": "", "kind": "book"}', kind="code").rows
    assert (row["text"], row["url"], row["kind"], row["metadata"]) == ("", None, "code", None)


@pytest.mark.parametrize(
    ("line", "error", "told"),
    [
        (b'{"text": "x"', "invalid_json", ""),
        (b"plain words", "invalid_json", ""),
        (b'["text"]', "not_an_object", "list"),
        (b"null", "not_an_object", "NoneType"),
        (b'{"body": "x"}', "missing_text", "fields are body"),
        (b'{"text": null}', "missing_text", "null"),
        (b'{"text": 3}', "text_not_a_string", "int"),
        (b'{"text": "\xff"}', "invalid_utf8", "byte 10"),
        (
            b'{"text": "' + b"x" * 1500 + b'"}',
            "too_large",
            "a line of 1513 bytes; the limit is 1450: --max",
        ),
        (b'{"text": "x", "data": [' + b"1, " * 150 + b"1]}", "too_large", "an object of 476 bytes, mostly values"),
        (b"[" * 5000, "too_large", ""),
    ],
)
def test_bad_lines_are_quarantined_where_they_stand(tmp_path: Path, line: bytes, error: str, told: str) -> None:
    found = read_lines(tmp_path, b'{"text": "before"}', line, b'{"text": "after"}', max_document_bytes=290)
    assert found.texts == ["before", "after"]
    (row,) = found.quarantined
    assert (row.source, row.position, row.error) == ("in", 19, error)
    assert told in row.detail
    assert row.first_bytes == line[:256]


def test_a_line_may_be_longer_than_its_text(tmp_path: Path) -> None:
    """Escapes take six bytes for two of Cyrillic; other fields are no text."""
    escaped = json.dumps({"text": "д" * 100}).encode()
    beside = json.dumps({"text": "x" * 200, "html": "<p>" + "x" * 1000}).encode()
    found = read_lines(tmp_path, escaped, beside, json.dumps({"text": "x" * 300}).encode(), max_document_bytes=290)
    assert found.texts == ["д" * 100, "x" * 200]
    (row,) = found.quarantined
    assert (row.error, row.detail[:43]) == ("too_large", "a text of 300 bytes; the limit is 290: --ma")


def test_deep_nesting_is_quarantined(tmp_path: Path) -> None:
    found = read_lines(tmp_path, b"[" * 100_000, b'{"text": "after"}')
    assert (found.errors, found.texts) == ([(0, "invalid_json")], ["after"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rb"a\ud800b", "a\ufffdb"),
        (rb"\udc00", "\ufffd"),
        (rb"\ud83d\ude00 \ud83d", "\U0001f600 \ufffd"),
        (rb"\u0000", "\x00"),
    ],
)
def test_unpaired_surrogates_become_replacement_characters(tmp_path: Path, text: bytes, expected: str) -> None:
    (row,) = read_lines(tmp_path, b'{"text": "' + text + b'", "url": "' + text + b'", "other": "' + text + b'"}').rows
    assert row["text"] == row["url"] == expected
    assert json.loads(row["metadata"]) == {"other": expected}


def test_numbers_that_only_the_standard_library_reads(tmp_path: Path) -> None:
    (row,) = read_lines(tmp_path, b'{"text": "x", "n": NaN, "big": 123456789012345678901234567890}').rows
    assert row["text"] == "x"
    assert "123456789012345678901234567890" in row["metadata"]


def test_blank_lines_and_line_ends(tmp_path: Path) -> None:
    found = read_lines(tmp_path, b'\xef\xbb\xbf{"text": "a"}\r', b"", b"  \t", b'{"text": "b"}\r', b"")
    assert (found.texts, found.errors) == (["a", "b"], [])
    assert read_lines(tmp_path).rows == []
    marked = read_lines(tmp_path, b"\xef\xbb\xbf", b'{"text": "a"}')
    assert (marked.texts, marked.errors) == (["a"], [])


def test_batches_end_by_documents_by_bytes_and_by_quarantine_rows(tmp_path: Path) -> None:
    lines = [b'{"text": "%s"}' % (b"x" * 100)] * 10
    assert read_lines(tmp_path, *lines, batch_documents=4).batch_rows == [4, 4, 2]
    assert read_lines(tmp_path, *lines, batch_bytes=250).batch_rows == [3, 3, 3, 1]
    chinese = ['{"text": "字字字字字字字字字字"}'.encode()] * 4  # 30 bytes each
    assert read_lines(tmp_path, *chinese, batch_bytes=50).batch_rows == [2, 2]
    assert read_lines(tmp_path, *[b"x"] * 5, batch_documents=2).batch_rows == [0, 0, 0]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_line_beyond_the_limit_is_not_held(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    huge = b'{"text": "' + b"x" * 80_000_000 + b'"}\n'
    path.write_bytes(COMPRESS[suffix](b'{"text": "a"}\n' + huge + b'{"text": "b"}\n'))
    tracemalloc.start()
    found = read_file(path, max_document_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.texts == ["a", "b"]
    assert found.errors == [(14, "too_large")]
    assert f"{len(huge)} bytes" in found.quarantined[0].detail
    assert peak < 50_000_000


@pytest.mark.parametrize("suffix", [".gz", ".zst", ".bz2"])
def test_a_bomb_streams(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    zeros = bytes(150_000_000) if suffix == ".zst" else bytes(30_000_000)
    path.write_bytes(COMPRESS[suffix](zeros))
    assert path.stat().st_size < 100_000
    found = read_file(path, max_document_bytes=1_000_000)
    assert found.errors == [(0, "too_large")]


LINE = st.one_of(
    st.text(max_size=40).map(lambda text: json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace")),
    st.sampled_from([b"", b"  ", b"{", b"[]", b'{"text": 1}', b'{"text": "\xff"}', b'{"text": "' + b"y" * 90 + b'"}']),
)


@given(
    lines=st.lists(LINE, max_size=25),
    ends=st.booleans(),
    split_bytes=st.integers(1, 400),
    suffix=st.sampled_from(list(COMPRESS)),
)
@settings(max_examples=120)
def test_any_cutting_gives_the_same(lines: list[bytes], ends: bool, split_bytes: int, suffix: str) -> None:
    content = b"\n".join(lines) + (b"\n" if ends else b"")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.jsonl{suffix}")
        path.write_bytes(COMPRESS[suffix](content))
        whole = read_file(path, max_document_bytes=80)
        parts = read_file(path, split_bytes, max_document_bytes=80)
    assert whole.splits == 1
    assert parts.rows == whole.rows
    assert parts.quarantined == whole.quarantined
    # The twin: every line that is not blank is one record, at the offset where it begins.
    offsets, offset = [], 0
    for line in content.split(b"\n"):
        if line.strip():
            offsets.append(offset)
        offset += len(line) + 1
    expected = {document_id("in", offset) for offset in offsets}
    assert {row["doc_id"] for row in whole.rows} | {document_id("in", at) for at, _ in whole.errors} == expected


@given(st.integers(0, 10_000), st.integers(1, 3000), st.sampled_from([".gz", ".zst", ".bz2"]), st.integers(1, 4))
@settings(max_examples=100)
def test_what_stands_before_a_break_is_delivered(cut: int, split_bytes: int, suffix: str, members: int) -> None:
    lines = [json.dumps({"text": f"document {n} " + str(n**40) * (n % 7)}).encode() + b"\n" for n in range(60)]
    content = b"".join(
        COMPRESS[suffix](b"".join(lines[60 * member // members : 60 * (member + 1) // members]))
        for member in range(members)
    )
    stop = 1 + cut * (len(content) - 1) // 10_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.jsonl{suffix}")
        path.write_bytes(content[:stop])
        whole, parts = read_file(path), read_file(path, split_bytes)
    assert parts.rows == whole.rows
    assert parts.errors == whole.errors
    expected = [json.loads(line)["text"] for line in lines]
    assert whole.texts == expected[: len(whole.rows)]
    if len(whole.rows) < 60 and whole.errors:
        assert whole.errors == [(sum(map(len, lines[: len(whole.rows)])), "truncated")]
    if stop == len(content):
        assert (len(whole.rows), whole.errors) == (60, [])


@given(st.data())
@settings(max_examples=60)
def test_damage_inside_a_stream_is_one_row_beside_those_of_garbled_lines(data: st.DataObject) -> None:
    suffix = data.draw(st.sampled_from([".gz", ".zst", ".bz2"]))
    lines = [json.dumps({"text": f"document {n} " + str(n**40)}).encode() + b"\n" for n in range(60)]
    content = bytearray(COMPRESS[suffix](b"".join(lines)))
    content[data.draw(st.integers(20, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.jsonl{suffix}")
        path.write_bytes(content)
        whole, parts = read_file(path), read_file(path, 2000)
    assert parts.rows == whole.rows
    assert parts.errors == whole.errors
    assert sum(error in ("truncated", "corrupt") for _, error in whole.errors) <= 1


@pytest.mark.parametrize(("suffix", "compress"), [("gz", gzip.compress), ("zst", zstandard.compress)])
def test_all_lines_before_a_break_are_read_though_the_file_fits_one_read(
    tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    # Blocks of noise keep zstandard from putting everything into one block, of which half would be nothing.
    lines = [b'{"text": "%s"}\n' % hashlib.sha256(b"%d" % number).hexdigest().encode() for number in range(6000)]
    content = compress(b"".join(lines))
    (tmp_path / f"half.jsonl.{suffix}").write_bytes(content[: len(content) // 2])
    files = find_inputs([str(tmp_path / f"half.jsonl.{suffix}")])
    found = [part for split in cut_splits(files, InputOptions()) for part in read_split(split, InputOptions())]
    documents = sum(part.batch.num_rows for part in found)
    assert 0 < documents < 6000
    assert [(bad.error, bad.position) for part in found for bad in part.quarantined] == [
        ("truncated", sum(map(len, lines[:documents])))
    ]


def test_what_the_quarantine_tells_is_short_and_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"\\ud800": 1, "' + b"long" * 1000 + b'": 2}')
    (quarantined,) = read_file(tmp_path / "a.jsonl").quarantined
    assert quarantined.detail.startswith("no field 'text'; fields are \ufffd, longlong")
    assert len(quarantined.detail) == 300
    assert quarantined.detail.encode()


def test_the_first_fields_are_told(tmp_path: Path) -> None:
    line = json.dumps({f"f{number}": number for number in range(12)}).encode()
    (row,) = read_lines(tmp_path, line).quarantined
    assert row.detail == "no field 'text'; fields are f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11"


def record(content: bytes, **options: Any) -> Record:
    part = Part(path="/a", source="in/a", format=FileFormat("jsonl"))
    return read_value(content, 7, part, InputOptions(**options))


def test_of_several_texts_in_an_object_the_last_counts_and_the_others_stay() -> None:
    line = b'{"text": "a", "n": 1, "text": "b", "n": 2, "text": "c"}'
    told = {"n": 2, "text_repeated": ["a", "b"]}
    assert record(line) == Document(position=7, text="c", kind="web", metadata=told)
    line = b'{"body": "a", "body_repeated": 3, "body": "b"}'
    assert record(line, text_field="body") == Document(position=7, text="b", kind="web", metadata={"body_repeated": 3})
    line = b'{"html": "<p>a</p>", "html": "<p>b</p>"}'
    assert record(line, html_field="html").metadata["html_repeated"] == ["<p>a</p>"]  # type: ignore[union-attr]
    once = record(b'{"text": "say \\"text\\"", "n": "text"}')
    assert once == Document(position=7, text='say "text"', kind="web", metadata={"n": "text"})


@pytest.mark.parametrize(
    ("content", "metadata"),
    [
        (b'{"text": "a", "n": 9223372036854775808}', {"n": 9223372036854775808}),
        (b'{"text": "a", "n": 123456789012345678901234567890}', {"n": 123456789012345678901234567890}),
        (b'{"text": "a", "n": [[-123456789012345678901234567890]]}', {"n": [[-123456789012345678901234567890]]}),
        (b'{"text": "a", "n": 1e30}', {"n": 1e30}),
        (b'{"text": "a", "n": [NaN, -Infinity]}', {"n": [None, None], "unreadable_values": 2}),
        (b'{"text": "a", "n": "\\ud83d\\ude00 \\ud83d"}', {"n": "\U0001f600 \ud83d"}),
    ],
)
def test_numbers_and_surrogates_that_only_the_standard_library_reads(content: bytes, metadata: dict[str, Any]) -> None:
    assert record(content) == Document(position=7, text="a", kind="web", metadata=metadata)


@pytest.mark.parametrize("mark", ["[", "{", ","])
def test_objects_of_data_are_told_from_long_texts(mark: str) -> None:
    for marks, is_told in ((3, False), (4, True)):  # with the brace before it, one for each 20 bytes
        content = ('{"text": "' + mark * marks + "x" * (87 - marks) + '"}').encode()
        found = record(content, max_document_bytes=98)
        assert len(content) == 99
        detail = f"an object of 99 bytes, mostly values: {MORE}"
        told = Quarantined(source="in/a", position=7, error="too_large", detail=detail, first_bytes=content)
        assert (found == told) is is_told
        assert isinstance(record(content, max_document_bytes=99), Document)


def test_what_is_told_of_a_value_that_is_no_document() -> None:
    told = {"source": "in/a", "position": 7}
    assert record(b'[1, "' + b"x" * 300 + b'"]') == Quarantined(
        **told, error="not_an_object", detail="a JSON list, not an object", first_bytes=b'[1, "' + b"x" * 251
    )
    assert record(b'{"n": 1}') == Quarantined(
        **told, error="missing_text", detail="no field 'text'; fields are n", first_bytes=b'{"n": 1}'
    )
    assert record(b'{"text": "a\xff"}') == Quarantined(
        **told,
        error="invalid_utf8",
        detail="byte 11 of the line: invalid start byte; give --encoding",
        first_bytes=b'{"text": "a\xff"}',
    )
    bad = record(b"{nothing")
    assert isinstance(bad, Quarantined)
    assert (bad.position, bad.error, bad.first_bytes) == (7, "invalid_json", b"{nothing")
    assert "line 1 column 2" in bad.detail
