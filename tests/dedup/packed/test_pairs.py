from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.dedup.packed.pairs import pack_pairs, unpack_pairs

ROW = st.integers(0, 2**64 - 1) | st.integers(0, 50) | st.integers(0, 50).map(lambda split: split << 32)
PAIRS = st.lists(st.tuples(ROW, ROW), max_size=30)


@given(st.lists(PAIRS, max_size=3))
def test_pairs_come_back_in_order(messages):
    packed = [pack_pairs(*np.array(pairs, dtype=np.uint64).reshape(-1, 2).T) for pairs in messages]
    for chunks in (packed, [b"".join(packed)]):
        first, second = unpack_pairs(chunks)
        expected = [pair for pairs in messages for pair in sorted(pairs)]
        assert list(zip(first.tolist(), second.tolist(), strict=True)) == expected


def test_a_pair_takes_the_bits_that_it_needs():
    rows = np.arange(20_000, dtype=np.uint64)
    first, second = rows | np.uint64(40 << 32), rows | np.uint64(7 << 32)
    assert len(pack_pairs(first, second)) < 20_000 * (2 + 15 + 3) / 8 + 30


def test_bytes_that_are_cut_off_are_refused():
    packed = pack_pairs(np.array([1, 2], np.uint64), np.array([1 << 40, 3], np.uint64))
    with pytest.raises(ValueError, match="cut off"):
        unpack_pairs([packed[:-1]])
