"""Which texts are blank, and what is known of some documents spread over all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from textmill.pipeline.steps.masks import blank, is_whole, scatter

TEXTS = st.lists(st.none() | st.text(alphabet=" \t\n\v\f\r\x1c\xa0\u3000ab", max_size=5), max_size=6)


@given(TEXTS, st.integers(0, 6))
def test_blank_texts_hold_white_space_of_ascii_alone(texts: list[str | None], left_out: int) -> None:
    column = pa.array(texts, pa.large_string()).slice(left_out)
    expected = [text is not None and not text.strip(" \t\n\v\f\r") for text in texts[left_out:]]
    assert blank(column).tolist() == expected


def test_what_is_known_of_some_is_null_for_others() -> None:
    mask = np.array([True, False, True])
    assert scatter(pa.array([1, 2]), mask).to_pylist() == [1, None, 2]
    assert scatter(pa.array([1, 2, 3]), mask).to_pylist() == [1, 2, 3]
    none = scatter(pa.array([], pa.list_(pa.int32())), ~np.ones(2, dtype=np.bool_))
    assert (none.type, none.to_pylist()) == (pa.list_(pa.int32()), [None, None])


def test_a_mask_is_whole_where_it_leaves_out_nothing() -> None:
    assert is_whole(np.ones(3, dtype=np.bool_))
    assert is_whole(np.ones(0, dtype=np.bool_))
    assert not is_whole(np.array([True, False]))
