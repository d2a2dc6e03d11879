"""The order of a selection within a split: groups, values, and ids."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import xxhash

from textmill import Language, Recipe, Select, only_if, where
from textmill.pipeline.exchange.ranking import (
    KEY_WORDS,
    Ranked,
    _group_names,
    _values,
    group_name,
    id_words,
    rank_split,
)
from textmill.pipeline.files.staging import StagedWriter


def test_groups_are_named_so_that_all_values_can_be_told_apart() -> None:
    assert group_name(["de", None]) == '["de", null]'
    assert group_name(["größe", "a, b"]) == '["größe", "a, b"]'
    assert len({group_name(values) for values in (["a", "b"], ['a", "b'], ["a,b"], [None], ["null"], [1], ["1"])}) == 7


def test_documents_of_a_batch_are_told_apart_by_every_column() -> None:
    language = pa.array(["de", "en", "de", None, "en", "de"])
    source = pa.array(["b", "a", "b", "a", "c", "a"])
    names, inverse = _group_names([language, source], 6)
    rows = [names[index] for index in inverse.tolist()]
    assert [json.loads(name) for name in rows] == [
        *(["de", "b"], ["en", "a"], ["de", "b"], [None, "a"], ["en", "c"], ["de", "a"])
    ]
    assert len(names) == len(set(names)) == 5
    assert _group_names([], 3)[0] == ["[]"]
    assert _group_names([], 3)[1].tolist() == [0, 0, 0]


def test_of_a_source_the_label_of_its_input_counts() -> None:
    column = pa.array(["web/a/b.jsonl", "books", "web\n/c", None])
    assert _values(column, "source").to_pylist() == ["web", "books", "web\n", None]
    assert _values(column, "url") is column


@pytest.mark.parametrize("other", ["", "A" * 32, "0" * 31, "0" * 33, "doc-1"])
def test_ids_order_as_they_do_and_those_of_another_form_are_hashed(other: str) -> None:
    ids = [f"{number:032x}" for number in (0, 1, 2**64 - 1, 2**64, 2**128 - 1)]
    words = id_words(pa.array(ids))
    assert words.T.tolist() == [[0, 0], [0, 1], [0, 2**64 - 1], [1, 0], [2**64 - 1, 2**64 - 1]]
    assert words.dtype == np.uint64
    digest = xxhash.xxh3_128_intdigest(other.encode())
    mixed = id_words(pa.array([ids[3], other]))
    assert mixed.T.tolist() == [[1, 0], [digest >> 64, digest & (2**64 - 1)]]


def test_keys_of_a_group_lie_between_where_it_and_the_next_begin() -> None:
    keys = np.arange(12, dtype=np.uint64).reshape(KEY_WORDS, 4)
    ranked = Ranked(("a", "b"), np.array([0, 1, 4]), np.arange(4), keys, 9)
    assert ranked.keys_of(0).tolist() == [[0], [4], [8]]
    assert ranked.keys_of(1).tolist() == [[1, 2, 3], [5, 6, 7], [9, 10, 11]]


STAGED = pa.schema(
    [(name, pa.string()) for name in ("doc_id", "step", "kind", "source", "language.label")] + [("score", pa.float64())]
)


def score(text: str) -> float:
    return float(text)


def staged(path: Path, *batches: list[tuple[str | None, str, str, str, float | None]]) -> str:
    """A staged split; its documents have their row as id."""
    row = 0
    with StagedWriter(str(path), STAGED) as writer:
        for batch in batches:
            ids = [f"{row + number:032x}" for number in range(len(batch))]
            columns = [ids, *map(list, zip(*batch, strict=True))]
            row += len(batch)
            writer.write(pa.RecordBatch.from_pydict(dict(zip(STAGED.names, columns, strict=True)), schema=STAGED), 0)
    return str(path)


DOCUMENTS: list[list[tuple[str | None, str, str, str, float | None]]] = [
    [
        (None, "web", "b/1", "de", 1.0),
        ("where", "web", "b/1", "de", 9.0),  # removed before
        (None, "web", "a/1", "de", 3.0),
        (None, "book", "b/2", "en", None),
    ],
    [(None, "web", "b/2", "en", 2.0), (None, "book", "b/2", "de", float("nan")), (None, "book", "a/2", "de", 3.0)],
    [("where", "web", "a/1", "de", 1.0)],
    [(None, "web", "b/3", "de", 2.0)],
]


def ranked(path: str, select: Select, **condition: str) -> Ranked:
    step = only_if(select, **condition) if condition else select  # type: ignore[arg-type]
    planned = Recipe("r", [Language(min_score=None), where(score, measurement="score"), step]).plan.steps[-1]
    return rank_split(planned, {"score": pa.float64()}, path)


def test_documents_that_are_kept_and_measured_are_ranked_in_their_groups(tmp_path: Path) -> None:
    path = staged(tmp_path / "split", *DOCUMENTS)
    found = ranked(path, Select(measurement="score", keep_fraction=0.5, by=("source",)))
    assert found.groups == ('["a"]', '["b"]')
    assert found.starts.tolist() == [0, 2, 5]
    assert found.rows.tolist() == [2, 6, 4, 8, 0]  # the highest first, and of equal ones the smaller id
    assert found.keys[1:].tolist() == [[0] * 5, [2, 6, 4, 8, 0]]
    assert found.total_rows == 9
    lowest = ranked(path, Select(measurement="score", keep_fraction=0.5, order="lowest"))
    assert (lowest.groups, lowest.rows.tolist()) == (("[]",), [0, 4, 8, 2, 6])
    assert (np.diff(lowest.keys[0].astype(object)) >= 0).all()


def test_only_what_meets_the_condition_is_ranked(tmp_path: Path) -> None:
    path = staged(tmp_path / "split", *DOCUMENTS)
    select = Select(measurement="score", keep_fraction=0.5)
    assert ranked(path, select, kind="book").rows.tolist() == [6]
    assert ranked(path, select, language="en").rows.tolist() == [4]
    none = ranked(path, select, kind="code")
    assert (none.groups, none.starts.tolist(), none.rows.tolist(), none.total_rows) == ((), [0], [], 9)
    assert none.keys.shape == (KEY_WORDS, 0)
