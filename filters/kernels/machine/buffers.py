"""Text columns as the arrays that kernels read and write."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64s: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]


class TextBuffers(NamedTuple):
    """Text of n documents: document i is ``data[offsets[i]:offsets[i + 1]]``, valid UTF-8."""

    offsets: Int64s
    """Shape (n + 1,); not necessarily starting at zero."""
    data: Bytes


def text_buffers(text: pa.Array) -> TextBuffers:
    """View a ``large_string`` array without nulls as numpy arrays, copying nothing."""
    if text.type != pa.large_string():
        text = text.cast(pa.large_string())
    _, offsets, data = text.buffers()
    count = len(text)
    offset_view = np.frombuffer(offsets, dtype=np.int64)[text.offset : text.offset + count + 1]
    if len(offset_view) == 0:  # Arrow may leave out the offsets of an empty array
        offset_view = np.zeros(1, dtype=np.int64)
    data_view = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    return TextBuffers(offset_view, data_view)


def text_array(offsets: Int64s, data: Bytes) -> pa.Array:
    """Wrap kernel output as a ``large_string`` array, copying nothing; the bytes must be valid UTF-8."""
    return pa.Array.from_buffers(
        pa.large_string(),
        len(offsets) - 1,
        [None, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(np.ascontiguousarray(data))],
    )
