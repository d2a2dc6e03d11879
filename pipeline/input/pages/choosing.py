"""Which blocks of a page are its text."""

from __future__ import annotations

import numpy as np

from ....filters.kernels.html.block_counts import page_to_count
from ....filters.kernels.html.choosing import Choice, choose_blocks
from ....filters.kernels.html.scoring import NO_TREES, load_trees, room_for_lanes
from ....filters.kernels.html.word_marks import text_automaton
from ....filters.kernels.html.work import Register, Work
from ....filters.kernels.machine.buffers import Bools
from .modes import Extraction

CHOICES = {"all": Choice.ALL, "main": Choice.MAIN, "precise": Choice.PRECISE}


def choose(work: Work, mode: Extraction) -> Bools:
    """By block whether it is kept."""
    count, nodes = int(work.register[Register.BLOCKS]), int(work.register[Register.NODES])
    kept: Bools = np.empty(count, dtype=np.bool_)
    choose_blocks(
        page_to_count(work),
        count,
        nodes,
        text_automaton(),
        NO_TREES if mode == "all" else load_trees(),
        room_for_lanes(),
        np.zeros(count, dtype=np.float32),
        int(CHOICES[mode]),
        kept,
    )
    return kept
