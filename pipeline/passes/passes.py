"""One pass over one split: read or reopen, apply the steps, stage or finish. Runs on any worker, in any order."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...dedup.documents.rehydrate import REPEATS
from ..exchange import exchange_after
from ..files.ledger import ledger_schema, write_table
from ..files.listing import size
from ..files.staging import StagedWriter, read_staged
from ..files.storage import local_path, sha256
from ..input.parts import Part
from ..input.readers import Quarantined, read_split
from ..input.splits import Split
from ..job.facts import SplitFacts
from ..job.job import Job
from ..job.progress import Progress, ProgressWriter, work_of_pass
from ..job.results import PassResult, Piece, StagedSplit
from ..steps.documents import READ, Documents
from ..steps.engine import PassEngine
from ..steps.masks import scatter
from ..steps.staged import restore, stage, staged_schema
from ..steps.totals import Spent, StepTotals, Stopwatch, add_totals
from .fingerprints import digest, split_fingerprint
from .partitions import partitioned
from .quarantine import QuarantineFile, quarantined_rows
from .records import recall, remember
from .rows import REMOVED_SCHEMA, finished_rows, ledger_rows, removed_rows, shard_schema
from .samples import RemovedSamples, samples_of_split, text_to_stage

STAGE, WRITE = "stage", "write"
"""What writing takes is counted apart: what goes to the next pass, and the results of the last."""

LOG = logging.getLogger(__name__)


def first_pass(job: Job, split: Split, splits: int, progress: ProgressWriter) -> PassResult:
    """Read a split and apply the first pass, unless that is done already."""
    fingerprint = split_fingerprint(job.fingerprints[0], split, splits) if job.fingerprints else None
    if (
        fingerprint is not None
        and not job.is_fresh
        and (recorded := recall(job, 0, split, splits, fingerprint)) is not None
    ):
        return _recorded(0, recorded, progress)
    facts = SplitFacts(number=split.number)
    checksums = _Checksums(split)
    run = _SplitPass(job, 0, split, splits, facts, progress)

    def read() -> Iterator[Documents]:
        for part in read_split(split, job.reading):
            run.quarantine(part.quarantined)
            facts.add_read(part)
            if part.batch.num_rows:
                yield Documents.read(part.batch)

    result = run.apply(read())
    for part, checksum, file_bytes in checksums.found():
        facts.add_input(part.source, checksum, file_bytes)
    if fingerprint is not None:
        remember(job, 0, fingerprint, result)
    return result


def pass_over(job: Job, split: Split, splits: int, stream: Iterator[Documents], progress: ProgressWriter) -> PassResult:
    """Apply the first pass to documents that come from elsewhere than files."""
    return _SplitPass(job, 0, split, splits, SplitFacts(number=split.number), progress).apply(stream)


def later_pass(
    job: Job, number: int, staged: StagedSplit, messages: Iterable[bytes], progress: ProgressWriter
) -> PassResult:
    """Reopen what the pass before has staged, act on what its deduplication has found, and apply the next pass.

    What an earlier run or attempt has done already is taken from its record.
    """
    messages = list(messages)
    fingerprint = None
    if job.fingerprints:
        said = sorted(hashlib.sha256(message).hexdigest() for message in messages)
        fingerprint = digest(job.fingerprints[number], staged, said)
        if not job.is_fresh and (recorded := recall(job, number, staged.split, staged.splits, fingerprint)) is not None:
            return _recorded(number, recorded, progress)
    plan = job.recipe.plan
    exchange = exchange_after(job, number - 1)
    assert exchange is not None
    assert staged.path is not None
    decisions = exchange.decisions(messages, str(staged.path))

    def reopen() -> Iterator[Documents]:
        first_row = 0
        for batch in read_staged(str(staged.path)):
            documents = restore(batch, plan, removed_have_text=job.carries_removed_text)
            exchange.apply(documents, _rows(staged.split, first_row, batch.num_rows), decisions)
            first_row += batch.num_rows
            if not job.carries_removed_text:
                documents.has_text = documents.kept
            yield documents

    run = _SplitPass(job, number, staged.split, staged.splits, staged.facts, progress)
    for group, selected in exchange.facts(decisions).items():
        run.facts.selections[exchange.planned.id, group] = selected
    result = run.apply(reopen())
    if fingerprint is not None:
        remember(job, number, fingerprint, result)
    return result


def _recorded(number: int, result: PassResult, progress: ProgressWriter) -> PassResult:
    """Take over what an earlier run or attempt has left."""
    progress.add(result.seen)
    LOG.info("pass %d of split %d was done before", number, result.staged.split.number)
    return result


class _Checksums:
    """Checksums of whole input files, each computed by the split that has its beginning.

    Those in other stores are computed while the split is worked on, since reading them takes waiting.
    """

    def __init__(self, split: Split) -> None:
        self._parts = [part for part in split.parts if part.start == 0]
        self._started: dict[str, Future[str]] = {}
        remote = [part for part in self._parts if local_path(part.path) is None]
        if remote:
            pool = ThreadPoolExecutor(1, thread_name_prefix="checksums")
            self._started = {part.path: pool.submit(sha256, part.path, part.size) for part in remote}
            pool.shutdown(wait=False)

    def found(self) -> Iterator[tuple[Part, str, int]]:
        """Each file's part, checksum and bytes; one that cannot be read has none, and stands in the quarantine."""
        for part in self._parts:
            try:
                started = self._started.get(part.path)
                if started is not None:
                    yield part, started.result(), part.size or 0
                else:
                    yield part, sha256(part.path), size(part.path)
            except OSError:
                yield part, "", 0


