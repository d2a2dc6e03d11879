"""Where records begin and end, exactly, and what is told of bytes that are none."""

from __future__ import annotations

import io

import pytest

from textmill.pipeline.input.warc.records import BadRecord, RawRecord, parse_headers, read_records
from textmill.pipeline.input.warc.window import Window


def record(body: bytes, kind: bytes = b"x", *, length: bytes | None = None, end: bytes = b"\r\n\r\n") -> bytes:
    told = b"%d" % len(body) if length is None else length
    return b"WARC/1.0\r\nWARC-Type: %s\r\nContent-Length: %s\r\n\r\n%s%s" % (kind, told, body, end)


HEAD = len(record(b"", end=b""))


def read(
    content: bytes,
    start: int = 0,
    stop: int | None = None,
    limit: int = 1000,
    *,
    sized: bool = True,
    contents: bool = True,
) -> list[RawRecord | BadRecord]:
    window = Window(io.BytesIO(content), can_seek=sized, reopen=lambda: io.BytesIO(content))
    size = len(content) if sized else None
    return list(read_records(window, start, stop, limit, size=size, contents=contents))


def raw(position: int, body: bytes | None, length: int | None = None, told: bytes | None = None) -> RawRecord:
    size = len(body or b"") if length is None else length
    headers = {"warc-type": "x", "content-length": (told or b"%d" % size).decode()}
    return RawRecord(position, headers, body, size)


A, B = record(b"aaa"), record(b"bbbb")


@pytest.mark.parametrize("sized", [True, False])
@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n\n\n", bytes(300), b"\r\n" * 200])
def test_records_follow_each_other_whatever_line_ends_stand_between(sized: bool, between: bytes) -> None:
    content = between + A + between + B + between
    first = len(between)
    assert read(content, sized=sized) == [raw(first, b"aaa"), raw(first + len(A) + len(between), b"bbbb")]


def test_records_of_a_part_are_those_that_begin_in_it() -> None:
    content, second = A + B, len(A)
    both = [raw(0, b"aaa"), raw(second, b"bbbb")]
    assert read(content, 0, second) == both[:1]
    assert read(content, 0, second + 1) == both
    assert read(content, second) == both[1:]
    assert read(content, 0, 0) == []
    assert read(content, contents=False) == [raw(0, None, 3), raw(second, None, 4)]
    assert read(content, limit=3) == [raw(0, b"aaa"), raw(second, None, 4)]


@pytest.mark.parametrize("sized", [True, False])
def test_a_large_record_of_exactly_the_limit_is_read(sized: bool) -> None:
    body = bytes(range(256)) * 2000
    content = record(body) + A
    assert read(content, limit=len(body), sized=sized) == [raw(0, body), raw(len(content) - len(A), b"aaa")]
    assert read(content, limit=len(body) - 1, sized=sized)[0] == raw(0, None, len(body))


BAD_END = "no record follows where this one of {} bytes should end"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (record(b"abc", end=b""), [raw(0, b"abc")]),
        (record(b"abc", end=b"\r\n"), [raw(0, b"abc")]),
        (record(b"abc", end=b"") + B, [raw(0, b"abc"), raw(HEAD + 3, b"bbbb")]),
        (record(b"abcde", length=b"3", end=b"") + B,
         [raw(0, b"abc"), BadRecord(HEAD + 3, "corrupt", "no record where one should begin", b"de" + B),
          raw(HEAD + 5, b"bbbb")]),
        (record(b"ab", length=b"9", end=b"\r\n\r\n"),
         [BadRecord(0, "truncated", "the file ends inside this record of 9 bytes")]),
        (A[:-9], [BadRecord(0, "truncated", "the file ends inside a record's header", A[:-9])]),
        (A + b"WARC/1.",
         [raw(0, b"aaa"), BadRecord(len(A), "truncated", "the file ends where a record begins", b"WARC/1.")]),
        (A + b"WARX", [raw(0, b"aaa"), BadRecord(len(A), "corrupt", "no record where one should begin", b"WARX")]),
        (b"junk\n" + A, [BadRecord(0, "corrupt", "no record where one should begin", b"junk\n" + A), raw(5, b"aaa")]),
        (record(b"abc", length=b"3x") + A,
         [BadRecord(0, "corrupt", "a record with the length '3x'", record(b"abc", length=b"3x") + A),
          raw(HEAD + 8, b"aaa")]),
        (record(b"abc", length=b"9" * 19) + A,
         [BadRecord(0, "corrupt", f"a record with the length '{'9' * 19}'", record(b"abc", length=b"9" * 19) + A),
          raw(HEAD + 25, b"aaa")]),
        (b"WARC/1.0\r\nWARC-Type: x\r\n\r\nabc\r\n\r\n" + A,
         [RawRecord(0, {"warc-type": "x"}, b"abc", 3), raw(33, b"aaa")]),
        (b"WARC/1.0\r\nWARC-Type: x\r\n\r\nabc\n", [RawRecord(0, {"warc-type": "x"}, b"abc", 3)]),
        (b"WARC/1.0\r\nOther: x\r\n\r\nabc\r\n\r\n" + A,
         [BadRecord(0, "corrupt", "a record without a length", b"WARC/1.0\r\nOther: x\r\n\r\nabc\r\n\r\n" + A),
          raw(29, b"aaa")]),
        (b"", []),
        (b"\r\n\x00\n", []),
        (A.replace(b"\r\n", b"\n"), [raw(0, b"aaa")]),
        (A.replace(b"WARC/1.0\r", b"WARC/0.18 \t\r"), [raw(0, b"aaa")]),
    ],
)  # fmt: skip
def test_careless_and_damaged_files(content: bytes, expected: list[RawRecord | BadRecord]) -> None:
    assert read(content) == expected


