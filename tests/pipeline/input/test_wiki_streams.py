"""Streams of multistream dumps: where they begin and end, whatever stands between, and what damage is told."""

import bz2
import io
import random

import pytest

from textmill.pipeline.input import wiki_streams
from textmill.pipeline.input.decompressors import DecompressionError
from textmill.pipeline.input.wiki_streams import OneStream, find_stream, is_multistream, streams

HEAD = bz2.compress(b"<mediawiki><siteinfo/>")
PIECES = [bz2.compress(b"<page>%d</page>" % number) for number in range(3)]


def read(stream: OneStream) -> bytes:
    return b"".join(iter(lambda: stream.read1(5), b""))


def contents(content: bytes, start: int = 0, stop: int | None = None) -> list[tuple[int, bytes | None]]:
    found = streams(io.BytesIO(content), start, stop)
    return [(offset, None if stream is None else read(stream)) for offset, stream in found]


def test_streams_follow_each_other() -> None:
    content = b"".join(PIECES)
    begins = [0, len(PIECES[0]), len(PIECES[0]) + len(PIECES[1])]
    expected = [(offset, b"<page>%d</page>" % number) for number, offset in enumerate(begins)]
    assert contents(content) == expected
    for start in begins:
        for stop in (*begins, len(content), None):
            inside = [one for one in expected if start <= one[0] and (stop is None or one[0] < stop)]
            assert contents(content, start, stop) == inside
    assert contents(content, 1, begins[1] + 1) == [(1, None), expected[1]]
    assert contents(content, 0, 1) == expected[:1]
    assert contents(b"") == []


@pytest.mark.parametrize(
    ("between", "is_told"), [(bytes(300), False), (b"\0x", True), (b"x" * 300, True), (b"BZh91AY&S", True)]
)
@pytest.mark.parametrize("chunk", [7, 1 << 18])
def test_what_stands_between_streams(
    between: bytes, is_told: bool, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiki_streams, "CHUNK_BYTES", chunk)
    content = PIECES[0] + between + PIECES[1] + between
    told: list[tuple[int, bytes | None]] = [(len(PIECES[0]), None)] if is_told else []
    behind = len(PIECES[0]) + len(between)
    end: list[tuple[int, bytes | None]] = [(behind + len(PIECES[1]), None)] if is_told else []
    assert contents(content) == [(0, b"<page>0</page>"), *told, (behind, b"<page>1</page>"), *end]


@pytest.mark.parametrize("chunk", [11, 1 << 18])
def test_a_stream_is_found_wherever_it_begins(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiki_streams, "CHUNK_BYTES", chunk)
    content = b"ab" + b"BZh01AY&SY" + b"BZh" * 9 + PIECES[0] + PIECES[1]
    first = content.index(PIECES[0])
    for start in range(first + 1):
        assert find_stream(io.BytesIO(content), start) == first
    assert find_stream(io.BytesIO(content), first + 1) == first + len(PIECES[0])
    assert find_stream(io.BytesIO(content), first + len(PIECES[0]) + 1) is None
    for level in range(1, 10):
        assert find_stream(io.BytesIO(b"xx" + bz2.compress(b"a", level)), 1) == 2


def test_a_stream_comes_in_pieces_and_knows_where_it_is() -> None:
    text = random.Random(3).randbytes(5000)
    packed = bz2.compress(text)
    source = io.BytesIO(packed + b"behind")
    stream = OneStream(source)
    seen = b""
    while piece := stream.read1(700):
        assert len(piece) <= 700
        assert stream.end == (None if stream.position < 5000 else len(packed))
        seen += piece
        assert stream.position == len(seen)
    assert (seen, stream.end) == (text, len(packed))
    assert stream.read1(700) == b""


@pytest.mark.parametrize(
    ("harm", "error", "detail"),
    [
        (lambda packed: packed[:-5], "truncated", "the file ends inside its bz2 data"),
        (lambda packed: packed[:-5] + b"xxxxx", "corrupt", "damaged bz2 data: Invalid data stream"),
        (lambda packed: b"BZh9" + bytes(50), "corrupt", "damaged bz2 data: Invalid data stream"),
        (lambda packed: b"", "truncated", "the file ends inside its bz2 data"),
    ],
)
def test_damage_is_told_once(harm, error: str, detail: str) -> None:  # type: ignore[no-untyped-def]
    content = harm(bz2.compress(b"x" * 100))
    stream = OneStream(io.BytesIO(content))
    with pytest.raises(DecompressionError, match=detail) as told:
        read(stream)
    assert told.value.error == error
    assert (stream.read1(9), stream.end) == (b"", None)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEAD + PIECES[0], True),
        (HEAD, True),
        (bz2.compress(b"<mediawiki><page>") + PIECES[0], False),  # one stream from end to end
        (bz2.compress(b"<siteinfo/>") + PIECES[0], False),
        (PIECES[0], False),
        (HEAD[:-1], False),
        (b"<mediawiki>", False),
        (b"", False),
        (bz2.compress(b"<mediawiki>" + b" " * ((1 << 20) - 11)), True),
        (bz2.compress(b"<mediawiki>" + b" " * (3 << 19)), False),  # no head is so long
    ],
)
def test_a_multistream_dump_is_known_by_its_first_stream(content: bytes, expected: bool) -> None:
    source = io.BytesIO(content)
    source.seek(3)
    assert is_multistream(source) is expected
