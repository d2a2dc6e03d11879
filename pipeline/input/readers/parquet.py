"""Parquet: the text in a column, the other columns as metadata."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from ..inputs import InputOptions
from ..parts import Part, open_part
from .columns import has_text, records_of, wanted_columns
from .records import Document, Quarantined, Record

BOMB_RATIO = 250
BOMB_BYTES = 1 << 28
"""Text that is longer than both is not read on: a dictionary holds it once, and names it as often as one likes."""
REFERENCE_BYTES, PAGE_HEADER_BYTES = 5, 1000


def read_parquet(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of some row groups; the position is the row's number in the file."""

    def bad(position: int, error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    with open_part(part) as source:
        file_bytes = source.seek(0, 2)
        source.seek(0)
        name = options.html_field or options.text_field
        try:
            file = pq.ParquetFile(source)
            if _may_explode(file, name):
                file = pq.ParquetFile(source, metadata=file.metadata, read_dictionary=[name])
        except (pa.ArrowException, OSError) as error:
            yield bad(0, "corrupt", f"not a readable Parquet file: {_first_line(error)}")
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
        left = max(file_bytes * BOMB_RATIO, BOMB_BYTES)
        for group in range(part.start, metadata.num_row_groups if part.stop is None else part.stop):
            rows = metadata.row_group(group).num_rows
            begun = position
            at_once = _rows_at_once(metadata.row_group(group), options)
            try:
                for batch in file.iter_batches(
                    batch_size=at_once, row_groups=[group], columns=columns, use_threads=False
                ):
                    for record in records_of(batch, position, part, options):
                        yield record
                        if isinstance(record, Document):
                            left -= len(record.text)
                            if left < 0:
                                lost = metadata.num_rows - record.position - 1
                                detail = f"its text is {BOMB_RATIO} times as long as the file; {lost} rows are not read"
                                yield bad(record.position + 1, "too_large", detail)
                                return
                    position += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                lost = begun + rows - position
                yield bad(position, "corrupt", f"row group {group} breaks off, {lost} rows lost: {_first_line(error)}")
            position = begun + rows


def _may_explode(file: pq.ParquetFile, name: str) -> bool:
    """Whether a column consists of references to texts that stand in its dictionary, each as often as one likes."""
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        for index in range(group.num_columns):
            column = group.column(index)
            if column.path_in_schema == name and column.has_dictionary_page:
                references = column.total_compressed_size - (column.data_page_offset - column.dictionary_page_offset)
                if references < group.num_rows * REFERENCE_BYTES + PAGE_HEADER_BYTES:
                    return True
    return False


def _rows_at_once(group: pq.RowGroupMetaData, options: InputOptions) -> int:
    """Rows that make about a batch, so that a few large ones do not fill the memory."""
    row_bytes = max(group.total_byte_size // max(group.num_rows, 1), 1)
    return int(max(min(options.batch_bytes // row_bytes, options.batch_documents), 1))


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
