"""Bars, histograms and the style of the report, as plain HTML and SVG without scripts."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #fff; --ink: #20242c; --soft: #6a7080; --line: #e4e1d8;
  --kept: #2b7a78; --removed: #d9822b; --faded: #d8d5cb; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181d; --card: #1d2128; --ink: #e8e6e1; --soft: #9aa1ae;
  --line: #31363f; --kept: #4fb3ac; --removed: #e79a4b; --faded: #3b414c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 4px 0 8px; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 48px 0 4px; font-weight: 650; }
h3 { font-size: 14px; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p, .soft { color: var(--soft); margin: 0 0 16px; max-width: 76ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 12px; margin: 24px 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px; }
.tile b { display: block; font-size: 20px; font-weight: 650; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; white-space: nowrap; }
.tile span, .card small { color: var(--soft); font-size: 13px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(310px, 100%), 1fr)); gap: 12px; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 12px; font-weight: 600; color: var(--soft); }
td, th { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
td.number, th.number { text-align: right; } td.number { white-space: nowrap; }
td.bar { width: 34%; min-width: 140px; vertical-align: middle; }
.wide td.bar { width: 20%; } .wide td:first-child { min-width: 150px; }
.wide td small { display: block; font-size: 12px; }
td.text { overflow-wrap: anywhere; min-width: 96px; } td.text:first-child { min-width: 150px; }
.whole { white-space: nowrap; }
tr.rule td { color: var(--soft); border-bottom-style: dotted; }
tr.rule td:first-child { padding-left: 18px; }
.stack { display: flex; height: 12px; border-radius: 3px; overflow: hidden; background: var(--faded); }
.kept { background: var(--kept); } .removed { background: var(--removed); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 5px 0 12px; }
svg { display: block; width: 100%; height: auto; margin-top: 8px; }
svg text { fill: var(--soft); font-size: 11px; }
svg .pass { fill: var(--kept); } svg .fail { fill: var(--removed); }
.flows > input { position: absolute; opacity: 0; }
.flows > label { display: inline-block; padding: 3px 12px; margin: 0 4px 12px 0; border: 1px solid var(--line);
  border-radius: 99px; font-size: 13px; color: var(--soft); cursor: pointer; }
.flows > input:checked + label { background: var(--kept); border-color: var(--kept); color: var(--paper); }
.flows > input:focus-visible + label { outline: 2px solid var(--ink); outline-offset: 2px; }
.flow { display: none; grid-template-columns: minmax(92px, 21%) 1fr minmax(100px, 21%); gap: 8px; margin: 8px 0 20px; }
#flow-0:checked ~ .flow-0, #flow-1:checked ~ .flow-1, #flow-2:checked ~ .flow-2 { display: grid; }
.flow ul { position: relative; margin: 0; padding: 0; list-style: none; font-size: 12px; line-height: 1.3; }
.flow li { position: absolute; left: 0; right: 0; }
.flow ul:first-child li { text-align: right; }
.flow li b, .flow li span { display: block; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.flow li b { font-weight: 600; white-space: normal; display: -webkit-box; -webkit-line-clamp: 2;
  -webkit-box-orient: vertical; } .flow li span { color: var(--soft); }
.flow svg { margin: 0; } .flow path { opacity: 0.55; } .flow path:hover { opacity: 1; }
svg .axis { stroke: var(--line); } svg .bound { stroke: var(--ink); stroke-dasharray: 3 3; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px; }
summary { cursor: pointer; color: var(--soft); padding: 4px 0; }
.sample { border-left: 3px solid var(--line); padding: 2px 0 2px 12px; margin: 8px 0 12px; max-width: 96ch; }
.sample small { color: var(--soft); }
details h3 { margin-top: 12px; }
del { background: color-mix(in srgb, var(--removed) 30%, transparent); text-decoration-color: var(--removed); }
ins { background: color-mix(in srgb, var(--kept) 30%, transparent); text-decoration-color: var(--kept); }
@media (max-width: 600px) { .flow { grid-template-columns: 29% 1fr 31%; gap: 5px; }
  .flow ul { font-size: 11px; line-height: 1.2; } .flow li b { -webkit-line-clamp: 3; }
  main { padding: 24px 16px 48px; } h1 { font-size: 24px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb;
  --kept: #2b7a78; --removed: #d9822b; --faded: #ddd; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; }
  .scroll, pre { overflow: visible; } pre { white-space: pre-wrap; } td.bar { min-width: 60px; }
  .tile, .card, .sample, tr { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  thead { display: table-header-group; } details::details-content { display: block; content-visibility: visible; } }
"""