class _SplitPass:
    """Applies a pass to the documents of one split and writes what comes of them."""

    def __init__(
        self, job: Job, number: int, split: Split, splits: int, facts: SplitFacts, progress: ProgressWriter
    ) -> None:
        self.job, self.number, self.split, self.splits = job, number, split, splits
        self.plan = job.recipe.plan
        self.facts = replace(facts) if number else facts
        self.progress = progress
        self.seen = Progress(splits=splits)
        self.engine = PassEngine(self.plan, number, measure_all=job.measure_all)
        self.is_last = number == job.last_pass
        self.rows = 0
        per_side = 0 if job.keep_removed else samples_of_split(job.samples, splits)
        self.samples = RemovedSamples(per_side, with_rows=self.is_last) if per_side else None
        exchange = exchange_after(job, number)
        staged_path = job.staged_path(number, split.number)
        self.collector = exchange.collector(staged_path, splits) if exchange is not None else None
        self.beside = exchange.columns if exchange is not None else {}
        self._quarantine_path = job.part_path("quarantine", split.number, splits)

    def quarantine(self, rows: Sequence[Quarantined]) -> None:
        """Take what could not be read, while the pass is applied."""
        self._quarantine.write(rows)

    def apply(self, stream: Iterator[Documents]) -> PassResult:
        """Apply the pass to all documents."""
        path = self.job.staged_path(self.number, self.split.number)
        schema = shard_schema(self.plan) if self.is_last else staged_schema(self.plan, self.number, self.beside)
        ledger: list[pa.RecordBatch] = []
        removed: list[pa.RecordBatch] = []
        folders: list[str] = []
        with ExitStack() as stack:
            writer = stack.enter_context(StagedWriter(path, schema))
            self._quarantine = QuarantineFile(self._quarantine_path, stack)
            for documents, waited in _timed(stream):
                steps = self.engine.apply(documents)
                watch = Stopwatch()
                if self.is_last:
                    finished = finished_rows(documents, self.plan)
                    for folder, rows in partitioned(finished, self.plan.partition):
                        writer.write(rows, int(pc.sum(pc.binary_length(rows["text"])).as_py() or 0))
                        folders += [folder] * bool(rows.num_rows)
                    ledger.append(self._account(documents))
                    if self.job.keep_removed:
                        removed.append(removed_rows(documents, ~documents.kept))
                    elif self.samples is not None:
                        self.samples.add(documents)
                else:
                    beside = self._collect(documents, steps)
                    watch = Stopwatch()
                    batch = documents.batch
                    if not self.job.carries_removed_text:
                        batch = text_to_stage(documents, None if self.samples is None else self.samples.add(documents))
                    staged = stage(documents, batch, self.plan, self.number, beside)
                    writer.write(staged, int(documents.text_bytes.sum()))
                self.rows += documents.batch.num_rows
                totals = _totals(documents, watch.spent())
                steps |= {WRITE if self.is_last else STAGE: totals}
                self._count(documents, steps, waited)
        if self.number == 0:
            self.facts.quarantine = self._quarantine.facts()
        piece = None
        if self.is_last:
            self._write_results(ledger, removed if self.samples is None else self.samples.rows())
            piece = Piece(
                path=path,
                batch_rows=tuple(writer.batch_rows),
                batch_bytes=tuple(writer.batch_bytes),
                batch_folders=tuple(folders) if self.plan.partition else (),
            )
        end = Progress(
            work_done=work_of_pass(self.number, self.split.bytes), splits_done=Counter({str(self.number): 1})
        )
        self.seen += end
        self.progress.add(end)
        add_totals(self.facts.timing, self.seen.steps)
        LOG.info("pass %d of split %d is done", self.number, self.split.number)
        staged_split = StagedSplit(
            split=self.split, splits=self.splits, path=path, checksum=writer.checksum, facts=self.facts
        )
        messages = self.collector.packed() if self.collector is not None else {}
        return PassResult(staged=staged_split, messages=messages, piece=piece, seen=self.seen)

    def _count(self, documents: Documents, steps: dict[str, StepTotals], waited: Spent) -> None:
        """Count a batch: what is known of its documents, and what this pass has removed."""
        current = self.plan.passes[self.number]
        before = current.previous_deduplicator
        totals = _totals(documents, waited)
        read = totals if self.number == 0 else StepTotals()
        here = {planned.id for planned in current.steps} | ({READ} if before is None else {before.id})
        verdicts = zip(documents.verdicts["step"], documents.verdicts["rule"], strict=True)
        more = Progress(
            documents=read.documents,
            text_bytes=read.text_bytes,
            kept=int(documents.kept.sum()) if self.number == 0 else 0,
            splits=self.splits,
            steps={**steps, READ if before is None else f"{before.id} (apply)": totals},
            removed=Counter(f"{step}.{rule}" for step, rule in verdicts if step in here),
        )
        self.seen += more
        self.progress.add(more)

    def _collect(self, documents: Documents, steps: dict[str, StepTotals]) -> dict[str, pa.Array]:
        """Give the deduplication what it looks at; returns the columns to be staged for it."""
        watch = Stopwatch()
        mask = self.engine.deduplicated(documents)
        if self.collector is None or not mask.any():
            return {name: pa.nulls(len(mask), declared) for name, declared in self.beside.items()}
        columns = self.collector.add(documents.view(mask), _rows(self.split, self.rows, len(mask))[mask])
        deduplicator = self.plan.passes[self.number].deduplicator
        assert deduplicator is not None
        steps[deduplicator.id] = _totals(documents, watch.spent(), mask)
        return {name: scatter(column, mask) for name, column in columns.items()}

    def _account(self, documents: Documents) -> pa.RecordBatch:
        rows = ledger_rows(documents, self.plan)
        self.facts.add_verdicts(rows)
        if self.plan.repeats_rows:
            self.facts.add_copies(rows, REPEATS)
        return rows

    def _write_results(self, ledger: list[pa.RecordBatch], removed: list[pa.RecordBatch]) -> None:
        schema = ledger_schema(self.plan.measurements)
        path = self.job.part_path("ledger", self.split.number, self.splits)
        self.facts.ledger = write_table(path, chain(ledger, self._account_quarantined(schema)), schema)
        if any(batch.num_rows for batch in removed):
            path = self.job.part_path("removed", self.split.number, self.splits)
            self.facts.removed = write_table(path, removed, REMOVED_SCHEMA)

    def _account_quarantined(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        if self.facts.quarantine is None:
            return
        for rows in quarantined_rows(self._quarantine_path, schema):
            self.facts.add_verdicts(rows)
            yield rows


def _timed(stream: Iterator[Documents]) -> Iterator[tuple[Documents, Spent]]:
    """Batches, each with what it took to get."""
    while True:
        watch = Stopwatch()
        documents = next(stream, None)
        if documents is None:
            return
        yield documents, watch.spent()


def _totals(documents: Documents, spent: Spent, mask: npt.NDArray[np.bool_] | None = None) -> StepTotals:
    text_bytes = documents.text_bytes if mask is None else documents.text_bytes[mask]
    return StepTotals(documents=len(text_bytes), text_bytes=int(text_bytes.sum()), batches=1, **spent._asdict())


def _rows(split: Split, first_row: int, count: int) -> npt.NDArray[np.uint64]:
    """Documents are numbered ``split << 32 | row``, so that "first" means the same on every runner."""
    return np.arange(first_row, first_row + count, dtype=np.uint64) | np.uint64(split.number << 32)
