"""Gzip members: where they begin, what each holds, and what damage and size cost."""

from __future__ import annotations

import gzip
import io
import random

import pytest

from textmill.pipeline.input.warc import members as module
from textmill.pipeline.input.warc.members import Member, find_member, holds_one_record, member_stream, read_members


def record(body: bytes) -> bytes:
    return b"WARC/1.0\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(body), body)


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def read(content: bytes, start: int = 0, stop: int | None = None, limit: int = 10**6) -> list[Member]:
    return list(read_members(io.BytesIO(content), start, len(content) if stop is None else stop, limit))


PIECES = [packed(record(b"%d" % number * 20)) for number in range(3)]
BEGINS = [0, len(PIECES[0]), len(PIECES[0]) + len(PIECES[1])]
WHOLE = [Member(begin, record(b"%d" % number * 20)) for number, begin in enumerate(BEGINS)]


@pytest.mark.parametrize("chunk", [3, 50, 1 << 17])
def test_members_follow_each_other(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_BYTES", chunk)
    content = b"".join(PIECES)
    assert read(content) == WHOLE
    assert read(content, BEGINS[1]) == WHOLE[1:]
    assert read(content, 0, BEGINS[1]) == WHOLE[:1]
    assert read(content, 0, BEGINS[1] + 1) == WHOLE[:2]
    assert read(PIECES[0] + bytes(100) + PIECES[1])[1] == Member(BEGINS[1] + 100, WHOLE[1].content)
    assert read(b"") == read(bytes(50)) == []
    assert member_stream(WHOLE[0]).read() == WHOLE[0].content


@pytest.mark.parametrize("chunk", [5, 1 << 17])
def test_what_is_no_member_is_told(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_BYTES", chunk)
    told = "no gzip data where a record should begin"
    found = read(PIECES[0] + b"junk" + PIECES[1])
    assert found == [WHOLE[0], Member(BEGINS[1], b"", "corrupt", told), Member(BEGINS[1] + 4, WHOLE[1].content)]
    for rest in (b"\x1f", b"\x1f\x8b"):
        cut = Member(BEGINS[1], b"", "truncated", "the file ends where a record begins")
        assert read(PIECES[0] + rest) == [WHOLE[0], cut]
    assert read(PIECES[0] + b"\x1f\x8c") == [WHOLE[0], Member(BEGINS[1], b"", "corrupt", told)]
    assert read(PIECES[0] + b"\x1f\x8b\x08") == [
        WHOLE[0], Member(BEGINS[1], b"", "truncated", "the file ends inside this record")
    ]  # fmt: skip
    damaged = PIECES[0][:-8] + bytes(8)
    first, second = read(damaged + PIECES[1])
    assert (first.position, first.error, first.detail) == (
        0, "corrupt", "damaged gzip data: Error -3 while decompressing data: incorrect data check"
    )  # fmt: skip
    assert second == Member(BEGINS[1], WHOLE[1].content)


def test_a_member_that_breaks_off_gives_what_it_has() -> None:
    noise = record(random.Random(1).randbytes(50_000))
    (found,) = read(packed(noise)[:30_000])
    assert (found.position, found.error, found.detail) == (0, "truncated", "the file ends inside this record")
    assert noise.startswith(found.content)
    assert len(found.content) > 20_000


def test_how_long_a_member_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_HEADER_BYTES", 100)
    monkeypatch.setattr(module, "CHUNK_BYTES", 64)
    noise = random.Random(1).randbytes(1100)
    assert read(packed(noise) + PIECES[1], limit=1000)[0] == Member(0, noise)
    first, second = read(packed(noise + b"x") + PIECES[1], limit=1000)
    assert (first.error, first.detail) == ("too_large", "a record of more than 1000 bytes")
    assert noise.startswith(first.content)
    assert second.content == WHOLE[1].content
    bomb, after = read(packed(bytes(10**6)) + PIECES[1], limit=1000)  # not decompressed to its end
    assert (bomb.error, after.content) == ("too_large", WHOLE[1].content)


@pytest.mark.parametrize("step", [4, 100, 1 << 20])
def test_members_are_found_that_hold_the_head_of_a_record(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_BYTES", step)
    monkeypatch.setattr(module, "SEARCH_BYTES", step)
    content = b"\x1f\x8b\x08 by chance" + packed(b"no record") + b"".join(PIECES) + b"tail"
    first = content.index(PIECES[0])
    source = io.BytesIO(content)
    assert find_member(source, 0, len(content)) == first
    assert find_member(source, first, len(content)) == first
    assert find_member(source, first + 1, len(content)) == first + BEGINS[1]
    assert find_member(source, first + BEGINS[2] + 1, len(content)) is None
    assert find_member(source, 0, first) is None
    assert find_member(source, 0, first + 1) == first
    for head in (b"WARC/1.0", b"filedesc://a", b"http://a", b"https://a"):
        assert find_member(io.BytesIO(packed(head + b" ...")), 0, 100) == 0
    assert find_member(io.BytesIO(packed(b"ftp://a")), 0, 100) is None


ARC = b"filedesc://a.arc 0.0.0.0 20240101000000 text/plain 9\n123456789"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (packed(record(b"a")), True),
        (b"".join(PIECES), True),
        (packed(record(b"a")[:-4]) + PIECES[0], True),
        (packed(record(b"a") + b"\r\n" * 4) + PIECES[0], True),
        (packed(record(b"a") + b"\r\n" * 4 + b"x"), False),
        (packed(record(b"a") * 2), False),
        (packed(record(b"x" * 5000)[:2000]) + packed(b"the rest"), False),
        (packed(record(b"x" * 5000)[:2000]), True),
        (packed(ARC + b"\n"), True),
        (packed(ARC + b"\n" + ARC), False),
        (packed(ARC.replace(b" 9\n", b" x\n") * 2), True),
        (packed(b"WARC/1.0\r\nContent-Length: x\r\n\r\n" * 3), True),
        (packed(b"WARC/1.0\r\nContent-Length: %s1\r\n\r\nabcdefghijklmnopq" % (b"0" * 16)), False),
        (packed(b"WARC/1.0\r\nContent-Length: %s1\r\n\r\nabcdefghijklmnopq" % (b"0" * 17)), True),
        (packed(b"WARC/1.0\r\n" + b"A: b\r\n" * 20_000), True),
        (packed(record(b"a") * 2)[:40], True),
        (b"no gzip", True),
        (b"", True),
    ],
)
def test_whether_each_record_is_compressed_on_its_own(content: bytes, expected: bool) -> None:
    source = io.BytesIO(content)
    source.seek(2)
    assert holds_one_record(source) is expected
