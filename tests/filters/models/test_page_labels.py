"""Labels by hand hold when blocks are parted in another way, and are refused when the words are others."""

from itertools import pairwise

import pytest

from textmill.filters.models.page_labels import (
    DOUBTFUL_BLOCK,
    MAIN,
    OTHER,
    WORDLESS,
    PageLabels,
    hand_labels,
    hand_text,
    page_labels,
    words_checksum,
)

WORDS = ["menu", "home", "a", "headline", "a", "first", "paragraph", "a", "biography", "imprint"]
LABELS = PageLabels(len(WORDS), words_checksum(WORDS), main=((2, 6),), doubtful=((7, 8),))


def test_blocks_are_what_most_of_their_words_are() -> None:
    as_labelled = [WORDS[:2], WORDS[2:4], [], WORDS[4:7], WORDS[7:9], WORDS[9:]]
    assert hand_labels(LABELS, as_labelled).tolist() == [OTHER, MAIN, WORDLESS, MAIN, DOUBTFUL_BLOCK, OTHER]
    assert hand_labels(LABELS, [WORDS[:1], WORDS[1:7], WORDS[7:]]).tolist() == [OTHER, MAIN, DOUBTFUL_BLOCK]


def test_other_words_are_refused() -> None:
    with pytest.raises(ValueError, match="no longer those that were labelled"):
        hand_labels(LABELS, [[*WORDS[:-1], "other"]])
    with pytest.raises(ValueError, match="no longer those that were labelled"):
        hand_labels(LABELS, [WORDS[:-1]])


def test_what_is_doubtful_counts_for_nobody() -> None:
    labels = hand_labels(LABELS, [WORDS[:2], WORDS[2:7], WORDS[7:9], WORDS[9:]])
    known = hand_text(["menu home", "a headline a first paragraph", "a biography", "imprint"], labels)
    assert known.f1("a headline\na first paragraph") == 1
    assert known.f1("a headline a first paragraph a biography") == 1
    assert known.f1("a headline a imprint") == 2 * 3 / (5 + 4)
    assert known.f1("") == 0


def test_the_labels_that_are_kept_are_ranges_of_words() -> None:
    pages = page_labels()
    assert len(pages) == 1037
    for labels in pages.values():
        ranges = sorted(labels.main + labels.doubtful)
        assert all(first <= last for first, last in ranges)
        assert all(last < first for (_, last), (first, _) in pairwise(ranges))
        assert not ranges or ranges[-1][1] < labels.word_count
