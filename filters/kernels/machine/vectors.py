"""Adding vectors inside kernels, eight numbers by one instruction, which the compiler does not find by itself."""

from __future__ import annotations

from .instructions import LANES, Floating, add_lanes
from .kernel import inlined


@inlined
def add_row(result: Floating, vectors: Floating, row: int) -> None:
    """Add a row of a matrix without gaps to a vector of the same or twice the precision."""
    dim = len(result)
    start = row * dim
    whole = dim & -LANES
    for at in range(0, whole, LANES):
        add_lanes(result, at, vectors, start + at)
    for at in range(whole, dim):
        result[at] += vectors[row, at]
