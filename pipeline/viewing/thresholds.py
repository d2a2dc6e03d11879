"""Thresholds that can be moved."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ...errors import InputError
from ...filters.base.step import Filter
from ..recipes.settings import Settings
from ..steps.plan import Plan


def thresholds_of(plan: Plan) -> Iterator[dict[str, Any]]:
    """Rules with a bound that is a number, by what ``--set`` calls them."""
    for planned in plan.steps:
        if not isinstance(planned.step, Filter):
            continue
        for rule in planned.step.rules:
            bound = rule.minimum if rule.minimum is not None else rule.maximum
            known = rule.measurement in planned.columns and hasattr(planned.step, rule.name)
            if bound is not None and known and rule.bound_in is None:
                yield {
                    "key": f"{planned.id}.{rule.name}",
                    "column": planned.columns[rule.measurement],
                    "value": float(bound),
                    "whole": isinstance(getattr(planned.step, rule.name), int),
                    "keeps": "at least" if rule.minimum is not None else "at most",
                }


def check_moved(settings: Settings, known: Collection[str]) -> None:
    """Check that only thresholds are moved: other parameters may name files.

    Raises:
        InputError: for any other setting, and what is no number.
    """
    for key, value in settings.items():
        if key not in known:
            raise InputError(f"{key} is no threshold of this run; retune --set takes other parameters too")
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise InputError(f"{key}: {value!r} is no number")
