"""What selections over the whole run have found: told in manifest and report, and checked against the ledger."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ...filters.select import Select
from ..files.ledger import QUARANTINED
from ..files.tables import name_of, text, values
from ..job.facts import RunFacts, Selected
from ..recipes.definition import RecipeDefinition
from ..steps.plan import LANGUAGE_LABEL, PlannedStep, grouping_columns
from .charts import escape, number, table

if TYPE_CHECKING:
    import duckdb

GROUPS_SHOWN = 20

_TOLD_SCHEMA = pa.schema(
    [
        pa.field("labels", pa.list_(pa.string())),
        pa.field("first_place", pa.int64()),
        pa.field("last_place", pa.int64()),
        pa.field("label", pa.string()),
        pa.field("stays", pa.bool_()),
    ]
)


def describe_selections(recipe: RecipeDefinition, facts: RunFacts) -> list[dict[str, Any]]:
    """Of each selection what it looked at, and of each group its buckets: how many, whether they stay, the last value.

    What is kept as a share is a bucket without a name, and so is the rest.
    """
    rows = []
    for planned in recipe.plan.steps:
        if not isinstance(planned.step, Select):
            continue
        step = planned.step
        groups = []
        for (of_step, name), found in facts.selections.items():
            if of_step == planned.id:
                group = {"group": json.loads(name), "documents": found.documents}
                groups.append({**group, "buckets": _buckets(step, found)})
        rows.append({**_looks_at(planned, step, recipe), "selects": step.describe(), "groups": groups})
    return rows


def _looks_at(planned: PlannedStep, step: Select, recipe: RecipeDefinition) -> dict[str, Any]:
    condition = planned.condition
    return {
        "step": planned.id,
        "measurement": step.measurement,
        "order": step.order,
        "by": list(step.by),
        "columns": list(grouping_columns(step, recipe.plan.measurements)),
        "column": planned.columns.get(step.column),
        "only_if": {
            "kind": list(condition.kind),
            "language": list(condition.language),
            "except_language": list(condition.except_language),
        },
    }


def _buckets(step: Select, found: Selected) -> list[dict[str, Any]]:
    ends = [0, *found.ranks, found.documents]
    labels: Sequence[str | None] = step.labels or (None,) * len(step.stays)
    buckets = []
    for place, (label, stays) in enumerate(zip(labels, step.stays, strict=True)):
        bucket: dict[str, Any] = {"bucket": label, "documents": ends[place + 1] - ends[place], "stays": stays}
        if place < len(found.borders):
            border = found.borders[place]
            bucket["last"] = border if border is None or math.isfinite(border) else repr(border)
        buckets.append(bucket)
    return buckets


def show_selections(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Tables for the report: the biggest groups of each selection, with the last value of each bucket."""
    for row in manifest.get("selections", ()):
        groups = sorted(row["groups"], key=lambda group: -group["documents"])
        more = f" The {GROUPS_SHOWN} biggest of {len(groups):,} groups." if len(groups) > GROUPS_SHOWN else ""
        yield (
            f"<h2>What {escape(row['step'])} has found</h2><p>Documents ranked by <code>{escape(row['measurement'])}"
            f"</code>, the {row['order']} first: {escape(row['selects'])}. Equal ones rank by their id.{more}</p>"
        )
        cells = [
            (_named(group), _called(bucket), f"{bucket['documents']:,}", _last(bucket))
            for group in groups[:GROUPS_SHOWN]
            for bucket in group["buckets"]
        ]
        yield table(("group", "bucket", "documents", "last value"), cells, numbers=(2, 3))


def _named(group: Mapping[str, Any]) -> str:
    return escape(", ".join("none" if value is None else str(value) for value in group["group"]) or "all")


def _called(bucket: Mapping[str, Any]) -> str:
    fate = "stays" if bucket["stays"] else "removed"
    return fate if bucket["bucket"] is None else escape(f"{bucket['bucket']} ({fate})")


