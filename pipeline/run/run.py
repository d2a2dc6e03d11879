"""A whole run: check everything that can be wrong beforehand, run the job on a runner, settle the account."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ...errors import AccountingError, InputError, nearest
from ...filters.base.parameters import check_options
from ..exchange.seen_index import check_indexes
from ..files.listing import list_files
from ..files.lock import exclusive
from ..files.storage import (
    exists,
    local_path_or_uri,
    make_folder,
    make_own_folder,
    read_bytes,
    remove_file,
    remove_tree,
    write_atomically,
)
from ..files.stores import StoreOptions, store_options, use_store_options
from ..input.inputs import InputFile, InputOptions, absolute_input
from ..job.job import WORK_FOLDER, Job
from ..job.progress import Progress
from ..output.croissant import CROISSANT
from ..output.data_card import DATA_CARD
from ..output.manifest import MANIFEST, check_accounting, read_manifest, recipe_dict
from ..output.options import changes, differences, differing_code, named_inputs, options_of, versions_of
from ..output.report import REPORT
from ..passes.fingerprints import function_fingerprints, pass_fingerprints
from ..passes.partitions import check_number, folder_name
from ..recipes.definition import OUTPUT_KEYS, RecipeDefinition

LOG = logging.getLogger(__name__)

COMPONENT_ROUNDS = 12
"""Enough for chains of a thousand duplicates each known to the next only; more rounds add time, not clusters."""

RUN_FILE = "run.json"
"""What an interrupted run was, in the work folder."""

DISTRIBUTED_BYTES = 2_000_000_000_000
"""About half a billion pages: with a fifth of them duplicates, one worker needs 10 GB to join them."""


PARTITION_BYTES = 8_000_000_000
"""Input whose deduplication keys make one partition, about 0.3 GB of them, in runs too big for the usual 32. Their
number is a power of two, so that indexes of runs of any size fit each other file by file."""


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How to run; none of it changes the documents that come out, except ``reading``."""

    workers: int = 1
    """Local worker processes; on a cluster, tasks at once (Flink) or machines at most (Dataflow), and 0 as it likes."""
    runner: str = "local"
    """``local``, or the name of a Beam runner: ``flink``, ``spark``, ``prism``, ``dataflow``, ``portable``."""
    runner_options: Sequence[str] = ()
    """Options for the Beam runner, as on a command line."""
    reading: InputOptions = field(default_factory=InputOptions)
    keep_removed: bool = False
    """Also write the text of all removed documents, to look at."""
    samples: int = 5
    """So many texts of each rule near its threshold, and so many far from it, are kept all the same and shown in the
    report; 0 keeps none."""
    measure_all: bool = False
    """Take costly measurements of removed documents too."""
    shard_bytes: int | None = None
    """Text bytes to aim at for one shard; by default 256 MB, and less in small runs, so that all workers write."""
    columns: Sequence[str] | None = None
    """Measurements to be columns of shards, by name or glob; None leaves it to the recipe."""
    partition: Sequence[str] | None = None
    """Columns by whose values shards lie in folders; None leaves it to the recipe."""
    warn_after_documents: int = 1_000_000
    """Warn of rules that come to remove far more than of so many documents at first."""
    components: str = "auto"
    """Where duplicates are joined to clusters: on a "single" worker, or "distributed" over all in
    :data:`COMPONENT_ROUNDS` rounds; "auto" takes the second from :data:`DISTRIBUTED_BYTES` of input."""
    resume: bool = False
    """Go on with what an interrupted run has left in the output folder."""
    stores: StoreOptions = field(default_factory=store_options)
    """How other stores are opened, as in ``{"s3": {"endpoint": "http://127.0.0.1:9000"}}``; see docs/stores.md."""
    on_notice: Callable[[str], None] = LOG.warning
    """Told in a line what a resumed run does again, and why."""
    on_progress: Callable[[Progress], None] | None = None
    """Called ten times a second during local runs, every few seconds on other runners that tell their metrics."""

    def __post_init__(self) -> None:
        check_options(self)


