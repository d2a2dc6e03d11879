"""What DuckDB is asked of the shards and the ledger of a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ...dedup.base.step import CLUSTER_SIZE
from ...errors import InputError, RecipeError
from ..files.tables import quoted
from .definition import Mix, Source
from .nearby import files_nearby, shards_nearby
from .sources import IDS, Origin

if TYPE_CHECKING:
    import duckdb

FILE = "textmill_file"
"""The column that says which file a row is of; many corpora have a ``filename`` of their own."""


class Question:
    """One path of a source as a query for its documents, with what the mix needs of each."""

    def __init__(
        self, tables: duckdb.DuckDBPyConnection, mix: Mix, source: Source, origin: Origin, scratch: Path
    ) -> None:
        self._tables, self._mix, self._source, self._origin = tables, mix, source, origin
        self._scratch = scratch

    def ask(self) -> Iterator[pa.Table]:
        """Rows of number (of the file), row, doc_id, tokens, cluster, language, size, order_0 …, wanted, sorted.

        Raises:
            InputError: when a column is missing that the mix needs.
            RecipeError: when the source's condition is wrong.
        """
        import duckdb

        files = shards_nearby([file.path for file in self._origin.files], self._scratch, self._source.where)
        self._tables.register("numbers", pa.table({"number": range(len(files)), FILE: files}))
        listed = ", ".join(quoted(path) for path in files)
        self._tables.execute(
            f"CREATE VIEW shards AS SELECT * FROM read_parquet([{listed}], filename='{FILE}', file_row_number=true, "
            f"union_by_name=true{', hive_partitioning=false' if self._origin.ledger else ''})"
        )
        if self._origin.ledger:
            listed = ", ".join(quoted(path) for path in files_nearby(self._origin.ledger, self._scratch))
            self._tables.execute(f"CREATE VIEW ledger AS SELECT * FROM read_parquet([{listed}])")
        shards = self._columns("shards")
        ledger = self._columns("ledger") if self._origin.ledger else []
        both = {*shards, *ledger}
        source = self._source
        needed = {order.by for order in (stage.order for stage in self._mix.stages) if order is not None}
        if source.temperature is not None:
            needed.add("language")
        if source.rehydrate is not None:
            needed.add(CLUSTER_SIZE)
        for name in sorted(needed - both):
            raise InputError(
                f"source {source.name}: {self._origin.path} has no column {name!r}{self._without(name)}; it has "
                f"{', '.join(sorted(both - {FILE, 'file_row_number', IDS, 'text'}))}"
            )
        by_cluster = self._mix.held_out is not None and self._mix.held_out.by == "cluster" and "cluster" in both
        joined = bool(ledger) and (by_cluster or bool(needed - {*shards}))
        if source.where is not None:
            try:
                self._tables.execute(f"EXPLAIN SELECT 1 FROM shards WHERE ({source.where}\n)")
            except duckdb.Error as error:
                if not ledger:
                    raise self._wrong(error, both) from error
                joined = True
        table = "shards"
        if joined:
            more = [name for name in ledger if name not in shards]
            picked = ", ".join(_name(name) for name in ["doc_id", *more])
            self._tables.execute(
                f"CREATE VIEW documents AS SELECT * FROM shards LEFT JOIN (SELECT {picked} FROM ledger) USING (doc_id)"
            )
            table = "documents"
        orders = [stage.order for stage in self._mix.stages if stage.order is not None]
        columns = [
            "numbers.number",
            "file_row_number AS row",
            f"{'CAST(doc_id AS VARCHAR)' if 'doc_id' in shards else 'NULL'} AS doc_id",
            f"coalesce({'token_count' if 'token_count' in shards else f'len({IDS})'}, 0)::BIGINT AS tokens",
            f"{'CAST(cluster AS VARCHAR)' if by_cluster else 'NULL::VARCHAR'} AS cluster",
            f"{'language' if source.temperature is not None else 'NULL::VARCHAR'} AS language",
            f"{CLUSTER_SIZE if source.rehydrate is not None else '1'}::BIGINT AS size",
            *(f"{_name(order.by)}::DOUBLE AS order_{number}" for number, order in enumerate(orders)),
            f"coalesce(({source.where}\n), FALSE)::BOOLEAN AS wanted" if source.where is not None else "TRUE AS wanted",
        ]
        try:
            found = self._tables.sql(
                f"SELECT {', '.join(columns)} FROM {table} JOIN numbers USING ({FILE}) ORDER BY 1, 2"
            )
        except (duckdb.BinderException, duckdb.ParserException, duckdb.ConversionException) as error:
            raise self._wrong(error, both) from error
        reader = found.to_arrow_reader(100_000)
        return (pa.Table.from_batches([batch]) for batch in reader)

    def _columns(self, table: str) -> list[str]:
        return [str(row[0]) for row in self._tables.execute(f"DESCRIBE {table}").fetchall()]

    def _without(self, name: str) -> str:
        if self._source.rehydrate is not None and name == CLUSTER_SIZE:
            return ", so that nothing says how often a document was found"
        return ""

    def _wrong(self, error: Exception, columns: set[str]) -> RecipeError:
        if self._source.where is None:
            return RecipeError(f"source {self._source.name}: {self._origin.path}: {first_line(error)}")
        shown = ", ".join(sorted(columns - {FILE, "file_row_number"}))
        return RecipeError(
            f"source {self._source.name}: where {self._source.where!r} cannot be asked of {self._origin.path}: "
            f"{first_line(error)}; names with a dot need double quotes; columns are {shown}"
        )


def first_line(error: Exception) -> str:
    """What an error says first; DuckDB's go on with the query."""
    return str(error).splitlines()[0]


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
