"""The report of a run: one page to look at, drawn from the manifest and the ledger, without scripts or clock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..files.storage import join, write_atomically
from ..files.tables import open_tables
from .charts import STYLE, escape, histogram_svg, number, share, size, stacked_bar, table
from .histograms import SAMPLED_DOCUMENTS, count_histograms
from .judged import count_judged
from .replaced import count_replaced
from .selections import show_selections

if TYPE_CHECKING:
    import duckdb

REPORT = "report.html"
MOST_HISTOGRAMS = 12
MOST_ROWS = 15
EXAMPLES = 3


def write_report(folder: str, manifest: Mapping[str, Any]) -> str:
    """Write ``report.html`` into a finished output folder and return its path."""
    names = ["ledger", "shards", *(["removed"] if manifest["removed"] else [])]
    with open_tables(folder, manifest, names) as tables:
        page = "\n".join(_page(tables, manifest))
    path = join(folder, REPORT)
    with write_atomically(path) as sink:
        sink.write(page.encode())
    return path


def _page(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
    totals, name = manifest["totals"], escape(manifest["recipe"]["name"])
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{name}: {totals['kept']:,} documents kept</title><style>{STYLE}</style></head><body><main>"
    yield f'<span class="soft">textmill {escape(manifest["textmill"])}, recipe {name}</span>'
    yield f"<h1>{totals['kept']:,} of {totals['read']:,} documents kept</h1>"
    yield _tiles(manifest)
    yield from (f"<p><b>Note</b> – {escape(row['notice'])}</p>" for row in manifest.get("notices", ()))
    yield _funnel(manifest)
    yield from show_selections(manifest)
    yield _measurements(tables, manifest)
    yield _groups(tables, manifest)
    yield _replaced(tables)
    yield _examples(tables, "removed" if manifest["removed"] else None)
    yield _quarantine(manifest)
    yield _provenance(manifest)
    yield "</main></body></html>\n"


def _tiles(manifest: Mapping[str, Any]) -> str:
    totals = manifest["totals"]
    tiles = [
        (share(totals["kept"], totals["read"]), "of the documents kept"),
        (f"{totals['removed']:,}", "documents removed"),
        (f"{totals['quarantined']:,}", "records quarantined"),
        (size(totals["bytes_read"]), "of text read"),
        (size(totals["bytes_written"]), "of text written"),
    ]
    if "copies" in totals:
        tiles.append((f"{totals['copies']:,}", "more rows of repeated documents"))
    if manifest["tokenizer"]:
        tiles.append((f"{totals['tokens']:,}", f"tokens ({escape(manifest['tokenizer']['name'])})"))
    tiles.append((f"{len(manifest['shards']):,}", "shards"))
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{a}</b><span>{b}</span></div>' for a, b in tiles)
        + "</div>"
    )


def _funnel(manifest: Mapping[str, Any]) -> str:
    """Each step with what was left behind it, then its rules; a document counts for the first rule it broke."""
    whole = manifest["totals"]["read"]
    left = whole - manifest["totals"]["quarantined"]
    rows = []
    for step, group in groupby(manifest["funnel"], key=lambda row: row["step"]):
        rules = list(group)
        removed = sum(row["documents"] for row in rules)
        left -= removed
        rows.append(
            f'<tr><td><b>{escape(step)}</b></td><td></td><td class="number">{removed:,}</td>'
            f'<td class="number">{share(removed, whole)}</td><td class="number">{left:,}</td>'
            f'<td class="bar">{stacked_bar(left, removed, whole)}</td></tr>'
        )
        rows.extend(
            f'<tr class="rule"><td>{escape(row["rule"])}</td><td class="text">{_bound(row)}</td>'
            f'<td class="number">{row["documents"]:,}</td><td class="number">{share(row["documents"], whole)}</td>'
            "<td></td><td></td></tr>"
            for row in rules
            if row["documents"]
        )
    head = "".join(
        f"<th{' class=number' if text in ('removed', 'of all', 'left') else ''}>{text}</th>"
        for text in ("step and rule", "passes when", "removed", "of all", "left", "")
    )
    legend = '<span class="legend"><i class="kept"></i>left<i class="removed"></i>removed here</span>'
    return (
        "<h2>Where documents went</h2><p>Steps in the order in which they act. A document counts for the first rule "
        f"that it broke; rules that removed nothing are left out.{legend}</p>"
        f'<div class="scroll"><table><tr>{head}</tr>{"".join(rows)}</table></div>'
    )


def _bound(row: Mapping[str, Any]) -> str:
    if "measurement" not in row:
        return ""
    name = f"<code>{escape(row['measurement'])}</code>"
    if "selects" in row:
        return f"{name} is among {escape(row['selects'])}"
    if "allowed" in row:
        return f"{name} is {escape(' or '.join(str(value) for value in row['allowed']))}"
    sides = [f"{sign} {number(row[side])}" for side, sign in (("minimum", "≥"), ("maximum", "≤")) if side in row]
    owned = (("minimum_in", "≥"), ("maximum_in", "≤"))
    sides += [f"{sign} <code>{escape(row[side])}</code>" for side, sign in owned if side in row]
    return f"{name} {' and '.join(sides)}"


def _measurements(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> str:
    """Histograms of the measurements that removed most, with the thresholds of the step that used them most."""
    bounds: dict[str, dict[str, Any]] = {}
    for row in sorted(manifest["funnel"], key=lambda row: (-row["documents"], row["step"], row["rule"])):
        if "minimum" in row or "maximum" in row:
            found = bounds.setdefault(row["measurement"], {"step": row["step"], "removed": 0})
            if row["step"] == found["step"]:
                found |= {side: row[side] for side in ("minimum", "maximum") if side in row}
                found["removed"] += row["documents"]
    thresholds = {
        name: (found.get("minimum"), found.get("maximum")) for name, found in list(bounds.items())[:MOST_HISTOGRAMS]
    }
    cards = []
    for name, histogram in count_histograms(tables, thresholds, manifest["totals"]["read"]).items():
        found = bounds[name]
        limits = " and ".join(f"{side} {number(found[side])}" for side in ("minimum", "maximum") if side in found)
        note = f"{escape(found['step'])}: {limits}; removed {found['removed']:,}"
        drawing = histogram_svg(histogram, f"{name}: {limits}")
        cards.append(f'<div class="card"><h3>{escape(name)}</h3><small>{note}</small>{drawing}</div>')
    if manifest["tokenizer"]:
        cards.append(_token_card(tables))
    if not cards:
        return ""
    sampled = manifest["totals"]["read"] > SAMPLED_DOCUMENTS
    note = f" Drawn from about {SAMPLED_DOCUMENTS:,} documents." if sampled else ""
    return (
        "<h2>What was measured</h2><p>All documents measured, also those that another rule removed. Heights are square "
        f'roots of counts; dashed lines are thresholds.{note}</p><div class="grid">{"".join(cards)}</div>'
    )


def _token_card(tables: duckdb.DuckDBPyConnection) -> str:
    query = "SELECT floor(log2(greatest(token_count, 1)))::BIGINT, count(*) FROM shards GROUP BY ALL"
    counts = dict(tables.execute(query).fetchall())
    if not counts:
        return ""
    rows = [
        [
            f"{2**power if power else 0:,}",
            f"{counts.get(power, 0):,}",
            stacked_bar(counts.get(power, 0), 0, max(counts.values())),
        ]
        for power in range(min(counts), max(counts) + 1)
    ]
    inner = table(["tokens from", "documents", ""], rows, numbers=(0, 1), bars=(2,))
    return f'<div class="card"><h3>tokens of kept documents</h3>{inner}</div>'


def _groups(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> str:
    """Kept and removed documents by input and language, and what the shards hold of each kind."""
    sections = ["<h2>By input, language and kind</h2>"]
    ranked = sorted(manifest["inputs"], key=lambda row: (-row["read"], row["source"]))
    rows = [(row["source"], row["read"], row["kept"], row["removed"]) for row in ranked]
    sections.append(_kept_table("input", rows))
    columns = {row[0] for row in tables.execute("DESCRIBE ledger").fetchall()}
    if "language.label" in columns:
        counts = "count(*), count(*) FILTER (verdict = 'kept'), count(*) FILTER (verdict = 'removed')"
        query = (
            f"SELECT coalesce(\"language.label\", 'not measured'), {counts} FROM ledger "
            "WHERE verdict <> 'quarantined' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        sections.append(_kept_table("language", tables.execute(query).fetchall()))
    if judged := count_judged(tables):
        sections.append(_kept_table("toxicity judged", judged))
    counted: dict[str, Counter[str]] = {}
    for shard in manifest["shards"]:
        for kind, found in shard["kinds"].items():
            counted.setdefault(kind, Counter()).update(found)
    kinds = [
        [escape(kind), f"{found['documents']:,}", size(found["bytes"]), f"{found['tokens']:,}"]
        for kind, found in sorted(counted.items(), key=lambda item: (-item[1]["documents"], item[0]))
    ]
    sections.append(table(["kind", "kept", "text", "tokens"], kinds, numbers=(1, 2, 3)) if kinds else "")
    return "<br>".join(sections)


def _replaced(tables: duckdb.DuckDBPyConnection) -> str:
    rows = [
        [escape(one.kind), f"<code>{escape(one.tag)}</code>", f"{one.documents:,}", f"{one.replacements:,}"]
        for one in count_replaced(tables)
    ]
    if not rows:
        return ""
    note = "<p>In the kept documents; the tag is what stands there unless the recipe says otherwise.</p>"
    heading = f"<h2>Personal data and secrets that were replaced</h2>{note}"
    return heading + table(["kind", "usual tag", "documents", "replacements"], rows, numbers=(2, 3))


def _kept_table(what: str, rows: Sequence[tuple[str, int, int, int]]) -> str:
    most = max((read for _, read, _, _ in rows), default=0)
    cells = [
        [escape(name), f"{read:,}", f"{kept:,}", share(kept, read), stacked_bar(kept, removed, most)]
        for name, read, kept, removed in rows[:MOST_ROWS]
    ]
    more = f'<p class="soft">and {len(rows) - MOST_ROWS:,} more</p>' if len(rows) > MOST_ROWS else ""
    return table([what, "read", "kept", "", ""], cells, numbers=(1, 2, 3), bars=(4,)) + more


def _examples(tables: duckdb.DuckDBPyConnection, with_text: str | None) -> str:
    """A few removed documents of each rule, those with the smallest ids, which are random."""
    example = "struct_pack(d := doc_id, s := source, v := value, t := threshold, k := kept_instead)"
    examples_of = f"SELECT step, rule, arg_min({example}, doc_id, {EXAMPLES}) FROM ledger WHERE verdict = 'removed'"
    found = tables.execute(f"{examples_of} GROUP BY ALL ORDER BY 1, 2").fetchall()
    if not found:
        return ""
    texts: dict[str, str] = {}
    if with_text is not None:
        wanted = [example["d"] for _, _, examples in found for example in examples]
        query = f"SELECT doc_id, left(text, 160) FROM {with_text} WHERE doc_id IN (SELECT unnest(?))"
        texts = dict(tables.execute(query, [wanted]).fetchall())
    rows = []
    for step, rule, examples in found:
        for index, example in enumerate(examples):
            reason = f"{example['v'] or ''} against {example['t'] or ''}" if example["t"] else ""
            reason = f"same as {example['k'][:12]}" if example["k"] else reason
            name = f'<span class="whole">{escape(step)}.{escape(rule)}</span>' if not index else ""
            doc_id = f'<code class="whole">{escape(example["d"][:12])}</code>'
            cells = [name, escape(reason), doc_id, escape(example["s"])]
            rows.append([*cells, escape(texts.get(example["d"], ""))] if with_text else cells)
    headings = ["rule", "value and threshold", "document", "input", *(["beginning of the text"] if with_text else [])]
    return "<h2>Some of the removed documents</h2>" + table(headings, rows)


def _quarantine(manifest: Mapping[str, Any]) -> str:
    parts = []
    if manifest["quarantine_errors"]:
        rows = [[escape(row["error"]), f"{row['documents']:,}"] for row in manifest["quarantine_errors"]]
        parts.append("<h2>What could not be read</h2>" + table(["error", "records"], rows, numbers=(1,)))
    if manifest["skipped"]:
        rows = [[escape(row["reason"]), f"{row['records']:,}"] for row in manifest["skipped"]]
        parts.append("<h2>Records that hold no document</h2>" + table(["reason", "records"], rows, numbers=(1,)))
    return "".join(parts)


def _provenance(manifest: Mapping[str, Any]) -> str:
    recorded = {name: manifest[name] for name in ("recipe", "tokenizer", "models", "versions")}
    text = escape_lines(json.dumps(recorded, indent=2, sort_keys=True, ensure_ascii=False))
    summary = "<summary>recipe, models and versions</summary>"
    return f"<h2>How it was made</h2><details>{summary}<pre><code>{text}</code></pre></details>"


def escape_lines(text: str) -> str:
    """Text as HTML with its lines and their indentation kept."""
    lines = text.split("\n")
    return "\n".join(" " * (len(line) - len(line.lstrip(" "))) + escape(line) for line in lines)
