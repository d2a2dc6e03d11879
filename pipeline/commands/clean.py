"""Clean one file in this process: every document through the recipe, deduplication within the file included."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from ...dedup.base.step import DocumentDeduplicator
from ...errors import InputError
from ...filters.base.batch import document_id, make_batch
from ...filters.base.step import Step
from ..exchange.seen_index import check_indexes, seal_indexes
from ..files.ledger import QUARANTINED
from ..files.staging import read_staged
from ..input.formats import ONE_DOCUMENT_FORMATS, detect_format
from ..input.inputs import InputOptions, absolute_input, find_inputs
from ..input.standard_input import as_file
from ..job.job import Job
from ..job.results import PassResult
from ..passes.single import run_passes
from ..recipes.definition import RecipeDefinition
from ..steps.compiling import compiling_beside
from ..steps.own import leave_pandas_out
from ..steps.tokenizing import Tokenize

NOTE = "A note, so that every step has something to do.\n"
FORMATS = (".txt", ".jsonl", ".parquet")


@dataclass
class Outcome:
    """What became of the documents of a file."""

    kept: int = 0
    removed: int = 0
    quarantined: int = 0
    lines: list[str] = field(default_factory=list)


def clean_file(
    recipe: RecipeDefinition, file: str, output: Path | None, reading: InputOptions, *, as_json: bool, quiet: bool
) -> None:
    """Clean a file: texts to ``output`` or standard output, verdicts to standard error.

    Raises:
        InputError: for a file that is missing, or an output of no known format.
    """
    if output is not None and output.suffix not in FORMATS:
        raise InputError(f"cannot tell what to write to {output}; let its name end in {', '.join(FORMATS)}")
    with as_file(file) as path, tempfile.TemporaryDirectory(prefix="textmill-") as folder:
        recipe = _fitting(recipe, absolute_input(path), output)
        leave_pandas_out(recipe.plan)
        job = Job(recipe=recipe, inputs=(absolute_input(path),), output=folder, reading=reading)
        check_indexes(recipe.plan)
        with compiling_beside(recipe.plan, make_batch([NOTE]), wait=False):
            results = run_passes(job)
        seal_indexes(job)
        batches = (batch for result in results if result.piece for batch in read_staged(result.piece.path))
        if output is None:
            _write_texts(sys.stdout, batches, as_json=as_json)
        else:
            _write_file(output, batches)
        if not quiet:
            _tell_verdicts(job, results)


def _fitting(recipe: RecipeDefinition, file: str, output: Path | None) -> RecipeDefinition:
    """The recipe without what is of no use: tokens where they are not written, duplicates where there is one document.

    Both would load libraries and vocabularies, and one text should take no longer than it must.
    """
    useless: tuple[type[Step], ...] = () if output is not None and output.suffix == ".parquet" else (Tokenize,)
    files = find_inputs([file])
    if len(files) == 1 and detect_format(files[0].path).name in ONE_DOCUMENT_FORMATS:
        useless = (*useless, DocumentDeduplicator)
    return RecipeDefinition(recipe.name, [step for step in recipe.steps if not isinstance(step, useless)])


def _write_file(output: Path, batches: Iterable[pa.RecordBatch]) -> None:
    partial = output.with_name(f".{output.name}.partial")
    try:
        if output.suffix == ".parquet":
            _write_parquet(partial, batches)
        else:
            with partial.open("w", encoding="utf-8", newline="\n") as sink:
                _write_texts(sink, batches, as_json=output.suffix == ".jsonl")
        partial.replace(output)
    except OSError as error:
        raise InputError(f"cannot write {output}: {error}") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _write_texts(sink: IO[str], batches: Iterable[pa.RecordBatch], *, as_json: bool) -> None:
    """One JSON object a line, or the bare texts with an empty line between two."""
    first = True
    for batch in batches:
        names = [name for name in ("doc_id", "text", "source", "url", "language") if name in batch.schema.names]
        for row in batch.select(names).to_pylist():
            if as_json:
                sink.write(json.dumps(row, ensure_ascii=False) + "\n")
                continue
            sink.write(("" if first else "\n") + row["text"].rstrip("\n") + "\n")
            first = False
    sink.flush()


def _write_parquet(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    import pyarrow.parquet as pq

    writer: Any = None
    for batch in batches:
        writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
        writer.write_batch(batch)
    if writer is None:
        pq.write_table(pa.table({"text": pa.array([], pa.large_string())}), path)
    else:
        writer.close()


def _tell_verdicts(job: Job, results: Iterable[PassResult]) -> None:
    outcome = Outcome()
    for line in _verdict_lines(job, results, outcome):
        print(line, file=sys.stderr)
    total = outcome.kept + outcome.removed + outcome.quarantined
    if total != 1:
        print(
            f"{total} documents: {outcome.kept} kept, {outcome.removed} removed, {outcome.quarantined} quarantined",
            file=sys.stderr,
        )


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
            name = f"{row['source']} {row['doc_id'][:12]}"
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
