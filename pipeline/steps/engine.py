"""Take one batch of documents through the steps of a pass: measure, judge, edit, keep the account."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import TextmillError, describe_error
from ...filters.base.step import Cleaner, Filter, Measurements
from .documents import EMPTY, Documents, concerned, known_language
from .masks import Mask, blank
from .own import is_own
from .plan import LANGUAGE_LABEL, Pass, Plan, PlannedStep
from .tokenizing import Tokenize
from .totals import StepTotals, Stopwatch

NO_IDS = pa.nulls(0, pa.list_(pa.int32()))


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
