"""Which windows have stood before, and what is written without them."""

from __future__ import annotations

import numpy as np
import pytest

from textmill.dedup.parts.seen import SeenWindows, cut_out, fill_slots
from textmill.dedup.parts.windows import Windows
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers


def keys(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64).reshape(-1, 1)


def marked(seen: SeenWindows, values: list[int], offsets: list[int], length: int = 1, first: int = 0) -> list[bool]:
    count = len(values) - (length - 1) if values else 0
    windows = Windows(keys(*values[:count]), np.arange(count))
    return seen.mark(windows, np.array(offsets), length, first).tolist()


def test_the_first_in_a_split_stays_and_what_stood_before_it_does_not() -> None:
    seen = SeenWindows(keys(1), keys(2))
    assert (len(seen), seen.width) == (2, 1)
    assert marked(seen, [1, 2, 3, 2, 1], [0, 3, 5]) == [True, False, False, True, True]
    assert marked(seen, [2, 3], [0, 2], first=2) == [True, False]
    assert marked(SeenWindows(keys(), keys(2)), [2, 2, 2], [0, 3]) == [False, True, True]
    assert marked(seen, [], [0]) == []


def test_windows_that_overlap_are_no_repetitions() -> None:
    seen = SeenWindows(keys(), keys(7))
    assert marked(seen, [7, 7, 7, 7, 8], [0, 5], length=3) == [False] * 5
    seen = SeenWindows(keys(), keys(7))
    assert marked(seen, [7, 1, 2, 7, 8, 9], [0, 6], length=3) == [False] * 3 + [True] * 3
    assert marked(seen, [7, 8, 9], [0, 3], length=3, first=1) == [True] * 3


def test_which_keys_are_known() -> None:
    wide = np.array([[1, 2], [1, 3], [4, 5]], dtype=np.uint64)
    seen = SeenWindows(wide[:1], wide[2:])
    assert (len(seen), seen.width) == (2, 2)
    assert seen.holds(wide).tolist() == [True, False, True]
    assert seen.holds(wide[:0]).tolist() == []
    assert SeenWindows(wide[:0], wide[:0]).holds(wide).tolist() == [False] * 3


def test_every_key_has_a_slot_and_of_equal_ones_the_first_is_found() -> None:
    values = np.arange(1000, dtype=np.uint64).reshape(-1, 1)
    slots = fill_slots(values)
    assert (slots.dtype, len(slots) & (len(slots) - 1)) == (np.int32, 0)
    assert sorted(slots[slots >= 0].tolist()) == list(range(1000))
    assert set(slots[slots < 0].tolist()) == {-1}
    assert SeenWindows(keys(5), keys(5)).mark(Windows(keys(5), np.arange(1)), np.array([0, 1]), 1, 0).tolist() == [True]


@pytest.mark.parametrize(
    ("text", "starts", "repeated", "left", "counts"),
    [
        ("ab cd ef", [0, 3, 6], [False, True, False], "ab ef", [1, 8, 3]),
        ("ab cd \n\t", [0, 3], [False, True], "ab", [1, 8, 6]),
        ("ab cd \x0b", [0, 3], [False, False], "ab cd \x0b", [0, 7, 0]),
        ("  é x", [2, 5], [True, False], "  x", [1, 5, 2]),
        ("  é x", [2, 5], [True, True], "", [2, 5, 5]),
        ("ab", [0], [True], "", [1, 2, 2]),
        ("ab ", [], [], "ab ", [0, 3, 0]),
        ("字\u00a0字", [0, 5], [False, True], "字\u00a0", [1, 3, 1]),
    ],
)
def test_what_is_left_of_a_text(
    text: str, starts: list[int], repeated: list[bool], left: str, counts: list[int]
) -> None:
    column = make_batch(["front ", text, " behind"])["text"]
    offsets, data = text_buffers(column)
    places = np.array([0, *(6 + start for start in starts), int(offsets[2])])
    pieces = np.array([0, 1, 1 + len(starts), 2 + len(starts)])
    marks = np.array([False, *repeated, False])
    found_offsets, found, told = cut_out(offsets, data, pieces, places, marks)
    assert bytes(found).decode() == f"front {left} behind"
    assert found_offsets.tolist() == [0, 6, 6 + len(left.encode()), 13 + len(left.encode())]
    assert told.tolist() == [[0, 6, 0], counts, [0, 7, 0]]
