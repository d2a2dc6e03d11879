"""The same steps without Beam: for one text, for one file, and as the yardstick that every runner must match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from ...filters.base.batch import encodable, make_batch
from ..exchange import exchange_after, take_rounds
from ..input.inputs import find_inputs
from ..input.splits import Split, cut_splits
from ..job.job import Job
from ..job.progress import ProgressWriter
from ..job.results import PassResult
from ..recipes.definition import RecipeDefinition
from ..steps.engine import Documents, PassEngine
from .passes import first_pass, later_pass, pass_over


class Verdict(NamedTuple):
    """Why a document is kept or not."""

    kept: bool
    step: str | None = None
    rule: str | None = None
    value: str | None = None
    threshold: str | None = None

    def __str__(self) -> str:
        if self.kept:
            return "kept"
        return f"removed by {self.step}.{self.rule}: {self.value} against {self.threshold}"


class Cleaned(NamedTuple):
    """What a recipe made of one text."""

    text: str | None
    """The cleaned text, or None when a rule removed it."""
    verdict: Verdict
    measurements: Mapping[str, Any]
    """Every measurement that was taken, by name."""

    @property
    def removed_by(self) -> str | None:
        """The rule that removed the text, as ``step.rule``; None when it was kept."""
        return None if self.verdict.kept else f"{self.verdict.step}.{self.verdict.rule}"


def clean_text(recipe: RecipeDefinition, text: str, *, kind: str = "web") -> Cleaned:
    """Take one text through all steps but the deduplications; see :meth:`Recipe.clean`."""
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__}")
    documents = measure_documents(recipe, Documents.read(make_batch([encodable(text)], kind=kind)), measure_all=False)
    return outcome(documents, 0)


def measure_documents(recipe: RecipeDefinition, documents: Documents, *, measure_all: bool) -> Documents:
    """Take a batch through every pass of a recipe at once, without deduplication."""
    for number in range(len(recipe.plan.passes)):
        PassEngine(recipe.plan, number, measure_all=measure_all).apply(documents)
    return documents


def outcome(documents: Documents, index: int) -> Cleaned:
    """What became of one document of a batch."""
    kept = bool(documents.kept[index])
    said = {name: documents.verdicts[name][index] for name in ("step", "rule", "value", "threshold")}
    measured = {name: column[index].as_py() for name, column in documents.measurements.items()}
    return Cleaned(
        text=documents.batch["text"][index].as_py() if kept else None,
        verdict=Verdict(kept, **said),
        measurements={name: value for name, value in measured.items() if value is not None},
    )


def run_passes(job: Job, progress: ProgressWriter | None = None) -> list[PassResult]:
    """Do what the Beam graph does up to the final shards, here and now, one split after the other."""
    progress = progress or ProgressWriter(None)
    splits = cut_splits(find_inputs(job.inputs), job.reading)
    return _later_passes(job, [first_pass(job, split, len(splits), progress) for split in splits], progress)


def run_documents(job: Job, batches: Iterable[pa.RecordBatch]) -> PassResult:
    """Do the same with documents that have been read already, as one split."""
    progress = ProgressWriter(None)
    split = Split(number=0, parts=(), bytes=0)
    first = pass_over(job, split, 1, (Documents.read(batch) for batch in batches), progress)
    return _later_passes(job, [first], progress)[0]


def _later_passes(job: Job, results: list[PassResult], progress: ProgressWriter) -> list[PassResult]:
    for number in range(1, job.last_pass + 1):
        messages = exchange_messages(job, number - 1, results)
        results = [
            later_pass(job, number, result.staged, messages.get(index, []), progress)
            for index, result in enumerate(results)
        ]
    return results


def exchange_messages(job: Job, number: int, results: list[PassResult]) -> dict[int, list[bytes]]:
    """Take the messages that a pass has left through the rounds of its exchange; returns those for each split."""
    exchange = exchange_after(job, number)
    assert exchange is not None
    messages = (message for result in results for message in result.messages.items())
    return take_rounds(exchange.rounds, messages, [result.staged.path for result in results])
