"""Winnowing: of keys in a row those are chosen that are smallest among their neighbours, by content alone.

Source: Schleimer et al. 2003, "Winnowing: Local Algorithms for Document Fingerprinting".
"""

from __future__ import annotations

import numpy as np

from ...filters.kernels.machine.buffers import Bools, Int64s
from ...filters.kernels.machine.kernel import kernel
from ..base.step import UInt64s


def winnow(keys: UInt64s, begins: Int64s, ends: Int64s, every: int) -> Bools:
    """Tell of every key whether it is the smallest of any ``every`` keys in a row around it, of several the last.

    Equal texts choose the same keys but near their ends, and no ``every`` keys in a row are without one.

    Args:
        keys: Shape (keys,), those of document i from ``begins[i]`` to ``ends[i]``.
        begins: Shape (n,).
        ends: Shape (n,).
        every: Keys in a row; of a document with fewer the smallest is chosen.
    """
    is_chosen = np.zeros(len(keys), dtype=np.bool_)
    queue = np.empty(len(keys) + 1, dtype=np.int64)
    _choose_smallest(np.ascontiguousarray(keys), begins, ends, every, queue, is_chosen)
    return is_chosen


@kernel
def _choose_smallest(keys: UInt64s, begins: Int64s, ends: Int64s, every: int, queue: Int64s, is_chosen: Bools) -> None:
    """The queue holds keys that rise, each the smallest of those behind it."""
    for document in range(len(begins)):
        begin, end = begins[document], ends[document]
        if begin == end:
            continue
        head = tail = 0
        for at in range(begin, end):
            while tail > head and keys[queue[tail - 1]] >= keys[at]:
                tail -= 1
            queue[tail] = at
            tail += 1
            if queue[head] <= at - every:
                head += 1
            if at - begin >= every - 1:
                is_chosen[queue[head]] = True
        if end - begin < every:
            is_chosen[queue[head]] = True
