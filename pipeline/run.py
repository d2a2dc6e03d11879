"""A whole run: check everything that can be wrong beforehand, run the job on a runner, settle the account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import AccountingError, InputError
from .inputs import InputOptions, absolute_input, find_inputs
from .job import WORK_FOLDER, Job
from .manifest import check_accounting
from .progress import Progress
from .storage import exists, join, list_files, local_path, make_folder, open_read, remove_tree

if TYPE_CHECKING:
    from .recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How to run; none of it changes the documents that come out, except ``reading``."""

    workers: int = 1
    """Local worker processes."""
    runner: str = "local"
    """``local``, or the name of a Beam runner (``flink``, ``dataflow`` …)."""
    runner_options: Sequence[str] = ()
    """Options for the Beam runner, as on a command line."""
    reading: InputOptions = field(default_factory=InputOptions)
    keep_removed: bool = False
    """Also write the text of removed documents, to look at."""
    measure_all: bool = False
    """Take costly measurements of removed documents too."""
    shard_bytes: int = 256_000_000
    """Text bytes to aim at for one shard."""
    on_progress: Callable[[Progress], None] | None = None
    """Called ten times a second during local runs."""


def run_recipe(recipe: Recipe, inputs: Sequence[str], output: str, options: RunOptions) -> Mapping[str, Any]:
    """Run a recipe; see :meth:`Recipe.run`."""
    if options.workers < 1:
        raise InputError(f"workers must be at least 1, not {options.workers}")
    job = Job(
        recipe=recipe,
        inputs=tuple(absolute_input(given) for given in inputs),
        output=local_path_or_uri(output),
        reading=options.reading,
        keep_removed=options.keep_removed,
        measure_all=options.measure_all,
        shard_bytes=options.shard_bytes,
    )
    find_inputs(job.inputs)  # a wrong path is told now, not by a worker
    if options.runner == "local":
        from .local import run_local

        if options.runner_options:
            raise InputError(f"the local runner takes no Beam options, but got {' '.join(options.runner_options)}")
        prepare_output(job)
        run_local(job, options.workers, options.on_progress)
    else:
        from .cluster import open_pipeline, run_on_cluster

        pipeline = open_pipeline(options.runner, options.runner_options)
        prepare_output(job)
        run_on_cluster(pipeline, job)
    return settle(job)


def prepare_output(job: Job) -> None:
    """Make the output folder.

    Raises:
        InputError: when something is in it, or it cannot be written.
    """
    if exists(job.output) and list_files(job.output):
        unfinished = exists(job.folder(WORK_FOLDER))
        what = "holds an unfinished run" if unfinished else "is not empty"
        raise InputError(f"the output folder {job.output} {what}; delete it or name another with --output")
    try:
        make_folder(job.output)
        make_folder(job.folder(WORK_FOLDER))
    except OSError as error:
        raise InputError(f"cannot write to the output folder {job.output}: {error}") from error


def settle(job: Job) -> Mapping[str, Any]:
    """Read the manifest of a run that has ended, check that its documents add up, and clear the work folder away.

    Raises:
        AccountingError: when they do not; the work folder is left for looking at.
    """
    with open_read(job.folder("manifest.json")) as source:
        manifest: dict[str, Any] = json.loads(source.read())
    problems = check_accounting(manifest)
    if problems:
        raise AccountingError(f"the documents do not add up in {job.output}: " + "; ".join(problems))
    remove_tree(job.folder(WORK_FOLDER))
    return manifest


def local_path_or_uri(path: str) -> str:
    """An absolute local path, or a URI as it stands."""
    local = local_path(path)
    return join(str(local.absolute())) if local is not None else path
