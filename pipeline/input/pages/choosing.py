"""Which blocks of a page are its text: all that a reader sees, or the main content alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ....filters.kernels.html.block_counts import TAG_NUMBER, Stat, Sum, page_to_count
from ....filters.kernels.html.context import COLUMNS
from ....filters.kernels.html.elements import Tag
from ....filters.kernels.html.scoring import NO_TREES, load_trees, score_blocks
from ....filters.kernels.html.word_marks import Mark, text_automaton
from ....filters.kernels.html.work import Block, Register, Work
from ....filters.kernels.machine.buffers import Bools, Int64s
from .modes import Extraction

LEAST = {"main": 0.6, "precise": 0.7}
"""Scores from which on blocks are main content."""
LITTLE = 100
"""Characters of main content below which less likely blocks are taken too."""
LEAST_OF_LITTLE = 0.3
LEAST_CAPTION = 0.35
"""Captions beside main content are part of it even when they look unlike it."""


def _bits(*tags: Tag) -> int:
    return sum(1 << int(TAG_NUMBER[tag]) for tag in tags)


CAPTIONS = _bits(Tag.FIGCAPTION, Tag.CAPTION)
NEVER = _bits(Tag.NAV)
NOT_OF_LITTLE = _bits(Tag.FOOTER, Tag.ASIDE, Tag.FORM, Tag.DIALOG)
"""Nor is what stands in these content of a page that has little of it."""


class _Around(NamedTuple):
    """What stands around each block."""

    tags: Int64s
    marks: Int64s


def choose(work: Work, mode: Extraction) -> Bools:
    """By block whether it is kept."""
    count, nodes = int(work.register[Register.BLOCKS]), int(work.register[Register.NODES])
    page = page_to_count(work)
    stats, sums = page.stats, page.sums
    scores = np.empty(count, dtype=np.float32)
    row = np.empty(COLUMNS, dtype=np.float32)
    score_blocks(page, count, nodes, text_automaton(), NO_TREES if mode == "all" else load_trees(), row, scores)
    of = work.blocks[:count, Block.NODE]
    around = _Around(sums[of, Sum.TAGS], sums[of, Sum.MARKS])
    sizes = stats[:, Stat.SIZE]
    seen: Bools = (around.marks >> Mark.HIDDEN & 1) == 0
    instead = (around.marks >> Mark.NOSCRIPT & 1) != 0
    if int(sizes[seen & ~instead].sum()) >= int(sizes[seen & instead].sum()):
        seen &= ~instead  # else the page needs scripts, and says the same without them
    if mode == "all":
        return seen
    seen &= (around.tags & NEVER) == 0
    kept: Bools = seen & (scores >= LEAST[mode])
    if mode == "precise":
        return kept
    if int(sizes[kept].sum()) < LITTLE:
        likely = seen & ((around.tags & NOT_OF_LITTLE) == 0)
        kept |= likely & (scores >= LEAST_OF_LITTLE)
        if int(sizes[kept].sum()) < LITTLE:
            kept |= likely & (2 * stats[:, Stat.LINK_SIZE] < sizes)
    beside = kept.copy()
    beside[1:] |= kept[:-1]
    beside[:-1] |= kept[1:]
    kept |= beside & seen & ((around.tags & CAPTIONS) != 0) & (scores >= LEAST_CAPTION)
    return kept
