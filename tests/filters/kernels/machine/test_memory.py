"""What is remembered of a column is that of the same rows, however they are held."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.kernels.machine.memory import REMEMBERED_COLUMNS, Matrix, recalled, remember_selection, remembered


def lengths(text: pa.Array) -> Matrix:
    return np.array([[len(one)] for one in text.to_pylist()], dtype=np.int64).reshape(len(text), 1)


def column(texts: list[str]) -> pa.Array:
    return pa.array(texts, pa.large_string())


def never() -> Matrix:
    raise AssertionError("it was taken once more")


def test_what_was_taken_serves_for_the_same_column_and_for_selections_of_it() -> None:
    text = column(["a", "bb", "ccc", "dddd"])
    taken = remembered(text, "lengths", lambda: lengths(text))
    assert remembered(pa.RecordBatch.from_pydict({"text": text})["text"], "lengths", never) is taken
    assert not taken.flags.writeable
    selected = text.filter(pa.array([True, False, True, True]))
    assert recalled(selected, "lengths") is None
    remember_selection(text, selected, np.array([0, 2, 3]))
    assert remembered(selected, "lengths", never).tolist() == [[1], [3], [4]]
    of_selected = selected.filter(pa.array([False, True, True]))
    remember_selection(selected, of_selected, np.array([1, 2]))
    assert remembered(of_selected, "lengths", never).tolist() == [[3], [4]]
    assert recalled(of_selected, "other") is None
    assert recalled(text.slice(1), "lengths") is None


def test_only_a_few_columns_are_kept() -> None:
    texts = [column([letter]) for letter in "abcdefgh"]
    for text in texts:
        remembered(text, "lengths", lambda text=text: lengths(text))
    known = [recalled(text, "lengths") is not None for text in texts]
    assert known == [False] * (len(texts) - REMEMBERED_COLUMNS) + [True] * REMEMBERED_COLUMNS


@given(data=st.data())
def test_selections_in_any_order_give_what_would_have_been_taken(data: st.DataObject) -> None:
    text = column(data.draw(st.lists(st.text("ab", max_size=5), min_size=1, max_size=8)))
    columns = [text]
    for _ in range(data.draw(st.integers(1, 6))):
        base = data.draw(st.sampled_from(columns))
        if data.draw(st.booleans()):
            found = remembered(base, "lengths", lambda base=base: lengths(base))
            assert found.tolist() == lengths(base).tolist()
            continue
        mask = data.draw(st.lists(st.booleans(), min_size=len(base), max_size=len(base)))
        selected = base.filter(pa.array(mask, pa.bool_()))
        remember_selection(base, selected, np.flatnonzero(mask))
        columns.append(selected)
    for one in columns:
        found = recalled(one, "lengths")
        assert found is None or found.tolist() == lengths(one).tolist()
