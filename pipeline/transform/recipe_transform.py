"""A recipe inside somebody's own Beam pipeline: documents in a PCollection in, PCollections of what became of them out.

Without deduplication and selection it is one step over batches and nothing is shuffled. With either the documents are
assigned to splits by a hash of their ids first, so their text goes through one shuffle (a run over files has none), is
staged under ``temp``, and from there on only packed keys travel, as in a run. What comes out depends on the documents
alone: which of several equal ones counts as the first is decided by the hash of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from apache_beam.typehints import row_type

from ...errors import RecipeError
from ...filters.base.batch import BATCH_SCHEMA, KINDS
from ..exchange.seen_index import check_indexes, indexed_steps
from ..files.ledger import KEPT, QUARANTINE_SCHEMA, REMOVED, ledger_schema
from ..files.staging import read_staged
from ..files.storage import join, open_read
from ..input.inputs import InputOptions
from ..input.splits import Split
from ..job.job import Job
from ..job.progress import ProgressWriter
from ..job.results import PassResult
from ..passes.passes import pass_over
from ..passes.rows import REMOVED_SCHEMA, finished_rows, ledger_rows, removed_rows, shard_schema
from ..recipes.definition import RecipeDefinition
from ..recipes.recipe_file import load_recipe
from ..run.graph import MESSAGES, connect
from ..steps.documents import Documents
from ..steps.engine import PassEngine
from .elements import QUARANTINE, Elements, ReadElements, as_dicts, as_rows, quarantine_batch, row_fields

LEDGER = "ledger"
OUTPUTS = (KEPT, REMOVED, LEDGER, QUARANTINE)
BATCH_BYTES = 8_000_000
OVERHEAD_BYTES = 8_000
"""What a document counts besides its text, so that a batch holds at most a thousand."""
SPLITS = 64


class RecipeTransform(beam.PTransform):  # type: ignore[misc]
    """Apply a recipe to documents; build it with :meth:`Recipe.transform`.

    Elements may be dictionaries, Beam rows (as Beam's ``to_pcollection`` makes of a data frame), named tuples,
    dataclasses, Arrow tables or record batches, and data frames of pandas or Polars, with the fields ``text``
    (required), ``doc_id``, ``source``, ``kind``, ``url`` and ``metadata`` (JSON text or a mapping). All other fields
    become metadata, values that JSON does not have as text. A document without ``doc_id`` is named by a hash of source,
    URL and text. An element without a text, or one that cannot be read, goes to ``quarantine``.

    Returns:
        A dictionary of PCollections: ``kept`` with the columns of final shards, ``removed`` with text and reason,
        ``ledger`` with a row for every document, and ``quarantine``.
    """

    def __init__(
        self, recipe: RecipeDefinition, *, temp: str | None, elements: Elements, kind: str, measure_all: bool
    ) -> None:
        super().__init__()
        if elements not in get_args(Elements):
            raise RecipeError(f"elements is {elements!r}; choose one of {', '.join(get_args(Elements))}")
        if kind not in KINDS:
            raise RecipeError(f"kind is {kind!r}; choose one of {', '.join(KINDS)}")
        check_indexes(recipe.plan)
        for step in indexed_steps(recipe.plan):
            if step.write_index is not None:
                raise RecipeError(f"{step.name} writes an index, which only a run completes; leave write_index out")
        self.deduplicates = len(recipe.plan.passes) > 1
        if self.deduplicates and temp is None:
            raise RecipeError(
                f"recipe {recipe.name!r} compares documents, which needs a folder that all workers can reach: "
                "recipe.transform(temp='gs://bucket/folder')"
            )
        self.elements, self.kind = elements, kind
        self.job = Job(
            recipe=recipe,
            inputs=(),
            output=temp or "",
            reading=InputOptions(),
            keep_removed=True,
            measure_all=measure_all,
        )

    def expand(self, documents: Any) -> dict[str, Any]:
        """Batch the documents and take them through the recipe."""
        read = documents | "Read" >> beam.ParDo(ReadElements(self.kind)).with_outputs(QUARANTINE, main="documents")
        outputs = self._deduplicated(read.documents) if self.deduplicates else self._straight(read.documents)
        outputs[QUARANTINE] = read[QUARANTINE] | "Quarantine batches" >> beam.Map(quarantine_batch)
        return {name: self._emit(name, outputs[name]) for name in OUTPUTS}

    def _straight(self, documents: Any) -> dict[str, Any]:
        done = (
            documents
            | "Batch"
            >> beam.BatchElements(
                min_batch_size=BATCH_BYTES // 8, max_batch_size=BATCH_BYTES, element_size_fn=_document_bytes
            )
            | "Clean" >> beam.ParDo(_CleanBatch(self.job)).with_outputs(REMOVED, LEDGER, main=KEPT)
        )
        return {name: done[name] for name in (KEPT, REMOVED, LEDGER)}

    def _deduplicated(self, documents: Any) -> dict[str, Any]:
        results = (
            documents
            | "Assign to splits" >> beam.Map(lambda document: (_split_of(document["doc_id"]), document))
            | "Gather splits" >> beam.GroupByKey()
            | "Pass 0" >> beam.ParDo(_FirstPass(self.job)).with_outputs(MESSAGES, main="staged")
        )
        finished = connect(results, self.job).staged
        done = finished | "Read results" >> beam.ParDo(_Results(self.job)).with_outputs(REMOVED, LEDGER, main=KEPT)
        return {name: done[name] for name in (KEPT, REMOVED, LEDGER)}

    def _emit(self, name: str, batches: Any) -> Any:
        if self.elements == "batches":
            return batches
        if self.elements == "dicts":
            return batches | f"Dicts of {name}" >> beam.FlatMap(as_dicts).with_output_types(dict[str, Any])
        fields = row_fields(self._schema(name))
        # Beam's names of fields may hold neither points nor at signs.
        rows = beam.FlatMap(as_rows).with_output_types(row_type.RowTypeConstraint.from_fields(fields))
        return batches | f"Rows of {name}" >> rows

    def _schema(self, name: str) -> pa.Schema:
        plan = self.job.recipe.plan
        if name == KEPT:
            return shard_schema(plan)
        if name == LEDGER:
            return ledger_schema(plan.measurements)
        return REMOVED_SCHEMA if name == REMOVED else QUARANTINE_SCHEMA


class Clean(RecipeTransform):
    """The same by the name of a preset or the path of a recipe file, with rows out: for Beam YAML.

    Args:
        recipe: Name or path.
        temp: A folder that all workers can reach; needed by recipes that deduplicate.
        kind: What documents without ``kind`` are: web, book, code or other.
    """

    def __init__(self, recipe: str, temp: str | None = None, kind: str = "web") -> None:
        super().__init__(load_recipe(recipe), temp=temp, elements="rows", kind=kind, measure_all=False)


class _CleanBatch(beam.DoFn):  # type: ignore[misc]
    """All steps of a recipe that does not deduplicate."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def setup(self) -> None:
        self.engine = PassEngine(self.job.recipe.plan, 0, measure_all=self.job.measure_all)

    def process(self, documents: list[dict[str, Any]]) -> Iterator[Any]:
        batch = Documents.read(pa.RecordBatch.from_pylist(documents, schema=BATCH_SCHEMA))
        self.engine.apply(batch)
        plan = self.job.recipe.plan
        yield finished_rows(batch, plan)
        yield beam.pvalue.TaggedOutput(REMOVED, removed_rows(batch, ~batch.kept))
        yield beam.pvalue.TaggedOutput(LEDGER, ledger_rows(batch, plan))


class _FirstPass(beam.DoFn):  # type: ignore[misc]
    """The first pass over the documents of one split, in the order of their ids."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def process(self, element: tuple[int, Iterable[dict[str, Any]]]) -> Iterator[Any]:
        number, group = element
        documents = sorted(group, key=lambda document: (document["doc_id"], document["text"]))
        split = Split(number=number, parts=(), bytes=sum(map(_document_bytes, documents)))
        stream = (
            Documents.read(pa.RecordBatch.from_pylist(batch, schema=BATCH_SCHEMA)) for batch in _batches(documents)
        )
        result = pass_over(self.job, split, SPLITS, stream, ProgressWriter(None))
        yield PassResult(staged=result.staged)
        for message in result.messages.items():
            yield beam.pvalue.TaggedOutput(MESSAGES, message)


class _Results(beam.DoFn):  # type: ignore[misc]
    """Reads back what the last pass has written of a split."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def process(self, result: PassResult) -> Iterator[Any]:
        assert result.piece is not None
        yield from read_staged(result.piece.path)
        facts = result.staged.facts
        for tag, folder, file in ((LEDGER, LEDGER, facts.ledger), (REMOVED, REMOVED, facts.removed)):
            if file is not None:
                path = join(self.job.folder(folder), file.name)
                with open_read(path) as source:
                    for batch in pq.ParquetFile(source).iter_batches():
                        yield beam.pvalue.TaggedOutput(tag, batch)


def _split_of(doc_id: str) -> int:
    return xxhash.xxh3_64_intdigest(doc_id) % SPLITS


def _document_bytes(document: Mapping[str, Any]) -> int:
    return len(document["text"].encode()) + OVERHEAD_BYTES


def _batches(documents: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    held = 0
    for document in documents:
        batch.append(document)
        held += _document_bytes(document)
        if held >= BATCH_BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
