"""The end of a run: even shards out of the splits' pieces, then manifest, report and data card."""

from __future__ import annotations

from collections.abc import Iterable

from .data_card import write_data_card
from .facts import combine
from .job import Job
from .manifest import build_manifest, write_manifest
from .passes import PassResult, StagedSplit
from .report import write_report
from .shards import ShardFacts, ShardPlan, plan_shards
from .storage import sha256


def plan_run_shards(job: Job, results: Iterable[PassResult]) -> list[ShardPlan]:
    """Deal the kept documents of all splits, in the order of the splits, to shards of even size."""
    ordered = sorted(results, key=lambda result: result.staged.split.number)
    return plan_shards([result.piece for result in ordered if result.piece is not None], job.shard_bytes)


def finish_run(job: Job, splits: Iterable[StagedSplit], shards: Iterable[ShardFacts]) -> str:
    """Write what describes the run; the manifest comes last, because it says that the run is finished."""
    facts = combine(split.facts for split in splits)
    files = {name: path for item in job.recipe.plan.steps for name, path in item.step.model_files.items()}
    models = [{"name": name, "sha256": sha256(str(path))} for name, path in sorted(files.items())]
    manifest = build_manifest(job.recipe, facts, shards, models=models)
    write_report(job.output, manifest)
    write_data_card(job.output, manifest)
    return write_manifest(job.output, manifest)
