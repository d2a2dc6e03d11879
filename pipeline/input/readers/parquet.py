"""Parquet: the text in a column, the other columns as metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ....filters.base.batch import KINDS
from ..inputs import InputOptions
from ..parts import Part, open_part
from .records import Document, Quarantined, Record


def read_parquet(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of some row groups; the position is the row's number in the file."""

    def bad(position: int, error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    with open_part(part) as source:
        try:
            file = pq.ParquetFile(source)
        except (pa.ArrowException, OSError) as error:
            yield bad(0, "corrupt", f"not a readable Parquet file: {_first_line(error)}")
            return
        names = file.schema_arrow.names
        if options.text_field not in names:
            if part.start == 0:
                yield bad(0, "missing_text", f"no column {options.text_field!r}; columns are {', '.join(names[:20])}")
            return
        metadata = file.metadata
        columns = _columns(file.schema_arrow, options.text_field)
        position = sum(metadata.row_group(index).num_rows for index in range(part.start))
        for group in range(part.start, metadata.num_row_groups if part.stop is None else part.stop):
            rows = metadata.row_group(group).num_rows
            begun = position
            try:
                for batch in file.iter_batches(
                    batch_size=options.batch_documents, row_groups=[group], columns=columns, use_threads=False
                ):
                    for row in _rows(batch):
                        if isinstance(row, UnicodeDecodeError):
                            yield bad(position, "invalid_utf8", f"byte {row.start} of a value: {row.reason}")
                        else:
                            yield _record(row, position, part, options)
                        position += 1
            except (pa.ArrowException, OSError) as error:
                lost = begun + rows - position
                yield bad(position, "corrupt", f"row group {group} breaks off, {lost} rows lost: {_first_line(error)}")
            position = begun + rows


def _columns(schema: pa.Schema, text_field: str) -> list[str]:
    """Columns to read: pictures and other bytes are no metadata."""
    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return [
        field.name for field in schema if field.name == text_field or not any(check(field.type) for check in binary)
    ]


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | UnicodeDecodeError]:
    """Rows as Python values; Arrow does not check that strings in a file are UTF-8, so that one row may fail."""
    try:
        yield from batch.to_pylist()
        return
    except UnicodeDecodeError:
        pass
    for index in range(batch.num_rows):
        try:
            (row,) = batch.slice(index, 1).to_pylist()
        except UnicodeDecodeError as error:
            yield error
        else:
            yield row


def _record(row: dict[str, Any], position: int, part: Part, options: InputOptions) -> Record:
    text = row.pop(options.text_field)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return Quarantined(
                source=part.source,
                position=position,
                error="invalid_utf8",
                detail=f"byte {error.start}: {error.reason}",
            )
    if not isinstance(text, str):
        missing = text is None
        return Quarantined(
            source=part.source,
            position=position,
            error="missing_text" if missing else "text_not_a_string",
            detail="the text is null" if missing else f"the text is a {type(text).__name__}",
        )
    if len(text) > options.max_document_bytes // 4 and len(text.encode()) > options.max_document_bytes:
        return Quarantined(
            source=part.source, position=position, error="too_large", detail=f"a text of {len(text)} characters"
        )
    url, kind = row.pop(options.url_field, None), row.pop("kind", None)
    return Document(
        position=position,
        text=text,
        kind=kind if kind in KINDS else "web",
        url=url if isinstance(url, str) else None,
        metadata=row,
    )


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
