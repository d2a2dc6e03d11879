"""Which keys are chosen, against the definition in plain Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from textmill.dedup.documents.winnowing import winnow


def chosen(keys: list[int], every: int) -> list[bool]:
    """The last of the smallest in each window; in a short document there is one window."""
    found = [False] * len(keys)
    for start in range(max(len(keys) - every + 1, 1 if keys else 0)):
        window = keys[start : start + every]
        last = max(at for at, key in enumerate(window) if key == min(window))
        found[start + last] = True
    return found


@given(documents=st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=4), every=st.integers(1, 5))
def test_the_smallest_of_each_window_is_chosen(documents: list[list[int]], every: int) -> None:
    bounds = np.cumsum([0, *map(len, documents)])
    keys = np.array([key for document in documents for key in document], dtype=np.uint64)
    found = winnow(keys, bounds[:-1], bounds[1:], every)
    assert found.tolist() == [one for document in documents for one in chosen(document, every)]
