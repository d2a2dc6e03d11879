"""Which document of a cluster is kept, as a step says it."""

import json

import numpy as np
import pyarrow as pa
import pytest

from textmill import ExactDedup, RecipeError
from textmill.filters.base.batch import make_batch

DATES = ["2024-01-01", None, "2026-05-06"]


def batch() -> pa.RecordBatch:
    made = make_batch(["middle", "longest", "short"])
    metadata = [None if date is None else json.dumps({"seen": date}) for date in DATES]
    index = made.schema.get_field_index("metadata")
    made = made.set_column(index, "metadata", pa.array(metadata, pa.string()))
    return made.append_column("score", pa.array([0.5, 0.1, None]))


@pytest.mark.parametrize(
    ("options", "order"),
    [
        ({"keep": "longest"}, [1, 0, 2]),
        ({"keep": "newest", "by": "seen"}, [2, 0, 1]),
        ({"keep": "highest", "by": "score"}, [0, 1, 2]),
        ({"keep": "lowest", "by": "score"}, [1, 0, 2]),
        ({"keep": "lowest", "by": "missing"}, [0, 1, 2]),
    ],
)
def test_documents_are_ranked_by_what_is_kept(options: dict[str, str], order: list[int]) -> None:
    ranks = ExactDedup(**options).priority(batch())  # type: ignore[arg-type]
    assert ranks is not None
    assert np.argsort(ranks, kind="stable").tolist() == order


def test_the_first_needs_no_rank_and_the_newest_no_field() -> None:
    assert ExactDedup().priority(batch()) is None
    (equal,) = {*ExactDedup(keep="newest").priority(batch()).tolist()}  # type: ignore[union-attr]
    assert equal == 2**64 - 1  # "seen" is none of the usual names


def test_a_step_that_compares_whole_documents_has_no_sketches() -> None:
    keys, sketches = ExactDedup().keys_and_sketches(batch())
    assert len(keys.document) == 3
    assert sketches is None
    assert ExactDedup().sketch_bytes == 0


@pytest.mark.parametrize(
    ("options", "measurement"),
    [
        ({}, None),
        ({"keep": "newest", "by": "seen"}, None),
        ({"keep": "highest", "by": "score"}, "score"),
        ({"keep": "lowest", "by": "score"}, "score"),
    ],
)
def test_a_measurement_decides_only_where_it_is_asked_for(options: dict[str, str], measurement: str | None) -> None:
    assert ExactDedup(**options).ranking_measurement == measurement  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": "last"}, "exact_dedup: keep is 'last'; choose one of first, longest, newest, highest, lowest"),
        ({"keep": "highest"}, "exact_dedup: keep is 'highest', so 'by' must name a measurement"),
        ({"keep": "lowest", "by": ""}, "exact_dedup: keep is 'lowest', so 'by' must name a measurement"),
        ({"by": "x"}, "exact_dedup: 'by' says nothing when keep is 'first'; leave it out"),
        ({"keep": "longest", "by": "x"}, "exact_dedup: 'by' says nothing when keep is 'longest'"),
    ],
)
def test_what_contradicts_itself_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        ExactDedup(**options)  # type: ignore[arg-type]
