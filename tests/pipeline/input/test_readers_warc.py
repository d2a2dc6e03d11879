"""WARC and WET: which records are documents, and that neither cutting nor damage loses others."""

import bz2
import gzip
import io
import tempfile
from itertools import accumulate
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.base.batch import document_id
from textmill.pipeline.input.readers.records import MORE
from textmill.pipeline.input.readers.warc import first_record
from textmill.pipeline.input.warc import window

from .reading import Found, read_file, warc_record


def response(body: bytes, *, status: str = "200 OK", url: str = "http://example.org/page", **headers: str) -> bytes:
    headers = {"Content-Type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return warc_record(
        "response",
        {"WARC-Target-URI": url, "Content-Type": "application/http; msgtype=response"},
        f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body,
    )


def html(text: str) -> bytes:
    return f"<!doctype html><html><body><nav>Home</nav><article><p>{text}</p></article></body></html>".encode()


def conversion(text: str) -> bytes:
    return warc_record(
        "conversion", {"WARC-Target-URI": "http://example.org/wet", "Content-Type": "text/plain"}, text.encode()
    )


def read_records(folder: Path, *records: bytes, compress: bool = True) -> Found:
    path = folder / ("a.warc.gz" if compress else "a.warc")
    path.write_bytes(b"".join(map(gzip.compress, records)) if compress else b"".join(records))
    return read_file(path)


@pytest.mark.parametrize("compress", [True, False])
def test_kinds_of_records(tmp_path: Path, compress: bool) -> None:
    records = [
        warc_record("warcinfo", {"Content-Type": "application/warc-fields"}, b"software: x\r\n"),
        warc_record("request", {"Content-Type": "application/http; msgtype=request"}, b"GET / HTTP/1.1\r\n\r\n"),
        response(html("A page of some length.")),
        response(html("Gone."), status="404 Not Found"),
        response(b"moved", status="301 Moved Permanently"),
        response(b"plain words", Content_Type="text/plain; charset=utf-8"),
        response(b"\x89PNG", Content_Type="image/png"),
        conversion("Text of a page."),
        warc_record("resource", {"WARC-Target-URI": "http://x/", "Content-Type": "text/html"}, html("A resource.")),
        warc_record("metadata", {"Content-Type": "application/warc-fields"}, b"fetchTimeMs: 3\r\n"),
    ]
    found = read_records(tmp_path, *records, compress=compress)
    assert found.texts == ["A page of some length.", "plain words", "Text of a page.", "A resource."]
    assert [row["url"] for row in found.rows] == [
        "http://example.org/page",
        "http://example.org/page",
        "http://example.org/wet",
        "http://x/",
    ]
    assert {row["metadata"] for row in found.rows} == {'{"warc_date":"2026-01-02T03:04:05Z"}'}
    assert {row["kind"] for row in found.rows} == {"web"}
    assert found.quarantined == []
    assert found.skipped == {
        "WARC warcinfo": 1,
        "WARC request": 1,
        "WARC metadata": 1,
        "HTTP status 404": 1,
        "HTTP status 301": 1,
        "media type image/png": 1,
    }


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("<p>Grüße".encode(), "text/html; charset=utf-8", "Grüße"),
        ("<p>Grüße".encode(), "text/html; charset=iso-8859-1", "Grüße"),
        ("<p>Grüße".encode("latin-1"), "text/html; charset=iso-8859-1", "Grüße"),
        ("<p>“Grüße”".encode("cp1252"), "text/html; charset=ISO-8859-1", "“Grüße”"),
        ("<p>Привет, мир".encode("cp1251"), "text/html; charset=windows-1251", "Привет, мир"),
        ('<meta charset="windows-1251"><p>Привет, мир'.encode("cp1251"), "text/html", "Привет, мир"),
        ("<p>中文网页的正文".encode("gbk"), "text/html; charset=gb2312", "中文网页的正文"),
        ("<p>日本語の文章".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "日本語の文章"),
        ("<p>日本語の文章".encode("utf-16"), "text/html", "日本語の文章"),
        ("<p>Grüße".encode(), "text/html; charset=no-such-charset", "Grüße"),
        ("Grüße".encode("latin-1"), "text/plain; charset=latin1", "Grüße"),
    ],
)
def test_character_sets(tmp_path: Path, body: bytes, content_type: str, expected: str) -> None:
    found = read_records(tmp_path, response(body, Content_Type=content_type))
    assert found.texts == [expected]


