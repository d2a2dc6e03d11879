"""From the fields of a record to a document: what is taken out, what stays, and what is told where there is no text."""

from typing import Any

import numpy as np
import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.records import Document, Quarantined, Record
from textmill.pipeline.input.readers.tables.fields import (
    Odd,
    hive_folders,
    may_be_rounded,
    plain,
    record_of,
    take,
)


def record(fields: dict[str, Any], *, source: str = "in/a.jsonl", what: str = "field", **options: Any) -> Record:
    part = Part(path="/a", source=source, format=FileFormat("jsonl"))
    return record_of(fields, 7, part, InputOptions(**options), what)


def bad(error: str, detail: str) -> Quarantined:
    return Quarantined(source="in/a.jsonl", position=7, error=error, detail=detail)


@pytest.mark.parametrize(
    ("fields", "url", "kind", "metadata"),
    [
        ({}, None, "web", {}),
        ({"url": "http://a/\ud800", "kind": "book", "n": 1}, "http://a/\ufffd", "book", {"n": 1}),
        ({"url": b"http://a/", "kind": b"code"}, "http://a/", "code", {}),
        ({"url": b"\xff", "kind": b"\xff"}, None, "web", {"url": None, "kind": None, "unreadable_values": 2}),
        ({"url": 3, "kind": "poem"}, None, "web", {"url": 3, "kind": "poem"}),
        ({"url": None, "kind": None}, None, "web", {}),
        ({"url": "", "kind": ""}, "", "web", {"kind": ""}),
        ({"x": float("nan")}, None, "web", {"x": None, "unreadable_values": 1}),
    ],
)
def test_addresses_and_kinds_are_taken_out(
    fields: dict[str, Any], url: str | None, kind: str, metadata: dict[str, Any]
) -> None:
    expected = Document(position=7, text="a\ufffd", kind=kind, url=url, metadata=metadata)
    assert record({"text": "a\ud800", **fields}) == expected
    assert record({"text": b"a\xef\xbf\xbd", **fields}) == expected


def test_a_text_stays_as_it_is() -> None:
    text = " <b>a</b>\n\n\tc &amp; "
    assert record({"text": text}) == record({"text": text.encode()}) == Document(position=7, text=text, kind="web")


def test_fields_by_other_names_and_folders_that_are_columns() -> None:
    found = record({"body": "x", "link": "u", "url": "v"}, text_field="body", url_field="link")
    assert found == Document(position=7, text="x", kind="web", url="u", metadata={"url": "v"})
    found = record({"text": "x", "lang": "de"}, source="in/lang=en/url=u%2Fv/kind=book/a.jsonl")
    assert found == Document(position=7, text="x", kind="book", url="u/v", metadata={"lang": "de"})
    part = Part(path="/a", source="in/a", format=FileFormat("jsonl"))
    is_plain = record_of({"text": "x", "n": (1,)}, 0, part, InputOptions(), is_plain=True)
    assert is_plain == Document(position=0, text="x", kind="web", metadata={"n": (1,)})


@pytest.mark.parametrize(
    ("fields", "what", "expected"),
    [
        ({}, "field", bad("missing_text", "no field 'text'; fields are ")),
        ({"a": 1, 2: 3}, "column", bad("missing_text", "no column 'text'; columns are a, 2")),
        (
            {f"f{n}": n for n in range(22)},
            "field",
            bad("missing_text", f"no field 'text'; fields are {', '.join(f'f{n}' for n in range(20))}"),
        ),
        (
            {"a": 1, "b": {"text": 1}, "c": {"text": 2}},
            "field",
            bad("missing_text", "no field 'text'; fields are a, b, c; give --text-field b.text"),
        ),
        ({"text": None}, "column", bad("missing_text", "column 'text' is null")),
        ({"text": 3}, "field", bad("text_not_a_string", "field 'text' is a int")),
        ({"text": ["a"]}, "field", bad("text_not_a_string", "field 'text' is a list")),
        ({"text": b"ab\xff"}, "column", bad("invalid_utf8", "byte 2 of column 'text': invalid start byte")),
        (
            {"text": UnicodeDecodeError("utf-8", b"x\xe9", 1, 2, "unexpected end")},
            "field",
            bad("invalid_utf8", "byte 1 of field 'text': unexpected end"),
        ),
    ],
)
def test_why_a_record_is_no_document(fields: dict[str, Any], what: str, expected: Quarantined) -> None:
    assert record(fields, what=what) == expected


def test_html_in_a_field_is_a_page() -> None:
    page = "<html lang=de><head><title>T</title></head><body><p>é is a letter.</p></body></html>"
    for given in (page, page.encode(), page.replace("é", "\ud83d").replace("\ud83d", "é")):
        found = record({"html": given, "url": "http://a/", "title": "mine", "text": 1}, html_field="html", kind=None)
        assert isinstance(found, Document)
        assert (found.text.strip(), found.url, found.kind) == ("é is a letter.", "http://a/", "web")
        assert (found.metadata["title"], found.metadata["text"]) == ("mine", 1)  # the record's own comes first
    coded = record({"html": page.encode("cp1252"), "kind": "book"}, html_field="html", encoding="cp1252")
    assert isinstance(coded, Document)
    assert (coded.text.strip(), coded.kind) == ("é is a letter.", "book")
    believed = record({"html": page.encode("mac-roman")}, html_field="html", encoding="mac-roman")
    assert isinstance(believed, Document)
    assert believed.text.strip() == "é is a letter."
    assert record({"html": 3}, html_field="html") == bad("text_not_a_string", "field 'html' is a int")


