"""The order of a selection within a split: groups, values, and ids."""

import json

import numpy as np
import pyarrow as pa
import pytest
import xxhash

from textmill.pipeline.exchange.ranking import KEY_WORDS, Ranked, _group_names, _values, group_name, id_words


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
