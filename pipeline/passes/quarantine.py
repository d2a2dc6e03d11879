"""What could not be read, written as it comes: a file of nothing but bad lines must not fill the memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pyarrow as pa
import pyarrow.parquet as pq

from ...filters.base.batch import document_id
from ..files.ledger import QUARANTINE_SCHEMA, QUARANTINED, FileFacts, open_table
from ..files.parquet_file import ParquetFile
from ..files.storage import open_read
from ..input.readers import Quarantined
from ..steps.documents import READ


class QuarantineFile:
    """A file of a split's quarantined records; there is none where there are none."""

    def __init__(self, path: str, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._file: ParquetFile | None = None

    def write(self, rows: Sequence[Quarantined]) -> None:
        """Append rows."""
        if not rows:
            return
        if self._file is None:
            self._file = self._stack.enter_context(open_table(self._path, QUARANTINE_SCHEMA))
        columns = {name: [getattr(row, name) for row in rows] for name in QUARANTINE_SCHEMA.names}
        self._file.write(pa.RecordBatch.from_pydict(columns, schema=QUARANTINE_SCHEMA))

    def facts(self) -> FileFacts | None:
        """What the manifest says of the file, once the stack was left."""
        return None if self._file is None else FileFacts.of(self._path, self._file)


def quarantined_rows(path: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Ledger rows of what could not be read: the ledger has a row for everything found in the input."""
    with open_read(path) as source:
        for batch in pq.ParquetFile(source).iter_batches():
            rows = batch.num_rows
            sources, positions = batch["source"].to_pylist(), batch["position"].to_pylist()
            known = {
                "doc_id": pa.array([document_id(*where) for where in zip(sources, positions, strict=True)]),
                "source": pa.array(sources, pa.string()),
                "verdict": pa.array([QUARANTINED] * rows),
                "step": pa.array([READ] * rows),
                "rule": batch["error"],
                "bytes": pa.array([0] * rows, pa.int64()),
            }
            columns = [known.get(item.name, pa.nulls(rows, item.type)) for item in schema]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
