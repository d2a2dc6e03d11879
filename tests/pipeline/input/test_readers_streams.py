"""Lines of a stream: where each begins, and how much of one that is too long is held."""

import gzip
import io
from typing import IO

import pytest

from textmill.pipeline.input.readers.streams import Break, Line, lines, read_bounded


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


def found(content: bytes | IO[bytes], start: int = 0, stop: int | None = None, limit: int = 100) -> list[Line]:
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
    assert [line.content for line in found(stream, limit=1 << 20)] == [b"short", None, b"short"]
    assert stream.most <= (1 << 20) + 1


@pytest.mark.parametrize("can_seek", [True, False])
def test_every_line_belongs_to_the_part_in_which_it_begins(can_seek: bool) -> None:
    content = b"one\n\ntwo\r\nthree\nfour"
    begins = {0: b"one", 4: b"", 5: b"two", 10: b"three", 16: b"four"}
    for start in range(len(content) + 1):
        for stop in range(start, len(content) + 2):
            read = lines(io.BytesIO(content), start, stop, 100, can_seek=can_seek)
            expected = [(offset, line) for offset, line in begins.items() if start <= offset < stop]
            assert [(line.offset, line.content) for line in read] == expected


@pytest.mark.parametrize("start", [0, 600_000])
def test_a_broken_stream_tells_how_far_it_came(start: int) -> None:
    line = bytes(range(32, 127)) * 11 + b"\n"
    whole = gzip.compress(line * 4000, mtime=0)
    cut = gzip.GzipFile(fileobj=io.BytesIO(whole[: len(whole) // 2]))
    read = []
    with pytest.raises(Break) as broken:
        read += list(lines(cut, start, None, 2000, can_seek=False))
    assert broken.value.error == "truncated"
    assert isinstance(broken.value.cause, EOFError)
    assert broken.value.offset % len(line) == 0
    damaged = gzip.GzipFile(fileobj=io.BytesIO(whole[:-8] + bytes(8)))
    with pytest.raises(Break) as broken:
        read += list(lines(damaged, start, None, 2000, can_seek=False))
    assert (broken.value.error, broken.value.offset) == ("corrupt", 4000 * len(line))


def test_a_whole_stream_of_exactly_the_limit_is_read() -> None:
    assert read_bounded(io.BytesIO(b"x" * 10), 10) == b"x" * 10
    assert read_bounded(io.BytesIO(b""), 0) == b""
    stream = Watched(b"x" * 5000)
    assert read_bounded(stream, 10) is None
    assert stream.most == 11


def cut_stream(whole: bytes, *, after: int) -> IO[bytes]:
    """A stream that breaks off behind so many bytes."""

    class Cut(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            content = super().readline(size)
            if self.tell() > after:
                raise EOFError("the stream ends")
            return content

    return Cut(whole)


def test_a_stream_that_breaks_inside_a_line_tells_where_the_line_began() -> None:
    inside_a_long_one = cut_stream(b"ab\n" + b"x" * 3_000_000 + b"\n", after=2_000_000)
    with pytest.raises(Break) as broken:
        found(inside_a_long_one, limit=10)
    assert broken.value.offset == 3
    with pytest.raises(Break) as broken:  # the part before tells
        found(cut_stream(b"x" * 10 + b"\n", after=5), start=1)
    assert broken.value.offset < 1


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
    with pytest.raises(Break) as broken:
        list(lines(gzip.GzipFile(fileobj=io.BytesIO(content)), 0, None, 100, can_seek=False))
    assert broken.value.error == error
    assert str(broken.value) == str(broken.value.cause)


@pytest.mark.parametrize("told", ["Unexpected end of stream", "zstd: UNEXPECTED END"])
def test_words_of_other_libraries_for_a_cut_stream(told: str) -> None:
    assert Break(0, OSError(told)).error == "truncated"
    assert Break(0, OSError("checksum wrong")).error == "corrupt"


def test_a_line_has_no_beginning_kept_unless_it_is_too_long() -> None:
    (line,) = found(b"abc")
    assert (line.first_bytes, line.length) == (b"", 0)