def test_a_wrong_length_costs_its_record() -> None:
    lying = record(b"abcdef" * 20, length=b"100")
    found = read(A + lying + B)
    assert found[0] == raw(0, b"aaa")
    assert found[1] == raw(len(A), (b"abcdef" * 20)[:100], told=b"100") or isinstance(found[1], BadRecord)
    assert found[-1] == raw(len(A + lying), b"bbbb")
    long = record(b"abc", length=b"60")
    assert read(long + A + B) == [
        BadRecord(0, "corrupt", BAD_END.format(60)), raw(len(long), b"aaa"), raw(len(long + A), b"bbbb")
    ]  # fmt: skip
    nearly = record(b"abc", length=b"2")
    assert read(nearly + A)[-1] == raw(len(nearly), b"aaa")


def test_a_record_that_swallows_another_has_a_wrong_length() -> None:
    inner = record(b"zz")
    honest = record(b"q\n" + inner)
    assert read(honest + A) == [raw(0, b"q\n" + inner), raw(len(honest), b"aaa")]
    body = b"abc\r\n\r\n" + inner + b"plain text that goes on"
    swallowing = record(body, length=b"%d" % (7 + len(inner)), end=b"\r\n\r\n")
    found = read(swallowing)
    assert isinstance(found[0], BadRecord)
    assert found[0].detail == BAD_END.format(7 + len(inner))
    assert found[1] == raw(HEAD + 8, b"zz")


ARC = b"http://a/b 1.2.3.4 20240102030405 text/html 3\nabc\n"


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        (b"http://a/b 1.2.3.4 20240102030405 text/html 3\n",
         {"warc-target-uri": "http://a/b", "warc-date": "2024-01-02T03:04:05Z", "content-type": "text/html"}),
        (b"HTTPS://a/b c - 20240102 3\r\n",
         {"warc-target-uri": "HTTPS://a/b c", "warc-date": "2024-01-02T00:00:00Z", "content-type": ""}),
        (b"dns:a 2001:db8::1 20240102030405678 text/dns 200 - - 7 a.arc 3 \n",
         {"warc-target-uri": "dns:a", "warc-date": "2024-01-02T03:04:05Z", "content-type": "text/dns 200 - - 7 a.arc"}),
    ],
)  # fmt: skip
def test_records_of_arc_files(head: bytes, headers: dict[str, str]) -> None:
    expected = RawRecord(0, {"warc-type": "response", **headers}, b"abc", 3, is_arc=True)
    first, second = read(head + b"abc\n" + ARC)
    assert first == expected
    assert second.position == len(head) + 4
    info = b"filedesc://x.arc 0.0.0.0 20240101000000 text/plain 2\nab\n"
    assert [one.headers["warc-type"] for one in read(info + ARC) if isinstance(one, RawRecord)] == [
        "warcinfo",
        "response",
    ]
    lost = read(ARC + b"lost\n" + ARC)
    assert [(one.position, isinstance(one, RawRecord)) for one in lost] == [(0, True), (50, False), (55, True)]


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        (b"A: b\r\nC:d\n", {"a": "b", "c": "d"}), (b"A: b\r\n c\r\n\td\r\nE: f", {"a": "b c d", "e": "f"}),
        (b" lost\r\nA: b", {"a": "b"}), (b"A: b\r\nA: c", {"a": "b"}), (b"no colon\r\nA: b: c", {"a": "b: c"}),
        (b"Content-Encoding: gzip\r\ncontent-encoding: br", {"content-encoding": "gzip, br"}),
        (b"Transfer-Encoding: a\r\nTransfer-Encoding: b\r\n c", {"transfer-encoding": "a, b c"}),
        ("A: é".encode(), {"a": "é"}), ("A: é".encode("latin-1"), {"a": "é"}), (b" A : b ", {}), (b"A :b ", {"a": "b"}),
        (b"", {}), (b"A: bX\r\nC: Xd", {"a": "bX", "c": "Xd"}), (b"A: b\r\r\n \rc", {"a": "b c"}),
    ],
)  # fmt: skip
def test_headers(lines: bytes, headers: dict[str, str]) -> None:
    assert parse_headers(lines) == headers
