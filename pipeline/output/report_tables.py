"""The report's tables: where documents, bytes and tokens went, by step and rule, input, language, kind and domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..files.ledger import KEPT, QUARANTINED
from ..files.tables import HOST, text
from .charts import escape, named, number, share, size, stacked_bar, table
from .histograms import picked_documents
from .judged import count_judged
from .report_account import Account, Sums

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 15
MOST_DOMAINS = 20
SAMPLED_URLS = 50_000
"""Domains of a larger corpus are counted in about so many documents."""
MOST_DOCUMENTS = 10
MOST_LOSSES = 8


def show_funnel(manifest: Mapping[str, Any], account: Account) -> str:
    """Each step with what was left behind it, then its rules; a document counts for the first rule it broke."""
    whole, whole_bytes = manifest["totals"]["read"], account.all.bytes_read
    left, left_bytes = whole - manifest["totals"]["quarantined"], whole_bytes
    with_tokens = bool(account.all.tokens)
    rows = []

    def cells(documents: int, removed_bytes: int) -> list[str]:
        told = [f"{documents:,}", share(documents, whole), size(removed_bytes), share(removed_bytes, whole_bytes)]
        return [*told, *([f"{account.tokens_of(removed_bytes):,}"] if with_tokens else [])]

    idle: list[str] = []
    for step, group in groupby(manifest["funnel"], key=lambda row: row["step"]):
        rules = [(row, account.rules.get((step, row["rule"]), Sums()).bytes_read) for row in group]
        removed, removed_bytes = sum(row["documents"] for row, _ in rules), sum(found for _, found in rules)
        if not removed:
            idle.append(step)
            continue
        left, left_bytes = left - removed, left_bytes - removed_bytes
        numbers = "".join(
            f'<td class="number">{cell}</td>'
            for cell in (*cells(removed, removed_bytes), f"{left:,}", size(left_bytes))
        )
        rows.append(
            f"<tr><td><b>{named(step)}</b></td>{numbers}"
            f'<td class="bar">{stacked_bar(left_bytes, removed_bytes, whole_bytes)}</td></tr>'
        )
        for row, found in rules:
            if row["documents"]:
                numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells(row["documents"], found))
                bound = f"<small>passes when {_bound(row)}</small>" if _bound(row) else ""
                rows.append(f'<tr class="rule"><td>{named(row["rule"])}{bound}</td>{numbers}<td colspan="3"></td></tr>')
    names = ["removed", "of all", "text", "of all", *(["tokens, about"] if with_tokens else []), "left", "text left"]
    head = "<th>step and rule</th>"
    head += "".join(f'<th class="number">{name}</th>' for name in names)
    legend = '<span class="legend"><i class="kept"></i>text left<i class="removed"></i>removed here</span>'
    nothing = f"<p>Steps that removed nothing: {', '.join(map(named, idle))}.</p>" if idle else ""
    tokens = " Tokens are what removed text would give if it were like that of kept documents." if with_tokens else ""
    return (
        "<h2>Where documents went</h2><p>Steps in the order in which they act. A document counts for the first rule "
        f"that it broke, with its text as read; rules that removed nothing are left out.{tokens}{legend}</p>{nothing}"
        f'<div class="scroll"><table class="wide"><thead><tr>{head}<th></th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _bound(row: Mapping[str, Any]) -> str:
    if "measurement" not in row:
        return ""
    name = f"<code>{named(row['measurement'])}</code>"
    if "selects" in row:
        return f"{name} is among {escape(row['selects'])}"
    if "allowed" in row:
        return f"{name} is {escape(' or '.join(str(value) for value in row['allowed']))}"
    sides = [f"{sign} {number(row[side])}" for side, sign in (("minimum", "≥"), ("maximum", "≤")) if side in row]
    owned = (("minimum_in", "≥"), ("maximum_in", "≤"))
    sides += [f"{sign} <code>{escape(row[side])}</code>" for side, sign in owned if side in row]
    return f"{name} {' and '.join(sides)}"


def show_groups(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], account: Account) -> str:
    """Documents, text and tokens by input, language, kind and domain, and how toxicity was judged."""
    note = "<p>Text is counted in bytes as read, tokens are those of kept documents.</p>"
    sections = [f"<h2>By input, language and kind</h2>{note}"]
    of_sources = account.by.get("source", {})
    # Inputs without documents stand in the manifest alone, and only there unreadable records count.
    largest = largest_inputs(manifest)
    inputs = [(row["source"], row["read"], of_sources.get(row["source"], Sums())) for row in largest]
    sections.append(_group_table("input", inputs, account, more=len(manifest["inputs"]) - len(largest)))
    for name in ("language", "kind"):
        found = [(group, sums.read, sums) for group, sums in account.by.get(name, {}).items()]
        found.sort(key=lambda row: (-row[1], row[0]))
        sections.append(_group_table(name, found, account) if found else "")
    if judged := count_judged(tables):
        most = max(read for _, read, _, _ in judged)
        cells = [
            [escape(name), f"{read:,}", f"{kept:,}", share(kept, read), stacked_bar(kept, removed, most)]
            for name, read, kept, removed in judged
        ]
        sections.append(table(["toxicity judged", "read", "kept", "", ""], cells, numbers=(1, 2, 3), bars=(4,)))
    return "<br>".join(section for section in sections if section)


def largest_inputs(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The input files that are listed: those of most documents."""
    return sorted(manifest["inputs"], key=lambda row: (-row["read"], row["source"]))[:MOST_ROWS]


