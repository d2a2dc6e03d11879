"""Some documents of a batch: which are meant, which are blank, and what is known of them among all others."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...filters.kernels.machine.buffers import text_buffers

Mask: TypeAlias = npt.NDArray[np.bool_]

IS_SPACE = np.zeros(256, dtype=np.bool_)
IS_SPACE[list(b" \t\n\v\f\r")] = True
"""White space of ASCII."""


def scatter(values: pa.Array, mask: Mask) -> pa.Array:
    """Spread values of the masked documents over all documents, with nulls between."""
    if len(values) == len(mask):
        return values
    if not len(values):
        return pa.nulls(len(mask), values.type)
    positions = np.cumsum(mask) - 1
    return values.take(pa.array(positions, pa.int64(), mask=~mask))


def blank(text: pa.Array) -> Mask:
    """Which texts hold nothing but white space (ASCII white space: anything else is worth looking at)."""
    offsets, data = text_buffers(text)
    if len(text) == 1 and not text.null_count:  # arrays of one take longer to make than to fill
        start, end = offsets.tolist()
        return np.array([start == end or bool(IS_SPACE[data[start]] and data[start:end].tobytes().isspace())])
    starts, ends = offsets[:-1], offsets[1:]
    is_blank: Mask = starts == ends
    # Few texts begin with white space; the others need no looking at.
    begins = np.flatnonzero(~is_blank)
    begins = begins[IS_SPACE[data[starts[begins]]]]
    for row in begins.tolist():
        is_blank[row] = data[starts[row] : ends[row]].tobytes().isspace()
    if text.null_count:
        is_blank &= text.is_valid().to_numpy(zero_copy_only=False)
    return is_blank


def is_whole(mask: Mask) -> bool:
    """Whether all documents are meant; ``mask.all()`` takes ten times as long for a few."""
    return int(np.count_nonzero(mask)) == len(mask)
