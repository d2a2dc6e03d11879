"""The report's histograms: of measurements with their thresholds, and of lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .charts import escape, histogram_svg, number, stacked_bar, table
from .histograms import SAMPLED_DOCUMENTS, count_histograms
from .report_account import Account, Sums

if TYPE_CHECKING:
    import duckdb

MOST_HISTOGRAMS = 12


def show_measurements(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], account: Account) -> str:
    """Histograms of what removed most, with the thresholds of the step that used it most, and of lengths."""
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
    cards.append(_length_card("bytes of all documents", "bytes from", account.by.get("bytes", {})))
    if manifest["tokenizer"]:
        cards.append(_length_card("tokens of kept documents", "tokens from", account.by.get("tokens", {})))
    if not any(cards):
        return ""
    sampled = manifest["totals"]["read"] > SAMPLED_DOCUMENTS
    note = f" Drawn from about {SAMPLED_DOCUMENTS:,} documents." if sampled else ""
    return (
        "<h2>What was measured</h2><p>All documents measured, also those that another rule removed. Heights are square "
        f'roots of counts; dashed lines are thresholds.{note}</p><div class="grid">{"".join(cards)}</div>'
    )


def _length_card(name: str, heading: str, powers: Mapping[str, Sums]) -> str:
    """How many documents are from each power of two up to the next, and how many of these were removed."""
    found = {int(power): sums for power, sums in powers.items()}
    if not found:
        return ""
    most = max(sums.read for sums in found.values())
    rows = []
    for power in range(min(found), max(found) + 1):
        sums = found.get(power, Sums())
        bar = stacked_bar(sums.kept, sums.removed, most)
        rows.append([f"{2**power if power else 0:,}", f"{sums.read:,}", bar])
    inner = table([heading, "documents", ""], rows, numbers=(0, 1), bars=(2,))
    return f'<div class="card"><h3>{name}</h3>{inner}</div>'
