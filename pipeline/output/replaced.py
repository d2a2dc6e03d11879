"""How much personal data was replaced, by kind, told from the ledger of a finished run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...filters.pii.kinds import KINDS

if TYPE_CHECKING:
    import duckdb


class Replaced(NamedTuple):
    """What was replaced of one kind in the kept documents."""

    kind: str
    tag: str
    documents: int
    replacements: int


def count_replaced(tables: duckdb.DuckDBPyConnection) -> list[Replaced]:
    """Every kind that was found in a kept document, the most frequent first; tables must hold the ledger."""
    columns = {row[0] for row in tables.execute("DESCRIBE ledger").fetchall()}
    kinds = [kind for kind, names in KINDS.items() if names.measurement in columns]
    if not kinds:
        return []
    asked = ", ".join(
        f'count(*) FILTER ("{column}" > 0), coalesce(sum("{column}"), 0)::BIGINT'
        for column in (KINDS[kind].measurement for kind in kinds)
    )
    row = tables.execute(f"SELECT {asked} FROM ledger WHERE verdict = 'kept'").fetchone() or ()
    counted = [
        Replaced(kind, KINDS[kind].tag, documents, replacements)
        for kind, documents, replacements in zip(kinds, row[::2], row[1::2], strict=True)
        if replacements
    ]
    return sorted(counted, key=lambda one: (-one.replacements, one.kind))
