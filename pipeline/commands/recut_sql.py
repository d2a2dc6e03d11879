"""Rules as SQL conditions over a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...filters.base.combine import AnyOf, Combined
from ...filters.base.rules import Rule
from ...filters.base.step import Filter
from ..files.tables import name_of, values


class Branch(NamedTuple):
    """A code for the documents that are concerned and fulfil a condition."""

    concerned: str
    holds: str
    code: int


def broken_rules(step: Filter, columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The rules of a filter, by name, as conditions that tell whether a row breaks them."""
    if isinstance(step, Combined):
        members = {
            called: list(broken_rules(member, {name: columns[inner] for name, inner in step.columns[called].items()}))
            for called, member in step.members.items()
        }
        if isinstance(step, AnyOf):
            failing = (" OR ".join(f"({broken})" for _, broken in rules) or "FALSE" for rules in members.values())
            yield step.rules[0].name, " AND ".join(f"coalesce({broken}, FALSE)" for broken in failing)
        else:
            yield from ((f"{called}.{name}", broken) for called, rules in members.items() for name, broken in rules)
        return
    for rule in step.rules:
        own = None if rule.bound_in is None else name_of(columns[rule.bound_in])
        yield rule.name, _outside(rule, name_of(columns[rule.measurement]), own)


def _outside(rule: Rule, column: str, own: str | None) -> str:
    if rule.allowed is not None:
        return f"{column} NOT IN {values(rule.allowed)}" if rule.allowed else f"{column} IS NOT NULL"
    value = f"CAST({column} AS DOUBLE)"
    if own is not None:
        return f"coalesce({value} {'<' if rule.minimum_in else '>'} {own} AND NOT isnan({value}), FALSE)"
    bounds = [f"{value} < {_number(rule.minimum)}"] if rule.minimum is not None else []
    # DuckDB takes NaN for the greatest of all numbers; a rule lets it pass, because nothing is known.
    bounds += [f"({value} > {_number(rule.maximum)} AND NOT isnan({value}))"] if rule.maximum is not None else []
    return " OR ".join(bounds)


def first_true(branches: Sequence[Branch]) -> str:
    """The code of the first branch whose condition holds; null without one."""
    cases = " ".join(f"WHEN ({concerned}) AND ({holds}) THEN {code}" for concerned, holds, code in branches)
    return f"CASE {cases} END" if branches else "NULL::INTEGER"


def _number(value: float) -> str:
    return f"CAST('{float(value)!r}' AS DOUBLE)"
