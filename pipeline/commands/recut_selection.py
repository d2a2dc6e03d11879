"""A selection over the documents of a ledger, again: ranks in SQL, and how far they can be known.

A document that may or may not come to the selection, or with a value that nobody has measured, moves the ranks of the
others in its group by one at most, and the borders too. So with u of these the bucket of a document is known unless it
lies within u ranks of a border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...filters.select import Select

if TYPE_CHECKING:
    import duckdb


def cut_selection(
    tables: duckdb.DuckDBPyConnection, step: Select, number: int, code: int, *, edited: bool, unsettled: bool
) -> str:
    """The query that gives the table ``recut`` with what a selection removes.

    Args:
        tables: Where ``recut`` is. Its columns ``concerned_N``, ``score_N`` (null where there is none), ``group_N`` and
            ``untaken_N`` (whether score or group may be another than they seem) are used up.
        step: The selection as it is to be.
        number: N, that of the pass that the step ends.
        code: Stands for the rule in the column ``outcome``.
        edited: Whether a step before it has another setting, so that who is in doubt may be of another group.
        unsettled: Whether what the selection looks at would be something else for any document.
    """
    concerned, score, group, untaken = (f"{name}_{number}" for name in ("concerned", "score", "group", "untaken"))
    used_up = f"{concerned}, {score}, {group}, {untaken}"
    if unsettled:
        untaken = "TRUE"
    may = f"(outcome IS NULL OR soft) AND ({concerned} OR {untaken})"
    is_sure = f"(outcome IS NULL AND doubt IS NULL AND NOT {untaken})"
    tables.execute(
        f"CREATE OR REPLACE TEMP TABLE selected AS SELECT doc_id, {score} AS score, {group} AS of_group, "
        f"outcome IS NULL AND {concerned} AND score IS NOT NULL AS is_ranked, {is_sure} AS is_sure, "
        f"{untaken} OR {edited} AS is_anywhere FROM recut WHERE {may}"
    )
    order = f"score {'DESC' if step.order == 'highest' else 'ASC'}, doc_id"
    tables.execute(
        "CREATE OR REPLACE TEMP TABLE ranked AS SELECT doc_id, of_group, is_sure, "
        f"row_number() OVER (PARTITION BY of_group ORDER BY {order}) AS place, "
        # Not count(*) FILTER: over a window that takes time by the square of the documents.
        "sum(is_sure::INTEGER) OVER "
        f"(PARTITION BY of_group ORDER BY {order} ROWS UNBOUNDED PRECEDING)::BIGINT AS sure_place "
        "FROM selected WHERE is_ranked"
    )
    counted = tables.execute(
        "SELECT of_group, count(*) FILTER (is_ranked), count(*) FILTER (is_ranked AND is_sure), "
        "count(*) FILTER (NOT is_sure AND NOT is_anywhere) FROM selected GROUP BY 1"
    ).fetchall()
    found = tables.execute("SELECT count(*) FILTER (NOT is_sure AND is_anywhere) FROM selected").fetchone()
    anywhere = int(found[0]) if found is not None else 0
    borders = range(len(step.ranks(0)))
    columns = ", ".join(f"at_{border} BIGINT, most_{border} BIGINT" for border in borders)
    tables.execute(f"CREATE OR REPLACE TEMP TABLE borders (of_group VARCHAR, unsure BIGINT, {columns})")
    rows = []
    for name, ranked, sure, unsure in counted:
        ranks = zip(step.ranks(ranked), step.ranks(sure + unsure + anywhere), strict=True)
        rows.append((name, unsure + anywhere, *(rank for pair in ranks for rank in pair)))
    if rows:
        tables.executemany(f"INSERT INTO borders VALUES ({', '.join('?' * len(rows[0]))})", rows)
    best, worst, bucket = (
        " + ".join(f"({place} > {name}_{border})::INTEGER" for border in borders)
        for place, name in (("sure_place", "most"), ("sure_place + unsure", "most"), ("place", "at"))
    )
    # How many buckets before each stay: of those between two all stay, or none, when this grows as they do, or never.
    before = [sum(step.stays[:place]) for place in range(len(step.stays) + 1)]
    staying = f"({before}[{worst} + 2] - {before}[{best} + 1])"
    verdicts = (
        f"SELECT doc_id, NOT {list(step.stays)}[{bucket} + 1] AS goes, "
        f"is_sure AND {staying} IN (0, {worst} - ({best}) + 1) AS is_known "
        "FROM ranked JOIN borders USING (of_group)"
    )
    goes = "coalesce(goes, FALSE)"
    return (
        f"SELECT * EXCLUDE ({used_up}, goes, is_known) "
        f"REPLACE (CASE WHEN outcome IS NULL AND {goes} THEN {code} ELSE outcome END AS outcome, "
        f"CASE WHEN doubt IS NOT NULL OR outcome IS NOT NULL THEN doubt WHEN {untaken} THEN 'measurement' "
        f"WHEN NOT is_known THEN 'neighbour' END AS doubt, soft OR ({goes} AND NOT is_known) AS soft) "
        f"FROM recut LEFT JOIN ({verdicts}) USING (doc_id)"
    )
