"""The Beam graph of a run: passes over splits, joined by small groupings of packed arrays. Text never shuffles.

Elements are split descriptors and packed arrays, a few hundred for each gigabyte of input. A recipe with k
deduplications becomes k + 1 passes, with an exchange between two, whose rounds group packed arrays
(:mod:`~textmill.pipeline.exchange`)::

    list and cut ─ redistribute ─ pass 0 ┬ staged splits ──────────────────────────────────┐
                                         └ keys by partition ─ group ─ round ─ group ─ … ──┴ co-group by split ─ pass 1
    … last pass ─ plan shards ─ redistribute ─ write ─ manifest
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam

from ..exchange import Message, Round, exchange_after
from ..files.uploads import finish_uploads
from ..input.splits import Split, cut_splits
from ..job.job import Job
from ..job.progress import PROGRESS, Progress
from ..job.results import PassResult, StagedSplit
from ..output.finish import finish_run, plan_run_shards
from ..output.shards import ShardFacts, ShardPlan, write_shard
from ..passes.passes import first_pass, later_pass
from ..passes.rows import shard_schema
from .memory import give_back_memory
from .message_files import BytesOrFile, received, to_file
from .metrics import BeamProgress

MESSAGES = "messages"


def build(root: Any, job: Job) -> Any:
    """Add the whole run to a pipeline; its one output element is the manifest's path."""
    results = (
        root
        | "Job" >> beam.Create([None])
        | "List and cut" >> beam.FlatMap(_list_splits, job)
        | "Distribute splits" >> beam.Reshuffle()
        | "Pass 0" >> beam.ParDo(_FirstPass(job)).with_outputs(MESSAGES, main="staged")
    )
    finished = connect(results, job).staged
    shards = (
        finished
        | "To one planner" >> beam.Map(_to_one)
        | "All pieces" >> beam.GroupByKey()
        | "Plan shards" >> beam.FlatMap(_plan_shards, job)
        | "Distribute shards" >> beam.Reshuffle()
        | "Write shards" >> beam.ParDo(_WriteShard(job))
    )
    return (
        {"splits": finished | "Split facts" >> beam.Map(_split_facts), "shards": shards}
        | "All facts" >> beam.CoGroupByKey()
        | "Manifest" >> beam.Map(_finish, job)
    )


def connect(results: Any, job: Job) -> Any:
    """From the outputs of the first pass to those of the last, through all exchanges between them."""
    for number in range(1, job.last_pass + 1):
        results = _next_pass(results, job, number)
    return results


def _next_pass(results: Any, job: Job, number: int) -> Any:
    """Take the messages of a pass through the rounds of its exchange, and start the next pass with the outcome."""
    exchange = exchange_after(job, number - 1)
    assert exchange is not None
    label = exchange.label
    staged = results.staged | f"Staged {label}" >> beam.Map(_keyed_staged)
    messages = results[MESSAGES]
    for index, one in enumerate(exchange.rounds):
        name = f"{one.name} {label}"
        work = _Round(job, one, stage=f"{number}-{index}")
        if one.at_splits:
            grouped = {"staged": staged, "messages": messages} | f"Group for {name}" >> beam.CoGroupByKey()
            messages = grouped | name >> beam.ParDo(work)
        else:
            messages = messages | f"Group for {name}" >> beam.GroupByKey() | name >> beam.ParDo(work)
    return (
        {"staged": staged, "messages": messages}
        | f"To splits {label}" >> beam.CoGroupByKey()
        | f"Pass {number}" >> beam.ParDo(_LaterPass(job, number)).with_outputs(MESSAGES, main="staged")
    )


def _list_splits(_: None, job: Job) -> list[tuple[Split, int]]:
    """Cut the input; the biggest splits come first, because runners hand out in turn and never take back."""
    splits = cut_splits(job.find_inputs(), job.reading)
    return [(split, len(splits)) for split in sorted(splits, key=lambda split: (-split.bytes, split.number))]


class _Worker(beam.DoFn):  # type: ignore[misc]
    """A step of the graph that reports progress."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def setup(self) -> None:
        self.progress = BeamProgress(Path(self.job.shared, PROGRESS) if self.job.shared is not None else None)

    def finish_bundle(self) -> None:
        """What is told to the stages behind must be there for all workers."""
        finish_uploads()

    def emit(self, number: int, result: PassResult) -> Iterator[Any]:
        yield PassResult(staged=result.staged, piece=result.piece)
        if not result.messages:
            return
        for message in self.send(result.messages.items(), f"pass-{number}", result.staged.split.number):
            yield beam.pvalue.TaggedOutput(MESSAGES, message)

    def send(self, messages: Iterable[Message], stage: str, number: int) -> Iterator[tuple[int, BytesOrFile]]:
        """Send what a stage makes of one number on: counted, and by a file where the job says so."""
        if self.job.shared is None:
            return self.counted(messages)
        return to_file(self.counted(messages), Path(self.job.shared, "messages", stage, str(number)))

    def counted(self, messages: Iterable[Message]) -> Iterator[Message]:
        shuffled_bytes = 0
        for message in messages:
            shuffled_bytes += len(message[1])
            yield message
        self.progress.add(Progress(shuffled_bytes=shuffled_bytes))


class _FirstPass(_Worker):
    def process(self, element: tuple[Split, int]) -> Iterator[Any]:
        split, splits = element
        yield from self.emit(0, first_pass(self.job, split, splits, self.progress))


class _LaterPass(_Worker):
    def __init__(self, job: Job, number: int) -> None:
        super().__init__(job)
        self.number = number

    def process(self, element: tuple[int, dict[str, Iterable[Any]]]) -> Iterator[Any]:
        _, groups = element
        (staged,) = groups["staged"]
        messages = received(groups["messages"])
        yield from self.emit(self.number, later_pass(self.job, self.number, staged, messages, self.progress))


class _Round(_Worker):
    def __init__(self, job: Job, one: Round, *, stage: str) -> None:
        super().__init__(job)
        self.round, self.stage = one, stage

    def process(self, element: tuple[int, Any]) -> Iterator[tuple[int, BytesOrFile]]:
        number, grouped = element
        path = None
        if self.round.at_splits:
            (staged,), grouped = grouped["staged"], grouped["messages"]
            path = staged.path
        messages = list(received(grouped))
        if messages:
            yield from self.send(self.round.work(number, messages, path), self.stage, number)


class _WriteShard(_Worker):
    def process(self, plan: ShardPlan) -> Iterator[tuple[int, ShardFacts]]:
        give_back_memory()  # a run holds most while all workers write shards, and one of them then sums up
        facts = write_shard(plan, self.job.folder("shards"), shard_schema(self.job.recipe.plan))
        give_back_memory()
        self.progress.add(Progress(shards=1, steps={"shards": facts.totals}))
        yield 0, facts


def _keyed_staged(result: PassResult) -> tuple[int, StagedSplit]:
    return result.staged.split.number, result.staged


def _to_one(result: PassResult) -> tuple[int, PassResult]:
    return 0, result


def _plan_shards(element: tuple[int, Iterable[PassResult]], job: Job) -> list[ShardPlan]:
    return plan_run_shards(job, element[1])


def _split_facts(result: PassResult) -> tuple[int, StagedSplit]:
    return 0, result.staged


def _finish(element: tuple[int, dict[str, Iterable[Any]]], job: Job) -> str:
    _, groups = element
    path = finish_run(job, groups["splits"], groups["shards"])
    finish_uploads()
    return path
