"""Windows of pieces that follow each other: their keys, their anchors, and which of them are compared."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup.parts.pieces import Pieces
from textmill.dedup.parts.windows import ANCHOR_WORDS, anchors, smallest_of, window_keys


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(1, 5), max_size=60), max_size=3), st.integers(2, 20))
def test_every_window_has_the_anchor_of_its_smallest_run(documents, length) -> None:
    hashes = np.array([value for document in documents for value in document], dtype=np.uint64)
    offsets = np.cumsum([0, *map(len, documents)]).astype(np.int64)
    pieces = Pieces(offsets, np.arange(len(hashes)), hashes)
    windows = window_keys(pieces, length, 2)
    keys, numbers, places = anchors(pieces, length)
    assert len(numbers) == len(windows.pieces)
    size = min(ANCHOR_WORDS, length)
    by_content: dict[bytes, int] = {}
    for piece, number, key in zip(windows.pieces.tolist(), numbers.tolist(), windows.words.tolist(), strict=True):
        assert piece <= places[number] <= piece + length - size
        content = hashes[piece : piece + length].tobytes()
        assert by_content.setdefault(content, (int(keys[number]), tuple(key))) == (int(keys[number]), tuple(key))
    assert len({key for _, key in by_content.values()}) == len(by_content)


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(1, 3), max_size=40), max_size=3), st.integers(1, 6))
def test_of_windows_in_a_row_the_smallest_is_compared(documents, every) -> None:
    hashes = np.array([value for document in documents for value in document], dtype=np.uint64)
    offsets = np.cumsum([0, *map(len, documents)]).astype(np.int64)
    windows = window_keys(Pieces(offsets, np.arange(len(hashes)), hashes), 2, 2)
    expected = set()
    for begin, end in pairwise(offsets.tolist()):
        numbers = [n for n, piece in enumerate(windows.pieces.tolist()) if begin <= piece < end]
        rows = [numbers[i : i + every] for i in range(max(len(numbers) - every + 1, bool(numbers)))]
        expected |= {min(row, key=lambda n: (int(windows.words[n, 0]), -n)) for row in rows}
    assert np.flatnonzero(smallest_of(windows, offsets, every)).tolist() == sorted(expected)


def test_one_word_in_nineteen_begins_an_anchor() -> None:
    hashes = (np.arange(100_000, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    pieces = Pieces(np.array([0, len(hashes)]), np.arange(len(hashes)), hashes)
    assert 1 / 21 < len(anchors(pieces, 50)[0]) / len(hashes) < 1 / 18


def pieces_of(*documents: list[int]) -> Pieces:
    hashes = np.array([value for document in documents for value in document], dtype=np.uint64)
    return Pieces(np.cumsum([0, *map(len, documents)]).astype(np.int64), np.arange(len(hashes)), hashes)


def test_single_pieces_are_known_by_their_own_hash() -> None:
    found = window_keys(pieces_of([5, 0, 7], [], [0, 5]), 1, 1)
    assert (found.words.tolist(), found.pieces.tolist()) == ([[5], [7], [5]], [0, 2, 4])
    assert (found.words.dtype, found.pieces.dtype) == (np.uint64, np.int64)


@pytest.mark.parametrize("width", [1, 2])
def test_windows_are_within_a_document(width: int) -> None:
    pieces = pieces_of([1, 2, 3, 4], [1, 2], [], [2, 3, 4, 1, 2, 3])
    found = window_keys(pieces, 3, width)
    assert found.pieces.tolist() == [0, 1, 6, 7, 8, 9]
    assert found.words.shape == (6, width)
    rows = [tuple(row) for row in found.words.tolist()]
    assert rows[0] == rows[5]
    assert rows[1] == rows[2]
    assert len(set(rows)) == 4
    if width == 2:
        assert not {row[0] for row in rows} & {row[1] for row in rows}
        narrow = window_keys(pieces, 3, 1)
        assert [[row[0]] for row in rows] == narrow.words.tolist()
    none = window_keys(pieces_of([1, 2], []), 3, width)
    assert (none.words.shape, none.pieces.shape) == ((0, width), (0,))


def test_windows_that_are_shorter_than_an_anchor_are_their_own() -> None:
    keys, numbers, places = anchors(pieces_of([1, 2, 3], [4], [1, 2, 3]), 2)
    assert (numbers.tolist(), places.tolist()) == ([0, 1, 2, 3], [0, 1, 4, 5])
    assert keys.tolist() == window_keys(pieces_of([1, 2, 3], [4], [1, 2, 3]), 2, 1).words[:, 0].tolist()
    none = anchors(pieces_of([1], []), 2)
    assert [column.tolist() for column in none] == [[], [], []]
    assert [column.dtype for column in none] == [np.uint64, np.int64, np.int64]


def test_of_equal_runs_in_a_window_the_last_is_its_anchor() -> None:
    _, numbers, places = anchors(pieces_of([1] * 20), 16)
    assert (numbers.tolist(), places.tolist()) == ([0, 1, 2, 3, 4], [3, 4, 5, 6, 7])
