"""Totals from a small sample that is made by hand: counted, multiplied, and with the intervals of each."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from textmill.filters.base.batch import make_batch
from textmill.pipeline.estimating.estimate import _how_deduplicated, _how_read, _unseen_factor
from textmill.pipeline.estimating.figures import Figures
from textmill.pipeline.estimating.intervals import Interval
from textmill.pipeline.estimating.sampling import Sample, Stratum, _partners
from textmill.pipeline.estimating.trial import Trial, _clusters
from textmill.pipeline.input.splits import Split

ALL_SEEN = Interval(value=1.0, low=1.0, high=1.0)


def split(size: int) -> Split:
    return Split(number=0, parts=(), bytes=size)


def objects(values: list[str | None]) -> np.ndarray[Any, np.dtype[np.object_]]:
    return np.array([*values, None], dtype=object)[:-1]


def made(whole: bool) -> tuple[Sample, Trial]:
    """Two sources: six documents drawn of the one, four and a partner of the other."""
    a = Stratum("a", 1, 100, [(0, split(100))], 0.5, documents=12, text_bytes=2400, quarantined=Counter({0: 3}))
    chosen = [(1, split(40)), (3, split(60))]
    splits = 2 if whole else 4
    b = Stratum(
        "b", splits, 100 if whole else 180, chosen, 0.5, documents=8, text_bytes=1000, quarantined=Counter({1: 2, 3: 1})
    )
    rows = [0, 1, 2, 3, 4, 5, *(1 << 32 | number for number in (0, 1, 2)), *(3 << 32 | number for number in (0, 1))]
    drawn = [True] * 8 + [False, True, True]
    sample = Sample([a, b], [make_batch(["x"])], np.array(rows, np.uint64), np.array(drawn), 1.0, 200)
    trial = Trial(
        step=objects([None, None, "c4", None, "exact_dedup", None, None, "c4", None, "exact_dedup", None]),
        rule=objects([None, None, "min", None, "duplicate", None, None, "max", None, "duplicate", None]),
        language=objects(["en"] * 5 + ["de"] * 6),
        text_bytes=np.array([100.0, 300, 200, 200, 100, 300, 120, 130, 999, 110, 140]),
        tokens=np.array([10.0, 30, 0, 20, 0, 30, 12, 0, 99, 0, 14]),
        cluster=objects([None, "0", None, None, "0", None, "8", None, "8", "0", None]),
        cpu_seconds={}, work_bytes=0, ledger_bytes=0,
    )  # fmt: skip
    return sample, trial


def figures(whole: bool = True, unseen: Interval = ALL_SEEN) -> Figures:
    return Figures(*made(whole), unseen)


def values(found: Interval) -> tuple[float, float, float]:
    return round(float(found.value), 1), round(float(found.low), 1), round(float(found.high), 1)


def test_what_was_read_whole_is_counted_and_what_is_kept_is_multiplied() -> None:
    found = figures()
    assert {name: values(there) for name, there in found.there.items()} == {"a": (12, 12, 12), "b": (8, 8, 8)}
    everything = found.kept(None, None)
    assert values(everything.read) == (20, 20, 20)
    assert everything.documents.value == pytest.approx(12 * 4 / 6 + 8 * 2 / 4)
    assert everything.documents.low < 12 < everything.documents.high <= 20
    of_a = found.kept("a", None)
    assert (values(of_a.read), of_a.documents.value) == ((12, 12, 12), pytest.approx(8))
    assert of_a.tokens is not None
    assert of_a.tokens.value == pytest.approx(2400 * 90 / 1200)
    assert of_a.bytes.value == pytest.approx(2400 * 900 / 1200)
    german = found.kept("a", "de")
    assert (german.read.value, german.documents.value) == (pytest.approx(2), pytest.approx(2))
    assert found.kept(None, "de").read.value == pytest.approx(2 + 8)
    assert [found.has_any("a", "de"), found.has_any("b", "de"), found.has_any("b", "en")] == [True, True, False]


def shown(found: Figures) -> dict[str, Any]:
    kept = {
        f"{source} {language}": found.kept(source, language)
        for source, language in ((None, None), ("a", None), ("b", None), (None, "de"), ("a", "de"), ("b", "en"))
    }
    return {
        "kept": {
            name: [values(one.read), values(one.documents), one.tokens and values(one.tokens), values(one.bytes)]
            for name, one in kept.items()
        },
        "removed": [(one.step, one.rule, values(one.documents)) for one in found.removed()],
        "quarantined": values(found.quarantined()),
    }


WHOLE = {
    "kept": {
        "None None": [(20.0, 20.0, 20.0), (12.0, 5.8, 16.9), (232.0, 121.4, 373.7), (2320.0, 1214.3, 3736.6)],
        "a None": [(12.0, 12.0, 12.0), (8.0, 3.0, 11.1), (180.0, 72.9, 326.4), (1800.0, 728.6, 3264.2)],
        "b None": [(8.0, 8.0, 8.0), (4.0, 0.5, 7.5), (52.0, 0.0, 299.6), (520.0, 0.0, 2995.7)],
        "None de": [(10.0, 6.0, 14.0), (6.0, 2.0, 12.5), (112.0, 0.0, 357.5), (1120.0, 0.0, 3575.4)],
        "a de": [(2.0, 0.3, 7.6), (2.0, 0.3, 7.6), (60.0, 0.0, 523.1), (600.0, 0.0, 5231.1)],
        "b en": [(0.0, 0.0, 4.2), (0.0, 0.0, 4.2), (0.0, 0.0, 81.8), (0.0, 0.0, 817.6)],
    },
    "removed": [
        ("exact_dedup", "duplicate", (4.0, 0.9, 11.3)),
        ("c4", "max", (2.0, 0.2, 12.1)),
        ("c4", "min", (2.0, 0.2, 9.9)),
    ],
    "quarantined": (6.0, 6.0, 6.0),
}
SPLITS = {
    "kept": {
        "None None": [26.4, 15.2, 273.6, 2736.0],
        "a None": [12.0, 8.0, 180.0, 1800.0],
        "b None": [14.4, 7.2, 93.6, 936.0],
        "None de": [16.4, 9.2, 153.6, 1536.0],
        "a de": [2.0, 2.0, 60.0, 600.0],
        "b en": [0.0, 0.0, 0.0, 0.0],
    },
    "removed": [("exact_dedup", "duplicate", 5.6), ("c4", "max", 3.6), ("c4", "min", 2.0)],
    "quarantined": 8.4,
}
THINNED = {
    "kept": {
        "None None": [(20.0, 20.0, 20.0), (9.6, 4.1, 15.2), (185.6, 85.0, 336.3), (1856.0, 850.0, 3362.9)],
        "a None": [(12.0, 12.0, 12.0), (6.4, 2.1, 10.0), (144.0, 51.0, 293.8), (1440.0, 510.0, 2937.8)],
        "b None": [(8.0, 8.0, 8.0), (3.2, 0.4, 6.7), (41.6, 0.0, 269.6), (416.0, 0.0, 2696.1)],
        "None de": [(10.0, 6.0, 14.0), (4.8, 1.4, 11.3), (89.6, 0.0, 321.8), (896.0, 0.0, 3217.8)],
        "a de": [(2.0, 0.3, 7.6), (1.6, 0.2, 6.8), (48.0, 0.0, 470.8), (480.0, 0.0, 4708.0)],
        "b en": [(0.0, 0.0, 4.2), (0.0, 0.0, 3.8), (0.0, 0.0, 73.6), (0.0, 0.0, 735.9)],
    },
    "removed": [
        ("exact_dedup", "duplicate", (6.4, 0.9, 16.4)),
        ("c4", "max", (2.0, 0.2, 12.1)),
        ("c4", "min", (2.0, 0.2, 9.9)),
    ],
    "quarantined": (6.0, 6.0, 6.0),
}


def test_intervals_where_all_was_read() -> None:
    assert shown(figures()) == WHOLE


def test_unseen_duplicates_thin_what_is_kept_and_are_removed() -> None:
    assert shown(figures(unseen=Interval(value=0.8, low=0.7, high=0.9))) == THINNED


def test_where_only_some_splits_were_read_their_weights_tell_the_rest() -> None:
    found = shown(figures(whole=False))
    kept = {name: [one and one[0] for one in row] for name, row in found["kept"].items()}
    removed = [(step, rule, documents[0]) for step, rule, documents in found["removed"]]
    assert {"kept": kept, "removed": removed, "quarantined": found["quarantined"][0]} == SPLITS


def test_nothing_to_tokenize_and_nothing_drawn() -> None:
    sample, trial = made(whole=True)
    trial.tokens = None
    assert Figures(sample, trial, ALL_SEEN).kept(None, None).tokens is None
    sample.drawn[:] = False
    nothing = Figures(sample, trial, ALL_SEEN)
    assert values(nothing.kept("a", None).read) == (12, 12, 12)
    assert nothing.removed() == ()


def test_which_share_is_left_when_unseen_duplicates_go_too() -> None:
    half = Interval(value=0.5, low=0.4, high=0.6)
    assert exact(_unseen_factor(half, 0.2)) == (0.625, 0.5, 0.75)
    assert exact(_unseen_factor(Interval(value=0.5, low=0.4, high=1.2), 0.5)) == (1, 0, 1.2)
    assert exact(_unseen_factor(half, 1.0)) == (1, 1, 1)


def exact(found: Interval) -> tuple[float, float, float]:
    return round(found.value, 4), round(found.low, 4), round(found.high, 4)


def test_what_is_told_of_reading_and_of_duplicates() -> None:
    removed = Interval(value=0.5, low=0.4, high=0.6)
    sample, _ = made(whole=True)
    assert _how_read(sample) == "all of the input was read; documents were drawn from it by a hash of their ids"
    assert _how_deduplicated(sample, removed) == (
        "duplicates of each document drawn were looked for among all documents, by the keys of its text as read, so "
        "what is removed as a duplicate is counted, not extrapolated"
    )
    sample, _ = made(whole=False)
    assert _how_read(sample) == (
        "3 of 5 splits of the input were read, chosen by a hash, and documents in them by a hash of their ids; "
        "intervals are of the spread between splits"
    )
    assert _how_deduplicated(sample, removed) == (
        "duplicates were looked for in the 71.4% of the input that was read; with those elsewhere 50.0% of the "
        "documents are removed as duplicates, by a negative binomial number of partners, and "
        "40.0% to 60.0% without that model"
    )


def test_partners_and_kept_documents_of_a_trial() -> None:
    sample, trial = made(whole=True)
    assert sample.split.tolist() == [0] * 6 + [1] * 3 + [3] * 2
    assert (sample.share_read, sample.weight) == (1.0, 200)
    assert trial.partners(sample.drawn).tolist() == [0, 2, 0, 0, 2, 0, 1, 0, 2, 0]
    assert trial.kept.tolist() == [True, True, False, True, False, True, True, False, True, False, True]
    trial.cluster = objects([None] * 11)
    assert trial.partners(sample.drawn).tolist() == [0] * 10


def test_the_first_hundred_that_share_a_key_are_partners() -> None:
    rows = np.arange(150, dtype=np.uint64)
    keys = [[np.where(rows < 120, 7, 8).astype(np.uint64)]]
    assert _partners(keys, [[rows]], np.array([110], np.uint64)).tolist() == [*range(100)]
    assert _partners(keys, [[rows]], np.array([130], np.uint64)).tolist() == [*range(120, 150)]
    assert _partners([], [], np.array([1], np.uint64)).tolist() == []


def test_where_what_is_removed_is_large_more_may_be_kept() -> None:
    """All that was kept is small: there is no spread in it, yet the next large document may be kept."""
    sample, trial = made(whole=True)
    trial.text_bytes[:6] = [10, 10, 5000, 10, 5000, 10]
    of_a = Figures(sample, trial, ALL_SEEN).kept("a", None)
    assert of_a.bytes.value < 10
    assert 1500 < of_a.bytes.high <= 2400


def test_a_cluster_is_called_by_the_one_that_stays_in_the_end() -> None:
    """One deduplication may remove the survivor of another; of an index the survivor is not among the documents."""
    rows = pa.table({"doc_id": [*"abcdef"], "kept_instead": [None, "a", "b", None, "index:old", "e"]})
    assert _clusters(rows).tolist() == ["a", "a", "a", None, "index:old", "index:old"]
