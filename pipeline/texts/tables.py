"""Rows of tables as documents, and tables of any kind with what became of their rows beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError, nearest
from ...filters.base.batch import BATCH_SCHEMA, KINDS
from .cleaning import memory_batch

BATCH_DOCUMENTS, BATCH_BYTES = 1000, 8_000_000
"""A batch ends at whichever comes first, as in a run."""

OF_DOCUMENTS = ("doc_id", "source", "kind", "url", "metadata")
"""Columns that say something of a document besides its text."""


def in_batches(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """A table cut into batches; columns of one chunk are not copied."""
    for batch in rows.to_batches(max_chunksize=BATCH_DOCUMENTS):
        yield from _halved(batch)


def _halved(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    if batch.num_rows > 1 and batch["text"].nbytes > BATCH_BYTES:
        half = batch.num_rows // 2
        yield from _halved(batch.slice(0, half))
        yield from _halved(batch.slice(half))
    elif batch.num_rows:
        yield batch


def documents_of(columns: Mapping[str, Any], text_column: str, kind: str) -> pa.Table:
    """Documents with what the columns say of them; a row without a text is an empty document.

    Args:
        columns: The columns of a table by name, as anything that Arrow can read; only those that are needed are looked
            at.
        text_column: Which holds the texts.
        kind: What documents are of which the column ``kind`` does not say it.

    Raises:
        InputError: when there is no such column, or it holds no texts.
    """
    if text_column not in columns:
        names = [str(name) for name in columns]
        raise InputError(
            f"there is no column {text_column!r}{nearest(text_column, names)}; name the column of the texts by "
            f"text_column, one of {', '.join(names[:20])}"
        )
    text = as_text(columns[text_column], text_column).fill_null("")
    default = memory_batch([""] * len(text), kind=kind)
    found: dict[str, Any] = {"text": text}
    for name in OF_DOCUMENTS:
        column = _strings(columns[name]) if name in columns else None
        if column is not None and len(column) != len(text):
            raise InputError(f"the column {name!r} has {len(column)} rows, {text_column!r} has {len(text)}")
        if column is None:
            found[name] = default[name]
        elif name == "kind":
            found[name] = pc.if_else(pc.is_in(column, pa.array(KINDS)).fill_null(False), column, kind)
        else:
            found[name] = pc.coalesce(column, default[name])
    return pa.table({name: found[name] for name in BATCH_SCHEMA.names}, schema=BATCH_SCHEMA)


def as_text(values: Any, name: str) -> pa.Array | pa.ChunkedArray:
    """A column as Arrow's text.

    Raises:
        InputError: for a column of anything else.
    """
    try:
        column = _as_arrow(values)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_null(column.type) or _is_text(column.type) or pa.types.is_binary(column.type):
            return column.cast(pa.large_string())
        raise pa.ArrowTypeError(f"it is of type {column.type}")
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InputError(f"the column {name!r} does not hold texts: {error}") from error


def _as_arrow(values: Any) -> Any:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values
    if isinstance(values, (str, bytes)):
        raise TypeError("it is one text; a column is a list of them")
    return pa.array(values) if isinstance(values, list) else pa.array(values, from_pandas=True)


def _is_text(declared: pa.DataType) -> bool:
    return bool(pa.types.is_string(declared) or pa.types.is_large_string(declared) or pa.types.is_string_view(declared))


def _strings(values: Any) -> pa.Array | pa.ChunkedArray | None:
    """A column of texts, and None for any other."""
    try:
        return as_text(values, "").cast(pa.string())
    except (InputError, pa.ArrowException):
        return None
