"""Arrays of objects: which elements are documents, what else stands in, around and behind them, wherever it is cut."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.records import MORE, Document, Quarantined, Record, Skipped
from textmill.pipeline.input.readers.tables import json_array
from textmill.pipeline.input.readers.tables.json_array import read_json


def read(folder: Path, content: bytes, compression: str | None = None, **options: Any) -> list[Record]:
    (folder / "a").write_bytes(content)
    part = Part(path=str(folder / "a"), source="in/a", format=FileFormat("json", compression))
    return list(read_json(part, InputOptions(**options)))


def row(position: int, text: str, **metadata: Any) -> Document:
    return Document(position=position, text=text, kind="web", metadata=metadata)


def bad(position: int, error: str, detail: str, first_bytes: bytes) -> Quarantined:
    return Quarantined(source="in/a", position=position, error=error, detail=detail, first_bytes=first_bytes)


def others(content: bytes, count: int) -> Quarantined:
    detail = f"a JSON array of which {count} elements are no objects"
    return bad(0, "not_an_object", detail if count else "a JSON array without objects", content)


BESIDE = Skipped(reason="object without text beside the array that has it")
LONG = b'[{"text": "' + b"x" * 200 + b'"}, {"text": "c"}]'
JUNK = "what is no JSON before or behind the array"
A = row(1, "a")

CASES: list[tuple[bytes, list[Record]]] = [
    (b'[{"text": "a"}, {"text": "b", "n": 1}]', [A, row(16, "b", n=1)]),
    (b"[]", [others(b"[]", 0)]),
    (b"[ \n]", [others(b"[ \n]", 0)]),
    (b"[1]", [others(b"[1]", 1)]),
    (b'["a", [2, 3], null]', [others(b'["a", [2, 3], null]', 3)]),
    (b'[1, 2, {"text": "a"}]', [row(7, "a"), others(b'[1, 2, {"text": "a"}]', 2)]),
    (b'[[{"text":"x"}], {"text": "a"}]', [row(17, "a"), others(b'[[{"text":"x"}], {"text": "a"}]', 1)]),
    (b'[{"text": "a"}, "x]", null, {"text": "b"}]',
     [A, row(28, "b"), others(b'[{"text": "a"}, "x]", null, {"text": "b"}]', 2)]),
    (b'[{"text": "a"}, {"n": 1}]', [A, bad(16, "missing_text", "no field 'text'; fields are n", b'{"n": 1}')]),
    (b'[{"text": "a", "n": {"m": [{}]}}, {"text": "b"}]', [row(1, "a", n={"m": [{}]}), row(34, "b")]),
    (b'[{"text": "a\\"]}"}, {"text": "{["}]', [row(1, 'a"]}'), row(20, "{[")]),
    (b'[{"text": "a\\\\"}, {"text": "b"}]', [row(1, "a\\"), row(18, "b")]),
    (b'[{"text": "a"}', [A, bad(14, "truncated", "the array breaks off", b'[{"text": "a"}')]),
    (b'[{"text": "a"}, {"text": "b"',
     [A, bad(16, "truncated", "the array breaks off in an element", b'[{"text": "a"}, {"text": "b"')]),
    (b'[{"text": "a"}, {"te',
     [A, bad(16, "truncated", "the array breaks off in an element", b'[{"text": "a"}, {"te')]),
    (b'[{"text": "a"}] junk', [A, bad(16, "invalid_json", JUNK, b"junk")]),
    (b'[{"text": "a"}] \n,[{"text": "b"}]\x00\x1e', [A, row(19, "b")]),
    (b'[{"text": "a"}]]}]', [A]),
    (b'\xef\xbb\xbf[{"text":"a"}]', [row(4, "a")]),
    (b'"x"', [bad(0, "not_an_object", "a JSON str, not an object", b'"x"')]),
    (b'{"data": [{"text": "a"}], "x": [{"n": 1}, {"n": 2}]}', [row(10, "a"), BESIDE, BESIDE]),
    (b'{"x": [{"n": 1}], "data": [{"text": "a"}, 5]}', [row(27, "a"), BESIDE]),
    (b'{"data": [{"text": "a"}, {"n": 1}]}',
     [row(10, "a"), bad(25, "missing_text", "no field 'text'; fields are n", b'{"n": 1}')]),
    (b'{"a": {"b": [{"text": "x"}]}, "data": [{"text": "y"}]}', [row(39, "y")]),
    (b'{"x": [{"n": 1}]}', [bad(0, "missing_text", "no field 'text'; fields are x", b'{"x": [{"n": 1}]}')]),
    (b'{"text": "t", "x": [{"text": "a"}]}', [row(0, "t", x=[{"text": "a"}])]),
    (b'{"x": [{"text": "a"}], "text" : "t"}', [row(0, "t", x=[{"text": "a"}])]),
    (b'{"x": "text", "data": [{"text": "a"}], "z": {"text": 1}}', [row(23, "a")]),
    (b'{"data": [{"text": "a"}, {"text": "b"',
     [row(10, "a"),
      bad(25, "truncated", "the array breaks off in an element", b'{"data": [{"text": "a"}, {"text": "b"')]),
    (b'{"data": [{"text": "a"}], "more": {"x": 1',
     [row(10, "a"), bad(41, "truncated", "the array breaks off", b'{"data": [{"text": "a"}], "more": {"x": 1')]),
    (b'{"data": [{"text": "a"}]}\n{"data": [{"text": "b"}]}', [row(10, "a"), row(36, "b")]),
    (LONG, [bad(1, "too_large", f"an element of 212 bytes; the limit is 200: {MORE}", LONG[1:213]), row(215, "c")]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CASES)
def test_arrays(tmp_path: Path, content: bytes, expected: list[Record]) -> None:
    assert read(tmp_path, content, max_document_bytes=40) == expected


@pytest.mark.parametrize("chunk", [5, 13, 64])
def test_it_is_the_same_wherever_the_stream_is_cut(tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "CHUNK_BYTES", chunk)
    for content, expected in CASES:
        found = read(tmp_path, gzip.compress(content), "gz", max_document_bytes=40)

        def told(records: list[Record]) -> list[Any]:  # the first bytes are those of the first piece
            return [(vars(one) | {"first_bytes": b""}) if isinstance(one, Quarantined) else one for one in records]

        if content[:3] != b"\xef\xbb\xbf" or chunk > 3:
            assert told(found) == told(expected), content


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"text_field": "b.c"}, [Document(position=10, text="deep", kind="web", metadata={"text": "a"})]),
        ({"text_field": "no"}, [bad(0, "missing_text", "no field 'no'; fields are data, x", b"")]),
    ],
)
def test_a_text_by_another_name(tmp_path: Path, field: dict[str, str], expected: list[Record]) -> None:
    content = b'{"data": [{"text": "a", "b": {"c": "deep"}}], "x": 1}'
    (found,) = read(tmp_path, content, **field)
    if isinstance(found, Quarantined):
        assert (found.position, found.error, found.detail, found.first_bytes) == (
            *(0, "missing_text", "no field 'no'; fields are data, x"),
            content,
        )
    else:
        assert [found] == expected


def test_elements_that_are_just_as_long_as_they_may_be(tmp_path: Path) -> None:
    element = b'{"text": "a", "m": "' + b"x" * 178 + b'"}'
    for more, errors in ((b"", []), (b"y", ["too_large"])):
        content = b"[" + element[:-2] + more + b'"}, {"text": "c"}]'
        found = read(tmp_path, content, max_document_bytes=40)
        assert [one.error for one in found if isinstance(one, Quarantined)] == errors
        assert [one.text for one in found if isinstance(one, Document)] == (["c"] if errors else ["a", "c"])


def test_many_bad_elements_are_counted(tmp_path: Path) -> None:
    content = b"[" + b'{"n": 1},' * 150 + b'{"text": "a"}]'
    *told, counted, last = read(tmp_path, content)[:102]
    found = read(tmp_path, content)
    assert len(found) == 102
    assert sum(isinstance(one, Quarantined) and one.error == "missing_text" for one in found) == 100
    (row_of_counts,) = [one for one in found if isinstance(one, Quarantined) and one.error == "no_documents"]
    assert row_of_counts.detail == "50 more lines of this megabyte hold no document"
    assert row(1 + 9 * 150, "a") in found
    assert {type(one) for one in (*told, counted, last)} == {Quarantined, Document}


def test_a_stream_that_is_damaged(tmp_path: Path) -> None:
    content = b"[" + b",".join(b'{"text": "number %d"}' % number for number in range(20_000)) + b"]"
    packed = gzip.compress(content, mtime=0)
    *rows, last = read(tmp_path, packed[:-50], "gz")
    assert [one.text for one in rows if isinstance(one, Document)] == [f"number {n}" for n in range(len(rows))]
    assert isinstance(last, Quarantined)
    assert (last.error, last.first_bytes) == ("truncated", b"")
    assert last.detail == "the file ends inside its gz data; what follows in the array is lost"
    assert 0 < last.position <= len(content)
