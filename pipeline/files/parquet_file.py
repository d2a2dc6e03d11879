"""Parquet files written whole or not at all, in bounded memory, with the same bytes every time, and their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from .storage import write_atomically

ROW_GROUP_BYTES = 32_000_000
ROW_GROUP_ROWS = 50_000
COMPRESSION_LEVEL = 3


class ParquetFile:
    """Writes record batches to a file that appears only when it is complete; used in a ``with`` block.

    Rows are gathered into groups of about 32 MB or 50,000 rows, so that memory does not grow with the file and a
    reader can take a part of it. ``sha256`` and ``file_bytes`` are known once the block has ended.
    """

    def __init__(
        self,
        path: str,
        schema: pa.Schema,
        *,
        dictionary: Collection[str] = (),
        statistics: Collection[str] = (),
        encodings: Mapping[str, str] | None = None,
        compression_level: int = COMPRESSION_LEVEL,
    ) -> None:
        self.rows = 0
        self.file_bytes = 0
        self.sha256 = ""
        self._path, self._schema = path, schema
        self._options = {
            "use_dictionary": [
                name for name in dictionary if name in schema.names or name.split(".")[0] in schema.names
            ],
            "write_statistics": [name for name in schema.names if name in statistics],
            "column_encoding": dict(encodings or {}) or None,
            "compression_level": compression_level,
        }
        self._gathered: list[pa.RecordBatch] = []
        self._gathered_bytes = 0
        self._gathered_rows = 0

    def __enter__(self) -> ParquetFile:
        with ExitStack() as stack:
            self._sink = CountedSink(stack.enter_context(write_atomically(self._path)), hashlib.sha256())
            # Page checksums are left out: the file's own is in the manifest.
            self._writer = stack.enter_context(
                pq.ParquetWriter(
                    pa.PythonFile(self._sink, mode="w"),
                    self._schema,
                    compression="zstd",
                    **self._options,
                )
            )
            self._stack = stack.pop_all()
        return self

    def write(self, batch: pa.RecordBatch) -> None:
        """Append a batch of the declared schema."""
        if batch.num_rows == 0:
            return
        self._gathered.append(batch)
        self._gathered_bytes += batch.nbytes
        self._gathered_rows += batch.num_rows
        self.rows += batch.num_rows
        if self._gathered_bytes >= ROW_GROUP_BYTES or self._gathered_rows >= ROW_GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._gathered:
            table = pa.Table.from_batches(self._gathered, schema=self._schema)
            self._writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
        self._gathered, self._gathered_bytes, self._gathered_rows = [], 0, 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._flush()
            except BaseException as failure:  # the file must not appear then
                self._stack.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._stack.__exit__(kind, error, trace)
        self.sha256, self.file_bytes = self._sink.hash.hexdigest(), self._sink.bytes


class CountedSink:
    """A sink for :class:`pyarrow.PythonFile` that hashes and counts what passes through."""

    def __init__(self, sink: IO[bytes], hash_: Any) -> None:
        self._sink = sink
        self.hash = hash_
        self.bytes = 0
        self.closed = False

    def write(self, data: Any) -> int:
        """Hash, count and pass on."""
        size = memoryview(data).nbytes
        self._sink.write(data)
        self.hash.update(data)
        self.bytes += size
        return size

    def tell(self) -> int:
        """Bytes so far."""
        return self.bytes

    def flush(self) -> None:
        """Left to the caller that opened the sink."""

    def close(self) -> None:
        """Take no more; the sink below is left to the caller that opened it."""
        self.closed = True
