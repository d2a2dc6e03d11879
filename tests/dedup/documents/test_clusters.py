from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from textmill.dedup.base.step import Keys
from textmill.dedup.documents.clusters import empty_forest, link, merge_forests, pack_forest, unpack_forest
from textmill.dedup.packed.packing import join_records, pack, partition, record_type


def records(keys, rows, *, width=1):
    """One record for each pair of a key and a row; a small key number becomes all words of the key."""
    keys, rows = np.asarray(keys, dtype=np.uint64), np.asarray(rows, dtype=np.uint64)
    words = np.repeat(keys[:, None], width, axis=1)
    if width == 2:
        words[:, 0] = keys % np.uint64(3)  # the first word alone must not decide
    return pack(Keys(words, np.arange(len(keys))), rows)


def oracle(keys, rows):
    """Removed row → smallest of its cluster, by scipy's components of the graph of rows and keys."""
    row_numbers, row_index = np.unique(np.asarray(rows, dtype=np.uint64), return_inverse=True)
    key_numbers, key_index = np.unique(keys, return_inverse=True)
    size = len(row_numbers) + len(key_numbers)
    graph = coo_matrix((np.ones(len(rows)), (row_index, key_index + len(row_numbers))), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    smallest = {}
    for row, label in zip(row_numbers.tolist(), labels[: len(row_numbers)].tolist(), strict=True):
        smallest.setdefault(label, row)
    return {
        row: smallest[label]
        for row, label in zip(row_numbers.tolist(), labels[: len(row_numbers)].tolist(), strict=True)
        if smallest[label] != row
    }


def as_mapping(forest):
    assert (np.diff(forest.rows.astype(object)) > 0).all()
    return dict(zip(forest.rows.tolist(), forest.roots.tolist(), strict=True))


@settings(max_examples=150, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=80),
    width=st.sampled_from([1, 2]),
    partitions=st.integers(1, 9),
    chunks=st.integers(1, 4),
    shuffle=st.randoms(use_true_random=False),
)
def test_forests_equal_scipy_components_for_any_order_and_partitioning(pairs, width, partitions, chunks, shuffle):
    keys = [key for key, _ in pairs]
    rows = [(row % 3) << 32 | row for _, row in pairs]
    all_records = records(keys, rows, width=width) if pairs else records([], [], width=width)
    by_partition: dict[int, list[bytes]] = {}
    for part in np.array_split(all_records, chunks):
        for number, chunk in partition(part, partitions).items():
            by_partition.setdefault(number, []).append(chunk)
    forests = []
    for joined in by_partition.values():
        shuffle.shuffle(joined)
        forests.append(unpack_forest(pack_forest(link(join_records(joined)))))
    shuffle.shuffle(forests)
    expected = oracle(keys, rows) if pairs else {}
    assert as_mapping(merge_forests(forests)) == expected
    middle = len(forests) // 2
    nested = merge_forests([merge_forests(forests[middle:]), merge_forests(forests[:middle])])
    assert pack_forest(nested) == pack_forest(merge_forests(forests))


@pytest.mark.parametrize("order", ["ascending", "descending", "mixed"])
def test_a_chain_of_a_hundred_thousand_documents_is_one_cluster(order):
    count = 100_000
    keys = np.repeat(np.arange(count - 1), 2)
    rows = np.stack([np.arange(count - 1), np.arange(1, count)], axis=1).reshape(-1)
    arranged = {
        "ascending": np.arange(len(keys)),
        "descending": np.arange(len(keys))[::-1],
        "mixed": np.argsort((np.arange(len(keys)) * 7919) % len(keys), kind="stable"),
    }[order]
    by_partition = partition(records(keys[arranged], rows[arranged]), 16)
    forest = merge_forests([link(join_records([chunk])) for chunk in by_partition.values()])
    assert np.array_equal(forest.rows, np.arange(1, count))
    assert not forest.roots.any()


def test_one_giant_bucket_is_linked_without_listing_pairs():
    count = 1_000_000
    rows = np.arange(count)[::-1] + 5
    forest = link(records(np.zeros(count), rows))
    assert len(forest.rows) == count - 1
    assert set(forest.roots.tolist()) == {5}


def test_a_document_alone_in_its_buckets_stays():
    assert as_mapping(link(records([1, 1, 2], [3, 3, 4]))) == {}


def test_keys_that_differ_in_a_later_word_alone_are_different():
    found = np.empty(4, dtype=record_type(2))
    found["key"] = [[7, 1], [7, 2], [7, 1], [7, 3]]
    found["row"] = [3, 4, 5, 6]
    assert as_mapping(link(found)) == {5: 3}


def test_merging_nothing_gives_an_empty_forest():
    assert pack_forest(merge_forests([])) == pack_forest(empty_forest())
    assert as_mapping(unpack_forest(pack_forest(empty_forest()))) == {}
