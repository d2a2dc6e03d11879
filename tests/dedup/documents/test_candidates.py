"""Pairs worth comparing, against the rule in plain Python: each document with the first of its bucket and the last."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.dedup.documents.candidates import candidates, distinct, paired
from textmill.dedup.packed.packing import Records

Key = tuple[int, ...]
FEW = st.integers(0, 3)


def records(keys: list[tuple[Key, int]], width: int) -> Records:
    made = np.zeros(len(keys), dtype=[("key", "<u8", (width,)), ("row", "<u8")])
    for number, (key, row) in enumerate(keys):
        made[number] = (key, row)
    return made


def expected(keys: list[tuple[Key, int]]) -> list[tuple[int, int]]:
    """Each pair once for every bucket that finds it by another way than the star."""
    found = []
    for key in {key for key, _ in keys}:
        first, *others = sorted(row for one, row in keys if one == key)
        found += [(first, row) for row in others]
        found += list(pairwise(others))
    return sorted((low, high) for low, high in found if low != high)


@pytest.mark.parametrize("width", [1, 2])
@given(data=st.data())
def test_each_document_is_paired_with_the_first_and_the_one_before(width: int, data: st.DataObject) -> None:
    rows = st.tuples(st.tuples(*[FEW] * width), st.integers(0, 9))
    keys = data.draw(st.lists(rows, max_size=25))
    low, high = candidates(records(keys, width))
    pairs = list(zip(low.tolist(), high.tolist(), strict=True))
    assert pairs == sorted(set(expected(keys)))
    many = paired(records(keys, width))
    assert sorted(zip(many.low.tolist(), many.high.tolist(), strict=True)) == expected(keys)


@given(st.lists(st.tuples(FEW, FEW), max_size=20))
def test_pairs_are_in_order_and_once_each(pairs: list[tuple[int, int]]) -> None:
    low, high = (np.array(side, dtype=np.uint64) for side in (zip(*pairs, strict=True) if pairs else ([], [])))
    found = distinct(low, high)
    assert list(zip(found.low.tolist(), found.high.tolist(), strict=True)) == sorted(
        {(a, b) for a, b in pairs if a != b}
    )
