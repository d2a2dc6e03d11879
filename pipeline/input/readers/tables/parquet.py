"""Parquet: the text in a column, the other columns as metadata."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from ...decompressors import DecompressionError
from ...inputs import InputOptions
from ...parts import Part
from ..records import Quarantined, Record
from ..streams import open_seekable
from .columns import (
    BOMB_BYTES,
    BOMB_RATIO,
    first_line,
    has_text,
    needed_columns,
    records_of,
    spelled_bytes,
    wanted_columns,
)
from .fields import UNREADABLE

MOST_BOMBS = 32
"""Row groups among which the latter is divided."""
REFERENCE_BYTES, PAGE_HEADER_BYTES = 5, 1000
EXPLODED_BYTES = 1 << 26
"""A column of which all values together cannot be longer is read as any other."""
READ_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError, TypeError, KeyError)


def read_parquet(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of some row groups; the position is the row's number in the file."""

    def bad(position: int, error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    with open_seekable(part) as source:
        if isinstance(source, DecompressionError):
            yield bad(0, source.error, str(source))
            return
        name = options.html_field or options.text_field
        try:
            file = pq.ParquetFile(source)
            if exploding := _exploding(file):
                file = pq.ParquetFile(source, metadata=file.metadata, read_dictionary=exploding)
        except READ_ERRORS as error:
            yield bad(0, "corrupt", f"not a readable Parquet file: {first_line(error)}")
            return
        schema = file.schema_arrow
        if not has_text(schema, options):
            if part.start == 0:
                names = ", ".join(schema.names[:20])
                yield bad(0, "missing_text", f"no column {name!r}; columns are {names}")
            return
        metadata = file.metadata
        columns = wanted_columns(schema, options)
        position = sum(metadata.row_group(index).num_rows for index in range(part.start))
        for group in range(part.start, metadata.num_row_groups if part.stop is None else part.stop):
            rows = metadata.row_group(group).num_rows
            begun = position
            try:
                for batch in _batches(file, group, columns, options):
                    yield from records_of(batch, position, part, options)
                    position += batch.num_rows
            except _ExplosionError:
                lost = begun + rows - position
                detail = f"row group {group} is over {BOMB_RATIO} times as long as in the file; {lost} rows lost"
                yield bad(position, "too_large", detail)
            except READ_ERRORS as error:
                lost = begun + rows - position
                yield bad(position, "corrupt", f"row group {group} breaks off, {lost} rows lost: {first_line(error)}")
            position = begun + rows


class _ExplosionError(Exception):
    """A row group that holds far more than it takes in the file."""


def _batches(file: pq.ParquetFile, group: int, columns: list[str], options: InputOptions) -> Iterator[pa.RecordBatch]:
    """Batches of a row group; without the metadata, which is told, from where on only the text can be read."""
    at_once = _rows_at_once(file.metadata.row_group(group), options)
    left = _most_bytes(file.metadata, group)
    done = 0
    try:
        for batch in file.iter_batches(batch_size=at_once, row_groups=[group], columns=columns, use_threads=False):
            left -= spelled_bytes(batch)
            if left < 0:
                raise _ExplosionError
            yield batch
            done += batch.num_rows
        return
    except (*READ_ERRORS, _ExplosionError):
        needed = [name for name in columns if name in needed_columns(options)]
        if len(needed) == len(columns):
            raise
    lost = len(columns) - len(needed)
    left = _most_bytes(file.metadata, group)
    for batch in file.iter_batches(batch_size=at_once, row_groups=[group], columns=needed, use_threads=False):
        left -= spelled_bytes(batch)
        if left < 0:
            raise _ExplosionError
        passed = min(done, batch.num_rows)
        done -= passed
        if passed < batch.num_rows:
            rest = batch.slice(passed)
            yield rest.append_column(UNREADABLE, pa.array([lost] * rest.num_rows, pa.int64()))


def _most_bytes(metadata: pq.FileMetaData, group: int) -> int:
    """How long a row group may be; it depends on the file alone, and not on where the file is cut."""
    columns = metadata.row_group(group)
    held = sum(columns.column(index).total_compressed_size for index in range(columns.num_columns))
    return max(int(held) * BOMB_RATIO, BOMB_BYTES // int(metadata.num_row_groups), BOMB_BYTES // MOST_BOMBS)


def _exploding(file: pq.ParquetFile) -> list[str]:
    """Columns that consist of references to values in their dictionary, each of which may stand there at any length."""
    found: dict[str, None] = {}
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        for index in range(group.num_columns):
            column = group.column(index)
            if column.has_dictionary_page and column.physical_type in ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"):
                references = column.total_compressed_size - (column.data_page_offset - column.dictionary_page_offset)
                few = references < column.num_values * REFERENCE_BYTES + PAGE_HEADER_BYTES
                if few and column.num_values * column.total_uncompressed_size > EXPLODED_BYTES:
                    found[column.path_in_schema] = None
    return list(found)


def _rows_at_once(group: pq.RowGroupMetaData, options: InputOptions) -> int:
    """Rows that make about a batch, so that a few large ones do not fill the memory."""
    row_bytes = max(group.total_byte_size // max(group.num_rows, 1), 1)
    return int(max(min(options.batch_bytes // row_bytes, options.batch_documents), 1))
