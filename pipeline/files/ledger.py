"""The ledger: one row for every document read, with its verdict, the reason, and every measurement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ...errors import RecipeError
from .parquet_file import ParquetFile

KEPT, REMOVED, QUARANTINED = VERDICTS = ("kept", "removed", "quarantined")
INDEX_PREFIX = "index:"
"""Before the name of an index of earlier runs where ``kept_instead`` names it instead of a document."""

LEDGER_COLUMNS = (
    pa.field("doc_id", pa.string(), nullable=False),
    pa.field("source", pa.string(), nullable=False),
    pa.field("kind", pa.string()),
    pa.field("verdict", pa.string(), nullable=False),
    pa.field("step", pa.string()),
    pa.field("rule", pa.string()),
    pa.field("value", pa.string()),
    pa.field("threshold", pa.string()),
    pa.field("kept_instead", pa.string()),
    pa.field("similarity", pa.float64()),
    pa.field("cluster", pa.string()),
    pa.field("emptied_by", pa.string()),
    pa.field("bytes", pa.int64(), nullable=False),
    pa.field("tokens", pa.int64()),
)
"""What every ledger has.

``bytes`` are UTF-8 bytes of the text as read. Of a duplicate, ``kept_instead`` is its survivor, ``similarity`` how
alike the two are (Jaccard, as estimated, or the cosine of embeddings; null where it is not known), and ``cluster`` the
first document of its cluster, which is the same whatever is kept. ``emptied_by`` is the first cleaner that left nothing
of the text, also when a rule had removed the document before. ``kind`` and ``emptied_by`` are what it takes, beside the
measurements, to judge anew without the text.
"""

QUARANTINE_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("error", pa.string(), nullable=False),
        pa.field("detail", pa.string()),
        pa.field("first_bytes", pa.binary()),
    ]
)
"""What could not be read, where it stood, and how it began."""

_UNIQUE_COLUMNS = ("doc_id", "kept_instead", "cluster", "similarity", "text", "first_bytes")


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What the manifest says of a file of the ledger, the quarantine or the removed documents."""

    name: str
    rows: int
    sha256: str

    @classmethod
    def of(cls, path: str, file: ParquetFile) -> FileFacts:
        """Facts of a file that was written."""
        return cls(name=path.replace("\\", "/").rsplit("/", 1)[-1], rows=file.rows, sha256=file.sha256)


def ledger_schema(measurements: Mapping[str, pa.DataType]) -> pa.Schema:
    """Columns of the ledger: the account, then every measurement with its declared type.

    Raises:
        RecipeError: when a measurement has the name of a column of the account.
    """
    taken = {field.name for field in LEDGER_COLUMNS}
    for name in measurements:
        if name in taken:
            raise RecipeError(
                f"a measurement cannot be called {name!r}: the ledger has a column of that name; rename it"
            )
    return pa.schema([*LEDGER_COLUMNS, *(pa.field(name, declared) for name, declared in measurements.items())])


def open_table(path: str, schema: pa.Schema) -> ParquetFile:
    """A Parquet file for batches of the declared schema, which appears only when it is complete."""
    repeating = [name for name in schema.names if name not in _UNIQUE_COLUMNS]
    statistics = [name for name in schema.names if name not in ("text", "first_bytes", "metadata")]
    return ParquetFile(path, schema, dictionary=repeating, statistics=statistics)


def write_table(path: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> FileFacts:
    """Write batches of the declared schema to a Parquet file that appears only when it is complete."""
    with open_table(path, schema) as file:
        for batch in batches:
            file.write(batch)
    return FileFacts.of(path, file)
