"""Centres of vectors of small whole numbers, by spherical k-means whose every sum is exact.

So neither order, nor blocks, nor processor decide anything: products of two bytes are added up in floats only as long
as no sum leaves the whole numbers that such a float holds.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Int8s: TypeAlias = npt.NDArray[np.int8]
Int64s: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]

LARGEST = 127
ITERATIONS = 12
BLOCK_ROWS = 2048
UNIT = 1 << 20
"""A vector of length 1 is added to its centre as whole numbers of this size."""


def products(left: Int8s, right: Int8s) -> Floats:
    """Exact scalar products of all rows of shape (n, width) with all of shape (m, width)."""
    if left.shape[1] * LARGEST * LARGEST < 1 << 24:
        return np.asarray(left.astype(np.float32) @ right.astype(np.float32).T)
    return np.asarray(left.astype(np.float64) @ right.astype(np.float64).T)


def squares(vectors: Int8s) -> Int64s:
    """Exact squared lengths."""
    wide = vectors.astype(np.int64)
    return np.asarray((wide * wide).sum(axis=1), dtype=np.int64)


def nearest(vectors: Int8s, centres: Int8s) -> Int64s:
    """The centre with the greatest cosine to each vector, the first of equals; shape (n,)."""
    lengths = np.sqrt(np.maximum(squares(centres), 1).astype(np.float64))
    found = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        found[block] = (products(vectors[block], centres).astype(np.float64) / lengths).argmax(axis=1)
    return found


def find_centres(sample: Int8s, count: int) -> Int8s:
    """Centres of a sample of shape (n, width); the first of its rows that differ are where they begin.

    A centre that no vector is nearest to stays where it is.
    """
    _, firsts = np.unique(sample, axis=0, return_index=True)
    centres = sample[np.sort(firsts)[:count]].copy()
    lengths = np.sqrt(np.maximum(squares(sample), 1).astype(np.float64))
    units = np.rint(sample * (UNIT / lengths)[:, None]).astype(np.int64)
    assigned = np.full(len(sample), -1, dtype=np.int64)
    for _ in range(ITERATIONS):
        now = nearest(sample, centres)
        if (now == assigned).all():
            break
        assigned = now
        order = np.argsort(assigned, kind="stable")
        numbers, starts = np.unique(assigned[order], return_index=True)
        sums = np.add.reduceat(units[order], starts, axis=0)
        greatest = np.abs(sums).max(axis=1, keepdims=True)
        moved = np.rint(sums * (LARGEST / np.maximum(greatest, 1))).astype(np.int8)
        centres[numbers[greatest[:, 0] > 0]] = moved[greatest[:, 0] > 0]
    return centres