def test_transfer_and_content_encodings(tmp_path: Path) -> None:
    page = html("Compressed by the server.")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    found = read_records(
        tmp_path,
        response(gzip.compress(page), Content_Encoding="gzip"),
        response(chunked, Transfer_Encoding="chunked"),
    )
    assert found.texts == ["Compressed by the server."] * 2


def test_a_bomb_in_a_response_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    bomb = response(gzip.compress(bytes(30_000_000)), Content_Encoding="gzip")
    path.write_bytes(gzip.compress(bomb) + gzip.compress(conversion("after")))
    found = read_file(path, max_document_bytes=1_000_000)
    assert (found.texts, found.errors) == (["after"], [(0, "too_large")])


def test_an_overlong_record_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    first, second = conversion("x" * 5000), conversion("after")
    path.write_bytes(first + second)
    found = read_file(path, max_document_bytes=1000)
    assert (found.texts, found.errors) == (["after"], [(0, "too_large")])


def test_a_conversion_in_another_charset(tmp_path: Path) -> None:
    wrong = warc_record("conversion", {"Content-Type": "text/plain"}, b"caf\xe9 and more")
    found = read_records(tmp_path, wrong, conversion("after"))
    assert (found.texts, found.errors) == (["café and more", "after"], [])


PAGES = [conversion(f"Document number {n}. " + "words " * (n * 7 % 40)) for n in range(30)]
TEXTS = [f"Document number {n}. " + "words " * (n * 7 % 40) for n in range(30)]


def offsets_of(pieces: list[bytes]) -> list[int]:
    return [0, *accumulate(map(len, pieces))][:-1]


@pytest.mark.parametrize("compress", [gzip.compress, bytes])
def test_a_corrupt_record_costs_only_itself(tmp_path: Path, compress: object) -> None:
    pieces = [compress(page) for page in PAGES]  # type: ignore[operator]
    path = tmp_path / ("a.warc.gz" if compress is gzip.compress else "a.warc")
    for broken in (0, 7, 29):
        damaged = list(pieces)
        # In a member: its compressed data; in an uncompressed record: its header.
        damaged[broken] = pieces[broken][:12] + b"\xff" * 30 + pieces[broken][42:]
        path.write_bytes(b"".join(damaged))
        for split_bytes in (None, 3000):
            found = read_file(path, split_bytes)
            assert found.texts == TEXTS[:broken] + TEXTS[broken + 1 :]
            assert [position for position, _ in found.errors] == [offsets_of(damaged)[broken]]


@pytest.mark.parametrize("garbage", [b"", b"\r\n\r\n", b"\x00" * 20])
def test_padding_behind_the_last_record_is_nothing(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(PAGES[:3]) + garbage)
    found = read_file(path)
    assert (found.texts, found.errors) == (TEXTS[:3], [])


@pytest.mark.parametrize("suffix", [".warc", ".warc.gz"])
def test_garbage_between_records_is_told(tmp_path: Path, suffix: str) -> None:
    pieces = [gzip.compress(page) if suffix == ".warc.gz" else page for page in PAGES[:6]]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"".join(pieces[:3]) + b"this is no record\r\n\r\n" * 3 + b"".join(pieces[3:]))
    found = read_file(path)
    assert found.texts == TEXTS[:6]
    assert found.errors == [(sum(map(len, pieces[:3])), "corrupt")]


