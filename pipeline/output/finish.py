"""The end of a run: even shards out of the splits' pieces, then manifest, report and data card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..exchange.seen_index import seal_indexes
from ..files.listing import list_files
from ..files.storage import join, remove_empty_folders, remove_file
from ..job.facts import combine
from ..job.job import Job
from ..job.results import PassResult, StagedSplit
from ..passes.partitions import check_number
from ..passes.rows import shard_schema
from .croissant import write_croissant
from .data_card import write_data_card
from .manifest import FILE_FOLDERS, build_manifest, write_manifest
from .options import models_of, options_of, resume_of
from .report import write_report
from .shards import ShardFacts, ShardPlan, plan_shards
from .surges import surges_of_splits


def plan_run_shards(job: Job, results: Iterable[PassResult]) -> list[ShardPlan]:
    """Divide the kept documents of all splits, in the order of the splits, among shards of even size."""
    ordered = sorted(results, key=lambda result: result.staged.split.number)
    pieces = [result.piece for result in ordered if result.piece is not None]
    partition = job.recipe.plan.partition
    if partition:
        check_number(len({folder for piece in pieces for folder in piece.batch_folders}), partition)
    return plan_shards(pieces, job.shard_bytes)


def finish_run(job: Job, splits: Iterable[StagedSplit], shards: Iterable[ShardFacts]) -> str:
    """Write what describes the run; the manifest comes last, because it says that the run is finished."""
    of_splits = [split.facts for split in splits]
    facts = combine(of_splits)
    surges = surges_of_splits(job.recipe.plan, of_splits, job.warn_after_documents)
    manifest = build_manifest(
        job.recipe,
        facts,
        shards,
        models=models_of(job.recipe.plan),
        surges=surges,
        options=options_of(job),
        resume=resume_of(job),
    )
    _remove_strays(job, manifest)
    seal_indexes(job)
    write_report(job.output, manifest)
    write_data_card(job.output, manifest)
    write_croissant(job.output, manifest, shard_schema(job.recipe.plan))
    return write_manifest(job.output, manifest)


def _remove_strays(job: Job, manifest: Mapping[str, Any]) -> None:
    """Remove what an interrupted run with another recipe or input, or a killed worker, has left among the results."""
    for folder in FILE_FOLDERS:
        listed = {join(job.folder(folder), file["name"]) for file in manifest[folder]}
        for path in list_files(job.folder(folder)):
            if path not in listed:
                remove_file(path)
    remove_empty_folders(job.folder("shards"))
