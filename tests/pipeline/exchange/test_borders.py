"""Documents at ranks among all splits, from little of each: against sorting all of them."""

from __future__ import annotations

from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.pipeline.exchange.borders import (
    BAR_WORDS,
    HIGHEST,
    LEAST_STRIDE,
    LOWEST,
    MOST_BARS,
    Between,
    Frame,
    at_rank,
    candidates,
    count_up_to,
    enclose,
    frames,
    summarize,
)

KEY = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 10_000))


def columns(keys: list[tuple[int, ...]], width: int = 3) -> np.ndarray:
    """Ordered keys, shape (width, n)."""
    return np.array(sorted(keys), dtype=np.uint64).reshape(-1, width).T


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(KEY, max_size=60), min_size=1, max_size=4), st.data())
def test_documents_at_ranks_are_those_of_sorting_all(splits: list[list[tuple[int, ...]]], data: st.DataObject) -> None:
    everything = sorted(key for split in splits for key in split)
    ranks = sorted(data.draw(st.sets(st.integers(0, len(everything)), min_size=1, max_size=4)))
    parts = [columns(split) for split in splits]
    summaries = [(part.shape[1], *summarize(part, len(ranks))) for part in parts]
    between = enclose(ranks, summaries)
    told = [candidates(part, between) for part in parts]
    starts = [np.concatenate([[0], np.cumsum(counts)]) for _, counts, _ in told]
    for number, rank in enumerate(ranks):
        below = sum(int(one[0][number]) for one in told)
        found = np.concatenate(
            [keys[:, start[number] : start[number + 1]] for (_, _, keys), start in zip(told, starts, strict=True)],
            axis=1,
        )
        expected = everything[rank - 1] if rank else (0, 0, 0)
        assert tuple(at_rank(rank, below, found).tolist()) == expected


def test_little_is_sent_of_each_split() -> None:
    count, splits = 10_000, 4
    numbers = np.random.default_rng(3).permutation(count * splits) + 1
    parts = [columns([(int(one), 1, 1) for one in numbers[split::splits]]) for split in range(splits)]
    summaries = [(count, *summarize(part, 1)) for part in parts]
    (between,) = enclose([count], summaries)
    sent = [int(candidates(part, [between])[1][0]) for part in parts]
    assert max(summary.shape[1] for _, _, summary in summaries) <= 2 * isqrt(count)
    assert sum(sent) <= splits * 3 * isqrt(count)


@pytest.mark.parametrize(
    ("count", "borders", "stride"),
    [(0, 1, 4), (3, 1, 4), (49, 1, 4), (50, 1, 5), (5000, 1, 50), (5000, 2, 35), (5000, 0, 50), (600_000, 1, 586)],
)
def test_the_height_of_a_bar(count: int, borders: int, stride: int) -> None:
    keys = np.arange(1, count + 1, dtype=np.uint64)[None].repeat(3, axis=0)
    found, bars = summarize(keys, borders)
    assert found == stride
    assert bars.shape == (BAR_WORDS, count // stride)
    assert bars.shape[1] <= MOST_BARS
    assert bars[0].tolist() == list(range(stride, count + 1, stride))
    assert LEAST_STRIDE == 4


def test_what_encloses_a_rank() -> None:
    # Of ten documents the 4th and the 8th are known; up to three more of the split may lie before either.
    keys = np.array([[4, 8], [1, 1]], dtype=np.uint64)
    low, high = [LOWEST] * 2, [HIGHEST] * 2

    def ends(rank: int) -> tuple[list[int], list[int]]:
        (found,) = enclose([rank], [(10, 4, keys)])
        return found.low.tolist(), found.high.tolist()

    assert ends(0) == (low, low)
    assert ends(1) == ends(4) == (low, [4, 1])
    assert ends(5) == ends(7) == (low, [8, 1])
    assert ends(8) == ([4, 1], [8, 1])
    assert ends(9) == ends(10) == ([4, 1], high)


def test_counting_up_to_a_key_of_fewer_words() -> None:
    keys = columns([(1, 1, 1), (1, 2, 5), (1, 2, 6), (2, 1, 1), (3, 0, 0)])
    for key, expected in (((0, 9), 0), ((1, 1), 1), ((1, 2), 3), ((1, 9), 3), ((2, 0), 3), ((2, 1), 4), ((9, 9), 5)):
        assert count_up_to(keys, np.array(key, dtype=np.uint64)) == expected
    assert count_up_to(keys, np.array([1, 2, 5], dtype=np.uint64)) == 2
    between = Between(np.array([1, 1], dtype=np.uint64), np.array([2, 1], dtype=np.uint64))
    below, counts, found = candidates(keys, [between, between])
    assert (below.tolist(), counts.tolist()) == ([1, 1], [3, 3])
    assert found.T.tolist() == 2 * [[1, 2, 5], [1, 2, 6], [2, 1, 1]]


def test_frames_come_back_however_they_are_joined() -> None:
    sent = [
        Frame(1, 2, 3, np.array([4, 2**64 - 1], dtype=np.uint64), columns([(1, 2, 3), (4, 5, 6)]), "größe"),
        Frame(2**32 - 1, 0, 2**40, np.empty(0, dtype=np.uint64), np.empty((2, 0), dtype=np.uint64)),
        Frame(5, 6, 7, np.array([8], dtype=np.uint64), columns([(9, 10)], 2), ""),
    ]
    first, second, third = (one.packed() for one in sent)
    found = list(frames([first + second, third]))
    assert len(first) == 32 + len("größe".encode()) + 8 * (2 + 6)
    assert [one.name for one in found] == ["größe", "", ""]
    for one, other in zip(sent, found, strict=True):
        assert (one.split, one.group, one.documents, one.name) == (
            other.split,
            other.group,
            other.documents,
            other.name,
        )
        assert one.numbers.tolist() == other.numbers.tolist()
        assert one.keys.tolist() == other.keys.tolist()
        assert one.keys.shape == other.keys.shape
