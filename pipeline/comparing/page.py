"""The comparison of two runs as one page to look at, without scripts or clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..output.charts import STYLE, escape, number, share, size, stacked_bar, table
from .kept import NOT_READ, PERCENTILES, Kept, Reason, Spread
from .proxy import LITTLE_TOKENS, SURE, Difference, Proxy

MOST_SPREADS = 12
MOST_ROWS = 15
_WIDTH, _HEIGHT, _BASE = 320, 118, 98


def page_of(kept: Kept, proxy: Proxy | None, verdict: str) -> str:
    """The page."""
    return "\n".join(_page(kept, proxy, verdict))


def _page(kept: Kept, proxy: Proxy | None, verdict: str) -> Iterator[str]:
    first, second = kept.sides
    title = f"{escape(first.folder)} and {escape(second.folder)}"
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{STYLE}</style></head><body><main>"
    yield f'<span class="soft">two finished runs: A is {escape(first.folder)}, recipe {escape(first.recipe)}; '
    yield f"B is {escape(second.folder)}, recipe {escape(second.recipe)}</span>"
    yield f"<h1>{escape(verdict)}</h1>"
    yield _numbers(kept)
    if proxy is not None:
        yield _proxy(proxy)
    yield _only("A", "B", kept.only[0])
    yield _only("B", "A", kept.only[1])
    yield _spreads(kept.spreads)
    yield _shares(kept)
    yield "</main></body></html>\n"


def _numbers(kept: Kept) -> str:
    rows = []
    for name, side in zip("AB", kept.sides, strict=True):
        tokens = f"{side.tokens:,} ({escape(side.tokenizer)})" if side.tokens is not None else ""
        rows.append(
            [
                f"{name}: {escape(side.folder)}",
                f"{side.read:,}",
                f"{side.kept:,}",
                share(side.kept, side.read),
                size(side.bytes),
                tokens,
                f"{side.bytes / max(side.kept, 1):,.0f}",
            ]
        )
    headings = ["run", "read", "kept", "", "text", "tokens", "bytes a document"]
    both = kept.overlap
    counted = [
        ("in both", both.both, both.bytes_both),
        ("only in A", both.only_first, both.bytes_only_first),
        ("only in B", both.only_second, both.bytes_only_second),
    ]
    whole = sum(documents for _, documents, _ in counted)
    overlap = [[name, f"{documents:,}", share(documents, whole), size(bytes_)] for name, documents, bytes_ in counted]
    note = f"<p>Documents by their ids. {both.texts_both:,} texts stand in both, byte for byte, whatever their ids.</p>"
    numbers = table(headings, rows, numbers=(1, 2, 3, 4, 5, 6))
    shared = table(["", "documents", "", "text as read"], overlap, numbers=(1, 2, 3))
    return f"<h2>In numbers</h2>{numbers}<h2>What both have kept</h2>{note}{shared}"


def _proxy(proxy: Proxy) -> str:
    rows = [_difference(one) for one in (proxy.overall, *proxy.domains)]
    little = (
        f" <b>Samples of {proxy.tokens:,} tokens are small; from more text another verdict may come.</b>"
        if proxy.tokens < LITTLE_TOKENS
        else ""
    )
    left = f" {proxy.left_out:,} held-out texts stand in one of the runs and were left out." if proxy.left_out else ""
    note = (
        f"<p>{proxy.samples} samples of {proxy.tokens:,} tokens ({escape(proxy.tokenizer)}) from each run, which "
        f"share no document; from each an n-gram model of order {proxy.order}. Bits that it takes for each byte of "
        "texts that it has not seen; fewer are better. "
        f"Intervals hold {SURE:.0%} of what other samples and other texts would give.{left}{little}</p>"
    )
    headings = ["held out", "texts", "text", "A", "B", "A − B", f"{SURE:.0%} interval", "sure", "better"]
    return "<h2>From which more is learnt</h2>" + note + table(headings, rows, numbers=(1, 2, 3, 4, 5, 6, 7))


def _difference(one: Difference) -> list[str]:
    name = f"<b>{escape(one.domain)}</b>" if one.domain == "all" else escape(one.domain)
    better = "cannot be told" if one.better is None else f"<b>{'AB'[one.better]}</b>"
    return [
        name, f"{one.texts:,}", size(one.bytes), f"{one.first:.4f}", f"{one.second:.4f}", f"{one.value:+.4f}",
        f"{one.low:+.4f} … {one.high:+.4f}", one.certainty, better,
    ]  # fmt: skip


def _only(has: str, has_not: str, reasons: Sequence[Reason]) -> str:
    if not reasons:
        return f"<h2>Only in {has}</h2><p>Nothing: whatever {has} has kept, {has_not} has kept too.</p>"
    rows = []
    for one in reasons[:MOST_ROWS]:
        why = f"{has_not} has not read it" if one.rule == NOT_READ else escape(f"{one.step}.{one.rule}".rstrip("."))
        for index, example in enumerate(one.examples or [{}]):
            told = f"{example.get('value') or ''} against {example['threshold']}" if example.get("threshold") else ""
            counts = [f'<span class="whole">{why}</span>', f"{one.documents:,}", size(one.bytes)]
            beginning = [escape(told), escape(example.get("source", "")), escape(example.get("text", ""))]
            rows.append([*(counts if not index else ["", "", ""]), *beginning])
    more = f'<p class="soft">and {len(reasons) - MOST_ROWS:,} more rules</p>' if len(reasons) > MOST_ROWS else ""
    headings = [f"why not in {has_not}", "documents", "text", "value", "input", "beginning of the text"]
    return f"<h2>Only in {has}</h2>" + table(headings, rows, numbers=(1, 2)) + more


def _spreads(spreads: Sequence[Spread]) -> str:
    cards = []
    for one in [spread for spread in spreads if spread.distance > 0][:MOST_SPREADS]:
        rows = [
            [f"{100 * at:.0f} %", number(a), number(b)]
            for at, a, b in zip(PERCENTILES, one.percentiles[0], one.percentiles[1], strict=True)
        ]
        inner = table(["percentile", "A", "B"], rows, numbers=(1, 2))
        note = f"{one.distance:.1%} lie elsewhere"
        cards.append(f'<div class="card"><h3>{escape(one.name)}</h3><small>{note}</small>{_drawn(one)}{inner}</div>')
    if not cards:
        return ""
    legend = '<span class="legend"><i class="kept"></i>A<i class="removed"></i>B</span>'
    return (
        "<h2>What was measured of what they kept</h2><p>Those measurements in both ledgers whose distributions differ "
        f'most. Heights are shares of the kept documents.{legend}</p><div class="grid">{"".join(cards)}</div>'
    )


def _drawn(spread: Spread) -> str:
    """Two histograms over the same bins, bar beside bar."""
    wholes = [max(sum(counts), 1) for counts in spread.counts]
    highest = (
        max((n / whole for counts, whole in zip(spread.counts, wholes, strict=True) for n in counts), default=0) or 1
    )
    width = _WIDTH / len(spread.counts[0])
    bars = []
    for side, (counts, whole) in enumerate(zip(spread.counts, wholes, strict=True)):
        for at, count in enumerate(counts):
            if count:
                height = max(1.0, count / whole / highest * (_BASE - 8))
                bars.append(
                    f'<rect class="{("pass", "fail")[side]}" x="{at * width + side * width / 2:.2f}" '
                    f'y="{_BASE - height:.2f}" width="{width / 2:.2f}" height="{height:.2f}"/>'
                )
    axis = (
        f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_BASE}" y2="{_BASE}"/>'
        f'<text x="0" y="{_HEIGHT - 4}">{number(spread.low)}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 4}" text-anchor="end">{number(spread.high)}</text>'
    )
    label = escape(f"{spread.name} in both runs")
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(bars)}{axis}</svg>'


def _shares(kept: Kept) -> str:
    parts = []
    for one in kept.shares:
        wholes = [max(sum(row[1] for row in one.rows), 1), max(sum(row[2] for row in one.rows), 1)]
        rows = [
            [
                escape(label),
                f"{first:,}",
                share(first, wholes[0]),
                stacked_bar(first, 0, wholes[0]),
                f"{second:,}",
                share(second, wholes[1]),
                stacked_bar(0, second, wholes[1]),
            ]
            for label, first, second in one.rows[:MOST_ROWS]
        ]
        headings = [escape(one.name.partition(".")[0]), "A", "", "", "B", "", ""]
        parts.append(table(headings, rows, numbers=(1, 2, 4, 5), bars=(3, 6)))
    return "<h2>By language, kind and input</h2>" + "<br>".join(parts) if parts else ""
