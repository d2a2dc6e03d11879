"""What ``textmill stats`` shows: tables, JSON, or a page with bars."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ..output.charts import STYLE, escape, number, share, size, stacked_bar, table
from .show import print_aligned
from .stats import Group, Stats

BAR_CHARS = 30
WORDS_CHARS = 60
"""A word can be as long as a text."""


def show_stats(stats: Stats, *, as_json: bool) -> None:
    """Print everything."""
    if as_json:
        print(json.dumps(asdict(stats), ensure_ascii=False))
        return
    print(_headline(stats))
    for name, groups in stats.groups.items():
        if not groups:
            continue
        print()
        print_aligned([_head(name, stats), *(_row(group, stats) for group in groups)], right=(1, 2, 3, 4, 5))
        if stats.others[name]:
            print(f"  and {stats.others[name]:,} more; --top shows more")
    if stats.lengths:
        print("\nbytes of a document")
        print_aligned([(name, f"{value:,}") for name, value in stats.lengths.items()], right=(1,))
        highest = max(stats.histogram.values())
        rows = [
            (f"up to {size(bound)}", f"{counted:,}", "█" * max(1, round(BAR_CHARS * counted / highest)))
            for bound, counted in stats.histogram.items()
        ]
        print_aligned(rows, right=(1,))
    if any(stats.ngrams.values()):
        print(f"\nmost frequent in {size(stats.sampled_bytes)} of text")
        print_aligned([("words", "", "pairs", "", "triples", ""), *_side_by_side(stats)], right=(1, 3, 5))


def _headline(stats: Stats) -> str:
    said = f"{stats.documents:,} documents, {size(stats.bytes)} of text"
    if stats.is_run:
        said += f"; {stats.kept:,} kept, {stats.tokens:,} tokens"
    return said + (f"; {stats.quarantined:,} cannot be read" if stats.quarantined else "")


def _head(name: str, stats: Stats) -> tuple[str, ...]:
    return (name, "documents", "share", "text", *(("kept", "tokens") if stats.is_run else ()))


def _row(group: Group, stats: Stats) -> tuple[str, ...]:
    cells = (group.name, f"{group.documents:,}", share(group.documents, stats.documents), size(group.bytes))
    return (*cells, share(group.kept, group.documents), f"{group.tokens:,}") if stats.is_run else cells


def _side_by_side(stats: Stats) -> Iterator[tuple[str, ...]]:
    for place in range(max(len(listed) for listed in stats.ngrams.values())):
        cells: list[str] = []
        for listed in stats.ngrams.values():
            words, counted = listed[place] if place < len(listed) else ("", 0)
            cells += [_shortened(words), f"{counted:,}" if counted else ""]
        yield tuple(cells)


def _shortened(words: str) -> str:
    return words if len(words) <= WORDS_CHARS else words[: WORDS_CHARS - 2] + " …"


def stats_page(stats: Stats, title: str) -> str:
    """A page without scripts that loads nothing."""
    parts = [f"<h1>{escape(title)}</h1><p>{escape(_headline(stats))}</p>"]
    for name, groups in stats.groups.items():
        if groups:
            parts.append(f"<h2>By {name}</h2>{_group_table(name, groups, stats)}")
    if stats.histogram:
        highest = max(stats.histogram.values())
        rows = [
            [f"up to {size(bound)}", number(counted), stacked_bar(counted, 0, highest)]
            for bound, counted in stats.histogram.items()
        ]
        parts.append(
            f"<h2>Lengths</h2>{table(['bytes of a document', 'documents', ''], rows, numbers=(1,), bars=(2,))}"
        )
    for length, listed in stats.ngrams.items():
        if listed:
            highest = listed[0][1]
            rows = [[escape(words), number(counted), stacked_bar(counted, 0, highest)] for words, counted in listed]
            heading = {1: "Words", 2: "Pairs of words", 3: "Runs of three words"}[length]
            parts.append(f"<h2>{heading}</h2>{table(['', 'times', ''], rows, numbers=(1,), bars=(2,))}")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _group_table(name: str, groups: Sequence[Group], stats: Stats) -> str:
    rows = []
    for group in groups:
        cells = [escape(group.name), number(group.documents), size(group.bytes)]
        removed = group.documents - group.kept
        cells += [number(group.kept), number(group.tokens)] if stats.is_run else []
        rows.append([*cells, stacked_bar(group.kept, removed, max(one.documents for one in groups))])
    headings = [name, "documents", "text", *(["kept", "tokens"] if stats.is_run else []), ""]
    last = len(headings) - 1
    return f'<div class="scroll">{table(headings, rows, numbers=range(1, last), bars=(last,))}</div>'