def run_options(**given: Any) -> RunOptions:
    """Options by their names.

    Raises:
        InputError: for one that there is not, or a value that does not fit.
    """
    fields = [field.name for field in dataclasses.fields(RunOptions)]
    reading = [field.name for field in dataclasses.fields(InputOptions)]
    for name in given:
        if name in reading:
            raise InputError(f"run has no option {name!r}; it belongs to reading: reading=InputOptions({name}=…)")
        if name not in fields:
            raise InputError(f"run has no option {name!r}{nearest(name, fields)}; its options are {', '.join(fields)}")
    return RunOptions(**given)


def run_recipe(recipe: RecipeDefinition, inputs: Sequence[str], output: str, options: RunOptions) -> Mapping[str, Any]:
    """Run a recipe; see :meth:`Recipe.run`.

    Returns:
        The manifest; only ``{"template": …}`` where the job was written as a template of Dataflow instead of being run.
    """
    if options.workers < (1 if options.runner == "local" else 0):
        raise InputError(f"workers must be at least 1, not {options.workers}")
    if options.samples < 0:
        raise InputError(f"samples must be at least 0, which keeps none, not {options.samples}")
    use_store_options(options.stores)
    given = {name: getattr(options, name) for name in OUTPUT_KEYS if getattr(options, name) is not None}
    if given:
        recipe = replace(recipe, **given)
    job = Job(
        recipe=recipe,
        inputs=tuple(absolute_input(given) for given in inputs),
        output=local_path_or_uri(output),
        reading=options.reading,
        keep_removed=options.keep_removed,
        samples=options.samples,
        measure_all=options.measure_all,
        shard_bytes=options.shard_bytes,
        warn_after_documents=options.warn_after_documents,
        stores=options.stores,
    )
    files = job.find_inputs()  # a wrong path is reported now, not by a worker
    if "source" in recipe.plan.partition:
        check_number(len({folder_name("source", file.source) for file in files}), recipe.plan.partition)
    job = replace(job, input_versions=versions_of(files), functions=function_fingerprints(recipe.plan))
    run, template = _on_runner(options, job.output)
    finished = _finished(job, files) if options.resume else None
    if finished is not None:
        changed = list(changes(finished, job, files))
        if not changed:
            return finished
        options.on_notice(f"{job.output} holds a finished run, but {'; '.join(changed)}: it is done again")
    check_indexes(recipe.plan)
    if options.components not in ("auto", "single", "distributed"):
        raise InputError(f"components is {options.components!r}; choose auto, single or distributed")
    input_bytes = sum(file.size for file in files)
    job = replace(job, partitions=max(job.partitions, 1 << (input_bytes // PARTITION_BYTES).bit_length()))
    is_big = options.components == "auto" and input_bytes >= DISTRIBUTED_BYTES
    if is_big or options.components == "distributed":
        job = replace(job, component_rounds=COMPONENT_ROUNDS)
    job = replace(job, fingerprints=pass_fingerprints(job))
    if options.resume and _has_ended(job, files):
        with exclusive(job.folder(WORK_FOLDER)):
            return settle(job)
    with _prepared_output(job, resume=options.resume, again=finished is not None):
        is_fresh = _tell_changes(job, files, options.on_notice)
        run(replace(job.with_listed(files), is_fresh=is_fresh and options.runner == "local"))
        return settle(job) if template is None else {"template": template}


def _on_runner(options: RunOptions, output: str) -> tuple[Callable[[Job], None], str | None]:
    """What runs a job on the runner of the options, and where it writes it instead; refuses a wrong runner at once."""
    if options.runner == "local":
        from .local import run_local

        if options.runner_options:
            raise InputError(f"the local runner takes no Beam options, but got {' '.join(options.runner_options)}")
        return lambda job: run_local(job, options.workers, options.on_progress), None
    from .cluster import open_pipeline, run_on_cluster, template_of
    from .runner_options import cluster_arguments

    arguments = cluster_arguments(options.runner, output, options.runner_options, options.workers)
    pipeline = open_pipeline(options.runner, arguments)
    return lambda job: run_on_cluster(pipeline, job, options.on_progress), template_of(pipeline)


@contextmanager
def _prepared_output(job: Job, *, resume: bool, again: bool) -> Iterator[None]:
    """Make the output folder and be the only run in it while the block lasts.

    Raises:
        InputError: when something is in it that this run does not go on with, when another run works in it, or when it
            cannot be written.
    """
    work = job.folder(WORK_FOLDER)
    try:
        held = list_files(job.output)
    except OSError as error:
        raise InputError(f"cannot look into the output folder {job.output}: {error}") from error
    if held and not exists(work) and not again:
        what = "holds a finished run" if exists(job.folder(MANIFEST)) else "is not empty"
        raise InputError(f"the output folder {job.output} {what}; delete it or name another with --output")
    with ExitStack() as stack:
        try:
            make_folder(job.output)
            make_own_folder(work)
            stack.enter_context(exclusive(work))
            if held and not resume:
                raise InputError(
                    f"the output folder {job.output} holds an unfinished run; go on with it by --resume, "
                    "or delete it or name another with --output"
                )
            for name in (MANIFEST, REPORT, DATA_CARD, CROISSANT) if held else ():  # from now on nothing is finished
                remove_file(job.folder(name))
        except OSError as error:
            raise InputError(f"cannot write to the output folder {job.output}: {error}") from error
        yield


def _described(job: Job, files: Sequence[InputFile]) -> dict[str, Any]:
    """What makes a run this one."""
    return {
        "recipe": recipe_dict(job.recipe)["sha256"],
        "options": options_of(job),
        "functions": dict(job.functions),
        "inputs": {file.source: [file.size, file.version] for file in files},
    }


def _changes_since(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is no longer as the interrupted run had it, in words."""
    inputs, known = before["inputs"], now["inputs"]
    return [
        *(["the recipe is another"] if before["recipe"] != now["recipe"] else []),
        *differences(before["options"], now["options"]),
        *differing_code(before["functions"], now["functions"]),
        *named_inputs(sorted(name for name in {*inputs, *known} if inputs.get(name) != known.get(name))),
    ]


def _tell_changes(job: Job, files: Sequence[InputFile], tell: Callable[[str], None]) -> bool:
    """Say what is no longer as the interrupted run had it, and write down how it is now; returns whether none was."""
    path, now = job.folder(WORK_FOLDER, RUN_FILE), _described(job, files)
    is_fresh = not exists(path)
    if not is_fresh and (found := _changes_since(_read_json(path), now)):
        tell(f"since {job.output} was interrupted, {'; '.join(found)}: what that concerns is done again")
    with write_atomically(path) as target:
        target.write(json.dumps(now).encode())
    return is_fresh


def _has_ended(job: Job, files: Sequence[InputFile]) -> bool:
    """Whether the run has ended without a command that waited for it: one started from a template, or left alone.

    A manifest is the last that a run writes, and the first that goes when one begins.
    """
    path = job.folder(WORK_FOLDER, RUN_FILE)
    if not (exists(job.folder(MANIFEST)) and exists(path)):
        return False
    return not _changes_since(_read_json(path), _described(job, files))


def _read_json(path: str) -> Any:
    return json.loads(read_bytes(path))


def _finished(job: Job, files: Sequence[InputFile]) -> dict[str, Any] | None:
    """The manifest of a run of this recipe over inputs of these names that has finished; None when there is work left.

    Raises:
        InputError: when a run of another recipe or of other inputs has finished in the folder.
    """
    if not exists(job.folder(MANIFEST)) or exists(job.folder(WORK_FOLDER)):
        return None
    manifest = read_manifest(job.output)
    same_inputs = {file.source for file in files} == {row["source"] for row in manifest["inputs"]}
    if not same_inputs or manifest["recipe"]["sha256"] != recipe_dict(job.recipe)["sha256"]:
        other = "another recipe" if same_inputs else "other inputs"
        raise InputError(f"the output folder {job.output} holds a finished run of {other}; name another with --output")
    return manifest


def settle(job: Job) -> Mapping[str, Any]:
    """Read the manifest of a run that has ended, check that its documents add up, and clear the work folder away.

    Raises:
        AccountingError: when they do not; the work folder is left for looking at.
    """
    manifest = read_manifest(job.output)
    problems = check_accounting(manifest)
    if problems:
        raise AccountingError(f"the documents do not add up in {job.output}: " + "; ".join(problems))
    remove_tree(job.folder(WORK_FOLDER))
    return manifest
