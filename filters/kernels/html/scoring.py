"""How likely each block of a page is main content.

Two ensembles of small decision trees say it; the second sees what the first says of a block's surroundings. They were
trained by ``filters/models/train_page_blocks.py``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Float32Matrix, Floats32, Int32s
from ..machine.kernel import inner, integer, kernel
from .features import Page, count_page, first_features, second_features, sum_kept
from .word_marks import Automaton

MAGIC = b"textmill trees 1\n"


class Trees(NamedTuple):
    """Decision trees, one behind the other; their sum is the logarithm of the odds."""

    roots: Int32s
    """By tree its first node."""
    feature: Int32s
    """By node what is looked at; -1 for a leaf."""
    limit: Floats32
    """Up to here the next node follows, else that in ``other``; a leaf's value."""
    other: Int32s


def pack_trees(ensembles: list[Trees]) -> bytes:
    """Trees as the bytes of a file."""
    parts = [MAGIC]
    for trees in ensembles:
        parts.append(np.array([len(trees.roots), len(trees.feature)], dtype="<i4").tobytes())
        parts += [trees.roots.astype("<i4").tobytes(), trees.feature.astype("<i2").tobytes()]
        parts += [trees.limit.astype("<f4").tobytes(), trees.other.astype("<i4").tobytes()]
    return b"".join(parts)


@cache
def load_trees() -> tuple[Trees, Trees]:
    """The trees that are shipped, read once in a process."""
    content = (Path(__file__).parent / "blocks.bin").read_bytes()
    at = len(MAGIC)
    found = []
    for _ in range(2):
        roots, nodes = (int(count) for count in np.frombuffer(content, dtype="<i4", count=2, offset=at))
        at += 8
        columns = []
        for kind, count in (("<i4", roots), ("<i2", nodes), ("<f4", nodes), ("<i4", nodes)):
            columns.append(np.frombuffer(content, dtype=kind, count=count, offset=at))
            at += columns[-1].nbytes
        starts, feature, limit, other = columns
        found.append(
            Trees(starts.astype(np.int32), feature.astype(np.int32), limit.astype(np.float32), other.astype(np.int32))
        )
    return found[0], found[1]


@kernel
def score_blocks(
    page: Page, blocks: int, nodes: int, words: Automaton, trees: Trees, more: Trees, row: Floats32,
    first: Floats32, result: Floats32,
) -> None:  # fmt: skip
    """By block how likely it is main content, from 0 to 1 (not a probability, but it grows with one)."""
    count_page(page, blocks, nodes, words)
    for block in range(blocks):
        first_features(page, blocks, block, row)
        first[block] = _predict(trees, row)
    sum_kept(page, blocks, nodes, first)
    for block in range(blocks):
        second_features(page, blocks, block, first, row)
        result[block] = _predict(more, row)


@kernel
def measure(page: Page, blocks: int, nodes: int, words: Automaton, rows: Float32Matrix) -> None:
    """The first trees' features of all blocks, for training."""
    count_page(page, blocks, nodes, words)
    for block in range(blocks):
        first_features(page, blocks, block, rows[block])


@kernel
def measure_second(page: Page, blocks: int, nodes: int, first: Floats32, rows: Float32Matrix) -> None:
    """The second trees' features, for training."""
    sum_kept(page, blocks, nodes, first)
    for block in range(blocks):
        second_features(page, blocks, block, first, rows[block])


@inner
def _predict(trees: Trees, row: Floats32) -> float:
    total = 0.0
    for root in trees.roots:
        at = integer(root)
        while trees.feature[at] >= 0:
            at = at + 1 if row[trees.feature[at]] <= trees.limit[at] else integer(trees.other[at])
        total += trees.limit[at]
    return 0.5 + 0.5 * total / (1.0 + abs(total))  # no exponential: it is not the same on all machines
