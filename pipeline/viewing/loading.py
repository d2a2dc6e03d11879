"""A ledger's way into memory, from where questions are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..exchange.clusters import DUPLICATE
from ..files.tables import text
from ..steps.documents import EMPTY, READ

if TYPE_CHECKING:
    import duckdb

SHORT = {name: f'"view:{name}"' for name in ("doc_id", "kept_instead", "step", "rule")}
"""Columns that are held as numbers too, in the same order, by which documents are judged anew in half the time."""


def load(tables: duckdb.DuckDBPyConnection, steps: Sequence[str]) -> None:
    """Make the table ``held`` of ``ledger``, with its rows in their order, and close the door to files and the network.

    Args:
        tables: Where ``ledger`` is; it shows ``held`` without its short columns from then on.
        steps: Of the recipe, whose names conditions may ask for though no document was removed by them.
    """
    tables.execute(
        "CREATE TABLE numbers AS SELECT name, row_number() OVER (ORDER BY name) AS number FROM "
        "(SELECT doc_id AS name FROM ledger UNION SELECT kept_instead FROM ledger WHERE kept_instead IS NOT NULL)"
    )
    for name, words in (("step", [READ, *steps]), ("rule", [DUPLICATE, EMPTY])):
        found = tables.execute(f"SELECT DISTINCT {name} FROM ledger WHERE {name} IS NOT NULL").fetchall()
        listed = ", ".join(text(word) for word in sorted({*words, *(row[0] for row in found)}))
        tables.execute(f"CREATE TYPE {name}_name AS ENUM ({listed})")
    tables.execute(  # sorted, because a join leaves rows in any order
        f"CREATE TABLE short AS SELECT own.number AS {SHORT['doc_id']}, other.number AS {SHORT['kept_instead']}, "
        f"CAST(step AS step_name) AS {SHORT['step']}, CAST(rule AS rule_name) AS {SHORT['rule']} "
        "FROM (SELECT doc_id, kept_instead, step, rule, row_number() OVER () AS place FROM ledger) "
        "JOIN numbers own ON doc_id = own.name LEFT JOIN numbers other ON kept_instead = other.name ORDER BY place"
    )
    tables.execute("CREATE TABLE held AS SELECT * FROM ledger POSITIONAL JOIN short")
    tables.execute("DROP TABLE numbers")
    tables.execute("DROP TABLE short")
    tables.execute("DROP VIEW ledger")
    tables.execute(f"CREATE VIEW ledger AS SELECT * EXCLUDE ({', '.join(SHORT.values())}) FROM held")
    tables.execute("SET python_enable_replacements = false")
    tables.execute("SET enable_external_access = false")
    tables.execute("SET lock_configuration = true")
