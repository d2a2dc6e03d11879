"""What ``textmill estimate`` prints."""

from __future__ import annotations

import json
from dataclasses import asdict

from ..estimating.costs import PRICES_OF
from ..estimating.intervals import Interval
from ..estimating.results import Estimate, Kept
from .show import print_aligned


def show_estimate(found: Estimate, *, as_json: bool) -> None:
    """Print what a run will do, with intervals."""
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return
    print(
        f"{found.recipe}, from {found.documents_drawn:,} documents drawn of {found.documents_read:,} read "
        f"({found.splits_read:,} of {found.splits:,} splits); figures with 95 % intervals"
    )
    head = ("", "documents read", "kept", "tokens", "bytes kept")
    rows = [("all", *_cells(found.all))]
    rows += [(source, *_cells(kept)) for source, kept in found.by_source.items()]
    for source, languages in found.by_source_and_language.items():
        rows += [(f"{source}, {language}", *_cells(kept)) for language, kept in languages.items()]
    if len(found.by_source) > 1:
        rows += [(language, *_cells(kept)) for language, kept in found.by_language.items()]
    print_aligned([head, *rows], right=(1, 2, 3, 4))
    if found.removed:
        print()
        removed = [(f"{one.step}.{one.rule}", _shown(one.documents)) for one in found.removed]
        print_aligned([("rule", "documents removed"), *removed], right=(1,))
    if found.share < 1:
        print(f"what is not listed has at most {found.unseen_below:,.0f} documents")
    if found.quarantined.high:
        print(f"cannot be read: {_shown(found.quarantined)} records")
    needs = found.resources
    print()
    print(
        f"here: {_time(needs.wall_seconds)} with {needs.workers} workers ({_time(needs.cpu_seconds)} of CPU), up to "
        f"{_size(needs.work_bytes)} of disk while it runs and {_size(needs.output_bytes)} of output, "
        f"{_size(needs.memory_bytes)} of memory"
    )
    machines = [
        (one.machine, f"{one.vcpu_hours:,.2f}", f"{one.dollars:,.2f}", "" if one.fits else "too little memory")
        for one in needs.dataflow
    ]
    print_aligned([("Dataflow", "vCPU hours", "dollars", ""), *machines], right=(1, 2))
    print(f"list prices of {PRICES_OF}, batch, us-central1; a vCPU is taken to be as fast as a core here")
    for note in found.notes:
        print(note)


def _cells(kept: Kept) -> tuple[str, ...]:
    tokens = "" if kept.tokens is None else _shown(kept.tokens)
    return _shown(kept.read), _shown(kept.documents), tokens, _shown(kept.bytes)


def _shown(figure: Interval) -> str:
    if figure.low == figure.high:
        return f"{figure.value:,.0f}"
    return f"{figure.value:,.0f} ({figure.low:,.0f} to {figure.high:,.0f})"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


def _size(size: float) -> str:
    unit, divisor = next((one for one in (("GB", 1e9), ("MB", 1e6)) if size >= one[1]), ("KB", 1e3))
    return f"{size / divisor:,.1f} {unit}"