@given(
    order=st.lists(st.integers(0, 5), min_size=1, max_size=25),
    sizes=st.lists(st.integers(0, 300), min_size=25, max_size=25),
    split_bytes=st.integers(60, 4000),
    compress=st.booleans(),
)
@settings(max_examples=80)
def test_any_cutting_gives_the_same(order: list[int], sizes: list[int], split_bytes: int, compress: bool) -> None:
    def build(kind: int, length: int) -> bytes:
        body = "word " * length
        return [
            conversion(body),
            response(html(body)),
            response(b"", status="500 Oops"),
            warc_record("request", {}, b"GET /" + body.encode()),
            conversion("\r\n\r\nWARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 3\r\n\r\nabc" + body),
            response(gzip.compress(conversion(body)), Content_Type="application/warc"),
        ][kind]

    records = [build(kind, length) for kind, length in zip(order, sizes, strict=False)]
    pieces = [gzip.compress(record) if compress else record for record in records]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.warc.gz" if compress else "a.warc")
        path.write_bytes(b"".join(pieces))
        whole, parts = read_file(path), read_file(path, split_bytes)
    assert (parts.rows, parts.quarantined, parts.skipped) == (whole.rows, whole.quarantined, whole.skipped)
    assert whole.quarantined == []
    assert len(whole.rows) + whole.skipped.total() == len(records)
    assert len(whole.rows) == sum(kind in (0, 1, 4) for kind in order)


