from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from textmill.dedup.base.keep import extreme_first, longest_first, newest_first


@given(st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, -0.0, -1.5])))
def test_measurements_rank_as_sorted_does_and_missing_ones_come_last(values):
    column = pa.array(values, pa.float64())
    for highest in (True, False):
        ranks = extreme_first(column, highest=highest)

        def place(number, highest=highest):
            value = values[number]
            missing = value is None or np.isnan(value)
            return (missing, 0.0 if missing else -value if highest else value, number)

        assert sorted(range(len(values)), key=lambda number: (ranks[number], number)) == sorted(
            range(len(values)), key=place
        )


def test_whole_numbers_and_truth_values_rank_too():
    assert np.argsort(extreme_first(pa.array([3, None, 7, -1]), highest=True)).tolist() == [2, 0, 3, 1]
    assert np.argsort(extreme_first(pa.array([3, None, 7, -1]), highest=False)).tolist() == [3, 0, 2, 1]


def test_the_longest_comes_first_in_bytes():
    ranks = longest_first(pa.array(["ab", "éé", "", "abc"], pa.large_string()))
    assert np.argsort(ranks, kind="stable").tolist() == [1, 3, 0, 2]


def test_dates_rank_by_the_moment_they_name():
    dates = [
        "2021-01-01",
        "2021-01-01T00:00:01",
        "2021-01-01T02:00:00+02:00",
        "2020-12-31T23:59:59Z",
        "20220101T120000Z",
        "yesterday",
    ]
    metadata = [json.dumps({"date": date}) for date in dates]
    metadata += [None, "", "no json", "[1]", json.dumps({"date": 7}), json.dumps({"other": "2030-01-01"})]
    ranks = newest_first(pa.array(metadata), None)
    assert np.argsort(ranks, kind="stable").tolist() == [4, 1, 0, 2, 3, 5, 6, 7, 8, 9, 10, 11]
    assert newest_first(pa.array(metadata), "other")[11] < newest_first(pa.array(metadata), "other")[0]


def test_the_date_of_a_warc_record_goes_before_others():
    metadata = [json.dumps({"warc_date": "2020-01-01T00:00:00Z", "date": "2022-01-01"}), '{"date": "2021-01-01"}']
    assert np.argsort(newest_first(pa.array(metadata), None)).tolist() == [1, 0]