@pytest.mark.parametrize(
    ("fields", "name", "found", "left"),
    [
        ({"a": 1, "b": 2}, "a", (True, 1), {"b": 2}),
        ({"a": None}, "a", (True, None), {}),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", (True, 1), {"a": {"b": 2}}),
        ({"a": {"b": 2, "c": 3}}, "a.b", (True, 2), {"a": {"c": 3}}),
        ({"a": {"b": 2}}, "a.b", (True, 2), {}),
        ({"a": {"b": {"c": 1}, "d": 1}}, "a.b.c", (True, 1), {"a": {"d": 1}}),
        ({"a": {"b.c": 1}}, "a.b.c", (True, 1), {}),
        ({"a": {"c": 2}}, "a.b", (False, None), {"a": {"c": 2}}),
        ({"a": 3}, "a.b", (False, None), {"a": 3}),
        ({"a": {"": 1}}, "a", (True, {"": 1}), {}),
        ({"a": {"": 1}}, "a.", (True, 1), {}),
        ({}, "a", (False, None), {}),
    ],
)
def test_a_field_is_taken_out(fields: dict[str, Any], name: str, found: tuple[bool, Any], left: dict[str, Any]) -> None:
    inner = fields.get("a")
    before = dict(inner) if isinstance(inner, dict) else inner
    assert take(fields, name) == found
    assert fields == left
    assert inner == before  # who gave it keeps it


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("in/a.parquet", {}),
        ("in/lang=en/a.parquet", {"lang": "en"}),
        ("lang=en/a.parquet", {}),  # the name of the input
        ("in/lang=en", {}),  # and that of the file
        ("in/_x.y-z=a%20b=c/q/n=/a", {"_x.y-z": "a b=c", "n": ""}),
        ("in/n=__HIVE_DEFAULT_PARTITION__/a", {"n": None}),
        ("in/1n=2/=3/a b=4/é=5/a", {}),
        ("in/a=1/a=2/b", {"a": "2"}),
    ],
)
def test_folders_that_are_columns(source: str, columns: dict[str, str | None]) -> None:
    assert hive_folders(source) == columns


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.0**63, True), (-(2.0**63), True), (2.0**62, False), (2**70, False), ("x", False), (None, False),
        (True, False),
        ([1, ["a", 1e30]], True), ({"a": {"b": -1e300}}, True), ({"a": [{"b": 1e3}], "c": "1e30"}, False), ([], False),
        (float("inf"), True), ((1e30,), False),
    ],
)  # fmt: skip
def test_numbers_that_may_have_been_rounded(value: Any, expected: bool) -> None:
    assert may_be_rounded(value) is expected


@pytest.mark.parametrize(
    ("value", "written", "odd"),
    [
        ("x", "x", 0), (None, None, 0), (1.5, 1.5, 0), (float("nan"), None, 1), (float("-inf"), None, 1),
        (Odd("9999-99"), "9999-99", 1), (Odd(None), None, 1),
        (UnicodeDecodeError("utf-8", b"a\xe9", 1, 2, "x"), "a\ufffd", 1),
        (b"abc", "abc", 0), (b"\xff", None, 1), ({"a": (1, b"b", [float("nan")])}, {"a": [1, "b", [None]]}, 1),
        (np.int64(3), 3, 0), (np.float32("nan"), None, 1), (np.array([1, 2]), [1, 2], 0), ({3, 1, 2}, [1, 2, 3], 0),
        (frozenset(["b", "a", 1]), ["a", "b", 1], 0), ([Odd("x"), Odd("y")], ["x", "y"], 2),
    ],
)  # fmt: skip
def test_values_that_json_has_not(value: Any, written: Any, odd: int) -> None:
    assert plain({"a": value, "b": 1}) == {"a": written, "b": 1} | ({"unreadable_values": odd} if odd else {})


def test_counts_of_unreadable_values_add_up() -> None:
    assert plain({"unreadable_values": 2, "a": Odd("x")}) == {"unreadable_values": 3, "a": "x"}
    assert plain({"unreadable_values": "two", "a": Odd("x")}) == {"unreadable_values": 1, "a": "x"}
    assert plain({"unreadable_values": 2}) == {"unreadable_values": 2}


def test_how_deep_values_may_be() -> None:
    def nested(levels: int) -> Any:
        value: Any = 1
        for _ in range(levels):
            value = [value]
        return value

    assert plain({"a": nested(101)}) == {"a": nested(101)}
    found = plain({"a": nested(102)})
    assert found["unreadable_values"] == 1
    for _ in range(101):
        (found["a"],) = found["a"]
    assert found["a"] is None
