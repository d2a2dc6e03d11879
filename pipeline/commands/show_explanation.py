"""An explanation on a terminal: the deciding rule first, what drives it, and no more of the rest than fits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from ...filters.base.evidence import Evidence
from ..input.readers import Quarantined
from .explain import ChangedLine, Explanation, RuleResult
from .printable import printable
from .show import print_aligned

PIECES_SHOWN = 5
"""Pieces of evidence for one rule, places of one edit, and rules that passed, unless all are asked for."""
CHARS_SHOWN = 160
NAMED_CHARS = 60
ALIKE = 0.8
"""Share of its lines that a rule has in common with one above, from which on they are not shown again."""
CUT, PUT_IN, OFFENDING = "red", "green", "yellow"


def show_explanation(explanation: Explanation | Quarantined, *, as_json: bool = False, every: bool = False) -> None:
    """Print one document's explanation.

    Args:
        explanation: What is known of the document.
        as_json: One JSON object, with everything in it.
        every: All rules in a table, all evidence and all edits.
    """
    if isinstance(explanation, Quarantined):
        _show_quarantined(explanation, as_json=as_json)
        return
    if as_json:
        print(json.dumps(asdict(explanation) | {"verdict": explanation.verdict._asdict()}, ensure_ascii=False))
        return
    out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
    out.print(f"{printable(explanation.source)} {explanation.doc_id[:12]}: {explanation.verdict}")
    failed = sorted((rule for rule in explanation.rules if not rule.passed), key=lambda rule: not rule.decisive)
    if every:
        _print_table(explanation.rules)
    shown: dict[frozenset[int], str] = {}
    for rule in failed:
        _print_failed(out, rule, shown, None if every else PIECES_SHOWN)
    if not every:
        _print_passed(out, [rule for rule in explanation.rules if rule.passed], any_failed=bool(failed))
    for one in explanation.compared:
        which = f"whether it is among {one.selects}, by {one.measurement}, only a run can tell"
        out.print(f"{one.step}.{one.rule}: {which}; here it is {_value(one.value)}")
    for edit in explanation.edits:
        out.print(f"{edit.step} edited:")
        _print_pieces(out, list(_places(edit.lines)), None if every else PIECES_SHOWN)


def _show_quarantined(row: Quarantined, *, as_json: bool) -> None:
    if as_json:
        told = {"source": row.source, "position": row.position, "error": row.error, "detail": row.detail}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"{printable(row.source)} at {row.position}: quarantined, {row.error}: {printable(row.detail)}")


def _print_table(rules: Iterable[RuleResult]) -> None:
    rows = [("step", "rule", "value", "threshold", "distance", "")]
    for rule in rules:
        mark = "removed here" if rule.decisive else ("" if rule.passed else "fails")
        rows.append((rule.step, rule.rule, _value(rule.value), rule.bound, _distance(rule), mark))
    print_aligned(rows, right=(2, 4))


def _print_failed(out: Console, rule: RuleResult, shown: dict[frozenset[int], str], most: int | None) -> None:
    """A rule that is broken, with what drives it; what stands above already is not repeated."""
    name = f"{rule.step}.{rule.rule}"
    by = f" ({_distance(rule)})" if rule.distance is not None else ""
    said = "removed by" if rule.decisive else "also fails"
    head = (said, "bold" if rule.decisive else "")
    out.print(Text.assemble("  ", head, f" {name}: {_value(rule.value)}, wanted {rule.bound}{by}"))
    if not rule.evidence:
        return
    lines = frozenset(one.line for one in rule.evidence)
    above = next((other for seen, other in shown.items() if len(lines & seen) >= ALIKE * len(lines)), None)
    if above is not None and most is not None:
        out.print(f"    in lines shown for {above}")
        return
    shown[lines] = name
    _print_pieces(out, joined(rule.evidence), most)


def _print_passed(out: Console, passed: Sequence[RuleResult], *, any_failed: bool) -> None:
    """How many rules a document passes, and which of them it came nearest to break."""
    if not passed:
        return
    measured = [rule for rule in passed if _relative(rule) is not None]
    nearest = sorted(measured, key=lambda rule: _relative(rule) or 0.0)[:PIECES_SHOWN]
    count = f"{len(passed)} {'other rules' if any_failed else 'rules'}"
    out.print(f"  passes {count}; the nearest (--all shows all):" if nearest else f"  passes {count} (--all shows all)")
    rows = [(f"{rule.step}.{rule.rule}", _value(rule.value), rule.bound) for rule in nearest]
    if rows:
        print_aligned([("  " + name, value, bound) for name, value, bound in rows], right=(1,))


def _relative(rule: RuleResult) -> float | None:
    """Distance from the bound in units of the bound, so that ratios and counts compare; None of labels."""
    if rule.distance is None or not isinstance(rule.value, (int, float)):
        return None
    bound = abs(rule.value - rule.distance) or abs(rule.value + rule.distance) or 1.0
    return abs(rule.distance) / bound


@dataclass
class Piece:
    """Neighbouring lines that are evidence of one thing."""

    first: int
    last: int
    text: Text

    @property
    def where(self) -> str:
        """Which lines; the URL has none."""
        if not self.first:
            return "URL"
        return f"line {self.first}" if self.first == self.last else f"lines {self.first} to {self.last}"


def joined(evidence: Sequence[Evidence]) -> list[Piece]:
    """Evidence with that of one line put together, and whole lines one behind the other as one piece."""
    pieces: list[Piece] = []
    whole: list[bool] = []
    for line, ones in _by_line(evidence):
        found = [one.found for one in ones if one.found]
        if not found and pieces and whole[-1] and line and pieces[-1].last == line - 1:
            pieces[-1].last = line
            continue
        pieces.append(Piece(line, line, marked(ones[0].text.strip(), found)))
        whole.append(not found)
    return pieces


def _by_line(evidence: Iterable[Evidence]) -> Iterator[tuple[int, list[Evidence]]]:
    lines: dict[int, list[Evidence]] = {}
    for one in evidence:
        lines.setdefault(one.line, []).append(one)
    yield from sorted(lines.items())


def marked(text: str, found: Sequence[str]) -> Text:
    """A line, with what of it counts named before it and marked in it; overlapping places are one."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((start, start + len(one)) for one in found for start in _places_of(text, one)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    if spans == [(0, len(text))] or not found:
        return Text(_cut(text), style=OFFENDING)
    named = dict.fromkeys([text[start:end] for start, end in spans] or found)
    shown = Text(text)
    for start, end in spans:
        shown.stylize(f"bold {OFFENDING}", start, end)
    begin = max(0, spans[0][0] - NAMED_CHARS // 4) if spans else 0
    end = begin + CHARS_SHOWN - NAMED_CHARS
    window = Text.assemble("… " if begin else "", shown[begin:end], " …" if end < len(text) else "")
    return Text.assemble(_cut(", ".join(map(repr, named)), NAMED_CHARS), " in ", window)


def _places_of(text: str, one: str) -> Iterator[int]:
    lowered, wanted = text.lower(), one.lower()
    if len(lowered) != len(text):  # a letter whose lower form is longer
        lowered, wanted = text, one
    start = lowered.find(wanted)
    while start >= 0 and wanted:
        yield start
        start = lowered.find(wanted, start + 1)


def _places(lines: Sequence[ChangedLine]) -> Iterator[Piece]:
    """Changed lines, those taken out and put in one behind the other as one place; blank ones where all are blank."""
    if lines and not any(line.text.strip() for line in lines):
        style, done = (CUT, "taken out") if lines[0].change == "-" else (PUT_IN, "put in")
        blank = "a blank line" if len(lines) == 1 else f"{len(lines)} blank lines"
        yield Piece(lines[0].line, lines[-1].line, Text(f"{blank} {done}", style=style))
        return
    start = 0
    for end in range(1, len(lines) + 1):
        before = lines[end - 1]
        if end < len(lines) and lines[end].change == before.change and lines[end].line == before.line + 1:
            continue
        style, sign = (CUT, "- ") if before.change == "-" else (PUT_IN, "+ ")
        texts = [line.text.strip() for line in lines[start:end]]
        first = next((text for text in texts if text), "")
        if not first and end - start < len(lines):  # blank lines that go with others
            start = end
            continue
        yield Piece(lines[start].line, before.line, Text(sign + _cut(first), style=style))
        start = end


def _print_pieces(out: Console, pieces: Sequence[Piece], most: int | None) -> None:
    for piece in pieces[:most]:
        out.print(Text.assemble(f"    {piece.where}: ", piece.text))
    if most is not None and len(pieces) > most:
        out.print(f"    and {len(pieces) - most} more places; --all shows them")


def _cut(text: str, most: int = CHARS_SHOWN) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


def _value(value: Any) -> str:
    if value is None:
        return "not measured"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _distance(rule: RuleResult) -> str:
    return "" if rule.distance is None else f"{rule.distance:+.4g}"
