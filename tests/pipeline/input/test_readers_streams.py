"""Lines of a stream: where each begins, and how much of one that is too long is held."""

import gzip
import io
import random
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.pipeline.input.compression import decompress
from textmill.pipeline.input.decompressors import DecompressionError
from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers import streams
from textmill.pipeline.input.readers.streams import (
    Break,
    Line,
    lines,
    open_seekable,
    read_head,
    skip,
)


class Watched(io.BytesIO):
    """A stream that records how much it was asked for at once."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.most = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        content = super().readline(size)
        self.most = max(self.most, len(content))
        return content

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.most = max(self.most, len(content))
        return content


def found(content: bytes | IO[bytes], start: int = 0, stop: int | None = None, limit: int = 100) -> list[Line | Break]:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return list(lines(stream, start, stop, limit, can_seek=True))


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_line_of_exactly_the_limit_is_read_and_one_byte_more_is_too_long(end: bytes) -> None:
    assert found(b"x" * 10 + end, limit=10) == [Line(0, b"x" * 10)]
    assert found(b"x" * 11 + end, limit=10) == [Line(0, None, b"x" * 11, 11 + len(end))]


def test_what_is_told_of_a_line_that_is_too_long() -> None:
    long = b"y" * 5000
    assert found(b"a\n" + long + b"\nb\n", limit=1000) == [
        Line(0, b"a"),
        Line(2, None, b"y" * 256, 5001),
        Line(5003, b"b"),
    ]


def test_no_more_than_the_limit_is_held_of_any_line() -> None:
    stream = Watched(b"short\n" + b"x" * 3_000_000 + b"\nshort\n")
    read = found(stream, limit=1 << 20)
    assert [item.content for item in read if isinstance(item, Line)] == [b"short", None, b"short"]
    assert stream.most <= (1 << 20) + 1


@pytest.mark.parametrize("can_seek", [True, False])
def test_every_line_belongs_to_the_part_in_which_it_begins(can_seek: bool) -> None:
    content = b"one\n\ntwo\r\nthree\nfour"
    begins = {0: b"one", 4: b"", 5: b"two", 10: b"three", 16: b"four"}
    for start in range(len(content) + 1):
        for stop in range(start, len(content) + 2):
            read = lines(io.BytesIO(content), start, stop, 100, can_seek=can_seek)
            expected = [(offset, line) for offset, line in begins.items() if start <= offset < stop]
            assert [(item.offset, item.content) for item in read if isinstance(item, Line)] == expected


@pytest.mark.parametrize("start", [0, 600_000])
def test_a_broken_stream_tells_how_far_it_came(start: int) -> None:
    line = bytes(range(32, 127)) * 11 + b"\n"
    whole = gzip.compress(line * 4000, mtime=0)

    def last(content: bytes) -> Line | Break:
        *read, end = lines(decompress(io.BytesIO(content), "gz"), start, None, 2000, can_seek=False)
        assert [item.content for item in read if isinstance(item, Line)] == [line[:-1]] * len(read)
        return end

    cut = last(whole[: len(whole) // 2])
    assert isinstance(cut, Break)
    assert (cut.error, cut.offset % len(line)) == ("truncated", 0)
    assert last(whole[:-8] + bytes(8)) == Break(
        4000 * len(line), "corrupt", "damaged gz data: Error -3 while decompressing data: incorrect data check"
    )


@pytest.mark.parametrize("start", [0, 3, 4, 5, 500])
def test_what_lies_behind_damage_is_read(start: int) -> None:
    members = [gzip.compress(b"%d\n" % number * 50, mtime=0) for number in range(4)]
    members[1] = members[1][:-8] + bytes(8)
    read = list(lines(decompress(io.BytesIO(b"".join(members)), "gz"), start, None, 100, can_seek=False))
    texts = [item.content for item in read if isinstance(item, Line)]
    begun = -(-start // 2)
    assert texts == ([b"0"] * 50 + [b"1"] * 50 + [b"2"] * 50 + [b"3"] * 50)[begun:]
    assert [item for item in read if isinstance(item, Break)] == (
        [Break(200, "corrupt", "damaged gz data: Error -3 while decompressing data: incorrect data check")]
        if start <= 200
        else []
    )
    offsets = [item.offset for item in read]
    assert offsets == sorted(set(offsets))


def test_a_stream_that_breaks_inside_a_line_tells_where_the_line_began() -> None:
    noise = random.Random(1).randbytes(2_000_000).replace(b"\n", b"x")
    content = gzip.compress(b"ab\n" + noise + b"\n", mtime=0)
    broken = decompress(io.BytesIO(content[:1_000_000]), "gz")
    *_, end = lines(broken, 0, None, 10, can_seek=False)
    assert isinstance(end, Break)
    assert (end.offset, end.error) == (3, "truncated")
    broken = decompress(io.BytesIO(content[:1_000_000]), "gz")
    assert list(lines(broken, 4, None, 10, can_seek=False)) == []  # the part before tells


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (gzip.compress(b"a\n" * 100, mtime=0)[:-10], "truncated"),
        (gzip.compress(b"a\n", mtime=0) + b"\x1f", "truncated"),
        (gzip.compress(b"a\n", mtime=0) + b"\x1f\x8b", "truncated"),
        (gzip.compress(b"a\n", mtime=0) + b"more", "corrupt"),
        (gzip.compress(b"a\n", mtime=0)[:10] + b"\xff" * 20, "corrupt"),
        (b"nothing compressed", "corrupt"),
    ],
)
def test_whether_a_stream_is_cut_or_damaged(content: bytes, error: str) -> None:
    *_, end = lines(decompress(io.BytesIO(content), "gz"), 0, None, 100, can_seek=False)
    assert isinstance(end, Break)
    assert end.error == error
    assert end.detail


def test_a_line_has_no_beginning_kept_unless_it_is_too_long() -> None:
    (line,) = found(b"abc")
    assert isinstance(line, Line)
    assert (line.first_bytes, line.length) == (b"", 0)


class Skimming:
    """Looks at all lines up to an offset at once, and deals with those that hold only these bytes."""

    def __init__(self, until: int, dealt_with: bytes = b"") -> None:
        self.until, self.dealt_with = until, dealt_with
        self.seen: list[tuple[int, bytes]] = []

    def passes(self, offset: int, data: bytes) -> bool:
        self.seen.append((offset, data))
        return bool(self.dealt_with) and not data.strip(self.dealt_with + b"\r\n")


PIECE = st.sampled_from([b"", b"a", b"bc", b"\r", b"d" * 7, b"e" * 8, b"f" * 9, b"g" * 30])


@settings(max_examples=200)
@given(st.lists(PIECE, max_size=12), st.booleans(), st.integers(0, 60), st.integers(0, 60), st.integers(0, 80))
def test_lines_that_are_looked_at_all_at_once_are_the_same(
    pieces: list[bytes], ends: bool, until: int, start: int, stop: int
) -> None:
    content = b"\n".join(pieces) + b"\n" * ends

    def told(stop: int | None, can_seek: bool, flood: Skimming | None) -> list[tuple[Any, ...]]:
        read = lines(io.BytesIO(content), start, stop, 8, can_seek=can_seek, flood=flood)
        return [(one.offset, one.content, one.first_bytes[:9], one.length) for one in read if isinstance(one, Line)]

    skimming = Skimming(until)
    assert told(stop, True, skimming) == told(stop, True, None)
    assert told(None, False, Skimming(until)) == told(None, False, None)
    for offset, data in skimming.seen:
        assert content[offset : offset + len(data)] == data
        assert offset < min(until, stop)


@given(
    st.lists(st.sampled_from([b"\n" * 7, b" \t\r\n" * 3, b"a\n", b"x" * 30 + b"\n", b"b\r\n", b"c"]), max_size=12),
    st.integers(0, 80),
    st.integers(0, 120),
)
def test_of_many_blank_lines_most_are_left_out_and_nothing_else(pieces: list[bytes], start: int, stop: int) -> None:
    content = b"".join(pieces)

    def told(*, needs_blanks: bool) -> list[Line | Break]:
        read = lines(io.BytesIO(content), start, stop, 20, can_seek=True, needs_blanks=needs_blanks)
        return [replace(line, first_bytes=line.first_bytes[:9]) if isinstance(line, Line) else line for line in read]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "MOST_BLANKS", 2)
        patch.setattr(streams, "BLANK_BYTES", 16)
        skipping, whole = told(needs_blanks=False), told(needs_blanks=True)
    blank = [line for line in whole if isinstance(line, Line) and line.content is not None and not line.content.strip()]
    assert [line for line in whole if line not in blank] == [line for line in skipping if line not in blank]
    assert [line for line in skipping if line not in whole] == []


def test_millions_of_blank_lines_are_passed_over_together() -> None:
    content = b"\n" * 500_000 + b"a\n" + b"\r\n" * 50 + b"b"
    read = found(content)
    assert len(read) < 1 << 16
    assert [line for line in read if isinstance(line, Line) and line.content] == [
        Line(500_000, b"a"),
        Line(500_102, b"b"),
    ]


def test_lines_that_are_dealt_with_are_not_handed_on() -> None:
    skimming = Skimming(6, b"x")
    read = lines(io.BytesIO(b"x\nxx\nx" + b"x" * 50 + b"\na\nx\n"), 0, None, 10, can_seek=True, flood=skimming)
    assert list(read) == [Line(57, b"a"), Line(59, b"x")]
    assert skimming.seen == [(0, b"x\nxx\nx" + b"x" * 10)]


def part_of(path: Path, compression: str | None, content: bytes) -> Part:
    path.write_bytes(content)
    return Part(path=str(path), source="in/a", format=FileFormat("text", compression))


def test_what_is_opened_to_be_read_anywhere(tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    for part in (part_of(tmp_path / "a", None, content), part_of(tmp_path / "b", "gz", gzip.compress(content))):
        with open_seekable(part) as source:
            assert not isinstance(source, DecompressionError)
            assert source.read(10) == content[:10]
            source.seek(25_000)
            assert source.read() == content[25_000:]
    with open_seekable(part_of(tmp_path / "c", "gz", gzip.compress(content)[:-9])) as source:
        assert isinstance(source, DecompressionError)
        assert source.error == "truncated"


@pytest.mark.parametrize("count", [0, 1, 5, 99, 100, 101])
def test_the_head_of_a_stream(count: int) -> None:
    content = bytes(range(100))
    assert read_head(decompress(io.BytesIO(gzip.compress(content, mtime=0)), "gz"), count) == content[:count]
    assert read_head(io.BytesIO(content), count) == content[:count]
    noise = random.Random(2).randbytes(100_000)
    cut = read_head(decompress(io.BytesIO(gzip.compress(noise, mtime=0)[:50_000]), "gz"), 100_000)
    assert 0 < len(cut) < 50_000
    assert noise.startswith(cut)


@pytest.mark.parametrize("step", [3, 1 << 20])
def test_going_on_to_an_offset(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SKIP_BYTES", step)
    for can_seek in (True, False):
        stream = io.BytesIO(b"0123456789")
        assert skip(stream, 7, can_seek=can_seek) == 7
        assert stream.read(2) == b"78"
    assert skip(io.BytesIO(b"0123"), 7, can_seek=False) == 4
    assert skip(io.BytesIO(b"0123"), 0, can_seek=False) == 0
    members = [gzip.compress(b"a" * 50, mtime=0)[:-8] + bytes(8), gzip.compress(b"b" * 50, mtime=0)]
    damaged = decompress(io.BytesIO(b"".join(members)), "gz")
    assert skip(damaged, 60, can_seek=False) == 60
    assert damaged.read(3) == b"bbb"
    assert skip(decompress(io.BytesIO(b"".join(members)), "gz"), 50, can_seek=False) in (50, 51)


@pytest.mark.parametrize("step", [4, 1 << 20])
def test_a_line_is_passed_over_piece_by_piece(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SKIP_BYTES", step)
    assert found(b"x" * 25 + b"\nab\n" + b"y" * 21, limit=3) == [
        Line(0, None, b"xxxx", 26),
        Line(26, b"ab"),
        Line(29, None, b"yyyy", 21),
    ]
