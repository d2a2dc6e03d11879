"""Text columns as the arrays that kernels read and write, and the types of these arrays."""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes: TypeAlias = npt.NDArray[np.uint8]
Int32s: TypeAlias = npt.NDArray[np.int32]
Int64s: TypeAlias = npt.NDArray[np.int64]
UInt16s: TypeAlias = npt.NDArray[np.uint16]
UInt32s: TypeAlias = npt.NDArray[np.uint32]
UInt64s: TypeAlias = npt.NDArray[np.uint64]
Floats: TypeAlias = npt.NDArray[np.float64]
Floats32: TypeAlias = npt.NDArray[np.float32]
Bools: TypeAlias = npt.NDArray[np.bool_]

# Arrays of two dimensions, which the number says to the compiler of kernels; type checkers pass over it.
BoolMatrix: TypeAlias = Annotated[npt.NDArray[np.bool_], 2]
Int16Matrix: TypeAlias = Annotated[npt.NDArray[np.int16], 2]
Int32Matrix: TypeAlias = Annotated[npt.NDArray[np.int32], 2]
Int64Matrix: TypeAlias = Annotated[npt.NDArray[np.int64], 2]
UInt32Matrix: TypeAlias = Annotated[npt.NDArray[np.uint32], 2]
UInt64Matrix: TypeAlias = Annotated[npt.NDArray[np.uint64], 2]
Float32Matrix: TypeAlias = Annotated[npt.NDArray[np.float32], 2]


LARGE_STRING, INT64, UINT8 = pa.large_string(), np.dtype(np.int64), np.dtype(np.uint8)


class TextBuffers(NamedTuple):
    """Text of n documents: document i is ``data[offsets[i]:offsets[i + 1]]``, valid UTF-8."""

    offsets: Int64s
    """Shape (n + 1,); not necessarily starting at zero."""
    data: Bytes


def text_buffers(text: pa.Array) -> TextBuffers:
    """View a ``large_string`` array without nulls as numpy arrays, copying nothing."""
    if text.type != LARGE_STRING:
        text = text.cast(LARGE_STRING)
    _, offsets, data = text.buffers()
    count = len(text)
    if not offsets:  # Arrow may leave out the offsets of an empty array
        offset_view = np.zeros(1, dtype=np.int64)
    else:
        offset_view = np.frombuffer(offsets, INT64, count + 1, INT64.itemsize * text.offset)
    data_view = np.frombuffer(data, UINT8) if data else np.empty(0, UINT8)
    return TextBuffers(offset_view, data_view)


def text_array(offsets: Int64s, data: Bytes) -> pa.Array:
    """Wrap kernel output as a ``large_string`` array, copying nothing; the bytes must be valid UTF-8.

    Bytes behind the last offset are left out.
    """
    data = data[: int(offsets[-1])]
    return pa.Array.from_buffers(
        pa.large_string(),
        len(offsets) - 1,
        [None, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(np.ascontiguousarray(data))],
    )


_INTEGERS, _FLOATS = (pa.int64(), INT64), (pa.float64(), np.dtype(np.float64))


def numbers(values: Int64s | Floats) -> pa.Array:
    """A column of integers or floats without nulls; ``pa.array`` would look for pandas' objects first."""
    declared, kept_as = _INTEGERS if values.dtype == INT64 else _FLOATS
    packed = np.ascontiguousarray(values, kept_as)
    return pa.Array.from_buffers(declared, len(packed), [None, pa.py_buffer(packed)], 0)


def columns_of_numbers(matrix: Int64Matrix | npt.NDArray[np.float64]) -> list[pa.Array]:
    """The same for the rows of a matrix, shape (columns, documents); quicker than one by one."""
    width = matrix.shape[1]
    whole = numbers(matrix.ravel())
    return [whole.slice(number * width, width) for number in range(len(matrix))]


def room_for_text(offsets: Int64s, *, growth: int = 1, more: int = 1) -> TextBuffers:
    """Offsets, the first of them zero, and bytes for a kernel to write as many texts to as these offsets delimit.

    Args:
        offsets: Shape (n + 1,), of the texts to be rewritten.
        growth: How many times as long a text may become.
        more: Bytes beyond that.
    """
    return TextBuffers(
        np.zeros(len(offsets), dtype=np.int64),
        np.empty(growth * int(offsets[-1] - offsets[0]) + more, dtype=np.uint8),
    )


def longest_bytes(offsets: Int64s) -> int:
    """Bytes of the longest of some documents: how much room a kernel needs that works on one after the other."""
    sizes = offsets[1:] - offsets[:-1]
    return int(sizes[0] if len(sizes) == 1 else sizes.max(initial=0))
