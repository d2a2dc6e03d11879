"""Arrow IPC files and streams, and Feather: the text in a column, the other columns as metadata."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa

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

FILE_MAGIC, FEATHER_MAGIC = b"ARROW1", b"FEA1"
FILE_HEAD_BYTES = 8
LONGEST_WAIT_SECONDS = 600
FROM_OLD_FEATHER = """
import sys, warnings
warnings.simplefilter("ignore")
import pyarrow as pa
from pyarrow import feather
try:
    table = feather.read_table(sys.argv[1], memory_map=False)
    with pa.ipc.new_file(sys.argv[2], table.schema) as sink:
        sink.write_table(table)
except Exception as error:
    sys.exit((str(error) or type(error).__name__).splitlines()[0])
"""
"""Writes an old file anew; that its format is about to be given up is no business of whoever has it."""
READ_ERRORS = (pa.ArrowException, OSError, ValueError, TypeError, KeyError, EOFError)


def read_arrow(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file, batch by batch; the position is the row's number in the file.

    A damaged batch of a file costs its rows, which count as one; in a stream it costs all behind it.
    """

    def bad(position: int, error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    name = options.html_field or options.text_field
    position = 0
    with open_seekable(part) as source:
        if isinstance(source, DecompressionError):
            yield bad(0, source.error, str(source))
            return
        left = max(source.seek(0, 2) * BOMB_RATIO, BOMB_BYTES)
        source.seek(0)
        try:
            for batch in _batches(source):
                if isinstance(batch, Exception):
                    yield bad(position, "corrupt", f"a batch cannot be read, its rows are lost: {first_line(batch)}")
                    position += 1
                    continue
                names = batch.schema.names
                if not has_text(batch.schema, options):
                    yield bad(position, "missing_text", f"no column {name!r}; columns are {', '.join(names[:20])}")
                    return
                wanted = frozenset(wanted_columns(batch.schema, options))
                columns = _checked(batch, [index for index, column in enumerate(names) if column in wanted], options)
                if isinstance(columns, Exception):
                    yield bad(position, "corrupt", f"a batch is damaged, its rows are lost: {first_line(columns)}")
                    position += max(batch.num_rows, 1)
                    continue
                left -= spelled_bytes(columns)
                if left < 0:
                    detail = f"over {BOMB_RATIO} times as long as the file; the rows from here on are lost"
                    yield bad(position, "too_large", detail)
                    return
                for begin in range(0, batch.num_rows, options.batch_documents):
                    piece = columns.slice(begin, options.batch_documents)
                    yield from records_of(piece, position + begin, part, options)
                position += batch.num_rows
        except READ_ERRORS as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            yield bad(position, "corrupt", f"the file breaks off behind {position} rows: {first_line(error)}")


def _batches(source: IO[bytes]) -> Iterator[pa.RecordBatch | Exception]:
    head = source.read(FILE_HEAD_BYTES)
    source.seek(0)
    if head.startswith(FEATHER_MAGIC):
        yield from _old_feather(source)
        return
    if not head.startswith(FILE_MAGIC):
        yield from pa.ipc.open_stream(source)
        return
    try:
        file = pa.ipc.open_file(source)
    except READ_ERRORS:  # a file that was cut is still the stream that it holds, as far as it goes
        source.seek(FILE_HEAD_BYTES)
        yield from pa.ipc.open_stream(source)
        raise
    for number in range(file.num_record_batches):
        try:
            batch = file.get_batch(number)
        except READ_ERRORS as error:
            yield error
        else:
            yield batch


def _old_feather(source: IO[bytes]) -> Iterator[pa.RecordBatch]:
    """Batches of a file of Feather's first version, which a process of its own reads: damage ends it."""
    with tempfile.TemporaryDirectory(prefix="textmill-") as folder:
        given, found = Path(folder, "a.feather"), Path(folder, "a.arrow")
        with given.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        command = [sys.executable, "-P", "-c", FROM_OLD_FEATHER, str(given), str(found)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST_WAIT_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise pa.ArrowInvalid("reading it does not come to an end") from None
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise pa.ArrowInvalid(told or f"its reader ended with code {done.returncode}")
        with found.open("rb") as result:
            yield from pa.ipc.open_file(result).read_all().to_batches()


def _checked(batch: pa.RecordBatch, wanted: list[int], options: InputOptions) -> pa.RecordBatch | Exception:
    """The wanted columns of a batch; those that point outside of their data would end the process when they are read.

    Damaged metadata is left out and counted, and a damaged text is the error.
    """
    arrays, names, lost = [], [], 0
    for index in wanted:
        column, name = batch.column(index), batch.schema.names[index]
        try:
            _validate(column)
        except READ_ERRORS as error:
            if name in needed_columns(options):
                return error
            lost += 1
        else:
            arrays.append(column)
            names.append(name)
    if lost:
        arrays.append(pa.array([lost] * batch.num_rows, pa.int64()))
        names.append(UNREADABLE)
    return pa.RecordBatch.from_arrays(arrays, names)


def _validate(column: pa.Array) -> None:
    """Check everything but whether texts are UTF-8, which costs a row only."""
    column.validate()
    if pa.types.is_struct(column.type):
        for index in range(column.type.num_fields):
            _validate(column.field(index))
        return
    twin = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(column.type)
    if twin is not None:
        column = pa.Array.from_buffers(twin, len(column), column.buffers(), column.null_count, column.offset)
    column.validate(full=True)
