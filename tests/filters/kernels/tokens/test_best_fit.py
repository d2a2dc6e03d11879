"""Best fit against a slow twin, and runs that are copied only where they lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.kernels.tokens.best_fit import best_fit
from textmill.filters.kernels.tokens.gathering import copy_runs, count_runs


def twin(lengths: list[int], room: int) -> list[int]:
    """Longest first, each into the sequence with the least room that is enough; of several that fitted last."""
    left: list[int] = []
    last: list[int] = []  # sequences in the order in which they were last filled
    result = [0] * len(lengths)
    for item in sorted(range(len(lengths)), key=lambda item: -lengths[item]):
        enough = [sequence for sequence in last if left[sequence] >= lengths[item]]
        least = min((left[sequence] for sequence in enough), default=None)
        if least is None:
            sequence = len(left)
            left.append(room)
        else:
            sequence = [one for one in enough if left[one] == least][-1]
            last.remove(sequence)
        left[sequence] -= lengths[item]
        last.append(sequence)
        result[item] = sequence
    return result


@st.composite
def pieces(draw: st.DrawFn) -> tuple[list[int], int]:
    room = draw(st.sampled_from([1, 2, 63, 64, 65, 4095, 4096, 4097, 70_000]))
    return draw(st.lists(st.integers(1, room) | st.integers(1, min(room, 9)), max_size=60)), room


@given(pieces())
def test_as_the_twin(drawn: tuple[list[int], int]) -> None:
    lengths, room = drawn
    found = best_fit(np.array(lengths, dtype=np.int64), room)
    assert found.tolist() == twin(lengths, room)
    sums = np.bincount(found, weights=lengths) if lengths else np.zeros(0)
    assert (sums <= room).all()


def test_pieces_must_fit() -> None:
    for wrong in (0, 9):
        with pytest.raises(ValueError, match="from 1 to 8 tokens"):
            best_fit(np.array([3, wrong], dtype=np.int64), 8)


@given(st.lists(st.integers(0, 20), max_size=30), st.randoms(use_true_random=False))
def test_runs_are_copied_and_counted(lengths: list[int], random: object) -> None:
    sizes = np.array(lengths, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    order = list(range(len(lengths)))
    random.shuffle(order)  # type: ignore[attr-defined]
    ids = np.arange(int(sizes.sum()), dtype=np.int32)
    places = np.zeros_like(sizes)
    places[order] = np.cumsum(sizes[order]) - sizes[order]
    out, positions = np.full_like(ids, -1), np.full_like(ids, -1)
    copy_runs(ids, starts, places, sizes, out)
    count_runs(places, sizes, positions)
    wanted = [int(starts[run]) + position for run in order for position in range(lengths[run])]
    assert out.tolist() == wanted
    assert positions.tolist() == [position for run in order for position in range(lengths[run])]


def test_runs_outside_are_refused() -> None:
    ids = np.arange(10, dtype=np.int32)
    zero, seven, four = (np.array([number], dtype=np.int64) for number in (0, 7, 4))
    with pytest.raises(IndexError, match="outside of the 10"):
        copy_runs(ids, seven, zero, four, np.zeros(20, dtype=np.int32))
    with pytest.raises(IndexError, match="outside of the 5"):
        copy_runs(ids, zero, four, four, np.zeros(5, dtype=np.int32))
    with pytest.raises(IndexError, match="outside of the 10"):
        count_runs(seven, four, ids)
