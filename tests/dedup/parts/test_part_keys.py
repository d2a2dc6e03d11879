"""Keys of a split as bytes, exactly: what a frame and an answer hold, and which keys are told."""

from __future__ import annotations

import numpy as np
import pytest
import xxhash

from textmill.dedup.packed.packing import spread
from textmill.dedup.parts.part_keys import (
    answer,
    answered,
    collect,
    decide,
    distinct_rows,
    frames,
    pack_split_keys,
    short_key_bits,
    sorted_rows,
)


def words(*keys: int | tuple[int, int]) -> np.ndarray:
    return np.array([key if isinstance(key, tuple) else (key,) for key in keys], dtype=np.uint64)


TOP = 1 << 63


def test_keys_of_batches_become_one_of_each() -> None:
    found = collect([words(3, 1, 3), words(2, 1)])
    order = np.argsort(spread(words(1, 2, 3))[:, 0])
    assert found.words.tolist() == spread(words(1, 2, 3))[order].tolist()
    counts = {1: True, 2: False, 3: True}
    assert found.is_repeated.tolist() == [counts[int(number) + 1] for number in order]
    empty = collect([])
    assert (empty.words.shape, empty.words.dtype, empty.is_repeated.shape) == ((0, 1), np.uint64, (0,))


@pytest.mark.parametrize(("splits", "bits"), [(1, 24), (2, 25), (127, 30), (255, 31), (256, 36), (1000, 37)])
def test_how_many_bits_are_sent_at_first(splits: int, bits: int) -> None:
    assert short_key_bits(splits) == bits


def test_a_frame_holds_the_keys_of_a_partition() -> None:
    keys = words((5, 1), (TOP, 2), (TOP + 7, 3))
    packed = pack_split_keys(keys, 9, 2, more_bits=64)
    assert sorted(packed) == [0, 1]
    (low,), (high,) = frames([packed[0]]), frames([packed[1]])
    assert (low.split, low.first.tolist(), low.more.tolist(), low.key_bits, low.wants_answer) == (9, [5], [1], 64, True)
    assert (high.first.tolist(), high.more.tolist(), high.wants_answer) == ([TOP, TOP + 7], [2, 3], False)
    assert low.identity == xxhash.xxh3_64_intdigest(packed[0])
    (short,) = frames([pack_split_keys(keys, 1, 1, key_bits=4)[0]])
    assert (short.first.tolist(), short.more.tolist(), short.key_bits) == ([0, 8, 8], [0, 0, 0], 4)
    (none,) = frames([pack_split_keys(words()[:0].reshape(0, 1), 3, 4)[0]])
    assert (none.split, none.first.tolist(), none.wants_answer) == (3, [], True)


def test_frames_come_in_the_order_of_splits() -> None:
    packed = [pack_split_keys(words(n), n, 1)[0] for n in (3, 1, 2)]
    assert [frame.split for frame in frames([packed[0] + packed[1], packed[2]])] == [1, 2, 3]
    assert frames([]) == []
    with pytest.raises(ValueError, match="packed keys of different steps were joined"):
        frames([pack_split_keys(words(1), 0, 1)[0], pack_split_keys(words(1), 0, 1, key_bits=20)[0]])


def told(shared: bool, seen: np.ndarray | None = None, *splits: tuple[int, ...]) -> dict[int, list[bool]]:
    sent = [words(*keys) for keys in splits]
    found = frames([pack_split_keys(keys, split, 1)[0] for split, keys in enumerate(sent)])
    messages = dict(decide(found, 0, shared=shared, seen=seen))
    return {split: answered([messages[split]], sent[split], 1).tolist() for split in messages}


@pytest.mark.parametrize(
    ("shared", "seen", "expected"),
    [
        (False, None, {0: [False, False], 1: [True, False], 2: [True, True]}),
        (True, None, {0: [True, False], 1: [True, True], 2: [True, True]}),
        (False, words(2), {0: [False, True], 1: [True, False], 2: [True, True]}),
        (True, words(2), {0: [True, True], 1: [True, True], 2: [True, True]}),
    ],
)
def test_which_keys_stood_before(shared: bool, seen: np.ndarray | None, expected: dict[int, list[bool]]) -> None:
    assert told(shared, seen, (1, 2), (1, 3), (1, 3)) == expected


def test_a_split_is_answered_where_it_asked_or_has_a_key() -> None:
    low, high = (5, TOP + 1), (6, TOP + 1)
    packed = [pack_split_keys(words(*keys), split, 2) for split, keys in enumerate((low, high))]
    assert [split for split, _ in decide(frames([one[0] for one in packed]), 0, shared=False)] == [0, 1]
    assert [split for split, _ in decide(frames([one[1] for one in packed]), 1, shared=False)] == [1]
    assert list(decide([], 0, shared=True)) == []


def test_short_keys_are_looked_for_among_short_ones_of_an_earlier_run() -> None:
    keys = words(1 << 60, 2 << 60, 3 << 60)
    found = frames([pack_split_keys(keys, 0, 1, key_bits=4)[0]])
    ((_, message),) = decide(found, 0, shared=False, seen=words((2 << 60) + 5, (7 << 60) + 1))
    assert answered([message], keys, 1).tolist() == [False, True, False]


def test_answers_name_keys_by_their_numbers() -> None:
    keys = words(1, 2, TOP, TOP + 1, TOP + 2)
    packed = pack_split_keys(keys, 0, 2)
    (low,), (high,) = frames([packed[0]]), frames([packed[1]])
    messages = [answer(low, np.array([1]), 0), answer(high, np.array([0, 2]), 1), answer(high, np.array([1]), 1, 7)]
    assert answered(messages, keys, 2).tolist() == [False, True, True, False, True]
    assert answered([b"".join(messages)], keys, 2, 7).tolist() == [False, False, False, True, False]
    assert answered([answer(low, np.array([], np.int64), 5)], keys, 2).tolist() == [False] * 5
    assert answered([], keys, 2).tolist() == [False] * 5


def test_order_of_keys() -> None:
    keys = words((2, 1), (1, 9), (2, 0), (1, 9))
    assert sorted_rows(keys).tolist() == [[1, 9], [1, 9], [2, 0], [2, 1]]
    assert distinct_rows(keys).tolist() == [[1, 9], [2, 0], [2, 1]]
    assert distinct_rows(words(1, 2, 2, 3, 3, 3)).tolist() == [[1], [2], [3]]
    assert distinct_rows(words(1, 2, 2, 2, 3, 3, 3), counted=2).tolist() == [[1], [2], [2], [3], [3]]
    assert distinct_rows(keys, counted=2).tolist() == [[1, 9], [1, 9], [2, 0], [2, 1]]
    assert distinct_rows(words(4, 4, 4, 1), counted=2).tolist() == [[1], [4], [4]]
    assert sorted_rows(words(3, 1, 2)).tolist() == [[1], [2], [3]]
