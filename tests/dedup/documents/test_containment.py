"""Fingerprints of documents that may stand in others, and who is attached to whom."""

import numpy as np

from textmill.dedup.documents.containment import FINGERPRINT_SHINGLES, Links, attach, fingerprints, links
from textmill.dedup.documents.shingles import shingles
from textmill.filters.base.batch import make_batch

WORDS = [f"word{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(300)]


def test_a_key_is_a_shingle_and_the_one_behind_it() -> None:
    texts = [" ".join(WORDS), " ".join(WORDS[100:200]), "few words", ""]
    found = shingles(make_batch(texts)["text"], ngram=3, max_words=1000)
    keys = fingerprints(found)
    assert keys.words.shape == (len(keys.document), 1)
    assert sorted(set(keys.document.tolist())) == [0, 1, 2]
    by_document: list[set[int]] = [set() for _ in texts]
    for (word,), document in zip(keys.words.tolist(), keys.document.tolist(), strict=True):
        here = found.hashes[found.offsets[document] : found.offsets[document + 1]].tolist()
        at = here.index(word >> 32)
        assert word & 0xFFFFFFFF == here[min(at + 1, len(here) - 1)]
        assert word not in by_document[document]
        by_document[document].add(word)
    assert len(by_document[0]) >= len(WORDS) // FINGERPRINT_SHINGLES
    inside = by_document[1]
    assert len(inside & by_document[0]) >= len(inside) - 2  # but near its ends


def test_a_passage_that_a_document_repeats_is_one_key_of_it_and_one_of_others() -> None:
    text = " ".join(WORDS)
    once, twice, other = (
        fingerprints(shingles(make_batch(texts)["text"], ngram=3, max_words=1000))
        for texts in ([text], [f"{text} {text}"], [text, text])
    )
    assert len(set(twice.words[:, 0].tolist())) == len(twice.words)
    assert 2 <= len(once.words) <= len(twice.words) <= len(once.words) + 2  # and those where it begins again
    assert other.words[:, 0].tolist() == 2 * once.words[:, 0].tolist()
    assert other.document.tolist() == [0] * len(once.words) + [1] * len(once.words)


def array(*values: int, dtype: type = np.int64) -> np.ndarray:
    return np.array(values, dtype=dtype)


def test_the_smaller_set_is_contained_and_of_equal_ones_the_later_document() -> None:
    low, high = array(1, 2, 3, 4, dtype=np.uint64), array(11, 12, 13, 14, dtype=np.uint64)
    shared, sizes = array(8, 8, 10, 7), (array(10, 90, 10, 10), array(90, 10, 11, 10))
    found = links(low, high, shared, sizes, 0.8)
    assert found.own.tolist() == [1, 12, 13]
    assert found.other.tolist() == [11, 2, 3]
    assert found.size.tolist() == [90, 90, 10]
    assert found.is_mutual.tolist() == [False, False, True]  # 10 of 11 are enough for both


def test_each_document_is_attached_to_its_largest_container_or_to_those_like_it() -> None:
    found = Links(
        own=array(9, 5, 5, 5, 6, 6, 9, 8, dtype=np.uint64),
        other=array(2, 3, 2, 1, 1, 4, 7, 7, dtype=np.uint64),
        size=array(40, 10, 30, 30, 20, 50, 60, 60),
        is_mutual=array(False, False, False, False, True, False, False, False, dtype=np.bool_),
    )
    forest = attach(found)
    assert dict(zip(forest.rows.tolist(), forest.roots.tolist(), strict=True)) == {5: 1, 6: 1, 8: 7, 9: 7}
