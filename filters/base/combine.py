"""Filters made of filters: all of them must pass, or any one is enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from .evidence import Evidence
from .rules import Rule
from .step import Filter, Measurements, Step


@dataclass(frozen=True, kw_only=True)
class Combined(Filter):
    """Filters that judge together; every measurement of every one goes to the ledger.

    A member is called by its name, a second one of the same name gets ``_2`` behind it. Where two members take a
    measurement of the same name, the later one's gets ``@member`` behind it.
    """

    filters: tuple[Filter, ...]

    @cached_property
    def members(self) -> Mapping[str, Filter]:
        """The filters by what they are called."""
        counts: Counter[str] = Counter()
        named = {}
        for member in self.filters:
            counts[member.name] += 1
            named[member.name if counts[member.name] == 1 else f"{member.name}_{counts[member.name]}"] = member
        return named

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """By member, under which name each of its measurements stands among those of the whole."""
        taken: set[str] = set()
        columns: dict[str, dict[str, str]] = {}
        for called, member in self.members.items():
            names = {name: name if name not in taken else f"{name}@{called}" for name in member.measurements}
            taken.update(names.values())
            columns[called] = names
        return columns

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]  # those of the members
        """The measurements of all members."""
        return {
            self.columns[called][name]: declared
            for called, member in self.members.items()
            for name, declared in member.measurements.items()
        }

    @property
    def expensive(self) -> bool:  # type: ignore[override]  # as expensive as its members
        """Whether any member is."""
        return any(member.expensive for member in self.filters)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """Those of all members."""
        return {name: path for member in self.filters for name, path in member.model_files.items()}

    @property
    def notices(self) -> tuple[str, ...]:
        """Those of all members."""
        return tuple(notice for member in self.filters for notice in member.notices)

    def setup(self) -> None:
        """Set every member up."""
        for member in self.filters:
            member.setup()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Take the measurements of all members."""
        taken: dict[str, pa.Array] = {}
        for called, member in self.members.items():
            found = member.measure(batch)
            taken |= {column: found[name] for name, column in self.columns[called].items()}
        return taken

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """What the member says of its rule, which is named ``member.rule``."""
        called, _, inner = rule.partition(".")
        return self.members[called].evidence(document, inner) if called in self.members else ()

    def member_rules(self) -> Iterator[tuple[str, Rule]]:
        """Every rule of every member, named ``member.rule``, with the member it belongs to."""
        for called, member in self.members.items():
            for rule in member.rules:
                columns = self.columns[called]
                yield (
                    called,
                    replace(
                        rule,
                        name=f"{called}.{rule.name}",
                        measurement=columns[rule.measurement],
                        minimum_in=rule.minimum_in and columns[rule.minimum_in],
                        maximum_in=rule.maximum_in and columns[rule.maximum_in],
                    ),
                )


@dataclass(frozen=True, kw_only=True)
class AllOf(Combined):
    """Several filters as one: build it with :func:`all_of`."""

    name: ClassVar[str] = "all_of"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of all members in order, each named ``member.rule``."""
        return tuple(rule for _, rule in self.member_rules())


@dataclass(frozen=True, kw_only=True)
class AnyOf(Combined):
    """Filters of which one must pass: build it with :func:`any_of`."""

    name: ClassVar[str] = "any_of"

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]  # those of the members
        """The measurements of all members, how many members pass, and by which rule each of the others fails."""
        return {**super().measurements, self.passing: pa.int64(), self.failed: pa.string()}

    @property
    def passing(self) -> str:
        """Name of the measurement that counts the members that pass; one within another is ``any_of.any_of.…``."""
        name = "any_of.passing"
        while name in super().measurements:
            name = f"any_of.{name}"
        return name

    @property
    def failed(self) -> str:
        """Name of the measurement that lists the first failing rule of every member that fails."""
        return self.passing.removesuffix("passing") + "failed"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One: at least one member must pass."""
        return (Rule(name="min_passing", measurement=self.passing, minimum=1),)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Measure, and hold every member's rules against its measurements."""
        taken = dict(super().measure(batch))
        first = {called: np.full(batch.num_rows, None, dtype=object) for called in self.members}
        failing = {called: np.zeros(batch.num_rows, dtype=np.bool_) for called in self.members}
        for called, rule in self.member_rules():
            failed = rule.fails(taken[rule.measurement], None if rule.bound_in is None else taken[rule.bound_in])
            first[called][failed & ~failing[called]] = rule.name
            failing[called] |= failed
        passing = len(self.members) - np.sum(list(failing.values()), axis=0, dtype=np.int64)
        joined = ["|".join(name for name in names if name) or None for names in zip(*first.values(), strict=True)]
        return {**taken, self.passing: pa.array(passing, pa.int64()), self.failed: pa.array(joined, pa.string())}


def all_of(*filters: Filter) -> AllOf:
    """Keep documents that pass every one of these filters; as such it is of use within :func:`any_of`.

    The ledger names a removal ``all_of`` and the rule of the member, as ``gopher_quality.min_words``.

    Raises:
        RecipeError: for anything but filters, or none.

    Example:
        >>> from textmill import GopherQuality, where
        >>> [rule.name for rule in all_of(where(len, minimum=9), where(len, maximum=99)).rules]
        ['where.minimum', 'where_2.maximum']
    """
    return AllOf(filters=_filters("all_of", filters))


def any_of(*filters: Filter) -> AnyOf:
    """Keep documents that pass at least one of these filters.

    The ledger names a removal ``any_of.min_passing``, with 0 against 1; the measurement ``any_of.failed`` says which
    rule of each member failed first. Its measurements are taken of all members, so that ``retune`` can set the
    thresholds of each: ``--set any_of.gopher_quality.min_words=30``.

    Raises:
        RecipeError: for anything but filters, or none.

    Example:
        >>> from textmill import GopherQuality, Recipe, where
        >>> verse = where(lambda text: text.count("\\n") / len(text), minimum=0.02, measurement="line_feeds")
        >>> found = Recipe("r", [any_of(GopherQuality(), verse)]).clean("Too short, and in one line.")
        >>> found.removed_by, found.measurements["any_of.failed"]
        ('any_of.min_passing', 'gopher_quality.min_words|where.minimum')
    """
    return AnyOf(filters=_filters("any_of", filters))


def _filters(owner: str, given: tuple[Step, ...]) -> tuple[Filter, ...]:
    if not given:
        raise RecipeError(f"{owner}: name at least one filter")
    for step in given:
        if not isinstance(step, Filter):
            called = getattr(step, "name", type(step).__name__)
            raise RecipeError(f"{owner} combines filters, but {called} is none; put it before or behind")
    return tuple(step for step in given if isinstance(step, Filter))