_WIDTH, _HEIGHT, _BASE = 320, 128, 108


class Histogram(NamedTuple):
    """Documents in bins of equal width from ``low`` to ``high``; the end bins hold what lies beyond, too."""

    low: float
    high: float
    counts: Sequence[int]
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    """Whether the values are whole numbers, so that a bar stands on its numbers and not between two."""
    beyond: bool = False
    """Whether some documents lie beyond the ends."""


def escape(text: object) -> str:
    """Text as HTML, with white space and control characters made plain spaces."""
    printable = "".join(character if character.isprintable() else " " for character in str(text))
    return html.escape(" ".join(printable.split()))


def named(text: object) -> str:
    """A name as HTML, which may be broken where its parts end."""
    return re.sub("(?<=[_./-])(?=[^_./-])", "<wbr>", escape(text))


def count(value: int) -> str:
    """A count for reading, also one of many millions."""
    for unit, name in ((10**12, "trillion"), (10**9, "billion"), (10**7, "million")):
        if value >= unit:
            return f"{value / (10**6 if name == 'million' else unit):.4g} {name}"
    return f"{value:,}"


def number(value: float) -> str:
    """A number for reading: thousands apart, or four significant digits."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.4g}"


def share(part: float, whole: float) -> str:
    """A part in percent."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    return "<0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"


def size(value: int) -> str:
    """Bytes in the unit that suits them."""
    amount = float(value)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            return f"{value:,} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""


def stacked_bar(kept: float, removed: float, whole: float) -> str:
    """A bar of what stays and what goes, against the whole."""
    parts = [("kept", kept), ("removed", removed)]
    spans = (f'<span class="{name}" style="width:{100 * part / whole:.3f}%"></span>' for name, part in parts if part)
    return f'<div class="stack">{"".join(spans) if whole else ""}</div>'


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = (), bars: Sequence[int] = ()
) -> str:
    """A table of ready-made HTML cells; ``numbers`` and ``bars`` are the columns aligned as such."""
    kinds = {**dict.fromkeys(numbers, "number"), **dict.fromkeys(bars, "bar")}
    head = "".join(f'<th class="{kinds.get(index, "text")}">{name}</th>' for index, name in enumerate(headings))
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{kinds.get(index, "text")}">{cell}</td>' for index, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def histogram_svg(histogram: Histogram, label: str) -> str:
    """Draw a histogram with its thresholds; bars on the failing side have the colour of removal."""
    low, high, counts = histogram.low, histogram.high, histogram.counts
    highest = max(counts, default=0) or 1
    bar_width = _WIDTH / len(counts)
    drawn = []
    for index, count in enumerate(counts):
        if not count:
            continue
        middle = low + (high - low) * (index + 0.5) / len(counts)
        fails = (histogram.minimum is not None and middle < histogram.minimum) or (
            histogram.maximum is not None and middle > histogram.maximum
        )
        # Square roots, so that the few documents at a threshold show beside the many elsewhere.
        height = max(1.0, math.sqrt(count / highest) * (_BASE - 8))
        drawn.append(
            f'<rect class="{"fail" if fails else "pass"}" x="{index * bar_width + 0.5:.2f}" y="{_BASE - height:.2f}" '
            f'width="{max(bar_width - 1, 0.5):.2f}" height="{height:.2f}"><title>{count:,}</title></rect>'
        )
    for bound in (histogram.minimum, histogram.maximum):
        if bound is not None and low <= bound <= high:
            x = (bound - low) / (high - low) * _WIDTH
            drawn.append(f'<line class="bound" x1="{x:.2f}" x2="{x:.2f}" y1="0" y2="{_BASE}"/>')
    before, behind = ("≤ ", "≥ ") if histogram.beyond else ("", "")
    first, last = (low + 0.5, high - 0.5) if histogram.whole else (low, high)
    drawn.append(
        f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_BASE}" y2="{_BASE}"/>'
        f'<text x="0" y="{_HEIGHT - 4}">{before}{number(first)}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 4}" text-anchor="end">{behind}{number(last)}</text>'
    )
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">{"".join(drawn)}</svg>'
