"""HTTP responses as they are stored: taken apart, and their bodies decoded by what the bytes are."""

from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
import zstandard

from textmill.pipeline.input.warc import http
from textmill.pipeline.input.warc.http import BodyError, Response, decode_body, join_chunks, parse_response

BODY = b"<html><p>" + b" ".join(b"The ferry crossed %d times." % number for number in range(300)) + b"</p></html>"
NOISE = b"<html>" + random.Random(1).randbytes(9000).hex().encode()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", Response(200, {"a": "b"}, b"body")),
        (b"HTTP/1.0 404\nA: b\n\nbody", Response(404, {"a": "b"}, b"body")),
        (b"HTTP/2 301 Moved\r\n\r\nbody", Response(301, {}, b"body")),
        (b"HTTP/2\t 200\r\n\r\nbody", Response(200, {}, b"body")),
        (b"ICY 200 OK\r\nA: b\r\n\r\n", Response(200, {"a": "b"}, b"")),
        (b"HTTP/1.1 200 OK\r\nA: b\r\nC: d", Response(200, {"a": "b", "c": "d"}, b"")),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n \r\nbody", Response(200, {"a": "b"}, b"body")),
        (b"HTTP/1.1 200", Response(200, {}, b"")),
        (b"HTTP/1.1 200 OK\n\nbody", Response(200, {}, b"body")),
        (b"HTTP/1.1 2000 OK\r\n\r\n", None),
        (b"HTTP/1.1 OK\r\n\r\n", None),
        (b" HTTP/1.1 200 OK\r\n\r\n", None),
        (b"<html>", None),
        (b"", None),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", Response(200, {"a": "b"}, b"body")),
        (b"HTTP/1.1 103 Hints\r\nL: x\r\n\r\nHTTP/1.1 404 No\r\n\r\n", Response(404, {}, b"")),
        (b"HTTP/1.0 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n", Response(200, {"a": "b"}, b"")),
        (b"HTTP/1.1 200 OK\r\nContent-Type: message/http\r\n\r\nHTTP/1.1 404 No\r\n\r\n",
         Response(200, {"content-type": "message/http"}, b"HTTP/1.1 404 No\r\n\r\n")),
        (b"HTTP/1.1 301 Moved\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", Response(301, {}, b"HTTP/1.1 200 OK\r\n\r\n")),
        (b"HTTP/1.1 100 Continue\r\n\r\nnothing", Response(100, {}, b"nothing")),
    ],
)  # fmt: skip
def test_responses_are_taken_apart(content: bytes, expected: Response | None) -> None:
    assert parse_response(content) == expected


def test_how_many_interim_responses_are_passed_over() -> None:
    interim, last = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nbody"
    assert parse_response(interim * 8 + last) == Response(200, {}, b"body")
    assert parse_response(interim * 9 + last) == Response(100, {}, last)


def test_how_long_headers_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    head = b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100
    monkeypatch.setattr(http, "LONGEST_HEADER_BYTES", len(head) + 4)
    assert parse_response(head + b"\r\n\r\nbody") == Response(200, {"a": "x" * 100}, b"body")
    monkeypatch.setattr(http, "LONGEST_HEADER_BYTES", len(head) + 3)
    found = parse_response(head + b"\r\n\r\nbody")
    assert found is not None
    assert found.body == b""


def decoded(body: bytes, limit: int = 10**6, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return decode_body(Response(200, named, body), limit)


RAW = zlib.compress(BODY)[2:-4]
STORED = b"\x00\x64\x00\x9b\xff" + BODY[:100]
"""A block of deflate that is not compressed."""


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "deflate", "x-deflate", "br", "zstd", ' "GZip" ', "'br'"])
@pytest.mark.parametrize(
    "packed", [gzip.compress(BODY), zlib.compress(BODY), zstandard.compress(BODY), brotli.compress(BODY), BODY]
)
def test_what_the_bytes_have_is_taken_off_whatever_is_named(name: str, packed: bytes) -> None:
    assert decoded(packed, content_encoding=name) == BODY
    assert decoded(packed, transfer_encoding=name) == BODY


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("deflate", RAW, BODY), ("x-deflate", RAW, BODY), ("gzip", RAW, RAW), ("identity", RAW, RAW),
        ("none", BODY, BODY), ("", gzip.compress(BODY), BODY), ("", zstandard.compress(BODY), BODY),
        ("", zlib.compress(BODY), zlib.compress(BODY)), ("", brotli.compress(BODY), BODY),
        ("", b"", b""), ("gzip", b"", b""), ("br", b"", b""),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY)), BODY),
        ("br,gzip", gzip.compress(brotli.compress(BODY)), BODY),
        ("gzip", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), BODY),
        ("gzip", gzip.compress(BODY) + b"more", BODY),
        ("deflate", zlib.compress(BODY) + b"more", BODY), ("br", brotli.compress(BODY) + b"\r\n", BODY),
        ("zstd", zstandard.compress(BODY[:9]) + zstandard.compress(BODY[9:]), BODY),
        ("br", b"x" * 1024 + b"\x01", b"x" * 1024 + b"\x01"),  # so much is looked at to know it for text
        ("br", b"plain text", b"plain text"), ("br", b"<p>\x01\x02", b"<p>\x01\x02"),
        ("gzip", gzip.compress(NOISE)[:4000], None), ("deflate", zlib.compress(NOISE)[:4000], None),
        ("br", brotli.compress(NOISE)[:4000], None),
    ],
)  # fmt: skip
def test_bodies(name: str, body: bytes, expected: bytes | None) -> None:
    found = decoded(body, content_encoding=name)
    if expected is None:  # what came of one that was cut
        assert len(found) > 3000
        assert NOISE.startswith(found)
    else:
        assert found == expected


