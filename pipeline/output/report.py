"""The report of a run: one page to look at, drawn from the manifest and the ledger, without scripts or clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..files.storage import join, write_atomically
from ..files.tables import open_tables
from .charts import STYLE, count, escape, share, size, table
from .replaced import count_replaced
from .report_account import take_account
from .report_flows import show_flows
from .report_measurements import show_measurements
from .report_pairs import show_duplicates
from .report_samples import show_samples, with_some_texts
from .report_tables import largest_inputs, show_domains, show_funnel, show_groups, show_largest, show_losses
from .selections import show_selections

if TYPE_CHECKING:
    import duckdb

REPORT = "report.html"


def write_report(folder: str, manifest: Mapping[str, Any]) -> str:
    """Write ``report.html`` into a finished output folder and return its path."""
    names = ["ledger", "shards", *(["removed"] if manifest["removed"] else [])]
    with open_tables(folder, with_some_texts(manifest), names) as tables:
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
    account = take_account(tables, [row["source"] for row in largest_inputs(manifest)])
    yield show_flows(manifest, account)
    yield show_funnel(manifest, account)
    yield from show_selections(manifest)
    yield show_measurements(tables, manifest, account)
    yield show_groups(tables, manifest, account)
    yield show_losses(account)
    yield show_domains(tables, manifest)
    yield show_largest(tables)
    yield _replaced(tables)
    yield show_duplicates(tables, manifest)
    yield show_samples(tables, manifest)
    yield _quarantine(manifest)
    yield _provenance(manifest)
    yield "</main></body></html>\n"


def _tiles(manifest: Mapping[str, Any]) -> str:
    totals = manifest["totals"]
    tiles = [
        (share(totals["kept"], totals["read"]), "of the documents kept"),
        (count(totals["removed"]), "documents removed"),
        (f"{totals['quarantined']:,}", "records quarantined"),
        (size(totals["bytes_read"]), "of text read"),
        (size(totals["bytes_written"]), "of text written"),
    ]
    if "copies" in totals:
        tiles.append((f"{totals['copies']:,}", "more rows of repeated documents"))
    if manifest["tokenizer"]:
        tiles.append((count(totals["tokens"]), f"tokens ({escape(manifest['tokenizer']['name'])})"))
    tiles.append((f"{len(manifest['shards']):,}", "shard" if len(manifest["shards"]) == 1 else "shards"))
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{a}</b><span>{b}</span></div>' for a, b in tiles)
        + "</div>"
    )


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
