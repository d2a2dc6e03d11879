"""Duplicates in the report: the largest clusters, and pairs of texts with what differs marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..files.ledger import INDEX_PREFIX
from ..files.tables import text
from .charts import escape, named, size, table
from .differences import mark_differences
from .report_samples import beginning, said_of_texts, sample, short, texts_of

if TYPE_CHECKING:
    import duckdb

CLUSTERS, CLUSTER_CHARS = 10, 100
PAIRS = 3
"""So many of each step that are least alike, and so many others."""
COMPARED_CHARS = 20_000


def show_duplicates(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> str:
    """The largest clusters, and pairs of a removed and a kept text, where removed texts are kept."""
    clusters = tables.execute(
        "SELECT step, cluster, count(*), sum(bytes)::BIGINT, min(similarity), min(kept_instead) FROM ledger "
        f"WHERE cluster IS NOT NULL GROUP BY step, cluster ORDER BY 3 DESC, 2, 1 LIMIT {CLUSTERS}"
    ).fetchall()
    shows_texts = manifest["removed"] and manifest.get("options", {}).get("samples") != 0
    chosen = _choose(tables) if shows_texts else {}
    pairs = [one for found in chosen.values() for one in found]
    stayed = [one["k"] for one in pairs]
    # What one step kept, a later one may have removed. Texts are asked for at once, as each question reads the files.
    removed = texts_of(tables, "removed", [*(one["d"] for one in pairs), *stayed], COMPARED_CHARS)
    named = {*stayed, *(kept for *_, kept in clusters if kept)} - removed.keys()
    texts = texts_of(tables, "shards", sorted(named), COMPARED_CHARS) | removed
    return _cluster_table(clusters, texts) + _pairs(chosen, texts, manifest)


def _choose(tables: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """Of each step the pairs that are least alike, then others by their ids, which are random."""
    pair = "struct_pack(d := doc_id, k := kept_instead, s := similarity)"
    found = tables.execute(
        f"SELECT step, arg_min({pair}, row(similarity, doc_id), {PAIRS}) FILTER (similarity < 1), "
        f"arg_min({pair}, doc_id, {2 * PAIRS}) FROM removed "
        f"WHERE kept_instead IS NOT NULL AND NOT starts_with(kept_instead, {text(INDEX_PREFIX)}) "
        "GROUP BY step ORDER BY step"
    ).fetchall()
    chosen: dict[str, list[dict[str, Any]]] = {}
    for step, least_alike, others in found:
        pairs = list(least_alike or ())
        listed = {one["d"] for one in pairs}
        chosen[step] = [*pairs, *[one for one in others if one["d"] not in listed][:PAIRS]]
    return chosen


def _cluster_table(clusters: Sequence[Sequence[Any]], texts: Mapping[str, str]) -> str:
    if not clusters:
        return ""
    cells = [
        [
            named(step),
            f"{documents:,}",
            size(removed_bytes),
            "" if similarity is None else f"{similarity:.2f}",
            f'<code class="whole">{escape(short(kept or ""))}</code>',
            beginning(texts.get(kept), CLUSTER_CHARS),
        ]
        for step, _, documents, removed_bytes, similarity, kept in clusters
    ]
    headings = ["step", "removed", "text", "least alike", "kept instead", "which begins"]
    intro = "<h2>Largest clusters</h2><p>Documents that were removed for the sake of one that says the same.</p>"
    return intro + table(headings, cells, numbers=(1, 2, 3))


def _pairs(
    chosen: Mapping[str, Sequence[Mapping[str, Any]]], texts: Mapping[str, str], manifest: Mapping[str, Any]
) -> str:
    parts = []
    for step, pairs in chosen.items():
        samples = []
        for one in pairs:
            if one["d"] in texts and one["k"] in texts:
                alike = "" if one["s"] is None else f", similarity {one['s']:.3f}"
                told = f"<code>{escape(one['d'][:12])}</code>, kept <code>{escape(one['k'][:12])}</code>{alike}"
                samples.append(sample(told, mark_differences(texts[one["d"]], texts[one["k"]])))
        if samples:
            parts.append(f"<details><summary><b>{escape(step)}</b></summary>{''.join(samples)}</details>")
    if not parts:
        return ""
    legend = "<del>Only in the removed text</del>, <ins>only in the kept one</ins>"
    intro = f"<p>{legend}; long runs that are alike are left out. {said_of_texts(manifest)}</p>"
    return f"<h2>Duplicates beside what was kept</h2>{intro}{''.join(parts)}"
