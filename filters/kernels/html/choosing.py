"""Which blocks of a page are its text: all that a reader sees, or the main content alone."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from ..machine.buffers import Bools, Floats32
from ..machine.kernel import inner, integer, kernel
from .block_counts import TAG_NUMBER, Page, Stat, Sum
from .elements import Tag
from .scoring import Lanes, Trees, score_blocks
from .word_marks import CLASS_BITS, Automaton, Mark
from .work import Block


class Choice(IntEnum):
    """How much of a page is wanted."""

    ALL = 0
    MAIN = 1
    PRECISE = 2


LEAST, LEAST_PRECISE = np.float32(0.6), np.float32(0.7)
"""Scores from which on blocks are main content."""
LITTLE = 100
"""Characters of main content below which less likely blocks are taken too."""
LEAST_OF_LITTLE = np.float32(0.3)
LEAST_CAPTION = np.float32(0.35)
"""Captions beside main content are part of it even when they look unlike it."""
LEAST_COMMENT = np.float32(0.9)
"""What is marked as comments is main content where it is most of it, as in a forum, or where it is beyond doubt."""
COMMENT = 1 << CLASS_BITS["comment"]


def _bits(*tags: Tag) -> int:
    return sum(1 << int(TAG_NUMBER[tag]) for tag in tags)


CAPTIONS = _bits(Tag.FIGCAPTION, Tag.CAPTION)
NEVER = _bits(Tag.NAV)
NOT_OF_LITTLE = _bits(Tag.FOOTER, Tag.ASIDE, Tag.FORM, Tag.DIALOG)
"""Nor is what stands in these content of a page that has little of it."""
OUT_OF_QUESTION = np.float32(-1)
"""The score of blocks that are no text, whatever they look like."""


@kernel
def choose_blocks(
    page: Page,
    blocks: int,
    nodes: int,
    words: Automaton,
    trees: Trees,
    lanes: Lanes,
    scores: Floats32,
    choice: int,
    kept: Bools,
) -> None:
    """By block whether it is kept; ``scores`` has room for all, and for :attr:`Choice.ALL` there are no trees."""
    score_blocks(page, blocks, nodes, words, trees, lanes, scores)
    _choose_seen(page, blocks, kept)
    if choice == Choice.ALL:
        return
    least = LEAST if choice == Choice.MAIN else LEAST_PRECISE
    size = size_of_comments = 0
    for block in range(blocks):
        if not kept[block] or _stands_in(page, block, NEVER):
            scores[block] = OUT_OF_QUESTION
        kept[block] = scores[block] >= least
        if kept[block]:
            size += integer(page.stats[block, Stat.SIZE])
            if _is_comment(page, block):
                size_of_comments += integer(page.stats[block, Stat.SIZE])
    if 2 * size_of_comments < size:
        for block in range(blocks):
            if kept[block] and scores[block] < LEAST_COMMENT and _is_comment(page, block):
                kept[block] = False
                size -= integer(page.stats[block, Stat.SIZE])
    if choice == Choice.PRECISE:
        return
    if size < LITTLE:
        _choose_likely(page, blocks, scores, kept)
    _choose_captions(page, blocks, scores, kept)


@inner
def _stands_in(page: Page, block: int, tags: int) -> bool:
    return bool(page.sums[integer(page.blocks[block, Block.NODE]), Sum.TAGS] & tags)


@inner
def _is_comment(page: Page, block: int) -> bool:
    """Whether it says so of itself, or one of the two elements around it."""
    return bool(page.sums[integer(page.blocks[block, Block.NODE]), Sum.NEAR_MARKS] & COMMENT)


@inner
def _choose_seen(page: Page, blocks: int, kept: Bools) -> None:
    """All that a reader sees; what stands in for scripts only where it is more than what needs none."""
    size = size_instead = 0
    for block in range(blocks):
        marks = page.sums[integer(page.blocks[block, Block.NODE]), Sum.MARKS]
        kept[block] = (marks >> Mark.HIDDEN & 1) == 0
        if kept[block]:
            if marks >> Mark.NOSCRIPT & 1:
                size_instead += integer(page.stats[block, Stat.SIZE])
            else:
                size += integer(page.stats[block, Stat.SIZE])
    if size >= size_instead:
        for block in range(blocks):
            if page.sums[integer(page.blocks[block, Block.NODE]), Sum.MARKS] >> Mark.NOSCRIPT & 1:
                kept[block] = False


@inner
def _choose_likely(page: Page, blocks: int, scores: Floats32, kept: Bools) -> None:
    """More of a page that has little which looks like content; where even that is little, all but lists of links."""
    size = 0
    for block in range(blocks):
        if scores[block] >= LEAST_OF_LITTLE and not _stands_in(page, block, NOT_OF_LITTLE):
            kept[block] = True
        if kept[block]:
            size += integer(page.stats[block, Stat.SIZE])
    if size < LITTLE:
        for block in range(blocks):
            if scores[block] != OUT_OF_QUESTION and not _stands_in(page, block, NOT_OF_LITTLE):
                kept[block] |= 2 * page.stats[block, Stat.LINK_SIZE] < page.stats[block, Stat.SIZE]


@inner
def _choose_captions(page: Page, blocks: int, scores: Floats32, kept: Bools) -> None:
    """Captions right beside what is kept."""
    was_kept = False
    for block in range(blocks):
        is_kept = bool(kept[block])
        is_beside = was_kept or (block + 1 < blocks and kept[block + 1])
        if is_beside and scores[block] >= LEAST_CAPTION and _stands_in(page, block, CAPTIONS):
            kept[block] = True
        was_kept = is_kept
