"""Staged files: Arrow IPC with light compression, written whole or not at all, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType

import pyarrow as pa
import xxhash

from .parquet_file import CountedSink
from .storage import open_read, write_atomically


class StagedWriter:
    """Writes batches of one schema to a file that appears only when it is complete."""

    def __init__(self, path: str, schema: pa.Schema) -> None:
        self.batch_rows: list[int] = []
        self.batch_bytes: list[int] = []
        self.checksum: str
        """XXH3-128 of the file, once the block has ended."""
        self._target = write_atomically(path)
        self._schema = schema

    def __enter__(self) -> StagedWriter:
        self._sink = CountedSink(self._target.__enter__(), xxhash.xxh3_128())
        # One thread: with several, compressing costs more in switching than it gains on a busy machine.
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        self._writer = pa.ipc.new_file(pa.PythonFile(self._sink, mode="w"), self._schema, options=options)
        return self

    def write(self, batch: pa.RecordBatch, text_bytes: int) -> None:
        """Append a batch whose texts have so many bytes; empty batches leave no trace."""
        if batch.num_rows == 0:
            return
        self._writer.write_batch(batch)
        self.batch_rows.append(batch.num_rows)
        self.batch_bytes.append(text_bytes)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._writer.close()
            except BaseException as failure:  # the file must not appear then
                self._target.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._target.__exit__(kind, error, trace)
        self.checksum = self._sink.hash.hexdigest()


def read_staged(path: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Read a staged file batch by batch, and of each batch only the columns that are wanted."""
    options = pa.ipc.IpcReadOptions()
    with open_read(path) as source:
        if columns is not None:
            with pa.ipc.open_file(source) as whole:
                options.included_fields = [whole.schema.get_field_index(name) for name in columns]
        reader = pa.ipc.open_file(source, options=options)
        for index in range(reader.num_record_batches):
            yield reader.get_batch(index)
