"""The same steps without Beam: for one file, and as the yardstick that every runner must match."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from ..exchange import exchange_after, take_rounds
from ..input.inputs import find_inputs
from ..input.splits import Split, cut_splits
from ..job.job import Job
from ..job.progress import ProgressWriter
from ..job.results import PassResult
from ..steps.documents import Documents
from .passes import first_pass, later_pass, pass_over


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
