"""Where text went, drawn: from each input, language and kind to what was kept and to the steps that removed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .charts import escape, named, share, size
from .report_account import Account, Sums

MOST_GROUPS = 7
MOST_STEPS = 7
LEAST_SHARE = 0.002
"""Steps that removed less of the text than this are taken together."""
LONGEST_NAME = 32
"""Longer names lose their middle: the end of a path tells more."""
KEPT_HERE = "kept"
OTHERS = "others"

SCALE, SLOT, GAP = 240.0, 52.0, 4.0
"""Pixels of everything together, of a label of four lines, and between two labels."""
THINNEST = 0.15
"""A narrower ribbon cannot be seen."""

Matrix: TypeAlias = Mapping[tuple[str, str], Sums]
"""Of a group and an outcome: what was kept of it, or what a step removed."""


@dataclass(frozen=True)
class _Currency:
    """What widths stand for."""

    name: str
    kept: Callable[[Sums], float]
    removed: Callable[[Sums], float]
    told: Callable[[float], str]

    def of(self, outcome: str, sums: Sums) -> float:
        return self.kept(sums) if outcome == KEPT_HERE else self.removed(sums)


def show_flows(manifest: Mapping[str, Any], account: Account) -> str:
    """A drawing for each thing that documents are grouped by, in text, documents and tokens; CSS alone switches."""
    currencies = [
        _Currency("text", lambda one: one.bytes_kept, lambda one: one.bytes_removed, lambda found: size(int(found))),
        _Currency("documents", lambda one: one.kept, lambda one: one.removed, lambda found: f"{int(found):,}"),
    ]
    if account.all.tokens:
        currencies.append(
            _Currency(
                "tokens, about",
                lambda one: one.tokens,
                lambda one: account.tokens_of(one.bytes_removed),
                lambda found: f"{int(found):,}",
            )
        )
    steps = [str(row["step"]) for row in manifest["funnel"] if row["documents"]]
    drawn: list[str] = []
    for name, called in (("source", "input"), ("language", "language"), ("kind", "kind")):
        matrix = _matrix(account, name, list(dict.fromkeys(steps)))
        if len({group for group, _ in matrix}) > 1 or (name == "kind" and not drawn and matrix):
            figures = "".join(_figure(matrix, currency, place) for place, currency in enumerate(currencies))
            drawn.append(f"<h3>by {called}</h3>{figures}")
    if not drawn:
        return ""
    switch = "".join(
        f'<input type="radio" name="flow" id="flow-{place}"{" checked" if not place else ""}>'
        f'<label for="flow-{place}">{one.name}</label>'
        for place, one in enumerate(currencies)
    )
    note = (
        "Widths are shares of what was read, and text is counted in bytes as read. What could not be read is left out."
    )
    return f'<h2>What came in, and what became of it</h2><p>{note}</p><div class="flows">{switch}{"".join(drawn)}</div>'


def _matrix(account: Account, name: str, steps: Sequence[str]) -> Matrix:
    """What became of the largest groups; the rest of them together, and so the steps that removed least."""
    of_groups, lost = account.by.get(name, {}), account.removed.get(name, {})
    if not of_groups:
        return {}
    everything: dict[str, Sums] = {step: Sums() for step in steps}
    for (step, _), sums in account.rules.items():
        everything[step] = everything.get(step, Sums()) + sums
    ranked = sorted(everything, key=lambda step: (-everything[step].bytes_removed, step))
    seen = [step for step in ranked if everything[step].bytes_removed >= LEAST_SHARE * account.all.bytes_read]
    shown = set(seen if len(ranked) <= MOST_STEPS else seen[: MOST_STEPS - 1])
    outcomes = [step for step in everything if step in shown]
    ordered = sorted(of_groups.items(), key=lambda item: (-item[1].bytes_read, item[0]))
    groups = [group for group, _ in ordered[: MOST_GROUPS if len(ordered) <= MOST_GROUPS else MOST_GROUPS - 1]]

    matrix: dict[tuple[str, str], Sums] = {}
    rest = {KEPT_HERE: account.all, **everything}
    for group in groups:
        found = {KEPT_HERE: of_groups[group], **{step: lost.get((group, step), Sums()) for step in everything}}
        for outcome, sums in found.items():
            rest[outcome] -= sums
        matrix |= {(group, outcome): sums for outcome, sums in _summed(found, outcomes).items()}
    if rest[KEPT_HERE].read > 0:
        matrix |= {(OTHERS, outcome): sums for outcome, sums in _summed(rest, outcomes).items()}
    return matrix


def _summed(found: Mapping[str, Sums], outcomes: Sequence[str]) -> dict[str, Sums]:
    others = sum((sums for step, sums in found.items() if step not in (*outcomes, KEPT_HERE)), Sums())
    summed = {KEPT_HERE: found[KEPT_HERE], **{step: found[step] for step in outcomes}}
    return summed | ({"other steps": others} if len(found) > len(summed) else {})


def _figure(matrix: Matrix, currency: _Currency, place: int) -> str:
    values = {ends: currency.of(ends[1], sums) for ends, sums in matrix.items()}
    whole = sum(values.values())
    if not whole:
        return ""
    groups, outcomes = (list(dict.fromkeys(ends[side] for ends in values)) for side in (0, 1))
    left = {group: sum(values[group, outcome] for outcome in outcomes) for group in groups}
    right = {outcome: sum(values[group, outcome] for group in groups) for outcome in outcomes}
    from_y, height = _laid_out(left, whole)
    to_y, right_height = _laid_out(right, whole)
    height = max(height, right_height)
    labels = [
        _labels(left, from_y, height, lambda value: currency.told(value)),
        _labels(right, to_y, height, lambda value: f"{share(value, whole)}, {currency.told(value)}"),
    ]
    drawn = []
    for group in groups:
        for outcome in outcomes:
            thick = values[group, outcome] / whole * SCALE
            y, end = from_y[group], to_y[outcome]
            from_y[group], to_y[outcome] = y + thick, end + thick
            if thick >= THINNEST:
                told = f"{escape(group)} → {escape(outcome)}: {currency.told(values[group, outcome])}"
                kind = "pass" if outcome == KEPT_HERE else "fail"
                drawn.append(
                    f'<path class="{kind}" d="M0 {y:.1f}C50 {y:.1f} 50 {end:.1f} 100 {end:.1f}V{end + thick:.1f}'
                    f'C50 {end + thick:.1f} 50 {y + thick:.1f} 0 {y + thick:.1f}Z"><title>{told}</title></path>'
                )
    drawing = (
        f'<svg viewBox="0 0 100 {height:.0f}" preserveAspectRatio="none" role="img" style="height:{height:.0f}px" '
        f'aria-label="{currency.name}: what came in, and what became of it">{"".join(drawn)}</svg>'
    )
    return f'<div class="flow flow-{place}">{labels[0]}{drawing}{labels[1]}</div>'


def _laid_out(totals: Mapping[str, float], whole: float) -> tuple[dict[str, float], float]:
    """Where each node begins, with room for its label, and where the last ends."""
    begins, y = {}, 0.0
    for name, total in totals.items():
        begins[name] = y
        y += max(total / whole * SCALE, SLOT) + GAP
    return begins, y


def _labels(
    totals: Mapping[str, float], begins: Mapping[str, float], height: float, told: Callable[[float], str]
) -> str:
    labels = "".join(
        f'<li style="top:{begins[name]:.0f}px" title="{escape(name)}"><b>{named(_short(name))}</b>'
        f"<span>{told(total)}</span></li>"
        for name, total in totals.items()
    )
    return f'<ul style="height:{height:.0f}px">{labels}</ul>'


def _short(name: str) -> str:
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"
