"""How many documents the toxicity step could judge, and how: for the report and the data card."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

JUDGED = "toxicity.judged"
TOLD = {"score": "by a model", "words": "by a word list alone"}


def count_judged(tables: duckdb.DuckDBPyConnection) -> list[tuple[str, int, int, int]]:
    """How toxicity was judged, with documents read, kept and removed, most frequent first; nothing where it was not."""
    if JUDGED not in {row[0] for row in tables.execute("DESCRIBE ledger").fetchall()}:
        return []
    query = (
        f"SELECT coalesce(\"{JUDGED}\", 'not measured'), count(*), count(*) FILTER (verdict = 'kept'), "
        "count(*) FILTER (verdict = 'removed') FROM ledger WHERE verdict <> 'quarantined' GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return [(TOLD.get(how, how), *counts) for how, *counts in tables.execute(query).fetchall()]
