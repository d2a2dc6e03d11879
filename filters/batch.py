"""The record batch that every step works on: its declared schema, and the text as the buffers that kernels read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

Int64s: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]

KINDS = ("web", "book", "code", "other")
"""What a document is, and so which rules may judge it."""

BATCH_SCHEMA = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("metadata", pa.string()),
    ]
)
"""Columns of every batch; columns of measurements follow them."""


class TextBuffers(NamedTuple):
    """Text of n documents: document i is ``data[offsets[i]:offsets[i + 1]]``, valid UTF-8."""

    offsets: Int64s
    """Shape (n + 1,); not necessarily starting at zero."""
    data: Bytes


def document_id(source: str, position: int) -> str:
    """Name a document by where it stands, so that its id survives any sharding: xxh3-128 as 32 hex digits."""
    return xxhash.xxh3_128_hexdigest(f"{source}\x00{position}".encode())


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


def make_batch(
    texts: Sequence[str], *, source: str = "memory", kind: str = "web", positions: Sequence[int] | None = None
) -> pa.RecordBatch:
    """Build a batch from texts in memory, for notebooks, tests and single documents."""
    positions = range(len(texts)) if positions is None else positions
    count = len(texts)
    columns = [
        pa.array([document_id(source, position) for position in positions], pa.string()),
        pa.array(texts, pa.large_string()),
        pa.array([source] * count, pa.string()),
        pa.array([kind] * count, pa.string()),
        pa.nulls(count, pa.string()),
        pa.nulls(count, pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=BATCH_SCHEMA)


def encodable(text: str) -> str:
    """Replace unpaired surrogates, which no UTF-8 can hold, as the readers do."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def replace_text(batch: pa.RecordBatch, text: pa.Array) -> pa.RecordBatch:
    """Return the batch with another text column of the same length."""
    index = batch.schema.get_field_index("text")
    return batch.set_column(index, BATCH_SCHEMA.field("text"), text)
