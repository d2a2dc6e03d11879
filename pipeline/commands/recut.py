"""Judge the documents of a ledger anew under other thresholds, in SQL, from their stored measurements alone.

The steps are gone through in order, as a run does. Beside the first rule that now fails, every document gets the first
*doubt*: a point from which the ledger cannot say what a fresh run would do.

- ``measurement``: a costly measurement was not taken, because an earlier rule had removed the document; or with it the
  language that decides whether a step concerns it.
- ``text``: a cleaner, or the way a filter measures, has another setting, so that later measurements may differ.
- ``duplicate``: it enters a deduplication that it did not enter before, or that has another setting.
- ``neighbour``: it entered before too, but others that now enter may have a duplicate in it, or the cluster that it was
  in loses a member and may fall apart. Or in a selection it lies so near a border that others move it across.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...dedup.base.step import CLUSTER_SIZE, DocumentDeduplicator
from ...dedup.documents.exact import ExactDedup
from ...dedup.documents.url import UrlDedup
from ...filters.base.combine import Combined
from ...filters.base.conditions import Condition
from ...filters.base.step import Cleaner, Filter, Step
from ...filters.select import Select
from ..exchange.clusters import DUPLICATE
from ..files.tables import name_of, text, values
from ..recipes.definition import step_as_dict
from ..steps.documents import EMPTY
from ..steps.plan import LANGUAGE_LABEL, Pass, Plan, PlannedStep, grouping_columns
from .recut_selection import cut_selection
from .recut_sql import Branch, broken_rules, first_true

if TYPE_CHECKING:
    import duckdb

RULES_PER_STEP = 1000
KEPT_AT = 1_000_000
"""Stands for the place of a document that no step has removed, behind all steps."""

DOUBTS = ("measurement", "text", "duplicate", "neighbour")


class Place(NamedTuple):
    """What a code of the column ``outcome`` means."""

    step: str
    rule: str


def recut(tables: duckdb.DuckDBPyConnection, old: Plan, new: Plan) -> dict[int, Place]:
    """Make the table ``recut`` of the table ``ledger``: one row for each document that could be read.

    Its columns are doc_id, bytes, tokens, old_step and old_rule (null when the document was kept), outcome (the code
    of the rule that removes it now, null when it is kept), doubt (null when nothing is in doubt), and soft (whether a
    removal is in doubt, and not only the name of its rule). Returns the meaning of the codes.
    """
    plan = Recut(old, new)
    tables.execute(f"CREATE TEMP TABLE recut AS {plan.measured()}")
    for one in new.passes:
        _replace(tables, plan.after_rules(one))
        if one.deduplicator is not None and isinstance(one.deduplicator.step, Select):
            _replace(tables, plan.after_selection(tables, one, one.deduplicator.step))
        elif one.deduplicator is not None:
            _replace(tables, plan.after_deduplication(tables, one))
    return plan.places


def _replace(tables: duckdb.DuckDBPyConnection, query: str) -> None:
    tables.execute(f"CREATE TEMP TABLE next AS {query}")
    tables.execute("DROP TABLE recut")
    tables.execute("ALTER TABLE next RENAME TO recut")


class Recut:
    """Writes the queries."""

    def __init__(self, old: Plan, new: Plan) -> None:
        self.new = new
        self.old_steps = {planned.id: planned for planned in old.steps}
        self.at = {planned.id: number for number, planned in enumerate(new.steps, start=1)}
        self.places = {0: Place("read", EMPTY)}
        self.unsettled: set[str] = set()
        """Columns of the ledger that would be others now: they tell of documents that come to a step together."""

    def measured(self) -> str:
        """One row for each document, with all that depends on it alone: what it would fail in each pass."""
        columns = ["doc_id", "bytes", "tokens", "kept_instead", "step AS old_step", "rule AS old_rule", "old_at"]
        columns += ["CASE WHEN old_at = 0 THEN 0 END AS outcome", "NULL::VARCHAR AS doubt", "FALSE AS soft"]
        for one in self.new.passes:
            for name, write in (("fails", self.fails), ("missing", self.missing), ("edited", self.edited)):
                branches = [branch for planned in one.steps for branch in write(planned)]
                columns.append(f"{first_true(branches)} AS {name}_{one.number}")
            if one.deduplicator is not None:
                columns.append(f"({self.concerned(one.deduplicator)}) AS concerned_{one.number}")
                first = self.at[one.deduplicator.id] * RULES_PER_STEP + 1
                if isinstance(one.deduplicator.step, Select):
                    self.places[first] = Place(one.deduplicator.id, one.deduplicator.step.rule)
                    columns += self._compared(one, one.deduplicator, one.deduplicator.step)
                else:
                    self.places[first] = Place(one.deduplicator.id, DUPLICATE)
                    self.places[first + 1] = Place(one.deduplicator.id, EMPTY)
        return f"SELECT {', '.join(columns)} FROM {self.source()}"

    def source(self) -> str:
        """The documents that could be read, and the place of the step that removed each as ``old_at``."""
        places = " ".join(f"WHEN {text(name)} THEN {number}" for name, number in self.at.items())
        old_at = f"CASE step WHEN 'read' THEN 0 {places} ELSE {KEPT_AT} END AS old_at"
        return f"(SELECT *, {old_at} FROM ledger WHERE verdict <> 'quarantined')"

    def after_rules(self, one: Pass) -> str:
        """Apply what :meth:`measured` has found for a pass to the documents that come so far."""
        fails, missing, edited = (f"{name}_{one.number}" for name in ("fails", "missing", "edited"))
        end = f"coalesce({fails}, {KEPT_AT * RULES_PER_STEP})"
        doubt = (
            f"CASE WHEN doubt IS NOT NULL OR outcome IS NOT NULL THEN doubt WHEN least({missing}, {edited}) < {end} "
            f"THEN CASE WHEN {edited} = least({missing}, {edited}) THEN 'text' ELSE 'measurement' END END"
        )
        soft = f"soft OR (outcome IS NULL AND coalesce({edited} < {end}, FALSE))"
        return (
            f"SELECT * EXCLUDE ({fails}, {missing}, {edited}) "
            f"REPLACE (coalesce(outcome, {fails}) AS outcome, {doubt} AS doubt, {soft} AS soft) FROM recut"
        )

    def after_deduplication(self, tables: duckdb.DuckDBPyConnection, one: Pass) -> str:
        """Carry the decisions of a deduplication over, as far as the documents that enter it are the same as before."""
        planned = one.deduplicator
        assert planned is not None
        at = self.at[planned.id]
        concerned = f"concerned_{one.number}"
        entered = f"(old_at >= {at} AND coalesce({concerned}, FALSE))"
        may_enter = f"((outcome IS NULL OR soft) AND coalesce({concerned}, TRUE))"
        surely_enters = f"(outcome IS NULL AND doubt IS NULL AND coalesce({concerned}, FALSE))"
        leaves = f"({entered} AND NOT {surely_enters})"
        cluster = f"CASE WHEN old_at = {at} THEN coalesce(kept_instead, doc_id) ELSE doc_id END"
        counts = f"count(*) FILTER ({may_enter} AND NOT {entered}), count(*) FILTER {leaves}"
        enter, leave = tables.execute(f"SELECT {counts} FROM recut").fetchone() or (0, 0)
        changed = self._changed(planned)
        if (changed or enter + leave) and isinstance(planned.step, DocumentDeduplicator):
            sized = [other for other in self.new.steps if CLUSTER_SIZE in (*other.step.measurements, *other.step.reads)]
            self.unsettled.update(column for other in sized for column in other.columns.values())
        if changed or (enter + leave and not isinstance(planned.step, DocumentDeduplicator)):
            in_doubt = "TRUE"
        elif enter:
            in_doubt = (
                f"(NOT {entered} OR old_at > {at})" if isinstance(planned.step, (ExactDedup, UrlDedup)) else "TRUE"
            )
        elif leave:
            # A survivor stays; a document removed in favour of another may have lost what linked the two.
            tables.execute(
                f"CREATE OR REPLACE TEMP TABLE broken AS SELECT DISTINCT {cluster} FROM recut WHERE {leaves}"
            )
            in_doubt = f"(old_at = {at} AND {cluster} IN (FROM broken))"
        else:
            in_doubt = "FALSE"
        doubted = f"({may_enter} AND {in_doubt})"
        reason = "'duplicate'" if changed else f"CASE WHEN {entered} THEN 'neighbour' ELSE 'duplicate' END"
        outcome = " ".join(
            f"WHEN outcome IS NULL AND old_at = {at} AND old_rule = {text(place.rule)} THEN {code}"
            for code, place in self.places.items()
            if place.step == planned.id
        )
        edits = "TRUE" if not isinstance(planned.step, DocumentDeduplicator) else f"(outcome IS NULL AND old_at = {at})"
        return (
            f"SELECT * EXCLUDE ({concerned}) REPLACE (CASE {outcome} ELSE outcome END AS outcome, "
            f"CASE WHEN doubt IS NOT NULL THEN doubt WHEN {doubted} THEN {reason} "
            f"WHEN outcome IS NULL AND {concerned} IS NULL THEN 'measurement' END AS doubt, "
            f"soft OR ({doubted} AND {edits}) AS soft) FROM recut"
        )

    def after_selection(self, tables: duckdb.DuckDBPyConnection, one: Pass, step: Select) -> str:
        """Rank the documents that come to a selection now."""
        planned = one.deduplicator
        assert planned is not None
        at, concerned = self.at[planned.id], f"concerned_{one.number}"
        before = f"(old_at >= {at} AND {concerned})"
        now = f"(outcome IS NULL AND doubt IS NULL AND {concerned})"
        moved = tables.execute(f"SELECT count(*) FROM recut WHERE {before} <> {now}").fetchone()
        looks_at = {step.measurement, *grouping_columns(step, self.new.measurements)}
        query = cut_selection(
            tables,
            step,
            one.number,
            at * RULES_PER_STEP + 1,
            edited=any(self._changed(other) for other in self.new.steps if self.at[other.id] < at),
            unsettled=bool(looks_at & self.unsettled),
        )
        if self._changed(planned) or (moved is not None and moved[0]):
            self.unsettled.update(planned.columns.values())
        return query

    def _compared(self, one: Pass, planned: PlannedStep, step: Select) -> Iterator[str]:
        """Columns of what a selection looks at."""
        by = grouping_columns(step, self.new.measurements)
        value = f"CAST({name_of(step.measurement)} AS DOUBLE)"
        yield f"CASE WHEN NOT isnan({value}) THEN {value} END AS score_{one.number}"
        labels = ["split_part(source, '/', 1)" if name == "source" else name_of(name) for name in by]
        yield f"to_json([{', '.join(f'CAST({label} AS VARCHAR)' for label in labels)}])::VARCHAR AS group_{one.number}"
        columns = {step.measurement, *by, *([LANGUAGE_LABEL] if planned.condition.needs_language else [])}
        untaken = [f"({self._untaken(column)})" for column in sorted(columns & set(self.new.measurements))]
        yield f"({' OR '.join(untaken) or 'FALSE'}) AS untaken_{one.number}"

    def fails(self, planned: PlannedStep) -> Iterator[Branch]:
        """Branches for the rules of a filter, and for the texts that a cleaner leaves empty."""
        first = self.at[planned.id] * RULES_PER_STEP + 1
        if isinstance(planned.step, Filter):
            concerned = self.concerned(planned)
            if planned.condition.needs_language:
                concerned += f" AND NOT ({self._language_missing()})"
            for code, (name, broken) in enumerate(broken_rules(planned.step, planned.columns), start=first):
                self.places[code] = Place(planned.id, name)
                yield Branch(concerned, broken, code)
        elif isinstance(planned.step, Cleaner):
            self.places[first] = Place(planned.id, EMPTY)
            yield Branch("TRUE", f"emptied_by = {text(planned.id)}", first)

    def missing(self, planned: PlannedStep) -> Iterator[Branch]:
        """Branches for measurements, edits and languages that an earlier removal has prevented."""
        at = self.at[planned.id]
        step = planned.step
        judges = isinstance(step, Filter) and bool(step.rules)
        if not judges and not isinstance(step, Cleaner):
            return
        if planned.condition.needs_language:
            kinds = self.concerned(planned, language=False)
            yield Branch(kinds, self._language_missing(), at * RULES_PER_STEP)
        if judges:
            absent = " AND ".join(f"{name_of(column)} IS NULL" for column in planned.columns.values())
        elif isinstance(step, Cleaner) and step.may_empty and not self.new.measures_behind(planned):
            absent = "TRUE"
        else:
            return
        yield Branch(self.concerned(planned), f"old_at < {at} AND {absent}", at * RULES_PER_STEP)

    def edited(self, planned: PlannedStep) -> Iterator[Branch]:
        """Branches for steps that measure or edit in another way than before."""
        code = self.at[planned.id] * RULES_PER_STEP
        if self._changed(planned):
            yield Branch("TRUE", f"({self.concerned(planned)}) IS NOT FALSE", code)
        elif isinstance(planned.step, Cleaner) and planned.condition.needs_language:
            kinds = self.concerned(planned, language=False)
            yield Branch(kinds, self._language_missing(), code)

    def _changed(self, planned: PlannedStep) -> bool:
        """Whether anything but thresholds differs from the step as it was."""
        return _changed(self.old_steps[planned.id].step, planned.step)

    def concerned(self, planned: PlannedStep, *, language: bool = True) -> str:
        """Whether a step looks at a document."""
        condition: Condition = planned.condition
        label = name_of(LANGUAGE_LABEL)
        parts = [f"kind IN {values(condition.kind)}"] if condition.kind else []
        if language and condition.language:
            parts.append(f"coalesce({label} IN {values(condition.language)}, FALSE)")
        if language and condition.except_language:
            parts.append(f"coalesce({label} NOT IN {values(condition.except_language)}, TRUE)")
        return " AND ".join(parts) or "TRUE"

    def _language_missing(self) -> str:
        """Whether a document was removed before its language was looked at."""
        return self._untaken(LANGUAGE_LABEL)

    def _untaken(self, column: str) -> str:
        """Whether a document was removed before a measurement was taken of it."""
        steps = [planned for planned in self.new.steps if column in planned.columns.values()]
        late = " OR ".join(f"(old_at < {self.at[one.id]} AND ({self.concerned(one)}))" for one in steps)
        return f"{name_of(column)} IS NULL AND ({late or 'FALSE'})"


def _changed(old: Step, new: Step) -> bool:
    if isinstance(old, Combined) and isinstance(new, Combined):
        return any(_changed(*pair) for pair in zip(old.filters, new.filters, strict=True))
    thresholds = {rule.name for step in (old, new) if isinstance(step, Filter) for rule in step.rules}
    (before,), (after,) = step_as_dict(old).values(), step_as_dict(new).values()
    return any(before[name] != after[name] for name in before if name not in thresholds)
