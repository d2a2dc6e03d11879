"""How likely each block of a page is main content: small decision trees say it.

The first trees judge a block by what is measured of it and what stands around it. The second add to that what follows
from what the first say of the other blocks (:mod:`.context`). All nodes of one level of a tree ask the same, so that a
tree is a table, looked up without a branch. The trees were trained by ``filters/models/train_page_blocks.py``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Float32Matrix, Floats, Floats32, Int32s
from ..machine.instructions import ANSWERS, LANES, answer_lanes
from ..machine.kernel import inner
from .block_counts import Page, Stat, count_page
from .context import CERTAIN, COLUMNS, count_context, put_context
from .features import put_plain, put_surroundings
from .word_marks import Automaton

MAGIC = b"textmill trees 2\n"
LEVELS = ANSWERS
LEAVES = 1 << LEVELS
TREES = Path(__file__).parent / "blocks.bin"


class Trees(NamedTuple):
    """Decision trees, one behind the other; their sum is the logarithm of the odds."""

    feature: Int32s
    """By tree and level what is looked at."""
    limit: Floats32
    """By tree and level what it has to exceed."""
    leaves: Floats32
    """By tree what each combination of answers adds, that of the first level being the lowest bit."""
    first: int
    """How many of them are the first trees."""


NO_TREES = Trees(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32), 0)


def pack_trees(trees: Trees) -> bytes:
    """Trees as the bytes of a file."""
    counts = np.array([len(trees.leaves) // LEAVES, trees.first], dtype="<i4")
    columns = (trees.feature.astype("<i2"), trees.limit.astype("<f4"), trees.leaves.astype("<f4"))
    return b"".join((MAGIC, counts.tobytes(), *(column.tobytes() for column in columns)))


@cache
def load_trees() -> Trees:
    """The trees that are shipped, read once in a process."""
    content = TREES.read_bytes()
    count, first = (int(number) for number in np.frombuffer(content, dtype="<i4", count=2, offset=len(MAGIC)))
    at = len(MAGIC) + 8
    feature = np.frombuffer(content, dtype="<i2", count=count * LEVELS, offset=at)
    limit = np.frombuffer(content, dtype="<f4", count=count * LEVELS, offset=at + feature.nbytes)
    leaves = np.frombuffer(content, dtype="<f4", count=count * LEAVES, offset=at + feature.nbytes + limit.nbytes)
    return Trees(feature.astype(np.int32), limit.astype(np.float32), leaves.astype(np.float32), first)


class Lanes(NamedTuple):
    """Room for as many blocks as are judged at once."""

    rows: Float32Matrix
    """By measurement what is measured of each of them."""
    leaves: Int32s
    """The leaf of a tree that each of them belongs to."""
    odds: Floats


def room_for_lanes() -> Lanes:
    """New room."""
    return Lanes(
        np.zeros((COLUMNS, LANES), dtype=np.float32),
        np.empty(LANES, dtype=np.int32),
        np.empty(LANES, dtype=np.float64),
    )


@inner
def score_blocks(
    page: Page, blocks: int, nodes: int, words: Automaton, trees: Trees, lanes: Lanes, scores: Floats32
) -> None:
    """By block how likely it is main content, from 0 to 1 (no probability, but it grows with one).

    Without trees the page is only counted.
    """
    count_page(page, blocks, nodes, words)
    if len(trees.leaves) == 0:
        return
    begin, end = 0, trees.first
    for is_second in range(2):
        lane = 0
        for block in range(blocks):
            put_plain(page, blocks, block, lanes.rows, lane)
            if is_second:
                put_context(page, blocks, block, lanes.rows, lane)
            else:
                put_surroundings(page, blocks, block, lanes.rows, lane)
                scores[block] = 0
            lane += 1
            if lane == LANES or block == blocks - 1:
                _sum_trees(trees, begin, end, lanes)
                for at in range(lane):
                    scores[block + 1 - lane + at] += lanes.odds[at]
                lane = 0
        if not is_second:
            judge_again(page, blocks, nodes, scores)
            begin, end = end, len(trees.leaves) // LEAVES
    for block in range(blocks):
        scores[block] = squeezed(scores[block])


@inner
def judge_again(page: Page, blocks: int, nodes: int, odds: Floats32) -> None:
    """Count what the second trees need, from what the first say: logarithms of odds."""
    for block in range(blocks):
        page.stats[block, Stat.SCORE] = int(CERTAIN * squeezed(odds[block]))
    count_context(page, blocks, nodes)


@inner
def squeezed(odds: float) -> float:
    """From 0 to 1; an exponential would not be the same on all machines."""
    return 0.5 + 0.5 * odds / (1.0 + abs(odds))


@inner
def _sum_trees(trees: Trees, begin: int, end: int, lanes: Lanes) -> None:
    """What trees say of the blocks in all lanes."""
    leaves, odds = lanes.leaves, lanes.odds
    for lane in range(LANES):
        odds[lane] = 0
    level = begin * LEVELS
    for tree in range(begin, end):
        answer_lanes(leaves, lanes.rows, trees.feature, trees.limit, level)
        level += LEVELS
        for lane in range(LANES):
            odds[lane] += trees.leaves[tree * LEAVES + leaves[lane]]
