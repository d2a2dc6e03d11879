"""Take one batch of documents through the steps of a pass: measure, judge, edit, keep the account."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import TextmillError, describe_error
from ...filters.base.batch import BATCH_SCHEMA, replace_text
from ...filters.base.document_language import LANGUAGE
from ...filters.base.step import Cleaner, Filter, Measurements, Step
from ...filters.kernels.machine.buffers import text_buffers
from ...filters.kernels.machine.memory import remember_selection
from .masks import Mask, blank, is_whole, scatter
from .own import is_own
from .plan import LANGUAGE_LABEL, LANGUAGE_SCORE, Pass, Plan, PlannedStep
from .tokenizing import Tokenize
from .totals import StepTotals, Stopwatch

READ = "read"
EMPTY = "empty"
NO_IDS = pa.array([], pa.list_(pa.int32()))

VERDICT_SCHEMA = pa.schema(
    [
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("step", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.string()),
        pa.field("threshold", pa.string()),
        pa.field("kept_instead", pa.string()),
        pa.field("emptied_by", pa.string()),
        pa.field("similarity", pa.float64()),
        pa.field("cluster", pa.string()),
    ]
)
"""What the ledger will say of each document, so far: ``step`` is null while the document is kept."""


@dataclass
class Documents:
    """A batch on its way: the documents, what is known of them, and their verdicts so far."""

    batch: pa.RecordBatch
    """Columns of :data:`BATCH_SCHEMA`; the text of a document removed in an earlier pass may be blank."""
    text_bytes: npt.NDArray[np.int64]
    """UTF-8 bytes of each text as it was read."""
    has_text: Mask
    """False where the text was not carried over from the pass before."""
    kept: Mask
    """Which documents no rule has removed so far."""
    verdicts: dict[str, npt.NDArray[np.object_]]
    """One array for each column of :data:`VERDICT_SCHEMA` but the bytes; None where nothing is to say."""
    measurements: dict[str, pa.Array] = field(default_factory=dict)
    input_ids: pa.Array | None = None
    """Token ids of the kept documents, in order, once they are tokenised."""
    language: str | None = None
    """The language of all documents, where whoever gave them has said it."""
    _views: dict[tuple[bytes, tuple[str, ...]], tuple[tuple[pa.Array, ...], pa.RecordBatch]] = field(
        default_factory=dict
    )
    """By mask and names of measurements: what a view was made of, and the view."""

    @classmethod
    def read(cls, batch: pa.RecordBatch, language: str | None = None) -> Documents:
        """Start with documents as they were read; blank ones are removed at once.

        Args:
            batch: The documents.
            language: Which they are all in, where that is known; steps that tell languages are believed no other.
        """
        count = batch.num_rows
        documents = cls(
            language=language,
            batch=batch,
            text_bytes=np.diff(text_buffers(batch["text"]).offsets),
            has_text=np.ones(count, dtype=np.bool_),
            kept=np.ones(count, dtype=np.bool_),
            verdicts={name: np.empty(count, dtype=object) for name in VERDICT_SCHEMA.names[1:]},
        )
        documents.remove(blank(batch["text"]), step=READ, rule=EMPTY, value="0", threshold="1")
        if language is not None:
            documents.measurements |= known_language(language, count)
        return documents

    def remove(self, mask: Mask, **verdict: str) -> None:
        """Remove the documents of the mask that are still kept, all with the same verdict."""
        mask = mask & self.kept
        for name, value in verdict.items():
            self.verdicts[name][mask] = value
        self.kept = self.kept & ~mask

    def blame(self, index: int, step: str, rule: str, value: object, threshold: str) -> None:
        """Write down which rule removes a document, by which value."""
        said = {"step": step, "rule": rule, "value": shown(value), "threshold": threshold}
        for name, content in said.items():
            self.verdicts[name][index] = content

    def view(self, mask: Mask, reader: Step | None = None) -> pa.RecordBatch:
        """The documents of the mask with their measurements; steps that see the same ones share one text array.

        Args:
            mask: Which documents.
            reader: The step that asks, where it is known to read no other measurements than it declares, and the
                language: the others are left out.
        """
        wanted = self.measurements if reader is None else dict.fromkeys((LANGUAGE, *reader.reads))
        names = tuple(name for name in wanted if name in self.measurements)
        columns = [self.measurements[name] for name in names]
        whole = is_whole(mask)
        if whole and not names:
            return self.batch
        rows = b"" if whole else mask.tobytes()
        seen, view = self._views.get((rows, names), ((), None))
        if view is not None and len(seen) == len(columns) and all(map(operator.is_, seen, columns)):
            return view
        base, shown = self.batch, columns
        if not whole:
            selected = pa.array(mask)
            if (rows, ()) not in self._views:
                some = self.batch.filter(selected)
                self._views[rows, ()] = (), some
                remember_selection(self.batch["text"], some["text"], np.flatnonzero(mask))
            base, shown = self._views[rows, ()][1], [column.filter(selected) for column in columns]
        view = pa.RecordBatch.from_arrays([*base.columns, *shown], names=[*BATCH_SCHEMA.names, *names])
        if reader is not None:
            self._views[rows, names] = tuple(columns), view
        return view

    def set_text(self, text: pa.Array, mask: Mask) -> None:
        """Replace the text of the documents of the mask."""
        if not is_whole(mask):
            text = pc.if_else(pa.array(mask), scatter(text, mask), self.batch["text"])
        self.batch = replace_text(self.batch, text)
        self._views.clear()

    def set_measurements(self, planned: PlannedStep, taken: Measurements, mask: Mask) -> None:
        """Record all that a step has measured of the documents of the mask."""
        whole = is_whole(mask)
        for measurement, declared in planned.step.measurements.items():
            values = taken[measurement]
            if whole and values.type == declared:
                self.measurements[planned.columns[measurement]] = values
            else:
                self.set_measurement(planned.columns[measurement], declared, values, mask)

    def set_measurement(self, name: str, declared: pa.DataType, values: pa.Array, mask: Mask) -> None:
        """Record a measurement of the documents of the mask; others keep what they have."""
        if values.type != declared:
            values = values.cast(declared)
        if not is_whole(mask):
            values = scatter(values, mask)
            if name in self.measurements:
                values = pc.if_else(pa.array(mask), values, self.measurements[name])
        self.measurements[name] = values

    def ledger_columns(self, measurements: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
        """The account so far as columns: those of :data:`VERDICT_SCHEMA`, then every measurement of the recipe."""
        columns = {"bytes": pa.array(self.text_bytes, pa.int64())}
        columns |= {field.name: pa.array(self.verdicts[field.name], field.type) for field in list(VERDICT_SCHEMA)[1:]}
        for name, declared in measurements.items():
            columns[name] = self.measurements.get(name, pa.nulls(self.batch.num_rows, declared))
        return columns


class PassEngine:
    """The steps of one pass, ready to be applied to batches."""

    def __init__(self, plan: Plan, number: int, *, measure_all: bool = False) -> None:
        self.plan = plan
        self.current: Pass = plan.passes[number]
        self.measure_all = measure_all
        steps = {planned.id: planned.step for planned in self.current.steps}
        for step in steps.values():
            step.setup()
        # Made once: a single text would take longer to look these up than to be judged.
        self._filters = {name: step for name, step in steps.items() if isinstance(step, Filter)}
        self._cleaners = {name: step for name, step in steps.items() if isinstance(step, Cleaner)}
        self._rules = {name: step.rules for name, step in self._filters.items()}
        self._readers = {name: step if is_own(step) else None for name, step in steps.items()}
        """Steps that are known to read no other measurements than they declare."""
        self._edits_removed = {
            planned.id: measure_all or plan.measures_behind(planned) for planned in self.current.steps
        }

    def apply(self, documents: Documents) -> dict[str, StepTotals]:
        """Take the batch through every step of the pass; returns what each has seen, and how long it took."""
        seen = {}
        for planned in self.current.steps:
            concerned_by = documents.kept if planned.is_expensive else documents.has_text
            text_bytes = int(documents.text_bytes[concerned_by].sum())
            watch = Stopwatch()
            self.apply_step(planned, documents)
            seen[planned.id] = StepTotals(
                documents=int(np.count_nonzero(concerned_by)),
                text_bytes=text_bytes,
                batches=1,
                **watch.spent()._asdict(),
            )
        return seen

    def apply_step(self, planned: PlannedStep, documents: Documents) -> None:
        """Take the batch through one step.

        Raises:
            TextmillError: when the step raises anything, as steps and functions of the user's own may.
        """
        try:
            self._apply(planned, documents)
        except (TextmillError, MemoryError):
            raise
        except Exception as error:
            ids = documents.batch["doc_id"]
            among = f"documents {ids[0]} to {ids[-1]} of {documents.batch['source'][0]}"
            raise TextmillError(f"the step {planned.id} raised {describe_error(error)} among {among}") from error

    def _apply(self, planned: PlannedStep, documents: Documents) -> None:
        step = planned.step
        if (judging := self._filters.get(planned.id)) is not None:
            self._measure_and_judge(planned, judging, documents)
        elif (cleaning := self._cleaners.get(planned.id)) is not None:
            self._clean(planned, cleaning, documents)
        elif isinstance(step, Tokenize):
            if not np.count_nonzero(documents.kept):
                documents.input_ids = NO_IDS
                return
            documents.input_ids, taken = step.encode_documents(documents.view(documents.kept, step))
            documents.set_measurements(planned, taken, documents.kept)

    def concerns(self, planned: PlannedStep, documents: Documents) -> bool:
        """Whether any document of the batch meets the step's condition."""
        return bool(concerned(planned, documents).any())

    def deduplicated(self, documents: Documents) -> Mask:
        """Which documents the deduplication behind the pass looks at: those still kept that meet its condition."""
        planned = self.current.deduplicator
        if planned is None:
            return np.zeros(documents.batch.num_rows, dtype=np.bool_)
        return concerned(planned, documents) & documents.kept

    def _measure_and_judge(self, planned: PlannedStep, step: Filter, documents: Documents) -> None:
        mask = concerned(planned, documents)
        if step.expensive and not self.measure_all:
            mask &= documents.kept
        if not np.count_nonzero(mask):
            return
        taken = step.measure(documents.view(mask, self._readers[planned.id]))
        if documents.language is not None and LANGUAGE_LABEL in step.measurements:
            taken = {**taken, **known_language(documents.language, int(np.count_nonzero(mask)))}
        documents.set_measurements(planned, taken, mask)
        if len(mask) == 1:
            self._judge_one(planned, taken, documents)
            return
        where = np.flatnonzero(mask)
        kept = documents.kept[where]
        for rule in self._rules[planned.id]:
            own = None if rule.bound_in is None else taken[rule.bound_in]
            failed = rule.fails(taken[rule.measurement], own) & kept
            for index in np.flatnonzero(failed).tolist():  # only documents that this rule removes, one by one
                value = taken[rule.measurement][index].as_py()
                bound = rule if own is None else rule.with_bound(own[index].as_py())
                documents.blame(where[index], planned.id, rule.name, value, bound.broken_threshold(value))
            kept &= ~failed
        removed = np.zeros(len(mask), dtype=np.bool_)
        removed[where] = ~kept
        documents.kept = documents.kept & ~removed

    def _judge_one(self, planned: PlannedStep, taken: Measurements, documents: Documents) -> None:
        """The same for a batch of one document, for which making arrays would take longer than anything else."""
        if not documents.kept[0]:
            return
        for rule in self._rules[planned.id]:
            value = taken[rule.measurement][0].as_py()
            own = None if rule.bound_in is None else taken[rule.bound_in][0].as_py()
            if rule.is_broken_by(value, own):
                documents.blame(0, planned.id, rule.name, value, rule.with_bound(own).broken_threshold(value))
                documents.kept = np.zeros(1, dtype=np.bool_)
                return

    def _clean(self, planned: PlannedStep, step: Cleaner, documents: Documents) -> None:
        mask = concerned(planned, documents)
        if not self._edits_removed[planned.id]:
            mask &= documents.kept
        if not np.count_nonzero(mask):
            return
        view = documents.view(mask, self._readers[planned.id])
        before = view["text"]
        text, taken = step.clean(view)
        documents.set_measurements(planned, taken, mask)
        if text is before or text.equals(before):
            return
        documents.set_text(text, mask)
        emptied = np.zeros(len(mask), dtype=np.bool_)
        # What was blank before was not emptied, whatever happened to its neighbours in the batch.
        emptied[mask] = blank(text) & ~blank(before)
        if not np.count_nonzero(emptied):
            return
        emptied_by = documents.verdicts["emptied_by"]
        emptied_by[emptied & np.asarray(pc.is_null(pa.array(emptied_by, pa.string())))] = planned.id
        documents.remove(emptied, step=planned.id, rule=EMPTY, value="0", threshold="1")


def known_language(language: str, count: int) -> dict[str, pa.Array]:
    """What a language step would say of documents in a language that is certain."""
    return {
        LANGUAGE_LABEL: pa.array([language] * count, pa.string()),
        LANGUAGE_SCORE: pa.array([1.0] * count, pa.float64()),
    }


def concerned(planned: PlannedStep, documents: Documents) -> Mask:
    """Which documents meet a step's condition, of those whose text is at hand."""
    if not planned.condition:
        return documents.has_text.copy()
    language = documents.measurements.get(LANGUAGE_LABEL)
    return documents.has_text & planned.condition.holds(documents.batch["kind"], language)


def shown(value: Any) -> str:
    """A measured value as the ledger shows it."""
    return repr(round(value, 6)) if isinstance(value, float) else str(value)
