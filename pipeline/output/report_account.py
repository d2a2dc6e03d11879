"""What the report says of groups of documents, all counted in one look at the ledger."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING

from ..files.ledger import KEPT, QUARANTINED, REMOVED
from ..files.tables import name_of, text
from ..steps.plan import LANGUAGE_LABEL

if TYPE_CHECKING:
    import duckdb


CROSSED = ("source", "kind", "language")


@dataclass(frozen=True)
class Sums:
    """Documents of a group with the bytes of their text as read; tokens are known of kept documents only."""

    read: int = 0
    kept: int = 0
    removed: int = 0
    bytes_read: int = 0
    bytes_kept: int = 0
    bytes_removed: int = 0
    tokens: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*map(operator.add, astuple(self), astuple(other)))

    def __sub__(self, other: Sums) -> Sums:
        return Sums(*map(operator.sub, astuple(self), astuple(other)))


@dataclass(frozen=True)
class Account:
    """Sums of everything, and by each thing that documents are grouped by."""

    all: Sums = Sums()
    by: Mapping[str, Mapping[str, Sums]] = field(default_factory=dict)
    """Of ``source``, ``kind`` and ``language``, and of ``bytes`` and ``tokens``, which are powers of two."""
    rules: Mapping[tuple[str, str], Sums] = field(default_factory=dict)
    """Of the step and rule that removed documents."""

    removed: Mapping[str, Mapping[tuple[str, str], Sums]] = field(default_factory=dict)
    """Of ``source``, ``kind`` and ``language``: what each step removed of each group."""

    def tokens_of(self, removed_bytes: int) -> int:
        """How many tokens removed text would have given, if it were like that of kept documents; 0 when none is."""
        return round(removed_bytes * self.all.tokens / self.all.bytes_kept) if self.all.bytes_kept else 0


def take_account(tables: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> Account:
    """Count documents, bytes and tokens of all groups; of files only these, of which a corpus may have millions.

    A look at the ledger opens every file of it, of which there are as many as splits: therefore it is one look.
    """
    columns = {row[0] for row in tables.execute("DESCRIBE ledger").fetchall()}
    language = f"coalesce({name_of(LANGUAGE_LABEL)}, 'not measured')" if LANGUAGE_LABEL in columns else "NULL"
    keys = {
        "source": f"CASE WHEN source IN ({', '.join(map(text, sources)) or 'NULL'}) THEN source END",
        "kind": "kind",
        "language": language,
        "bytes": "floor(log2(greatest(bytes, 1)))::BIGINT",
        "tokens": f"CASE WHEN verdict = {text(KEPT)} THEN floor(log2(greatest(tokens, 1)))::BIGINT END",
    }
    named = ", ".join(f"{sql} AS by_{name}" for name, sql in keys.items())
    sets = ", ".join(f"(by_{name})" for name in keys)
    crossed = ", ".join(f"(by_{name}, step)" for name in CROSSED)
    judged = [f"FILTER (verdict = {text(verdict)})" for verdict in (KEPT, REMOVED)]
    sums = ", ".join(
        [
            "count(*)",
            *(f"count(*) {one}" for one in judged),
            "coalesce(sum(bytes), 0)::BIGINT",
            *(f"coalesce(sum(bytes) {one}, 0)::BIGINT" for one in judged),
            "coalesce(sum(tokens), 0)::BIGINT",
        ]
    )
    chosen = ", ".join(f"by_{name}" for name in keys)
    rows = tables.execute(
        f"SELECT grouping_id({chosen}, step, rule), {chosen}, step, rule, {sums} "
        f"FROM (SELECT verdict, step, rule, bytes, tokens, {named} FROM ledger WHERE verdict <> {text(QUARANTINED)}) "
        f"GROUP BY GROUPING SETS ((), {sets}, (step, rule), {crossed})"
    ).fetchall()
    everything, rules = Sums(), {}
    by: dict[str, dict[str, Sums]] = {name: {} for name in keys}
    whole = 2 ** (len(keys) + 2) - 1
    bits = {whole - 2 ** (len(keys) + 1 - place): (place, name) for place, name in enumerate(keys)}
    with_step = {one - 2: found for one, found in bits.items() if found[1] in CROSSED}
    removed: dict[str, dict[tuple[str, str], Sums]] = {name: {} for name in CROSSED}
    for grouping, *row in rows:
        found = Sums(*row[len(keys) + 2 :])
        step, rule = row[len(keys) : len(keys) + 2]
        if grouping == whole:
            everything = found
        elif grouping in bits:
            place, name = bits[grouping]
            if row[place] is not None:
                by[name][str(row[place])] = found
        elif step is None:
            continue
        elif grouping in with_step:
            place, name = with_step[grouping]
            if row[place] is not None:
                removed[name][str(row[place]), step] = found
        else:
            rules[step, rule] = found
    return Account(everything, by, rules, removed)
