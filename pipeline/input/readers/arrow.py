"""Arrow IPC files and streams, and Feather: the text in a column, the other columns as metadata."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from ..compression import DecompressionError, decompress
from ..inputs import InputOptions
from ..parts import Part, open_part
from .columns import has_text, records_of, wanted_columns
from .records import Quarantined, Record

FILE_MAGIC, FEATHER_MAGIC, STREAM_MAGIC = b"ARROW1", b"FEA1", b"\xff\xff\xff\xff"


def read_arrow(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file, batch by batch; the position is the row's number in the file."""

    def bad(position: int, error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    name = options.html_field or options.text_field
    position = 0
    with open_part(part) as source:
        try:
            for batch in _batches(source, part):
                if position == 0 and not has_text(batch.schema, options):
                    yield bad(
                        0, "missing_text", f"no column {name!r}; columns are {', '.join(batch.schema.names[:20])}"
                    )
                    return
                wanted = batch.select(wanted_columns(batch.schema, options))
                for begin in range(0, wanted.num_rows, options.batch_documents):
                    piece = wanted.slice(begin, options.batch_documents)
                    yield from records_of(piece, position + begin, part, options)
                position += batch.num_rows
        except (pa.ArrowException, OSError, EOFError, DecompressionError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            detail = str(error).splitlines()[0] if str(error) else type(error).__name__
            yield bad(position, "corrupt", f"the file breaks off behind {position} rows: {detail}")


def _batches(source: IO[bytes], part: Part) -> Iterator[pa.RecordBatch]:
    if part.format.compression is not None:
        yield from pa.ipc.open_stream(decompress(source, part.format.compression))
        return
    head = source.read(8)
    source.seek(0)
    if head.startswith(FEATHER_MAGIC):
        from pyarrow import feather

        with warnings.catch_warnings(action="ignore"):  # that its end is near, which is no business of whoever has it
            table = feather.read_table(source)
        yield from table.to_batches()
    elif head.startswith(FILE_MAGIC):
        file = pa.ipc.open_file(source)
        for number in range(file.num_record_batches):
            yield file.get_batch(number)
    else:
        yield from pa.ipc.open_stream(source)
