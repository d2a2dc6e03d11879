"""Samples of removed documents for the report: of each rule those near its threshold and those far from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..files.ledger import INDEX_PREFIX, REMOVED
from ..files.tables import text
from .charts import escape, named, table
from .manifest import holds_sample

if TYPE_CHECKING:
    import duckdb

SAMPLES = 5
"""So many of each rule near its threshold, and so many far from it, unless the run was asked for another number."""
LISTED = 3
"""So many of each rule where no text is at hand."""
SHOWN_CHARS = 300
TEXTS_LOOKED_AT = 100_000
"""Texts are looked for among about so many removed documents: a text lies anywhere in its file, which must be read."""


def with_some_texts(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with as many files of removed texts, from all over the run, as the report looks at."""
    files = manifest["removed"]
    rows = sum(file["rows"] for file in files)
    if rows <= TEXTS_LOOKED_AT:
        return dict(manifest)
    taken: list[Mapping[str, Any]] = []
    passed = looked_at = 0
    for file in files:
        passed += file["rows"]
        # Evenly over the run: a file is taken when fewer rows than are due by its end were taken before it.
        if looked_at + file["rows"] <= max(passed * TEXTS_LOOKED_AT // rows, file["rows"]):
            taken.append(file)
            looked_at += file["rows"]
    return {**manifest, "removed": taken}


def show_samples(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> str:
    """Samples of each rule, with their texts where these were kept."""
    samples = int(manifest.get("options", {}).get("samples", SAMPLES))
    if manifest["removed"] and samples:
        return _with_texts(tables, manifest, samples)
    example = "struct_pack(d := doc_id, s := source, v := value, t := threshold, k := kept_instead)"
    found = tables.execute(
        f"SELECT step, rule, arg_min({example}, doc_id, {LISTED}) FROM ledger WHERE verdict = {text(REMOVED)} "
        "GROUP BY ALL ORDER BY 1, 2"
    ).fetchall()
    rows = [
        [
            f'<span class="whole">{escape(step)}.{escape(rule)}</span>' if not index else "",
            _reason(example),
            f'<code class="whole">{escape(example["d"][:12])}</code>',
            escape(example["s"]),
        ]
        for step, rule, examples in found
        for index, example in enumerate(examples)
    ]
    headings = ["rule", "value and threshold", "document", "input"]
    return "<h2>Some of the removed documents</h2>" + table(headings, rows) if rows else ""


def _with_texts(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], samples: int) -> str:
    example = "struct_pack(d := doc_id, s := source, v := value, t := threshold, k := kept_instead)"
    measured = "FILTER (isfinite(distance))"
    found = tables.execute(
        f"SELECT step, rule, arg_min({example}, row(distance, doc_id), {samples}) {measured}, "
        f"arg_max({example}, row(distance, doc_id), {samples}) {measured}, "
        f"arg_min({example}, doc_id, {samples}) FILTER (distance IS NULL OR NOT isfinite(distance)) "
        "FROM (SELECT step, rule, doc_id, source, value, threshold, kept_instead, "
        "abs(try_cast(value AS DOUBLE) - try_cast(threshold AS DOUBLE)) AS distance FROM removed) "
        "GROUP BY ALL ORDER BY 1, 2"
    ).fetchall()
    if not found:
        return ""
    rules = []
    for step, rule, near, far, others in found:
        shown = {one["d"] for one in near or ()}
        groups = {
            "near the threshold": near or (),
            "far from it": [one for one in far or () if one["d"] not in shown],
            "": others or (),
        }
        rules.append((step, rule, groups))
    wanted = [one["d"] for _, _, groups in rules for examples in groups.values() for one in examples]
    texts = texts_of(tables, "removed", wanted, SHOWN_CHARS + 1)
    parts = [f"<h2>Some of the removed documents</h2><p>{said_of_texts(manifest)}</p>"]
    funnel = {(row["step"], row["rule"]): row["documents"] for row in manifest["funnel"]}
    places = {ends: place for place, ends in enumerate(funnel)}
    for step, rule, groups in sorted(rules, key=lambda one: places.get((one[0], one[1]), len(places))):
        shown_groups = "".join(_group(name, examples, texts) for name, examples in groups.items() if examples)
        removed = funnel.get((step, rule), 0)
        told = f"<b>{named(f'{step}.{rule}')}</b> removed {removed:,} document{'s' * (removed != 1)}"
        parts.append(f"<details><summary>{told}</summary>{shown_groups}</details>")
    return "".join(parts)


def _group(name: str, examples: Sequence[Mapping[str, Any]], texts: Mapping[str, str]) -> str:
    heading = f"<h3>{name}</h3>" if name else ""
    return heading + "".join(
        sample(
            f"{_reason(one)} <code>{escape(one['d'][:12])}</code> {escape(one['s'])}", beginning(texts.get(one["d"]))
        )
        for one in examples
    )


def said_of_texts(manifest: Mapping[str, Any]) -> str:
    """From which of the removed documents samples are taken."""
    if holds_sample(manifest):
        return "Of each rule some documents near its threshold and some far from it; --keep-removed keeps them all."
    looked_at = sum(file["rows"] for file in with_some_texts(manifest)["removed"])
    removed = manifest["totals"]["removed"]
    return f"From the texts of {looked_at:,} of {removed:,} removed documents."


def sample(told: str, shown: str) -> str:
    """A text with what is told of it, both as HTML."""
    return f'<div class="sample"><small>{told}</small><div>{shown}</div></div>'


def beginning(whole: str | None, chars: int = SHOWN_CHARS) -> str:
    """How a text begins, as HTML."""
    if whole is None:
        return ""
    return escape(whole[:chars]) + (" …" if len(whole) > chars else "")


def texts_of(tables: duckdb.DuckDBPyConnection, name: str, wanted: Sequence[str], chars: int) -> dict[str, str]:
    """The beginnings of the texts of documents, where the table has them."""
    query = f"SELECT doc_id, left(text, {chars}) FROM {name} WHERE doc_id IN (SELECT unnest(?))"
    return dict(tables.execute(query, [list(wanted)]).fetchall()) if wanted else {}


def short(kept: str) -> str:
    """What was kept instead: the beginning of an id, or the index of earlier runs."""
    return kept if kept.startswith(INDEX_PREFIX) else kept[:12]


def _reason(example: Mapping[str, Any]) -> str:
    if example["k"]:
        return f"same as {escape(short(example['k']))}"
    return escape(f"{example['v'] or ''} against {example['t']}") if example["t"] else ""