@given(stop=st.integers(10, 10_000), split_bytes=st.integers(60, 4000), compress=st.booleans())
@settings(max_examples=80)
def test_a_truncated_file_gives_what_is_whole_and_one_row(stop: int, split_bytes: int, compress: bool) -> None:
    pieces = [gzip.compress(page) if compress else page for page in PAGES]
    content = b"".join(pieces)
    stop = min(stop, len(content))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.warc.gz" if compress else "a.warc")
        path.write_bytes(content[:stop])
        whole, parts = read_file(path), read_file(path, split_bytes)
    assert (parts.rows, parts.errors) == (whole.rows, whole.errors)
    ends = list(accumulate(map(len, pieces)))
    # The line ends that close a record are part of it in a member, and nobody's loss in an uncompressed file.
    complete = sum(end - (0 if compress else 4) <= stop for end in ends)
    assert whole.texts == TEXTS[:complete]
    begun = ends[complete - 1] if complete else 0
    assert whole.errors == ([] if begun >= stop else [(begun, "truncated")])


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".zst", zstandard.compress), (".bz2", bz2.compress)]
)
def test_a_warc_compressed_as_one_stream(tmp_path: Path, suffix: str, compress: object) -> None:
    path = tmp_path / f"a.warc{suffix}"
    content = compress(b"".join(PAGES))  # type: ignore[operator]
    path.write_bytes(content)
    whole, parts = read_file(path), read_file(path, 500)
    assert whole.texts == TEXTS
    assert parts.rows == whole.rows
    assert whole.errors == parts.errors == []
    path.write_bytes(content[: len(content) * 2 // 3])
    found = read_file(path, 500)
    assert found.texts == TEXTS[: len(found.rows)]
    assert [error for _, error in found.errors] == ["truncated"]


def test_real_crawls(shared_data: Path) -> None:
    counts = {}
    for path in sorted((shared_data / "web").glob("*.gz")):
        whole, parts = read_file(path), read_file(path, 20_000)
        assert (parts.rows, parts.skipped, parts.quarantined) == (whole.rows, whole.skipped, [])
        counts[path.name] = len(whole.rows)
    assert len(counts) == 4
    assert min(counts.values()) >= 1


def test_what_is_told_of_a_document(tmp_path: Path) -> None:
    found = read_records(
        tmp_path,
        warc_record(
            "conversion", {"WARC-Target-URI": "<http://x/>", "Content-Type": "Text/Plain; charset=utf-8"}, b"a"
        ),
        warc_record("conversion", {"WARC-Date": "", "Content-Type": "text/plain"}, b"b"),
        response(html("A page."), Content_Type="application/xhtml+xml; charset=utf-8"),
        warc_record("resource", {"Content-Type": "text/plain"}, "Grüße".encode("cp1252")),
    )
    assert found.errors == []
    assert [(row["text"], row["url"]) for row in found.rows] == [
        ("a", "http://x/"),
        ("b", None),
        ("A page.", "http://example.org/page"),
        ("Grüße", None),
    ]
    assert found.rows[1]["metadata"] is None
    assert {row["kind"] for row in found.rows} == {"web"}


def test_why_records_are_passed_over(tmp_path: Path) -> None:
    found = read_records(
        tmp_path,
        warc_record("revisit", {"Content-Type": "text/html"}, b""),
        warc_record("conversion", {}, b"of no type"),
        warc_record("resource", {"Content-Type": "APPLICATION/PDF"}, b"%PDF"),
        response(b"x", status="204 No Content"),
    )
    assert (found.rows, found.errors) == ([], [])
    assert found.skipped == {
        "WARC revisit": 1,
        "media type unknown": 1,
        "media type application/pdf": 1,
        "HTTP status 204": 1,
    }


def test_a_record_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(map(conversion, ("x" * 1000, "y" * 1001, "é" * 500 + "y", "y" * 5001, "z"))))
    found = read_file(path, max_document_bytes=1000)
    assert [text[0] for text in found.texts] == ["x", "z"]
    told = [f"a text of 1001 bytes; the limit is 1000: {MORE}"] * 2 + ["a record of 5001 bytes"]
    assert [(row.error, row.detail) for row in found.quarantined] == [("too_large", detail) for detail in told]
    assert [row.first_bytes for row in found.quarantined] == [b"y" * 256, b"\xc3\xa9" * 128, b""]
    page = html("word " + "<i></i>" * 1000)
    packed = response(gzip.compress(page), Content_Encoding="gzip")
    path.write_bytes(packed)
    assert len(read_file(path, max_document_bytes=-(-len(page) // 5)).rows) == 1
    (row,) = read_file(path, max_document_bytes=len(page) // 5 - 1).quarantined
    assert (row.error, row.detail) == ("too_large", "a record that unpacks to more than the limit")
    assert row.first_bytes == page[:256]


def test_what_is_told_of_records_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"

    def told(content: bytes) -> list[tuple[int, str, str]]:
        path.write_bytes(content)
        return [(row.position, row.error, row.detail) for row in read_file(path).quarantined]

    first = conversion("the first")
    assert told(first + first[:-5]) == [(len(first), "truncated", "the file ends inside this record of 9 bytes")]
    assert told(first + first[:-20]) == [(len(first), "truncated", "the file ends inside a record's header")]
    assert told(first + b"WARC") == [(len(first), "truncated", "the file ends where a record begins")]
    assert told(first + b"nothing\r\n\r\n" + first) == [(len(first), "corrupt", "no record where one should begin")]


def test_two_line_ends_behind_the_last_record_are_nobodys_loss_and_text_is(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    for missing, errors in ((0, []), (4, []), (5, [(0, "truncated")])):
        content = conversion("the text")
        path.write_bytes(content[: len(content) - missing])
        found = read_file(path)
        assert (len(found.rows), found.errors) == (0 if errors else 1, errors)


def test_what_looks_like_a_record_inside_one_is_none_wherever_a_file_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    inner = "x" + "\r\n\r\nWARC/1.0\r\nContent-Length: 3\r\n\r\nabc" * 20
    path.write_bytes(conversion("before") + conversion(inner) + conversion("after"))
    for split_bytes in (None, 50, 100, 200, 400):
        found = read_file(path, split_bytes)
        assert (found.texts, found.errors) == (["before", inner, "after"], [])


def test_a_record_of_no_length_is_corrupt_and_the_next_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    good = conversion("good")
    bad = good.replace(b"Content-Length: 4", b"Content-Length: four")
    none = good.replace(b"Content-Length: 4\r\n", b"")
    for content, count, errors in (
        (good + bad + good * 3, 4, [(len(good), "corrupt")]),
        (good + none + good * 3, 5, []),
        (good + none, 2, []),
    ):
        path.write_bytes(content)
        for split_bytes in (None, 200):
            found = read_file(path, split_bytes)
            assert (found.texts, found.errors) == (["good"] * count, errors)


def test_the_next_record_is_found_across_what_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = conversion("good")
    broken = b"WARC/1.0\r\nbroken" + bytes(200)
    path = tmp_path / "a.warc"
    path.write_bytes(good + broken + b"\r\n\r\n" + good)
    for chunk in range(11, 80):
        monkeypatch.setattr(window, "CHUNK_BYTES", chunk)
        monkeypatch.setattr(window, "SMALL_BYTES", chunk)
        found = read_file(path)
        assert found.texts == ["good", "good"]
        assert found.errors == [(len(good), "corrupt")]


def test_where_a_stream_of_records_breaks_off(tmp_path: Path) -> None:
    noise = [conversion(f"{number} " + format(pow(3, 4000 + number), "x")) for number in range(300)]
    content = zstandard.compress(b"".join(noise))
    path = tmp_path / "a.warc.zst"
    path.write_bytes(content[: len(content) * 2 // 3])
    found = read_file(path)
    assert len(found.rows) > 0
    ((position, error),) = found.errors
    begins = offsets_of(noise)
    assert error == "truncated"
    assert begins[len(found.rows) - 1] < position <= begins[len(found.rows)]


def test_http_is_taken_apart_in_one_stream_too(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.zst"
    path.write_bytes(zstandard.compress(response(html("A page.")) + response(b"gone", status="404 Not Found")))
    found = read_file(path)
    assert (found.texts, found.skipped) == (["A page."], {"HTTP status 404": 1})


def test_the_last_record_of_a_stream_is_told_when_it_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.zst"
    records = [conversion("first"), conversion("x" * 2000)]
    path.write_bytes(zstandard.compress(b"".join(records)))
    found = read_file(path, max_document_bytes=1000)
    assert (found.texts, found.errors) == (["first"], [(len(records[0]), "too_large")])


@pytest.mark.parametrize(("suffix", "garbage"), [(".warc", b"x\r\n\r\n"), (".warc.gz", b"x")])
def test_a_record_right_behind_one_wrong_byte_is_found(tmp_path: Path, suffix: str, garbage: bytes) -> None:
    record = conversion("good") if suffix == ".warc" else gzip.compress(conversion("good"))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(record + garbage + record + record)
    found = read_file(path)
    assert (found.texts, found.errors) == (["good"] * 3, [(len(record), "corrupt")])


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (warc_record("", {}, b"x").replace(b"WARC-Type: \r\n", b""), ("corrupt", "a record without a type", b"")),
        (
            warc_record("continuation", {}, b"the rest"),
            ("unsupported", "the rest of a record that was cut in segments; they are not put together", b"the rest"),
        ),
        (
            warc_record("response", {"Content-Type": "application/http"}, b"nothing"),
            ("corrupt", "a response without an HTTP status line", b"nothing"),
        ),
        (
            warc_record("response", {}, b"nothing"),
            ("corrupt", "a response without an HTTP status line", b"nothing"),
        ),
        (
            warc_record("resource", {"Content-Type": "text/plain"}, bytes(range(32)) * 20),
            ("binary", "a body that is no text", (bytes(range(32)) * 20)[:256]),
        ),
        (
            response(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00\x07\x07", Content_Encoding="gzip"),
            (
                "corrupt",
                "the body cannot be decompressed: Error -3 while decompressing data: invalid block type",
                b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00\x07\x07",
            ),
        ),
    ],
)
@pytest.mark.parametrize("compress", [True, False])
def test_what_is_told_of_a_record_that_is_no_document(
    tmp_path: Path, record: bytes, told: tuple[str, str, bytes], compress: bool
) -> None:
    before = conversion("before")
    found = read_records(tmp_path, before, record, conversion("after"), compress=compress)
    (row,) = found.quarantined
    assert (row.error, row.detail, row.first_bytes) == told
    assert row.position == len(gzip.compress(before) if compress else before)
    assert (found.texts, found.skipped) == (["before", "after"], {})


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (warc_record("Revisit", {}, b""), "WARC Revisit"),
        (response(b"", status="500 No"), "HTTP status 500"),
        (response(b"{}", Content_Type="application/json"), "media type application/json"),
        (response(b"GIF89a", Content_Type="text/html"), "media type image/gif"),
        (response(b"x", Content_Type="application/octet-stream"), "media type application/octet-stream"),
        (response(b"x", Content_Type=""), "media type unknown"),
        (warc_record("response", {"Content-Type": "text/dns"}, b"a"), "media type text/dns"),
        (warc_record("resource", {"Content-Type": "image/png"}, b"a"), "media type image/png"),
    ],
)
def test_why_a_record_is_passed_over(tmp_path: Path, record: bytes, reason: str) -> None:
    found = read_records(tmp_path, record)
    assert (found.rows, found.errors, found.skipped) == ([], [], {reason: 1})


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (warc_record("response", {"Content-Type": "text/plain"}, b"plain"), "plain"),
        (warc_record("response", {"Content-Type": "text/html"}, html("A page.")), "A page."),
        (warc_record("response", {}, html("A page.")), "A page."),
        (warc_record("resource", {"Content-Type": "application/http"}, b"HTTP/1.1 200 OK\r\n\r\n" + html("A.")), "A."),
        (warc_record("RESOURCE", {"Content-Type": "text/plain; charset=koi8-r"}, "по".encode("koi8-r")), "по"),
        (warc_record("conversion", {"Content-Type": "text/plain"}, "zwei Füße".encode()), "zwei Füße"),
        (response("по".encode("koi8-r"), Content_Type="text/plain; charset=koi8-r"), "по"),
    ],
)
def test_documents_of_every_kind_of_record(tmp_path: Path, record: bytes, text: str) -> None:
    found = read_records(tmp_path, record)
    assert ([one.strip() for one in found.texts], found.errors, found.skipped) == ([text], [], {})
    assert found.rows[0]["kind"] == "web"


def test_records_behind_the_first_of_a_member_have_positions_of_their_own(tmp_path: Path) -> None:
    first, more = gzip.compress(conversion("first")), [conversion("a"), b"junk\r\n\r\n", conversion("b")]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(first + gzip.compress(b"".join(more)))
    found = read_file(path)
    assert [row["doc_id"] for row in found.rows] == [
        document_id("in", position) for position in (0, len(first), len(first) | 2 << 43)
    ]
    assert found.errors == [(len(first) | 1 << 43, "corrupt")]


def test_a_member_may_hold_so_many_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.input.readers.warc.MOST_RECORDS_OF_A_MEMBER", 3)
    path = tmp_path / "a.warc.gz"
    first = gzip.compress(conversion("first"))
    path.write_bytes(first + gzip.compress(b"".join(map(conversion, "abcd"))) + gzip.compress(conversion("after")))
    found = read_file(path)
    assert found.texts == ["first", *"abc", "after"]
    (row,) = found.quarantined
    assert (row.position, row.error) == (len(first) | 3 << 43, "unsupported")
    assert row.detail == "more than 3 records in one gzip member that is not the first"


def test_the_first_record_of_a_part_is_told_by_lengths() -> None:
    content = conversion("before") + conversion("x" + "\r\n\r\nWARC/1.0\r\nContent-Length: 3\r\n\r\nabc" * 3) + PAGES[0]
    begins = [0, len(conversion("before")), len(content) - len(PAGES[0])]
    for start in range(0, len(content) + 2, 7):
        expected = next((begin for begin in begins if begin >= start), None)
        assert first_record(io.BytesIO(content), start, len(content), 1000) == expected


def test_a_wrong_length_in_a_member_of_several_records_costs_that_record(tmp_path: Path) -> None:
    lying = conversion("lying").replace(b"Content-Length: 5", b"Content-Length: 5000")
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(conversion("first")) + gzip.compress(conversion("a") + lying + conversion("b")))
    found = read_file(path, max_document_bytes=100)
    assert (found.texts, [error for _, error in found.errors]) == (["first", "a", "b"], ["truncated"])


def test_extracted_text_is_utf8_even_where_a_byte_of_it_is_wrong(tmp_path: Path) -> None:
    text = warc_record("conversion", {"Content-Type": "text/plain"}, "Füße é".encode() + b"\xff")
    assert read_records(tmp_path, text).texts == ["Füße é\ufffd"]
