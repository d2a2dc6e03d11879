"""Clean files in this process: every document through the recipe, deduplication among them included."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, count
from pathlib import PurePath

from ...dedup.base.step import DocumentDeduplicator
from ...errors import InputError
from ...filters.base.batch import document_id, make_batch
from ...filters.base.conditions import without
from ...filters.base.step import Step
from ...filters.select import Select
from ..exchange.seen_index import check_indexes, seal_indexes
from ..files.ledger import QUARANTINED
from ..files.staging import read_staged
from ..files.storage import local_path
from ..input.formats import ONE_DOCUMENT_FORMATS, detect_format
from ..input.inputs import InputOptions, absolute_input, find_inputs, find_roots, split_label
from ..input.standard_input import STANDARD_INPUT_PATHS, as_file
from ..job.job import Job
from ..job.results import PassResult
from ..passes.single import run_passes
from ..recipes.definition import RecipeDefinition
from ..steps.compiling import compiling_beside
from ..steps.own import leave_pandas_out
from ..steps.tokenizing import Tokenize
from .printable import printable, tell
from .written_texts import refuse_inputs, write_file, write_files, write_to_standard_output

NOTE = "A note, so that every step has something to do.\n"


@dataclass
class Outcome:
    """What became of all documents."""

    kept: int = 0
    removed: int = 0
    quarantined: int = 0

    @property
    def exit_code(self) -> int:
        """0 when something was kept, 2 when nothing could be read, else 1."""
        return 0 if self.kept else 2 if self.quarantined and not self.removed else 1


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where cleaned documents go: standard output, a file, or a folder with a file for each source."""

    output: str | None = None
    folder: str | None = None
    format: str = "text"

    @property
    def with_tokens(self) -> bool:
        """Whether token ids would be written."""
        return self.format == "parquet"


def clean_files(
    recipe: RecipeDefinition, files: Sequence[str], to: Destination, reading: InputOptions, *, quiet: bool
) -> int:
    """Clean files together, as one small corpus: texts to where they are wanted, verdicts to standard error.

    Returns:
        The exit code: 0 when a document was kept, 1 when none was, 2 when none could be read.

    Raises:
        InputError: for a file that is missing, or an output that cannot be written.
    """
    if sum(file in STANDARD_INPUT_PATHS for file in files) > 1:
        raise InputError("standard input is named twice; it can be read once")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="textmill-"))
        paths = [stack.enter_context(as_file(file)) for file in files]
        inputs = tuple(absolute_input(given) for given in _named_apart(paths))
        spared = _real_paths(inputs) if to.output is not None or to.folder is not None else frozenset()
        if to.output is not None:
            refuse_inputs(to.output, spared)
        recipe, left_out = _fitting(recipe, inputs, with_tokens=to.with_tokens)
        leave_pandas_out(recipe.plan)
        job = Job(recipe=recipe, inputs=inputs, output=folder, reading=reading)
        check_indexes(recipe.plan)
        with compiling_beside(recipe.plan, make_batch([NOTE]), wait=False):
            results = run_passes(job)
        seal_indexes(job)
        kept = [result.piece for result in results if result.piece]
        batches = (batch for piece in kept for batch in read_staged(piece.path))
        outcome = Outcome()
        lines = [f"one document has no rank: {', '.join(left_out)} left out"] if left_out else []
        lines += _verdict_lines(job, results, outcome)
        if to.folder is not None:
            write_files(to.folder, batches, to.format, spared)
        elif to.output is not None:
            write_file(to.output, batches, to.format, several=outcome.kept > 1)
        else:
            write_to_standard_output(batches, to.format, several=outcome.kept > 1)
    if not quiet:
        total = outcome.kept + outcome.removed + outcome.quarantined
        if total != 1:
            counted = f"{outcome.kept} kept, {outcome.removed} removed, {outcome.quarantined} quarantined"
            lines.append(f"{total} documents: {counted}")
        tell("\n".join(lines))
    return outcome.exit_code


def _real_paths(inputs: Sequence[str]) -> frozenset[str]:
    """The local input files, which must not be written over."""
    local = (local_path(file.path) for file in find_inputs(inputs))
    return frozenset(os.path.realpath(path) for path in local if path is not None)


def _named_apart(paths: Sequence[str]) -> list[str]:
    """Inputs of one name labelled by their folder too, and by a number where that is the same as well."""
    named: list[str] = []
    taken: set[str] = set()
    for given, (label, root) in zip(paths, find_roots(paths), strict=True):
        folder = PurePath(root).parent.name
        if label not in taken:
            named.append(given)
        else:
            tried = chain([f"{folder}-{label}"], (f"{folder}-{label}-{number}" for number in count(2)))
            label = next(name for name in map(_as_label, tried) if name not in taken)
            named.append(f"{label}={split_label(given)[1]}")
        taken.add(label)
    return named


def _as_label(name: str) -> str:
    return re.sub(r"[^\w.-]|^(?![A-Za-z0-9])", lambda found: "_" if found[0] else "file-", name, flags=re.ASCII)


def _fitting(
    recipe: RecipeDefinition, inputs: Sequence[str], *, with_tokens: bool
) -> tuple[RecipeDefinition, list[str]]:
    """The recipe without what is of no use, and the selections among that.

    That is tokens where they are not written, and whatever compares documents where there is one. Both would load
    libraries and vocabularies, and one text should take no longer than it must.
    """
    useless: tuple[type[Step], ...] = () if with_tokens else (Tokenize,)
    left_out: list[str] = []
    files = find_inputs(inputs)
    if len(files) == 1 and detect_format(files[0].path).name in ONE_DOCUMENT_FORMATS:
        useless = (*useless, DocumentDeduplicator, Select)
        left_out = [planned.id for planned in recipe.plan.steps if isinstance(planned.step, Select)]
    return RecipeDefinition(recipe.name, without(recipe.steps, useless)), left_out


def _verdict_lines(job: Job, results: Iterable[PassResult], outcome: Outcome) -> Iterator[str]:
    import pyarrow.parquet as pq

    for result in results:
        number, splits = result.staged.split.number, result.staged.splits
        unread: dict[str, tuple[int, str]] = {}
        if result.staged.facts.quarantine is not None:
            for row in pq.ParquetFile(job.part_path("quarantine", number, splits)).read().to_pylist():
                unread[document_id(row["source"], row["position"])] = row["position"], row["detail"]
        for row in pq.ParquetFile(job.part_path("ledger", number, splits)).read().to_pylist():
            setattr(outcome, row["verdict"], getattr(outcome, row["verdict"]) + 1)
            name = f"{printable(row['source'])} {row['doc_id'][:12]}"
            if row["verdict"] == "kept":
                yield f"{name} kept"
            elif row["kept_instead"]:
                yield f"{name} removed by {row['step']}: duplicate of {row['kept_instead'][:12]}"
            elif row["verdict"] == QUARANTINED:
                position, detail = unread[row["doc_id"]]
                yield f"{name} quarantined at {position}, {row['rule']}: {detail}"
            elif row["value"] is None:
                yield f"{name} removed by {row['step']}: {row['rule']}"
            else:
                yield f"{name} removed by {row['step']}.{row['rule']}: {row['value']} against {row['threshold']}"
