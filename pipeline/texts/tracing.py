"""A document taken through a recipe once more, step by step, to see what was edited and which rules it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ...filters.base.evidence import Evidence
from ...filters.base.step import Cleaner, Filter
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents
from ..steps.engine import PassEngine
from ..steps.plan import PlannedStep
from .changes import Pieces, changes


@dataclass(frozen=True)
class Edit:
    """What a cleaner changed in one place.

    ``given[start:end]``, of the text as it was given, is where. What the step found there is ``before``, which earlier
    steps may have changed already; what it left is ``after``.
    """

    step: str
    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True)
class Reason:
    """A rule that a document breaks."""

    step: str
    rule: str
    value: Any
    threshold: str
    lines: tuple[Evidence, ...] = ()
    """Lines of the text, as the step saw it, that drive the rule, where lines do."""

    def __str__(self) -> str:
        return f"{self.step}.{self.rule}: {self.value} against {self.threshold}"


class Trace(NamedTuple):
    """What became of a document, and how."""

    reasons: tuple[Reason, ...]
    edits: tuple[Edit, ...]
    pieces: Pieces


def trace(recipe: RecipeDefinition, document: pa.RecordBatch, language: str | None) -> Trace:
    """Take the one document of a batch through a recipe and write down what happens to it."""
    documents = Documents.read(document, language=language)
    pieces = Pieces(document["text"][0].as_py())
    reasons: list[Reason] = [] if documents.kept[0] else [_reason(documents)]
    edits: list[Edit] = []
    for one in recipe.plan.passes:
        engine = PassEngine(recipe.plan, one.number)
        for planned in one.steps:
            was_kept, before = bool(documents.kept[0]), documents.batch["text"]
            engine.apply_step(planned, documents)
            if isinstance(planned.step, Filter):
                found = list(_broken(planned, planned.step, documents, was_kept))
                for reason in found:
                    pieces.mark((line.line for line in reason.lines), f"{reason.step}.{reason.rule}")
                reasons += found
            elif isinstance(planned.step, Cleaner) and documents.batch["text"] is not before:
                made = list(changes(before[0].as_py(), documents.batch["text"][0].as_py()))
                edits += [Edit(planned.id, *spans) for spans in pieces.edit(made, planned.id)]
                if was_kept and not documents.kept[0]:
                    reasons.append(_reason(documents))
    return Trace(tuple(reasons), tuple(edits), pieces)


def _reason(documents: Documents) -> Reason:
    """What the verdict says, where no rule of a filter says more."""
    said = {name: documents.verdicts[name][0] for name in ("step", "rule", "value", "threshold")}
    return Reason(**said)


def _broken(planned: PlannedStep, step: Filter, documents: Documents, was_kept: bool) -> Iterator[Reason]:
    """Every rule of a step that the document breaks, of measurements that a run takes of it too."""
    if planned.is_expensive and not was_kept:
        return
    taken = {name: documents.measurements.get(column) for name, column in planned.columns.items()}
    for rule in step.rules:
        column = taken[rule.measurement]
        own = None if rule.bound_in is None else taken[rule.bound_in]
        value = None if column is None else column[0].as_py()
        bound = None if own is None else own[0].as_py()
        if rule.is_broken_by(value, bound):
            threshold = rule.with_bound(bound).broken_threshold(value)
            lines = tuple(step.evidence(documents.view(np.ones(1, dtype=np.bool_)), rule.name))
            yield Reason(planned.id, rule.name, value, threshold, lines)
