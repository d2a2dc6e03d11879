"""Lay a recipe out: one id and one set of ledger columns for each step, and passes cut at the barriers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from ...dedup.base.indexed import Indexed
from ...dedup.base.step import CLUSTER_SIZE, DocumentDeduplicator
from ...dedup.documents.rehydrate import Rehydrate
from ...errors import RecipeError, nearest
from ...filters.base.conditions import Condition, Named, OnlyIf, PerLanguage
from ...filters.base.step import Barrier, Cleaner, Filter, Step
from ...filters.select import Select
from ..files.ledger import ledger_schema
from .tokenizing import Tokenize

LANGUAGE_LABEL = "language.label"
LANGUAGE_SCORE = "language.score"


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """A step in its place."""

    id: str
    """The step's name in the ledger: the one it was given, or what it is, of which a second gets ``_2`` behind it."""
    step: Step
    condition: Condition
    columns: Mapping[str, str] = field(default_factory=dict)
    """Ledger column of each measurement of the step."""

    @property
    def is_expensive(self) -> bool:
        """Whether only documents still kept are measured."""
        return isinstance(self.step, Tokenize) or (isinstance(self.step, Filter) and self.step.expensive)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """The steps between two deduplications, and the deduplication that ends them (none in the last pass)."""

    number: int
    steps: tuple[PlannedStep, ...]
    deduplicator: PlannedStep | None = None
    previous_deduplicator: PlannedStep | None = None
    checks_index: bool = False
    """Whether the exchange behind the pass only looks keys up in the indexes of earlier runs, or writes them to one."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A recipe laid out."""

    passes: tuple[Pass, ...]
    measurements: Mapping[str, pa.DataType]
    """Every measurement column of the ledger, in the order of the steps."""
    extra_columns: Mapping[str, pa.DataType] = field(default_factory=dict)
    """Columns that shards have because they are asked for."""
    partition: tuple[str, ...] = ()
    """Columns by whose values shards lie in folders."""

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """All steps in order, deduplications among them."""
        ordered: list[PlannedStep] = []
        for one in self.passes:
            ordered.extend(one.steps)
            if one.deduplicator is not None and not one.checks_index:
                ordered.append(one.deduplicator)
        return tuple(ordered)

    @property
    def tokenizer(self) -> Tokenize | None:
        """The tokenizing step, if the recipe has one."""
        return next((item.step for item in self.steps if isinstance(item.step, Tokenize)), None)

    @property
    def repeats_rows(self) -> bool:
        """Whether a step has documents written several times."""
        return any(isinstance(item.step, Rehydrate) and item.step.repeat_rows for item in self.steps)

    @property
    def bucket_columns(self) -> tuple[str, ...]:
        """Columns in which selections name a bucket."""
        return tuple(column for item in self.steps if isinstance(item.step, Select) for column in item.columns.values())

    def measurements_until(self, number: int) -> dict[str, pa.DataType]:
        """The measurement columns that the passes up to this one fill."""
        until = self.passes[: number + 1]
        steps = [step for one in until for step in (*one.steps, one.previous_deduplicator) if step is not None]
        filled = {column for step in steps for column in step.columns.values()}
        return {name: declared for name, declared in self.measurements.items() if name in filled}

    def measures_after(self, number: int) -> bool:
        """Tell whether a pass after this one takes kernel measurements, which removed documents get too."""
        return any(
            isinstance(s.step, Filter) and not s.step.expensive for p in self.passes[number + 1 :] for s in p.steps
        )

    def measures_behind(self, planned: PlannedStep) -> bool:
        """Tell whether a kernel measurement follows this step, so that its edits matter for removed documents too."""
        ordered = self.steps
        behind = ordered[ordered.index(planned) + 1 :]
        return any(isinstance(item.step, Filter) and not item.step.expensive for item in behind)


def lay_out(steps: Sequence[Step]) -> Plan:
    """Plan a recipe.

    Raises:
        RecipeError: for a tokenizer that is not last, two tokenizers, a language condition before any language step,
            a deduplication of whole documents behind their repetition,
            a step that reads what no earlier step measures, a selection by what none measures, two steps of one name,
            or a deduplication under a condition of language or kind nested so that it never applies.
    """
    planned: list[PlannedStep] = []
    columns: dict[str, pa.DataType] = {}
    taken: dict[str, list[Condition]] = {}
    ids: dict[str, int] = {}
    for step, condition, languages, called in _flatten(steps, Condition()):
        if planned and isinstance(planned[-1].step, Tokenize):
            raise RecipeError(f"{step.name} stands after tokenize; tokenize must be the last step")
        if isinstance(step, Tokenize) and condition:
            raise RecipeError("tokenize stands under only_if; every kept document is tokenised, so move it to the end")
        if condition.needs_language and LANGUAGE_LABEL not in columns:
            raise RecipeError(f"{step.name} is limited by language, but no language step stands before it; add one")
        for measurement, taker in step.reads.items():
            if measurement not in columns:
                raise RecipeError(f"{step.name} reads {measurement}, but no {taker} stands before it; add one")
        repeating = next((other for other in planned if isinstance(other.step, Rehydrate)), None)
        if repeating is not None and isinstance(step, (DocumentDeduplicator, Rehydrate)):
            raise RecipeError(f"{step.name} stands after {repeating.id}, which must come after all of these; move it")
        if isinstance(step, DocumentDeduplicator):
            _check_ranking(step, columns)
        if isinstance(step, Select):
            _check_selection(step, columns)
        counting = next((one for one in planned if isinstance(one.step, Select) and _looks_at_size(one.step)), None)
        if counting is not None and isinstance(step, DocumentDeduplicator):
            raise RecipeError(f"{step.name} stands after {counting.id}, which looks at {CLUSTER_SIZE}; move it before")
        if called:
            step_id = called
        else:
            ids[step.name] = ids.get(step.name, 0) + (not languages)
            step_id = step.name if ids[step.name] == 1 else f"{step.name}_{ids[step.name]}"
        step_id += f"@{languages}" if languages else ""
        if any(step_id == other.id for other in planned):
            raise RecipeError(f"two steps are called {step_id}; give one of them another name")
        mapping: dict[str, str] = {}
        for measurement, declared in step.measurements.items():
            earlier = taken.setdefault(measurement, [])
            # Two steps may share a column when no document can meet both; deduplications add to one.
            counts = isinstance(step, DocumentDeduplicator)
            if measurement == CLUSTER_SIZE and not counts:
                raise RecipeError(
                    f"a measurement cannot be called {measurement!r}: deduplications count in it; rename it"
                )
            shared = counts or all(condition.excludes(other) for other in earlier)
            column = measurement if not earlier or shared else f"{measurement}@{step_id}"
            earlier.append(condition)
            mapping[measurement] = column
            columns.setdefault(column, declared)
        planned.append(PlannedStep(id=step_id, step=step, condition=condition, columns=mapping))
    ledger_schema(columns)  # refuses measurements that are named like a column of the ledger
    return Plan(passes=_cut(planned), measurements=columns)


