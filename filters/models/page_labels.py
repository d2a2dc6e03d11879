"""Main content of web pages, labelled by hand: block by block, for training and for measuring.

``page_labels.tsv`` has a line for each page: its name (a file, or the page's address), how many words its blocks have
and a checksum of them, and which of these words are main content and which are doubtful. Words are counted over all
blocks, so that labels hold when blocks are parted in another way; the text of pages is not kept.

What counts as main content:

- title, lead, body, lists, tables, quotes, code, captions, footnotes, notes of editors, recipes, descriptions of
  products; on pages of questions and forums the posts; on index pages headlines with their teasers, where there is
  nothing else;
- not: navigation, dates and bylines, tags, biographies of authors, related articles, advertisements, newsletter boxes,
  comments below an article, notes on rights, image credits that stand alone, buttons. Of a text that stands twice the
  place in the content counts alone;
- doubtful: where careful labellers would differ (tables of contents, reviews of products, captions that hold credits).
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

LABELS = Path(__file__).with_name("page_labels.tsv")
MAIN, OTHER, WORDLESS, DOUBTFUL_BLOCK = 1.0, 0.0, -1.0, -2.0


class PageLabels(NamedTuple):
    """What is known of a page."""

    word_count: int
    checksum: int
    main: tuple[tuple[int, int], ...]
    """Ranges of words, the last of each included."""
    doubtful: tuple[tuple[int, int], ...]


@cache
def page_labels() -> dict[str, PageLabels]:
    """The labels of all pages by their names."""
    found = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        name, count, checksum, main, doubtful = line.split("\t")
        found[name] = PageLabels(int(count), int(checksum, 16), _ranges(main), _ranges(doubtful))
    return found


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    parts = (part.partition("-") for part in text.split(",") if part)
    return tuple((int(first), int(last or first)) for first, _, last in parts)


def hand_labels(labels: PageLabels, words: list[list[str]]) -> npt.NDArray[np.float64]:
    """By block :data:`MAIN`, :data:`OTHER`, :data:`WORDLESS` or :data:`DOUBTFUL_BLOCK`, by most of its words.

    :raises ValueError: if these are not the words that were labelled
    """
    everything = [word for block in words for word in block]
    if (len(everything), words_checksum(everything)) != (labels.word_count, labels.checksum):
        raise ValueError("the words of the page are no longer those that were labelled")
    of_words = np.full(len(everything), OTHER)
    for value, ranges in ((DOUBTFUL_BLOCK, labels.doubtful), (MAIN, labels.main)):
        for first, last in ranges:
            of_words[first : last + 1] = value
    found = np.full(len(words), WORDLESS)
    end = 0
    for at, block in enumerate(words):
        begin, end = end, end + len(block)
        if block:
            values, counts = np.unique(of_words[begin:end], return_counts=True)
            found[at] = values[counts.argmax()]
    return found


def words_checksum(words: list[str]) -> int:
    """Tells whether a page still has the words that were labelled."""
    return crc32(" ".join(words).encode())


class HandText(NamedTuple):
    """Tokens, separated by white space, of what is main content and of what is doubtful."""

    main: Counter[str]
    doubtful: Counter[str]

    def f1(self, found: str) -> float:
        """How well a text agrees with the main content; what is doubtful counts for nobody."""
        tokens = Counter(found.split())
        common = (tokens & self.main).total()
        more = (tokens - self.main - self.doubtful).total()
        return 2 * common / max(self.main.total() + common + more, 1)


def hand_text(texts: list[str], labels: npt.NDArray[np.float64]) -> HandText:
    """What the blocks of a page hold, by their labels."""
    main, doubtful = (
        Counter(token for text, label in zip(texts, labels, strict=True) if label == value for token in text.split())
        for value in (MAIN, DOUBTFUL_BLOCK)
    )
    return HandText(main, doubtful)