def _group_table(what: str, rows: Sequence[tuple[str, int, Sums]], account: Account, more: int = 0) -> str:
    most = max((sums.bytes_read for _, _, sums in rows), default=0)
    with_tokens = bool(account.all.tokens)
    cells = [
        [
            named(name),
            f"{read:,}",
            f"{sums.kept:,}",
            share(sums.kept, read),
            size(sums.bytes_read),
            size(sums.bytes_kept),
            share(sums.bytes_kept, sums.bytes_read),
            *([f"{sums.tokens:,}"] if with_tokens else []),
            stacked_bar(sums.bytes_kept, sums.bytes_removed, most),
        ]
        for name, read, sums in rows[:MOST_ROWS]
    ]
    headings = [what, "read", "kept", "", "text", "text kept", "", *(["tokens"] if with_tokens else []), ""]
    last = len(headings) - 1
    more += max(len(rows) - MOST_ROWS, 0)
    rest = f'<p class="soft">and {more:,} more</p>' if more else ""
    return table(headings, cells, numbers=range(1, last), bars=(last,)) + rest


def show_losses(account: Account) -> str:
    """Which share of the text of each input, language and kind went at which step."""
    tables = []
    for name, called in (("source", "input"), ("language", "language"), ("kind", "kind")):
        groups = sorted(account.by.get(name, {}).items(), key=lambda item: (-item[1].bytes_read, item[0]))[:MOST_LOSSES]
        lost = {ends: sums.bytes_removed for ends, sums in account.removed.get(name, {}).items()}
        of_steps: Counter[str] = Counter()
        for (_, step), found in sorted(lost.items()):
            of_steps[step] += found
        steps = [step for step, found in of_steps.most_common(MOST_LOSSES) if found]
        if len(groups) > 1 and steps:
            cells = [
                [named(group), *(share(lost.get((group, step), 0), sums.bytes_read) for step in steps)]
                for group, sums in groups
            ]
            tables.append(table([called, *map(named, steps)], cells, numbers=range(1, len(steps) + 1)))
    intro = (
        "<h2>What each step took of whom</h2><p>Of the text of each group as read, the steps that took most first.</p>"
    )
    return intro + "<br>".join(tables) if tables else ""


def show_domains(tables: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> str:
    """The domains that give most kept text, of a sample where documents are many; nothing where none has a URL."""
    documents = manifest["totals"]["read"]
    picked = picked_documents(documents, SAMPLED_URLS)
    rows = tables.execute(
        f"WITH urls AS (SELECT DISTINCT doc_id, regexp_extract(lower(url), {HOST}, 1) host FROM shards "
        f"WHERE url IS NOT NULL AND {picked}), "
        f"sizes AS (SELECT doc_id, bytes, tokens FROM ledger WHERE verdict = {text(KEPT)} AND {picked}) "
        "SELECT host, count(*), sum(bytes)::BIGINT, coalesce(sum(tokens), 0)::BIGINT, "
        "(SELECT sum(bytes)::BIGINT FROM sizes), count(*) OVER () FROM urls JOIN sizes USING (doc_id) "
        f"WHERE host <> '' GROUP BY host ORDER BY 3 DESC, 1 LIMIT {MOST_DOMAINS}"
    ).fetchall()
    if not rows:
        return ""
    sampled = f" Counted in about {SAMPLED_URLS:,} documents." if documents > SAMPLED_URLS else ""
    with_tokens = bool(manifest["tokenizer"])
    cells = [
        [
            escape(host),
            f"{found:,}",
            size(found_bytes),
            share(found_bytes, whole),
            *([f"{tokens:,}"] if with_tokens else []),
            stacked_bar(found_bytes, 0, rows[0][2]),
        ]
        for host, found, found_bytes, tokens, whole, _ in rows
    ]
    headings = ["domain", "kept", "text", "of all", *(["tokens"] if with_tokens else []), ""]
    last = len(headings) - 1
    domains = rows[0][5]
    which = f"The {len(rows)} of {domains:,} with most text" if domains > len(rows) else "Of kept documents"
    intro = f"<h2>Domains</h2><p>{which}, in bytes as read.{sampled}</p>"
    return intro + table(headings, cells, numbers=range(1, last), bars=(last,))


def show_largest(tables: duckdb.DuckDBPyConnection) -> str:
    """The largest documents, kept or removed."""
    rows = tables.execute(
        "SELECT doc_id, source, bytes, tokens, verdict, step, rule FROM ledger "
        f"WHERE verdict <> {text(QUARANTINED)} ORDER BY bytes DESC, doc_id LIMIT {MOST_DOCUMENTS}"
    ).fetchall()
    if not rows:
        return ""
    cells = [
        [
            size(found),
            "" if tokens is None else f"{tokens:,}",
            f"{verdict} by {named(f'{step}.{rule}')}" if step else verdict,
            f'<code class="whole">{escape(doc_id[:12])}</code>',
            named(source),
        ]
        for doc_id, source, found, tokens, verdict, step, rule in rows
    ]
    return "<h2>Largest documents</h2>" + table(
        ["text", "tokens", "verdict", "document", "input"], cells, numbers=(0, 1)
    )
