"""Tables of a run in memory, from rows that name only the columns that matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from textmill.pipeline.files.ledger import ledger_schema
from textmill.pipeline.passes.rows import REMOVED_SCHEMA

if TYPE_CHECKING:
    import duckdb

SHARDS = pa.schema([(name, pa.string()) for name in ("doc_id", "text", "url")])

Rows = Iterable[Mapping[str, Any]]


def tables_of(
    ledger: Rows = (), shards: Rows = (), removed: Rows = (), measurements: Mapping[str, pa.DataType] | None = None
) -> duckdb.DuckDBPyConnection:
    """Of documents without an id the id is their number."""
    import duckdb

    schemas = {"ledger": ledger_schema(measurements or {}), "shards": SHARDS, "removed": REMOVED_SCHEMA}
    tables = duckdb.connect()
    for (name, schema), rows in zip(schemas.items(), (ledger, shards, removed), strict=True):
        numbered = [{"doc_id": f"{number:032d}", **row} for number, row in enumerate(rows)]
        tables.register(name, pa.Table.from_pylist(numbered, schema))
    return tables


def plain_rows(html: str) -> list[list[str]]:
    """The cells of all table rows, without what is drawn in them."""
    import re

    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [
        [re.sub("<[^>]*>", "", cell).replace("&lt;", "<") for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in rows
    ]
