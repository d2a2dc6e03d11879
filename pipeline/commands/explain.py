"""Why is this document kept or not: every rule with its value, threshold and distance, and every edit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from ...errors import InputError
from ...filters.base.combine import AnyOf
from ...filters.base.evidence import Evidence
from ...filters.base.rules import Rule
from ...filters.base.step import Cleaner, Filter
from ...filters.select import Select
from ..files.storage import exists, join
from ..input.inputs import InputOptions, find_inputs
from ..input.readers import Quarantined, read_split
from ..input.splits import cut_splits
from ..input.standard_input import as_file
from ..output.manifest import MANIFEST
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents, concerned
from ..steps.engine import PassEngine
from ..steps.plan import PlannedStep
from ..texts.cleaned import Verdict
from ..texts.cleaning import verdict_of
from ..texts.shown import as_html
from ..texts.tracing import trace

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>textmill explain</title>
<style>body {{ font-family: system-ui, sans-serif; margin: 1em auto; max-width: 60em; padding: 0 1em }}</style></head>
<body>
{body}
</body></html>"""


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """One rule held against one document."""

    step: str
    rule: str
    measurement: str
    value: Any
    bound: str
    """The threshold as a reader would write it: ``≥ 50``, ``≤ 0.2``, ``en|de``."""
    distance: float | None
    """How far inside (positive) or outside (negative) the bound the value is; None for labels."""
    passed: bool
    decisive: bool
    """Whether this is the rule that removed the document."""
    evidence: tuple[Evidence, ...] = ()
    """Lines that drive a rule that is broken, where lines do."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a selection looks at; whether the document is among what it keeps, only a whole run can tell."""

    step: str
    rule: str
    measurement: str
    value: Any
    selects: str


