"""How likely each block of a page is main content: small decision trees say it.

All nodes of one level of a tree ask the same, so that a tree is a table, looked up without a branch. The trees
were trained by ``filters/models/train_page_blocks.py``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Floats32, Int32s
from ..machine.kernel import inner, kernel
from .block_counts import Page, count_page
from .features import block_features
from .word_marks import Automaton

MAGIC = b"textmill trees 1\n"
LEVELS = 6
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


NO_TREES = Trees(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32))


def pack_trees(trees: Trees) -> bytes:
    """Trees as the bytes of a file."""
    count = np.array([len(trees.feature) // LEVELS], dtype="<i4")
    columns = (trees.feature.astype("<i2"), trees.limit.astype("<f4"), trees.leaves.astype("<f4"))
    return b"".join((MAGIC, count.tobytes(), *(column.tobytes() for column in columns)))


@cache
def load_trees() -> Trees:
    """The trees that are shipped, read once in a process."""
    content = TREES.read_bytes()
    count = int(np.frombuffer(content, dtype="<i4", count=1, offset=len(MAGIC))[0])
    at = len(MAGIC) + 4
    feature = np.frombuffer(content, dtype="<i2", count=count * LEVELS, offset=at)
    limit = np.frombuffer(content, dtype="<f4", count=count * LEVELS, offset=at + feature.nbytes)
    leaves = np.frombuffer(content, dtype="<f4", count=count * LEAVES, offset=at + feature.nbytes + limit.nbytes)
    return Trees(feature.astype(np.int32), limit.astype(np.float32), leaves.astype(np.float32))


@kernel
def score_blocks(
    page: Page, blocks: int, nodes: int, words: Automaton, trees: Trees, row: Floats32, scores: Floats32
) -> None:
    """By block how likely it is main content, from 0 to 1 (no probability, but it grows with one).

    Without trees the page is only counted.
    """
    count_page(page, blocks, nodes, words)
    if len(trees.leaves) == 0:
        return
    for block in range(blocks):
        block_features(page, blocks, block, row)
        scores[block] = _score(trees, row)


@inner
def _score(trees: Trees, row: Floats32) -> float:
    total = 0.0
    level = 0
    for tree in range(len(trees.leaves) // LEAVES):
        leaf = 0
        for bit in range(LEVELS):
            leaf |= (row[np.uint64(trees.feature[level + bit])] > trees.limit[level + bit]) << bit
        level += LEVELS
        total += trees.leaves[tree * LEAVES + leaf]
    return 0.5 + 0.5 * total / (1.0 + abs(total))  # an exponential would not be the same on all machines
