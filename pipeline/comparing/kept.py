"""What two runs have kept, beside each other: in numbers, by document, and by what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..files.tables import open_several

if TYPE_CHECKING:
    import duckdb

EXAMPLES = 3
EXAMPLE_CHARS = 240
BINS = 32
FEWEST_VALUES = 20
"""Of fewer documents a distribution is not looked at, unless there are no more."""
PERCENTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NOT_READ = "not read"
"""In place of a rule, where the other run has not read a document at all."""
PREFIXES = ("a_", "b_")


@dataclass(frozen=True, kw_only=True)
class Side:
    """A run in numbers."""

    folder: str
    recipe: str
    read: int
    kept: int
    bytes: int
    tokens: int | None
    tokenizer: str | None


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Documents that both have kept, or only one."""

    both: int
    only_first: int
    only_second: int
    bytes_both: int
    bytes_only_first: int
    bytes_only_second: int
    texts_both: int
    """Different texts in both, byte for byte, whatever documents they are of."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why one run has not kept what the other has."""

    step: str
    rule: str
    documents: int
    bytes: int
    examples: Sequence[Mapping[str, Any]]
    """A few of the documents, those with the smallest ids: doc_id, source, value, threshold, text."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A measurement of the kept documents of both runs."""

    name: str
    distance: float
    """How much of one distribution lies elsewhere in the other, 0 to 1: half the sum of differences of the bins."""
    percentiles: tuple[Sequence[float], Sequence[float]]
    """At :data:`PERCENTILES`."""
    low: float
    high: float
    counts: tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Documents and bytes by label, of both runs."""

    name: str
    rows: Sequence[tuple[str, int, int]]
    """Label, and documents in each."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """All of it."""

    sides: tuple[Side, Side]
    overlap: Overlap
    only: tuple[Sequence[Reason], Sequence[Reason]]
    """Of what only the first has kept, why the second has not; and the other way round."""
    spreads: Sequence[Spread]
    """Those that differ most first."""
    shares: Sequence[Shares]


def compare_kept(folders: tuple[str, str], manifests: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Kept:
    """Compare what two finished runs have kept.

    Raises:
        InputError: when a file of one is missing or damaged.
    """
    runs = dict(zip(PREFIXES, zip(folders, manifests, strict=True), strict=True))
    with open_several(runs, ["ledger", "shards"]) as tables:
        found = {row[0] for row in tables.execute("SHOW TABLES").fetchall()}
        for prefix in PREFIXES:
            _add_missing(tables, prefix, found)
        return Kept(
            sides=(_side(folders[0], manifests[0]), _side(folders[1], manifests[1])),
            overlap=_overlap(tables),
            only=(_only(tables, *PREFIXES), _only(tables, *reversed(PREFIXES))),
            spreads=_spreads(tables),
            shares=_shares(tables),
        )


def _add_missing(tables: duckdb.DuckDBPyConnection, prefix: str, found: set[str]) -> None:
    """Tables without a row for a run that has no file of a kind, as one that has kept nothing."""
    if f"{prefix}shards" not in found:
        columns = "''::VARCHAR doc_id, ''::VARCHAR AS text, ''::VARCHAR source, ''::VARCHAR kind"
        tables.execute(f"CREATE VIEW {prefix}shards AS SELECT {columns} WHERE false")
    if f"{prefix}ledger" not in found:
        names = ("doc_id", "source", "kind", "verdict", "step", "rule", "value", "threshold")
        columns = ", ".join(f"''::VARCHAR {name}" for name in names)
        tables.execute(f"CREATE VIEW {prefix}ledger AS SELECT {columns}, 0::BIGINT bytes, 0::BIGINT tokens WHERE false")


def _side(folder: str, manifest: Mapping[str, Any]) -> Side:
    totals, tokenizer = manifest["totals"], manifest["tokenizer"]
    return Side(
        folder=folder.rstrip("/").rpartition("/")[2] or folder,
        recipe=manifest["recipe"]["name"],
        read=totals["read"],
        kept=totals["kept"],
        bytes=totals["bytes_written"],
        tokens=totals["tokens"] if tokenizer else None,
        tokenizer=tokenizer["name"] if tokenizer else None,
    )


def _overlap(tables: duckdb.DuckDBPyConnection) -> Overlap:
    kept = "(SELECT doc_id, any_value(bytes) bytes FROM {}ledger WHERE verdict = 'kept' GROUP BY doc_id)"
    first, second = (kept.format(prefix) for prefix in PREFIXES)
    query = f"""
        SELECT count(*) FILTER (a.doc_id IS NOT NULL AND b.doc_id IS NOT NULL), count(*) FILTER (b.doc_id IS NULL),
          count(*) FILTER (a.doc_id IS NULL),
          coalesce(sum(a.bytes) FILTER (b.doc_id IS NOT NULL), 0), coalesce(sum(a.bytes) FILTER (b.doc_id IS NULL), 0),
          coalesce(sum(b.bytes) FILTER (a.doc_id IS NULL), 0)
        FROM {first} a FULL JOIN {second} b ON a.doc_id = b.doc_id"""
    row = tables.execute(query).fetchone() or (0,) * 6
    hashes = "SELECT DISTINCT md5_number(text) FROM {}shards"
    same = " INTERSECT ".join(hashes.format(prefix) for prefix in PREFIXES)
    texts = (tables.execute(f"SELECT count(*) FROM ({same})").fetchone() or (0,))[0]
    names = ("both", "only_first", "only_second", "bytes_both", "bytes_only_first", "bytes_only_second")
    return Overlap(**{name: int(value) for name, value in zip(names, row, strict=True)}, texts_both=int(texts))


def _only(tables: duckdb.DuckDBPyConnection, kept_by: str, not_by: str) -> list[Reason]:
    """Of what one run has kept and the other has not, why not."""
    example = "struct_pack(doc_id := k.doc_id, source := k.source, value := n.value, threshold := n.threshold)"
    query = f"""
        SELECT CASE WHEN n.doc_id IS NULL THEN '' ELSE coalesce(n.step, n.verdict) END,
          CASE WHEN n.doc_id IS NULL THEN '{NOT_READ}' ELSE coalesce(n.rule, '') END,
          count(*), sum(k.bytes)::BIGINT, arg_min({example}, k.doc_id, {EXAMPLES})
        FROM {kept_by}ledger k LEFT JOIN {not_by}ledger n ON k.doc_id = n.doc_id
        WHERE k.verdict = 'kept' AND (n.verdict IS NULL OR n.verdict <> 'kept')
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"""
    rows = tables.execute(query).fetchall()
    wanted = [one["doc_id"] for *_, examples in rows for one in examples]
    beginnings = f"SELECT doc_id, min(left(text, {EXAMPLE_CHARS})) FROM {kept_by}shards"
    query = f"{beginnings} WHERE doc_id IN (SELECT unnest(?)) GROUP BY 1"
    texts = dict(tables.execute(query, [wanted]).fetchall()) if wanted else {}
    return [
        Reason(
            step=step,
            rule=rule,
            documents=documents,
            bytes=size,
            examples=[{**one, "text": texts.get(one["doc_id"], "")} for one in examples],
        )
        for step, rule, documents, size, examples in rows
    ]


def _spreads(tables: duckdb.DuckDBPyConnection) -> list[Spread]:
    """Every number that both ledgers have, of the documents that each has kept."""
    types: list[dict[str, str]] = [
        {row[0]: row[1] for row in tables.execute(f"DESCRIBE {prefix}ledger").fetchall()} for prefix in PREFIXES
    ]
    numbers = ("DOUBLE", "BIGINT", "INTEGER", "FLOAT")
    names = [name for name, kind in types[0].items() if kind in numbers and types[1].get(name) in numbers]
    names = [name for name in names if name != "similarity"]
    if not names:
        return []
    columns = [f"CASE WHEN isfinite({_quoted(name)}::DOUBLE) THEN {_quoted(name)}::DOUBLE END" for name in names]
    listed = "[" + ", ".join(map(str, PERCENTILES)) + "]"
    asked = ", ".join(
        f"count({one}), quantile_disc({one}, {listed}), [quantile_disc({one}, 0.005), quantile_disc({one}, 0.995)]"
        for one in columns
    )
    rows = [
        tables.execute(f"SELECT count(*), {asked} FROM {prefix}ledger WHERE verdict = 'kept'").fetchone() or ()
        for prefix in PREFIXES
    ]
    ends: dict[str, tuple[float, float]] = {}
    for at, name in enumerate(names):
        outer = [row[3 * at + 3] for row in rows]
        if all(row[0] and row[3 * at + 1] >= min(FEWEST_VALUES, row[0]) for row in rows):
            low, high = min(one[0] for one in outer), max(one[1] for one in outer)
            ends[name] = (low, high) if high > low else (low - 0.5, high + 0.5)
    binned = []
    for prefix in PREFIXES:
        parts = []
        for name, (low, high) in ends.items():
            value = columns[names.index(name)]
            scaled = f"floor(({value} - {low!r}) / {high - low!r} * {BINS})"
            parts.append(
                f"histogram(CASE WHEN {value} IS NOT NULL THEN least(greatest({scaled}, 0), {BINS - 1})::BIGINT END)"
            )
        query = f"SELECT {', '.join(parts)} FROM {prefix}ledger WHERE verdict = 'kept'"
        binned.append((tables.execute(query).fetchone() or ()) if parts else ())
    found = []
    for at, (name, (low, high)) in enumerate(ends.items()):
        counts = [[int(side[at].get(bin_, 0)) for bin_ in range(BINS)] for side in binned]
        where = names.index(name)
        found.append(
            Spread(
                name=name,
                distance=round(_distance(*counts), 4),
                percentiles=(rows[0][3 * where + 2], rows[1][3 * where + 2]),
                low=low,
                high=high,
                counts=(counts[0], counts[1]),
            )
        )
    return sorted(found, key=lambda one: (-one.distance, one.name))


def _distance(first: Sequence[int], second: Sequence[int]) -> float:
    wholes = sum(first), sum(second)
    if not all(wholes):
        return 0.0
    return math.fsum(abs(a / wholes[0] - b / wholes[1]) for a, b in zip(first, second, strict=True)) / 2


def _shares(tables: duckdb.DuckDBPyConnection) -> list[Shares]:
    found = []
    for name in ("language.label", "kind", "source"):
        counted: list[dict[str, int]] = []
        for prefix in PREFIXES:
            known = {row[0] for row in tables.execute(f"DESCRIBE {prefix}ledger").fetchall()}
            if name not in known:
                break
            query = (
                f"SELECT coalesce({_quoted(name)}, ''), count(*) FROM {prefix}ledger WHERE verdict = 'kept' GROUP BY 1"
            )
            counted.append(dict(tables.execute(query).fetchall()))
        if len(counted) == len(PREFIXES):
            labels = sorted(
                {*counted[0], *counted[1]}, key=lambda one: (-sum(side.get(one, 0) for side in counted), one)
            )
            found.append(
                Shares(name=name, rows=[(one, counted[0].get(one, 0), counted[1].get(one, 0)) for one in labels])
            )
    return found


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
