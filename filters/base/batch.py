"""The record batch that every step works on, with its declared schema."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import xxhash

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


def document_id(source: str, position: int) -> str:
    """Name a document by where it stands, so that its id survives any sharding: xxh3-128 as 32 hex digits."""
    return xxhash.xxh3_128_hexdigest(f"{source}\x00{position}".encode())


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
