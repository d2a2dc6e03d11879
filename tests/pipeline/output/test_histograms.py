"""Measurements in bins, against counts in plain Python."""

from collections import Counter

import duckdb
import pyarrow as pa
import pytest

from textmill.pipeline.output.charts import Histogram
from textmill.pipeline.output.histograms import BINS, count_histograms, picked_documents


def histogram(
    values: list[float | None], minimum: float | None = None, maximum: float | None = None
) -> Histogram | None:
    tables = duckdb.connect()
    ids = [f"{number * 2**32 // max(len(values), 1):08x}{'0' * 24}" for number in range(len(values))]
    tables.register("ledger", pa.table({"doc_id": ids, 'a "b"': pa.array(values, pa.float64())}))
    return count_histograms(tables, {'a "b"': (minimum, maximum)}, len(values)).get('a "b"')


def test_whole_numbers_have_a_bar_each() -> None:
    found = histogram([1, 1, 3, 5, None, float("nan"), float("inf")])
    assert found == Histogram(0.5, 5.5, [2, 0, 1, 0, 1], whole=True)


@pytest.mark.parametrize(("most", "bars"), [(BINS, BINS), (BINS + 1, 21), (2 * BINS, BINS), (2 * BINS + 1, 27)])
def test_so_many_whole_numbers_share_a_bar_as_they_must(most: int, bars: int) -> None:
    found = histogram([float(value) for value in range(1, most + 1)])
    assert found is not None
    assert len(found.counts) == bars


def test_several_measurements_are_counted_at_once() -> None:
    tables = duckdb.connect()
    tables.register("ledger", pa.table({"doc_id": ["0", "1"], "a": [1, 2], "b": ["x", "y"], "c": [5.0, None]}))
    assert count_histograms(tables, {"c": (None, None), "a": (None, 2)}, 2) == {
        "c": Histogram(4.5, 5.5, [1], whole=True),
        "a": Histogram(0.5, 2.5, [1, 1], None, 2, whole=True),
    }


def test_many_whole_numbers_share_bars() -> None:
    values: list[float | None] = [float(value) for value in range(100)]
    found = histogram(values)
    assert found is not None
    assert (found.low, found.high, found.whole, found.beyond) == (-0.5, 101.5, True, False)
    assert list(found.counts) == [3] * 33 + [1]
    counted = Counter(int(value // 3) for value in values if value is not None)
    assert list(found.counts) == [counted[number] for number in range(34)]


def test_other_numbers_have_forty_bins_between_the_ends() -> None:
    found = histogram([0.0, 0.25, 0.5, 1.0])
    assert found is not None
    assert (found.low, found.high, found.whole, found.beyond) == (0.0, 1.0, False, False)
    assert [number for number, count in enumerate(found.counts) if count] == [0, 10, 20, BINS - 1]
    assert histogram([0.5, 0.5]) == Histogram(0.0, 1.0, [0] * 20 + [2] + [0] * 19)


def test_thresholds_are_in_the_picture_and_the_outermost_hundredth_need_not_be() -> None:
    found = histogram([2, 3], minimum=0, maximum=float("inf"))
    assert found == Histogram(-0.5, 3.5, [0, 0, 1, 1], 0, float("inf"), whole=True)
    values: list[float | None] = [*(number / 1000 for number in range(1, 1000)), 5.5, -7.5]
    found = histogram(values)
    assert found is not None
    assert found.beyond
    assert 0 < found.low < 0.01
    assert 0.99 < found.high < 1
    assert sum(found.counts) == 1001
    assert found.counts[0] > 25
    assert found.counts[-1] > 25


def test_what_nobody_measured_has_no_histogram() -> None:
    assert histogram([]) is histogram([None, float("nan")]) is None
    assert count_histograms(duckdb.connect(), {}, 5) == {}


@pytest.mark.parametrize(("documents", "picked"), [(200, "true"), (100, "true"), (400, "doc_id < '80000000'")])
def test_of_many_documents_some_are_picked_by_their_ids(documents: int, picked: str) -> None:
    assert picked_documents(documents, 200) == picked
