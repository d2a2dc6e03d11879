"""What a response is, by what it declares and by how it begins (WHATWG MIME Sniffing, section 7)."""

import pytest

from textmill.pipeline.input.warc.media_types import (
    BINARY_BEGINNINGS,
    SNIFFED_BYTES,
    content_type,
    declared_charset,
    declared_type,
    is_no_text,
    may_be_text,
    sniffed_type,
)


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/html", "text/html", None),
        (' Text/HTML ; Charset = "UTF-8"', "text/html", "UTF-8"),
        ("text/html, text/plain; charset=a", "text/html", "a"),
        ("'text/plain';charset='iso-8859-1'", "text/plain", "iso-8859-1"),
        ('" text/plain "', "text/plain", None),
        ("", "", None),
        ("text / html/utf-8 charset=utf-8", "text/html", "utf-8"),
        (': "text/html"', "text/html", None),
        ("charset=utf-8", "charset=utf-8", "utf-8"),
    ],
)
def test_what_is_declared(value: str, media_type: str, charset: str | None) -> None:
    assert declared_type(value) == media_type
    assert declared_charset(value) == charset


@pytest.mark.parametrize(
    ("declared", "identified", "expected"),
    [
        ("text/html", "text/plain", "text/html"),
        ("image/png", "text/html", "image/png"),
        ("text/plain", "application/xhtml+xml", "application/xhtml+xml"),
        ("text/plain", "application/pdf", "text/plain"),
        ("application/octet-stream", "text/html", "text/html"),
        ("*/*", "", "*/*"),
        ("nonsense", "text/html", "text/html"),
        ("nonsense", "", "nonsense"),
        ("", "", ""),
    ],
)
def test_what_the_crawler_found_counts_where_the_declaration_is_vague(
    declared: str, identified: str, expected: str
) -> None:
    assert content_type({"content-type": declared}, {"warc-identified-payload-type": identified}) == expected
    assert content_type({}, {"warc-identified-payload-type": identified}) == identified
    assert content_type({"content-type": declared}, {}) == declared


@pytest.mark.parametrize(
    ("declared", "body", "expected"),
    [
        ("text/html", b"no markup at all", "text/html"),
        ("application/xhtml+xml", b"", "text/html"),
        ("text/plain", b"words", "text/plain"),
        ("text/plain", b"<p>a fragment", "text/plain"),
        ("text/plain", b"\xef\xbb\xbf\n<!-- a -->\n<!DOCTYPE  HTML>", "text/html"),
        ("text/plain", b"<?xml version='1.0'?><html>", "text/html"),
        ("text/plain", b" " * (SNIFFED_BYTES - 5) + b"<html>", "text/html"),
        ("text/plain", b" " * (SNIFFED_BYTES - 4) + b"<html>", "text/plain"),
        ("", b"<p>a fragment", "text/html"),
        ("", b"<pre>", "unknown"),
        ("", b"words", "unknown"),
        ("unknown/unknown", b"words", "unknown/unknown"),
        ("nonsense", b"<Table>", "text/html"),
        ("nonsense", b"words", "nonsense"),
        ("application/json", b"<html>", "application/json"),
        ("text/xml", b"<?xml version='1.0'?><!DOCTYPE html>", "text/html"),
        ("text/xml", b"<?xml version='1.0'?><rss>", "text/xml"),
    ],
)
def test_what_a_body_is_by_how_it_begins(declared: str, body: bytes, expected: str) -> None:
    assert sniffed_type(declared, body) == expected


def test_bytes_of_other_formats_belie_any_declaration() -> None:
    found = {beginning: sniffed_type("text/html", beginning + b"...") for beginning, _ in BINARY_BEGINNINGS}
    assert found == {
        b"%PDF-": "application/pdf",
        b"\x89PNG\r\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF8": "image/gif",
        b"PK\x03\x04": "application/zip",
        b"RIFF": "audio or image in RIFF",
        b"\x7fELF": "an ELF binary",
        b"\xd0\xcf\x11\xe0": "an old Office document",
        b"\x00\x00\x01\x00": "image/x-icon",
        b"wOFF": "font/woff",
        b"wOF2": "font/woff2",
    }
    assert sniffed_type("text/html", b" %PDF-") == "text/html"


@pytest.mark.parametrize("declared", ["", "unknown", "unknown/unknown", "application/unknown", "binary/octet-stream"])
def test_vague_declarations_are_worth_a_look(declared: str) -> None:
    assert may_be_text(declared)
    assert sniffed_type(declared, b"<html>") == "text/html"


def test_pages_and_plain_text_are_worth_a_look_and_others_are_not() -> None:
    types = ["text/html", "text/xhtml", "application/xhtml", "application/vnd.wap.xhtml+xml", "text/plain"]
    assert all(map(may_be_text, [*types, "application/octet-stream", "no-type", "nonsense"]))
    assert not any(map(may_be_text, ["image/png", "application/json", "text/css"]))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (bytes(range(32)) * 20, True),
        (b"words " * 100, False),
        (b"<html>" + bytes(500), False),
        (b" " * SNIFFED_BYTES + b"<html>" + bytes(3000), True),
        (b"x" * 96 + b"\x01" * 4, False),
        (b"x" * 95 + b"\x01" * 5, True),
        ("Füße 漢字".encode(), False),
        ("words".encode("utf-16"), False),
        (b"", False),
    ],
)
def test_whether_a_body_is_no_text(body: bytes, expected: bool) -> None:
    assert is_no_text(body) is expected