def _check_ranking(step: DocumentDeduplicator, columns: Mapping[str, pa.DataType]) -> None:
    """Refuse a deduplication that keeps documents by a measurement which no step takes, or which is no number."""
    by = step.ranking_measurement
    if by is None:
        return
    numeric = [name for name, declared in columns.items() if _is_number(declared)]
    if by not in numeric:
        known = ", ".join(numeric) or "none"
        raise RecipeError(f"{step.name}: 'by' is {by!r}, but no step before it measures that number; known: {known}")


def _check_selection(step: Select, columns: Mapping[str, pa.DataType]) -> None:
    """Refuse a selection by what no step before it measures."""
    by = step.measurement
    numeric = [*(name for name, declared in columns.items() if _is_number(declared)), "bytes"]
    if by == "tokens":
        raise RecipeError(
            f"{step.name}: tokens are counted by tokenize, which is the last step; select by bytes, or a measurement"
        )
    if by not in numeric:
        why = "is no number" if by in columns else "is measured by no step before it"
        raise RecipeError(f"{step.name}: {by!r} {why}{nearest(by, numeric)}; numbers are {', '.join(numeric)}")
    labels = [name for name, declared in columns.items() if not pa.types.is_floating(declared)]
    known = ["kind", "source", *(["language"] if LANGUAGE_LABEL in columns else []), *labels]
    for name in step.by:
        if name == "language" and name not in known:
            raise RecipeError(f"{step.name}: by names language, but no language step stands before it; add one")
        if name not in known:
            why = "has no labels" if name in columns else "is measured by no step before it"
            raise RecipeError(
                f"{step.name}: by names {name!r}, which {why}{nearest(name, known)}; known are {', '.join(known)}"
            )


def _looks_at_size(step: Select) -> bool:
    return CLUSTER_SIZE in (step.measurement, *step.by)


def grouping_columns(step: Select, measurements: Mapping[str, pa.DataType]) -> tuple[str, ...]:
    """The columns of a staged document, and of the ledger, that a selection's ``by`` names."""
    has_language = LANGUAGE_LABEL in measurements
    return tuple(LANGUAGE_LABEL if name == "language" and has_language else name for name in step.by)


def _is_number(declared: pa.DataType) -> bool:
    return bool(pa.types.is_floating(declared) or pa.types.is_integer(declared) or pa.types.is_boolean(declared))


def _flatten(steps: Sequence[Step], outer: Condition, called: str = "") -> list[tuple[Step, Condition, str, str]]:
    """Steps with their conditions, for which languages one with thresholds of their own is, and their given names."""
    flat: list[tuple[Step, Condition, str, str]] = []
    for step in steps:
        if isinstance(step, Named):
            flat.extend(_flatten([step.step], outer, step.called))
        elif isinstance(step, OnlyIf):
            flat.extend(_flatten(step.steps, outer.both(step.condition)))
        elif isinstance(step, PerLanguage):
            variants = [(languages, one, outer.both(condition)) for languages, one, condition in step.variants()]
            flat.extend(
                (one, condition, languages, called) for languages, one, condition in variants if one is not None
            )
        elif isinstance(step, (Filter, Cleaner, Barrier, Tokenize)):
            flat.append((step, outer, "", called))
        else:
            raise RecipeError(
                f"{step!r} is not a step; use a filter, a cleaner, a deduplicator, Tokenize, or where(function, …)"
            )
    return flat


def _cut(planned: Sequence[PlannedStep]) -> tuple[Pass, ...]:
    passes: list[Pass] = []
    current: list[PlannedStep] = []
    previous: PlannedStep | None = None
    for item in planned:
        if isinstance(item.step, Barrier):
            if isinstance(item.step, Indexed) and isinstance(item.step, DocumentDeduplicator) and item.step.has_index:
                # What an earlier run has seen goes first, and takes no part in the clusters of this one.
                passes.append(
                    Pass(
                        number=len(passes),
                        steps=tuple(current),
                        deduplicator=item,
                        previous_deduplicator=previous,
                        checks_index=True,
                    )
                )
                current, previous = [], item
            passes.append(
                Pass(number=len(passes), steps=tuple(current), deduplicator=item, previous_deduplicator=previous)
            )
            current, previous = [], item
        else:
            current.append(item)
    passes.append(Pass(number=len(passes), steps=tuple(current), previous_deduplicator=previous))
    return tuple(passes)
