"""A stream that is looked into: the bytes are always those of the stream, whatever was let go before."""

from __future__ import annotations

import gzip
import io
import re
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.pipeline.input.compression import decompress
from textmill.pipeline.input.warc import window as module
from textmill.pipeline.input.warc.window import Window

CONTENT = bytes(range(256)) * 4


def opened(can_seek: bool, offset: int = 0) -> Window:
    if can_seek:
        return Window(io.BytesIO(CONTENT), offset, can_seek=True)
    stream = io.BytesIO(CONTENT)
    stream.seek(offset)
    return Window(stream, offset, can_seek=False, reopen=lambda: io.BytesIO(CONTENT))


@settings(max_examples=200)
@given(
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from(["peek", "glance", "release", "back"]), st.integers(0, 1100), st.integers(0, 200))
    ),
    st.sampled_from([7, 64, 1 << 17]),
)
def test_whatever_is_looked_at_is_what_stands_there(
    can_seek: bool, looks: list[tuple[str, int, int]], chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "CHUNK_BYTES", chunk)
        window = opened(can_seek)
        for what, offset, count in looks:
            if what == "back":
                begin = window.go_back(offset)
                assert begin >= offset or begin == min(offset, len(CONTENT))
                assert window.begin <= begin
            elif what == "release":
                window.release(offset)
                assert window.begin >= min(offset, len(CONTENT))
            elif offset >= window.begin:
                found = window.peek(offset, count) if what == "peek" else window.glance(offset, count)
                assert found == CONTENT[offset : offset + count]
            assert window.begin <= window.end


def test_how_much_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_BYTES", 10)
    window = opened(can_seek=True)
    assert (window.begin, window.end) == (0, 0)
    assert window.peek(0, 3) == CONTENT[:3]
    assert (window.begin, window.end) == (0, 10)
    window.release(3)
    assert (window.begin, window.peek(3, 2)) == (3, CONTENT[3:5])
    window.release(2)
    assert window.begin == 3
    assert window.peek(8, 5) == CONTENT[8:13]
    assert (window.begin, window.end) == (3, 20)
    assert window.peek(25, 3) == CONTENT[25:28]  # what lies between is passed over
    assert (window.begin, window.end) == (25, 35)
    assert window.peek(500, 4) == CONTENT[500:504]
    assert window.begin == 500
    assert window.glance(900, 4) == CONTENT[900:904]
    assert (window.begin, window.end) == (500, 510)
    assert window.peek(1020, 50) == CONTENT[1020:]
    assert window.end == 1024
    for can_seek in (True, False):
        at = opened(can_seek, offset=100)
        assert (at.begin, at.end) == (100, 100)
        assert at.peek(100, 2) == CONTENT[100:102]


@pytest.mark.parametrize("can_seek", [True, False])
@pytest.mark.parametrize("small", [1, 3, 8192])
def test_searching(can_seek: bool, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_BYTES", max(small, 2))
    monkeypatch.setattr(module, "SMALL_BYTES", small)
    pattern = re.compile(rb"\x10\x11\x12")
    window = opened(can_seek)
    assert window.search(pattern, 0, 3) == 0x10
    assert window.search(pattern, 0x10, 3) == 0x10
    assert window.search(pattern, 0x11, 3) == 0x110
    assert window.begin <= 0x110
    assert (window.begin > 0x100) is (small < 100)  # what it has passed is let go
    assert window.search(re.compile(rb"\xff\x00\xfe"), 0x111, 3) is None
    assert opened(can_seek).search(re.compile(rb"\xfe\xff"), 1000, 2) == 1022
    assert opened(can_seek).search(re.compile(rb"x\xff"), 1022, 2) is None


def test_going_back_in_a_stream_that_cannot_seek() -> None:
    times = 0

    def reopen() -> IO[bytes]:
        nonlocal times
        times += 1
        return io.BytesIO(CONTENT)

    window = Window(io.BytesIO(CONTENT), can_seek=False, reopen=reopen)
    for number in range(6):
        window.release(600)
        assert window.go_back(700) == 700
        begin = window.go_back(10)
        assert begin == (10 if number < 4 else 600)
        assert window.peek(begin, 2) == CONTENT[begin : begin + 2]
    assert times == 4
    alone = Window(io.BytesIO(CONTENT), can_seek=False)
    alone.release(600)
    assert alone.go_back(10) == 600


def test_damage_is_passed_once_and_stands_in_a_line_of_its_own() -> None:
    members = [gzip.compress(b"a" * 50, mtime=0)[:-8] + bytes(8), gzip.compress(b"b" * 50, mtime=0)]
    window = Window(decompress(io.BytesIO(b"".join(members)), "gz"), can_seek=False)
    assert window.peek(0, 200) == b"a" * 50
    assert (window.end, window.peek(40, 20)) == (50, b"a" * 10)
    damage = window.pass_damage()
    assert damage is not None
    assert damage.error == "corrupt"
    assert window.pass_damage() is None
    assert window.peek(45, 200) == b"a" * 5 + b"\n" + b"b" * 50
    assert (window.end, window.pass_damage()) == (101, None)
