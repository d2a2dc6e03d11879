"""Documents laid out in sequences, against plain Python."""

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.pipeline.mixing.definition import Packing
from textmill.pipeline.mixing.packing import Layout, lay_out

LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=12)


def laid_out(method: str, lengths: list[int], length: int, *, before: int = 0, own: int | None = None) -> Layout:
    packing = Packing(method=method, length=length)  # type: ignore[arg-type]
    ranks = np.arange(len(lengths), dtype=np.uint64) * np.uint64(0x9E3779B9)
    sizes = np.array(lengths, dtype=np.int64)
    return lay_out(packing, sizes, ranks, before, len(lengths) if own is None else own, is_shuffled=False)


def runs(layout: Layout) -> list[tuple[int, int, int, int]]:
    return list(zip(*(column.tolist() for column in layout), strict=True))


@given(LENGTHS, st.integers(1, 8), st.integers(0, 20))
def test_concat_is_one_stream_cut_at_every_length(lengths: list[int], length: int, before: int) -> None:
    stream = [(piece, at) for piece, size in enumerate(lengths) for at in range(size)]
    skipped = -before % length  # they belong to a sequence that began in a shard before
    sequences = [stream[start : start + length] for start in range(skipped, len(stream), length)]
    layout = laid_out("concat", lengths, length, before=before)
    found: list[list[tuple[int, int]]] = [[] for _ in sequences]
    for sequence, piece, start, size in runs(layout):
        found[sequence] += [(piece, start + at) for at in range(size)]
    assert found == sequences


def test_concat_takes_of_the_next_shard_what_its_last_sequence_needs() -> None:
    assert runs(laid_out("concat", [5, 4, 9], 4, own=2)) == [
        (0, 0, 0, 4),
        (1, 0, 4, 1),
        (1, 1, 0, 3),
        (2, 1, 3, 1),
        (2, 2, 0, 3),
    ]
    assert runs(laid_out("concat", [2, 9], 4, before=2, own=1)) == []


@given(LENGTHS, st.integers(1, 8))
def test_best_fit_fills_no_sequence_beyond_its_length_and_cuts_only_what_is_too_long(
    lengths: list[int], length: int
) -> None:
    found = runs(laid_out("best_fit", lengths, length))
    by_sequence = [sum(size for sequence, _, _, size in found if sequence == one) for one in range(found[-1][0] + 1)]
    assert min(by_sequence) > 0
    assert max(by_sequence) <= length
    for piece, size in enumerate(lengths):
        parts = sorted((start, run) for _, one, start, run in found if one == piece)
        assert [run for _, run in parts] == [length] * (size // length) + [size % length] * (size % length > 0)
        assert [start for start, _ in parts] == [0, *accumulate(run for _, run in parts)][:-1]
    assert [sequence for sequence, *_ in found] == sorted(sequence for sequence, *_ in found)
    firsts = [next(run[1:3] for run in found if run[0] == one) for one in range(found[-1][0] + 1)]
    assert firsts == sorted(firsts)  # sequences stand where the first document in them stands


@pytest.mark.parametrize("method", ["concat", "best_fit"])
def test_shuffled_sequences_are_the_same_in_another_order(method: str) -> None:
    packing = Packing(method=method, length=4)  # type: ignore[arg-type]
    lengths = np.array([3, 9, 1, 2, 30, 4, 4, 1], dtype=np.int64)
    ranks = np.arange(8, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)

    def sequences(*, is_shuffled: bool, before: int = 0) -> list[list[tuple[int, ...]]]:
        layout = lay_out(packing, lengths, ranks, before, 8, is_shuffled=is_shuffled)
        assert {column.dtype for column in layout} == {np.dtype(np.int64)}
        bounds = layout.in_rows().tolist()
        rows = [row[1:] for row in runs(layout)]
        return [rows[begin:end] for begin, end in pairwise(bounds)]

    plain, shuffled = sequences(is_shuffled=False), sequences(is_shuffled=True)
    assert plain != shuffled
    assert sorted(plain) == sorted(shuffled)
    assert sequences(is_shuffled=True) == shuffled
    if method == "concat":  # another shard has an order of its own
        assert sequences(is_shuffled=True, before=4) != shuffled


def test_shuffled_sequences_of_a_stream_stand_in_one_order_for_ever() -> None:
    lengths = np.full(8, 4, dtype=np.int64)
    packing = Packing(method="concat", length=4)
    layout = lay_out(packing, lengths, np.arange(8, dtype=np.uint64), 100, 8, is_shuffled=True)
    assert layout.pieces.tolist() == [2, 7, 4, 1, 0, 3, 6, 5]


def test_without_packing_each_document_is_a_sequence() -> None:
    assert runs(laid_out("none", [3, 5], 0)) == [(0, 0, 0, 3), (1, 1, 0, 5)]
    assert laid_out("none", [3, 5], 0).in_rows().tolist() == [0, 1, 2]
