"""What ``textmill retune`` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from .retune import Amount, Retuning
from .show import counted, print_aligned

REASONS = {
    "measurement": "lack a costly measurement, because another rule had removed them before it",
    "text": "would be edited or measured in another way",
    "duplicate": "newly enter a deduplication, or one with other settings",
    "neighbour": "are compared with others than before in a deduplication or selection",
}


def show_retuning(found: Retuning, *, as_json: bool) -> None:
    """Print what other thresholds would do."""
    if as_json:
        print(json.dumps(asdict(found) | {"cannot_know": found.cannot_know}, ensure_ascii=False))
        return
    for line in _lines(found):
        print(line)
    if found.rules:
        head = ("rule", "removed before", "now", "gained", "bytes", "tokens", "lost", "bytes", "tokens")
        rows = [
            (
                f"{one.step}.{one.rule}",
                f"{one.removed_before:,}",
                f"{one.removed_after:,}",
                *_cells(one.gained, one.lost),
            )
            for one in found.rules
        ]
        table = [head, *rows, ("all", "", "", *_cells(found.gained, found.lost))]
        told = [column for column in zip(*table, strict=True) if any(column[1:])]
        print_aligned(list(zip(*told, strict=True)), right=tuple(range(1, len(told))))
    if found.gained.documents and found.bytes_per_token is not None:
        print(
            f"tokens gained are estimated from {found.bytes_per_token:.2f} bytes for each token of the kept documents"
        )
    if not found.unknown:
        print("every verdict follows from the ledger")
        return
    print(f"{found.cannot_know:,} verdicts cannot be known, and are taken as if nothing else changed; documents that")
    print_aligned([(f"{count:,}", REASONS[reason]) for reason, count in found.unknown.items()], right=(0,))


def _lines(found: Retuning) -> Iterator[str]:
    for name, amount in (("kept before", found.kept_before), ("kept now", found.kept_after)):
        tokens = "" if amount.tokens is None else f", {counted(amount.tokens, 'token')}"
        yield f"{name}: {counted(amount.documents, 'document')}, {counted(amount.bytes, 'byte')}{tokens}"


def _cells(*amounts: Amount) -> tuple[str, ...]:
    return tuple(cell for amount in amounts for cell in (_amount(amount) if amount.documents else ("", "", "")))


def _amount(amount: Amount) -> tuple[str, str, str]:
    return f"{amount.documents:,}", f"{amount.bytes:,}", "" if amount.tokens is None else f"{amount.tokens:,}"