@dataclass(frozen=True)
class ChangedLine:
    """A line that a cleaner took out or put in."""

    line: int
    """Its number, from 1: in the text before the step if it was taken out, else in the text behind it."""
    change: str
    """``-`` or ``+``."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What a cleaner changed, as a line diff without context."""

    step: str
    lines: tuple[ChangedLine, ...]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything that a recipe says of one document."""

    doc_id: str
    source: str
    verdict: Verdict
    rules: tuple[RuleResult, ...]
    edits: tuple[Edit, ...]
    compared: tuple[Compared, ...] = ()
    """Selections that the document comes to."""


def explain_file(recipe: RecipeDefinition, path: str, options: InputOptions) -> Iterator[Explanation | Quarantined]:
    """Explain every document of a file, one after the other."""
    for document in _documents(path, options):
        yield document if isinstance(document, Quarantined) else explain_document(recipe, document)


def explanations_as_html(recipe: RecipeDefinition, path: str, options: InputOptions, limit: int) -> str:
    """A page of HTML with the first documents of a file, their cuts and the lines that break rules marked."""
    parts: list[str] = []
    for document in islice(_documents(path, options), limit):
        if isinstance(document, Quarantined):
            parts.append(f"<h2>{escape(document.source)}</h2><p>quarantined: {escape(document.error)}</p>")
        else:
            verdict = str(explain_document(recipe, document).verdict)
            shown = as_html(verdict, trace(recipe, document, None))
            parts.append(f"<h2>{escape(document['source'][0].as_py())}</h2>{shown}")
    return PAGE.format(body="\n".join(parts))


def _documents(path: str, options: InputOptions) -> Iterator[pa.RecordBatch | Quarantined]:
    """The documents of a file, each as a batch of its own, and what of it cannot be read."""
    if exists(join(path, MANIFEST)) and exists(join(path, "ledger")):
        raise InputError(f"{path} is the output folder of a run; say which of its documents with --document ID")
    with as_file(path) as file:
        for split in cut_splits(find_inputs([file]), options):
            for part in read_split(split, options):
                yield from (part.batch.slice(index, 1) for index in range(part.batch.num_rows))
                yield from part.quarantined


def explain_document(recipe: RecipeDefinition, batch: pa.RecordBatch) -> Explanation:
    """Hold every rule against the one document of a batch, also those behind the rule that removes it."""
    documents = Documents.read(batch)
    rules: list[RuleResult] = []
    edits: list[Edit] = []
    compared: list[Compared] = []
    for one in recipe.plan.passes:
        engine = PassEngine(recipe.plan, one.number, measure_all=True)
        for planned in one.steps:
            kept = bool(documents.kept[0])
            before = documents.batch["text"][0].as_py() if isinstance(planned.step, Cleaner) else ""
            engine.apply_step(planned, documents)
            removed_here = kept and not documents.kept[0]
            if not engine.concerns(planned, documents):
                continue
            if isinstance(planned.step, Filter):
                deciding = documents.verdicts["rule"][0] if removed_here else None
                rules.extend(_hold(planned, rule, documents, deciding) for rule in _rules(planned.step))
            elif isinstance(planned.step, Cleaner):
                after = documents.batch["text"][0].as_py()
                if changed := tuple(_changed_lines(before, after)):
                    edits.append(Edit(step=planned.id, lines=changed))
        ends = one.deduplicator
        if ends is not None and isinstance(ends.step, Select) and concerned(ends, documents)[0]:
            compared.append(_compared(ends, ends.step, documents))
    return Explanation(
        doc_id=batch["doc_id"][0].as_py(),
        source=batch["source"][0].as_py(),
        verdict=verdict_of(documents, 0),
        rules=tuple(rules),
        edits=tuple(edits),
        compared=tuple(compared),
    )


def _compared(planned: PlannedStep, step: Select, documents: Documents) -> Compared:
    column = documents.measurements.get(step.measurement)
    value = int(documents.text_bytes[0]) if step.measurement == "bytes" else column and column[0].as_py()
    return Compared(step=planned.id, rule=step.rule, measurement=step.measurement, value=value, selects=step.describe())


def _rules(step: Filter) -> Iterator[Rule]:
    """The rules of a step; of alternatives those of every one before the one that counts them."""
    if isinstance(step, AnyOf):
        yield from (rule for _, rule in step.member_rules())
    yield from step.rules


def _hold(planned: PlannedStep, rule: Rule, documents: Documents, deciding: str | None) -> RuleResult:
    if rule.bound_in is not None:
        own = documents.measurements.get(planned.columns[rule.bound_in])
        rule = rule.with_bound(None if own is None else own[0].as_py())
    column = documents.measurements.get(planned.columns[rule.measurement])
    value = None if column is None else column[0].as_py()
    failed = bool(np.any(rule.fails(column))) if column is not None and value is not None else False
    evidence: tuple[Evidence, ...] = ()
    if failed and isinstance(planned.step, Filter):
        evidence = tuple(planned.step.evidence(documents.batch, rule.name))
    return RuleResult(
        step=planned.id,
        rule=rule.name,
        measurement=rule.measurement,
        value=value,
        bound=_bound(rule),
        distance=_distance(rule, value),
        passed=not failed,
        decisive=deciding == rule.name,
        evidence=evidence,
    )


def _bound(rule: Rule) -> str:
    if rule.allowed is not None:
        return "|".join(str(item) for item in rule.allowed)
    bounds = [f"≥ {rule.minimum:g}"] if rule.minimum is not None else []
    bounds += [f"≤ {rule.maximum:g}"] if rule.maximum is not None else []
    return ", ".join(bounds)


def _distance(rule: Rule, value: Any) -> float | None:
    if rule.allowed is not None or not isinstance(value, (int, float)):
        return None
    low = value - rule.minimum if rule.minimum is not None else math.inf
    high = rule.maximum - value if rule.maximum is not None else math.inf
    return min(low, high)


def _changed_lines(before: str, after: str) -> Iterator[ChangedLine]:
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    for _, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if old[old_start:old_end] != new[new_start:new_end]:
            yield from (ChangedLine(number + 1, "-", old[number]) for number in range(old_start, old_end))
            yield from (ChangedLine(number + 1, "+", new[number]) for number in range(new_start, new_end))
