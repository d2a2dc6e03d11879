"""Eight bytes at a time, against one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.kernels.machine.buffers import Bytes, Float32Matrix, Floats, Floats32
from textmill.filters.kernels.machine.eight_bytes import blanks_of, line_feeds_of, printable_of, spaces_of
from textmill.filters.kernels.machine.instructions import load_eight, store_eight
from textmill.filters.kernels.machine.kernel import inner
from textmill.filters.kernels.machine.scanning import count_line_feeds, line_end, same_bytes
from textmill.filters.kernels.machine.vectors import add_row

BLOCK = st.binary(min_size=8, max_size=8) | st.lists(
    st.sampled_from(b"\t\r\x08\x0e\x1b\x1c\x1f\x20\x21\x7f\x89\xa0\x8d\n"), min_size=8, max_size=8
).map(bytes)
TEXT = st.lists(st.sampled_from(b"\n\x0b\x8a\x00ab "), max_size=40).map(bytes)


def high_bits(found: int) -> list[bool]:
    assert int(found) & 0x7F7F7F7F7F7F7F7F == 0
    return [byte != 0 for byte in int(found).to_bytes(8, "little")]


@given(block=BLOCK)
def test_classes_of_eight_bytes(block: bytes) -> None:
    number = np.uint64(int.from_bytes(block, "little"))
    assert high_bits(spaces_of(number)) == [byte < 0x80 and chr(byte).isspace() for byte in block]
    assert high_bits(blanks_of(number)) == [byte == 0x20 for byte in block]
    assert high_bits(line_feeds_of(number)) == [byte == 0x0A for byte in block]
    assert high_bits(printable_of(number)) == [0x20 <= byte < 0x7F for byte in block]


@given(text=TEXT, start=st.integers(0, 40))
def test_line_feeds(text: bytes, start: int) -> None:
    start = min(start, len(text))
    data = np.frombuffer(text + b"\n" * 9, dtype=np.uint8)
    found = text.find(b"\n", start)
    assert line_end(data, start, len(text)) == (found if found >= 0 else len(text))
    assert count_line_feeds(data, start, len(text)) == text[start:].count(b"\n")


@given(text=TEXT, other=TEXT)
def test_same_bytes(text: bytes, other: bytes) -> None:
    count = min(len(text), len(other))
    one, two = np.frombuffer(b"x" + text + b"!", dtype=np.uint8), np.frombuffer(other + b"?", dtype=np.uint8)
    assert same_bytes(one, 1, two, 0, count) == (text[:count] == other[:count])
    assert same_bytes(one, 1, one[1:], 0, len(text))


@inner
def add(result: Floats32, vectors: Float32Matrix, row: int) -> None:
    add_row(result, vectors, row)


@inner
def add_wider(result: Floats, vectors: Float32Matrix, row: int) -> None:
    add_row(result, vectors, row)


@inner
def move(target: Bytes, at: int, source: Bytes, start: int) -> None:
    store_eight(target, at, load_eight(source, start))


def test_rows_are_added_in_either_precision_and_of_any_width() -> None:
    rng = np.random.default_rng(3)
    for dim in (0, 1, 7, 8, 9, 16, 100):
        vectors = rng.normal(size=(3, dim)).astype(np.float32)
        for kind, added in ((np.float32, add), (np.float64, add_wider)):
            result = rng.normal(size=dim).astype(kind)
            expected = result + vectors[2].astype(kind)
            added(result, vectors, 2)
            assert np.array_equal(result, expected)


def test_eight_bytes_are_written_in_order() -> None:
    target = np.zeros(12, dtype=np.uint8)
    move(target, 3, np.arange(20, dtype=np.uint8), 5)
    assert target.tolist() == [0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12, 0]
