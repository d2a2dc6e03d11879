"""How often planted near duplicates are found, beside what theory says of their true similarity."""

from __future__ import annotations

import numpy as np
import pytest

from textmill.dedup import MinHashDedup
from textmill.dedup.documents.clusters import link, merge_forests
from textmill.dedup.packed.packing import join_records, pack, partition
from textmill.filters.base.batch import make_batch

PAIRS = 400
WORDS = 300


def planted_pairs(changed_words: int) -> list[str]:
    """Pairs of a text of words that no other pair has and a copy of it in which some words differ."""
    rng = np.random.default_rng(changed_words)
    texts = []
    for pair in range(PAIRS):
        words = [f"p{chr(97 + pair % 26)}{chr(97 + pair // 26)}x{word}x" for word in _names(WORDS)]
        edited = list(words)
        for position in rng.choice(WORDS, changed_words, replace=False).tolist():
            edited[position] = f"edited{words[position]}"
        texts += [" ".join(words), " ".join(edited)]
    return texts


def _names(count: int) -> list[str]:
    return [chr(97 + i // 26 % 26) + chr(97 + i % 26) for i in range(count)]


def similarities(step: MinHashDedup, texts: list[str]) -> list[float]:
    """True Jaccard similarity of the shingles of each pair."""
    found = step.shingles(make_batch(texts))
    sets = [set(part.tolist()) for part in np.split(found.hashes, found.offsets[1:-1])]
    return [len(a & b) / len(a | b) for a, b in zip(sets[::2], sets[1::2], strict=True)]


def removed_rows(step: MinHashDedup, texts: list[str], partitions: int) -> list[int]:
    """The whole way of a run: batches, packed keys by partition, and a forest for each."""
    grouped: dict[int, list[bytes]] = {}
    for start in range(0, len(texts), 100):
        batch = make_batch(texts[start : start + 100])
        rows = np.arange(start, start + batch.num_rows, dtype=np.uint64)
        for number, chunk in partition(pack(step.keys(batch), rows), partitions).items():
            grouped.setdefault(number, []).append(chunk)
    forest = merge_forests([link(join_records(chunks)) for chunks in grouped.values()])
    assert (forest.roots // 2 == forest.rows // 2).all(), "different texts were taken for duplicates"
    rows_removed: list[int] = forest.rows.tolist()
    return rows_removed


@pytest.mark.parametrize("scheme", ["affine32", "legacy"])
@pytest.mark.parametrize("changed_words", [1, 4, 8, 12, 18, 30, 60])
def test_planted_pairs_are_found_as_often_as_theory_says(changed_words: int, scheme: str) -> None:
    step = MinHashDedup(scheme=scheme)  # type: ignore[arg-type]
    texts = planted_pairs(changed_words)
    chances = np.array([step.probability(similarity) for similarity in similarities(step, texts)])
    found = len(removed_rows(step, texts, partitions=4))
    # Signatures are fixed, so this is no gamble at each run; five standard deviations leave room for other seeds.
    tolerance = 5 * float(np.sqrt((chances * (1 - chances)).sum())) + 1
    assert abs(found - float(chances.sum())) <= tolerance


def test_what_is_removed_does_not_depend_on_partitions_or_batches() -> None:
    step = MinHashDedup()
    texts = planted_pairs(12)[:200]
    expected = removed_rows(step, texts, partitions=1)
    assert 0 < len(expected) < 100
    assert removed_rows(step, texts, partitions=7) == expected
    one_by_one = [step.keys(make_batch([text])).words for text in texts]
    assert np.array_equal(np.concatenate(one_by_one), step.keys(make_batch(texts)).words)