def _last(bucket: Mapping[str, Any]) -> str:
    last = bucket.get("last")
    return "" if last is None else number(float(last))


def check_selections(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Rank the documents of the ledger again, and say where a verdict or bucket is another than it should be."""
    order = list(dict.fromkeys(row["step"] for row in manifest["funnel"]))
    for row in manifest.get("selections", ()):
        later = order[order.index(row["step"]) :]
        yield from _check_selection(tables, row, later)


def _check_selection(tables: duckdb.DuckDBPyConnection, row: Mapping[str, Any], later: Sequence[str]) -> Iterator[str]:
    step, value = row["step"], f"CAST({name_of(row['measurement'])} AS DOUBLE)"
    labels = ["split_part(source, '/', 1)" if name == "source" else name_of(name) for name in row["columns"]]
    group = f"to_json([{', '.join(f'CAST({label} AS VARCHAR)' for label in labels)}])::VARCHAR"
    direction = "DESC" if row["order"] == "highest" else "ASC"
    bucket = "NULL" if row["column"] is None else name_of(row["column"])
    tables.execute(
        f"CREATE OR REPLACE TEMP TABLE ranked AS SELECT doc_id, {group} AS of_group, {bucket} AS bucket, "
        f"coalesce(step = {text(step)}, FALSE) AS is_removed, "
        f"row_number() OVER (PARTITION BY {group} ORDER BY {value} {direction}, doc_id) AS place FROM ledger "
        f"WHERE verdict <> '{QUARANTINED}' AND (step IS NULL OR step IN {values(later)}) "
        f"AND {value} IS NOT NULL AND NOT isnan({value}) AND {_condition(row['only_if'])}"
    )
    counted = dict(tables.execute("SELECT of_group, count(*) FROM ranked GROUP BY 1").fetchall())
    tables.register("told", _told(row))
    tables.execute("CREATE OR REPLACE TEMP TABLE buckets AS SELECT to_json(labels)::VARCHAR AS of_group, * FROM told")
    tables.unregister("told")
    said = dict(tables.execute("SELECT of_group, max(last_place) FROM buckets GROUP BY 1").fetchall())
    if counted != said:
        yield (
            f"ledger: {step} has ranked {sum(counted.values()):,} documents in {len(counted):,} groups, "
            f"but the manifest says {sum(said.values()):,} in {len(said):,}, or divides them in another way"
        )
        return
    found_wrong = tables.execute(
        "SELECT count(*), min(doc_id) FROM ranked JOIN buckets ON ranked.of_group = buckets.of_group "
        "AND place BETWEEN first_place AND last_place WHERE is_removed = stays OR bucket IS DISTINCT FROM label"
    ).fetchone()
    if found_wrong is not None and found_wrong[0]:
        yield f"ledger: {found_wrong[0]:,} documents stand on the wrong side of a border of {step}: {found_wrong[1]}"


def _told(row: Mapping[str, Any]) -> pa.Table:
    """The buckets of all groups, with the places that they reach from and to."""
    rows = []
    for group in row["groups"]:
        labels, last = [_as_text(value) for value in group["group"]], 0
        for one in group["buckets"]:
            first, last = last + 1, last + one["documents"]
            places = {"labels": labels, "first_place": first, "last_place": last}
            rows.append({**places, "label": one["bucket"], "stays": one["stays"]})
    return pa.Table.from_pylist(rows, schema=_TOLD_SCHEMA)


def _as_text(value: object) -> str | None:
    """A label as SQL casts it."""
    return value if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _condition(only_if: Mapping[str, Sequence[str]]) -> str:
    label = name_of(LANGUAGE_LABEL)
    parts = [f"kind IN {values(only_if['kind'])}"] if only_if["kind"] else []
    if only_if["language"]:
        parts.append(f"coalesce({label} IN {values(only_if['language'])}, FALSE)")
    if only_if["except_language"]:
        parts.append(f"coalesce({label} NOT IN {values(only_if['except_language'])}, TRUE)")
    return " AND ".join(parts) or "TRUE"