def test_encodings_are_taken_off_in_their_order_and_no_more_than_so_many() -> None:
    packed = gzip.compress(BODY)
    both = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    assert decoded(both, content_encoding="gzip", transfer_encoding="chunked") == BODY
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    assert decoded(gzip.compress(chunks), transfer_encoding="chunked, gzip") == BODY
    many = BODY
    for _ in range(9):
        many = gzip.compress(many)
    assert decoded(many, content_encoding=",".join(["gzip"] * 9)) == BODY  # the ninth is known by its bytes
    assert decoded(many, content_encoding=",".join(["gzip"] * 7)) == gzip.compress(BODY)


@pytest.mark.parametrize(
    ("name", "body", "error", "detail"),
    [
        ("gzip", gzip.compress(BODY)[:10] + b"\x07" * 9, "corrupt", "the body cannot be decompressed: Error -3"),
        ("deflate", b"\x78\x01" + STORED + b"\x07" * 9, "corrupt", "the body cannot be decompressed: Error -3"),
        ("br", b"\x00\x01\x02" * 50, "corrupt", "the body cannot be decompressed: "),
        ("zstd", b"\x28\xb5\x2f\xfd\xff\xff\xff", "corrupt", "the body cannot be decompressed: "),
    ],
)
def test_damaged_bodies_are_told(name: str, body: bytes, error: str, detail: str) -> None:
    with pytest.raises(BodyError) as told:
        decoded(body, content_encoding=name)
    assert told.value.error == error
    assert str(told.value).startswith(detail)
    assert told.value.content == body


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zlib.compress, zstandard.compress, brotli.compress])
def test_a_body_of_exactly_the_limit_is_read(pack) -> None:  # type: ignore[no-untyped-def]
    page = b"<html>" + b"x" * 200_000
    packed = pack(page)
    name = {zlib.compress: "deflate", brotli.compress: "br"}.get(pack, "gzip")
    assert decoded(packed, len(page), content_encoding=name) == page
    with pytest.raises(BodyError, match=r"^a record that unpacks to more than the limit$") as told:
        decoded(packed, len(page) - 1, content_encoding=name)
    assert told.value.error == "too_large"
    assert page.startswith(told.value.content[: len(page)])
    assert len(told.value.content) > 1000


@pytest.mark.parametrize(
    ("body", "joined"),
    [
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"), (b"3\nabc\n0\n\n", b"abc"),
        (b"3;x=y\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b" 3 \r\nabc\r\n0\r\nA: b\r\n\r\n", b"abc"), (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
        (b"3\r\nabc", b"abc"), (b"3\r\nabc\r\n", b"abc"), (b"3\r\nabc\r\n9\r\nde", b"abcde"), (b"3\r\nabcd", b"abc"),
        (b"0\r\n\r\n", b""), (b"", b""), (b"no chunks", b"no chunks"), (b"123456789\r\nabc", b"123456789\r\nabc"),
        (b"99\r\nonly text", b"99\r\nonly text"), (b"99\r\n<html>", b"<html>"), (b"99\r\n\x1f\x8b", b"\x1f\x8b"),
        (b"99\r\nxyz", b"xyz"), (b"99\r\n\xef\xbb\xbf", b"\xef\xbb\xbf"),
        (b"99\r\n" + b"y" * 16, b"99\r\n" + b"y" * 16), (b"99\r\n" + b"y" * 17, b"y" * 17),
    ],
)  # fmt: skip
def test_chunks_are_joined(body: bytes, joined: bytes) -> None:
    assert join_chunks(body) == joined


def test_brotli_that_is_told_by_nothing_must_be_markup() -> None:
    text = brotli.compress(b"plain words " * 40)
    assert decoded(text) == text
    assert decoded(brotli.compress(b"<!-- x --><html>" + b"y" * 100)).startswith(b"<!-- x --><html>")
    assert decoded(text, content_encoding="br") == b"plain words " * 40
    with pytest.raises(BodyError, match="more than the limit"):
        decoded(brotli.compress(NOISE), 100, content_encoding="br")
    untold = brotli.compress(b"<html>" + bytes(5000))
    assert decoded(untold, 100) == untold  # it is no page that could be read
