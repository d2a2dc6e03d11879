"""A recipe inside somebody's own Beam pipeline: documents in a PCollection in, PCollections of what became of them out.

Without deduplication it is one step over batches and nothing is shuffled. With deduplication the documents are dealt
to splits by a hash of their ids first, so their text goes through one shuffle (a run over files has none), is staged
under ``temp``, and from there on only packed keys travel, as in a run. What comes out depends on the documents alone:
which of several equal ones counts as the first is decided by the hash of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import apache_beam as beam
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from apache_beam.typehints import row_type

from ..errors import RecipeError
from ..filters.batch import BATCH_SCHEMA, KINDS, encodable
from .engine import Documents, PassEngine
from .graph import MESSAGES, connect
from .inputs import InputOptions
from .job import Job
from .ledger import KEPT, QUARANTINE_SCHEMA, REMOVED, ledger_schema
from .passes import PassResult, pass_over
from .progress import ProgressWriter
from .recipe import Recipe
from .recipe_file import load_recipe
from .rows import REMOVED_SCHEMA, finished_rows, ledger_rows, removed_rows
from .seen_index import check_indexes, indexed_steps
from .shards import shard_schema
from .splits import Split
from .staging import read_staged
from .storage import join, open_read

Elements: TypeAlias = Literal["dicts", "rows", "batches"]
"""What comes out: dictionaries, Beam rows with a schema, or Arrow record batches."""

LEDGER, QUARANTINE = "ledger", "quarantine"
OUTPUTS = (KEPT, REMOVED, LEDGER, QUARANTINE)
BATCH_BYTES = 8_000_000
OVERHEAD_BYTES = 8_000
"""What a document counts besides its text, so that a batch holds at most a thousand."""
SPLITS = 64

_ROW_TYPES: Mapping[pa.DataType, Any] = {
    pa.string(): str,
    pa.large_string(): str,
    pa.int64(): int,
    pa.float64(): float,
    pa.bool_(): bool,
    pa.binary(): bytes,
}


class RecipeTransform(beam.PTransform):  # type: ignore[misc]
    """Apply a recipe to documents; build it with :meth:`Recipe.transform`.

    Elements may be dictionaries, Beam rows, named tuples or Arrow record batches with the fields ``text`` (required),
    ``doc_id``, ``source``, ``kind``, ``url`` and ``metadata`` (JSON text or a mapping). A document without ``doc_id``
    is named by a hash of source, URL and text. An element without a text goes to ``quarantine``.

    Returns:
        A dictionary of PCollections: ``kept`` with the columns of final shards, ``removed`` with text and reason,
        ``ledger`` with a row for every document, and ``quarantine``.
    """

    def __init__(self, recipe: Recipe, *, temp: str | None, elements: Elements, kind: str, measure_all: bool) -> None:
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
                f"recipe {recipe.name!r} deduplicates, which needs a folder that all workers can reach: "
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
        read = documents | "Read" >> beam.ParDo(_Read(self.kind)).with_outputs(QUARANTINE, main="documents")
        outputs = self._deduplicated(read.documents) if self.deduplicates else self._straight(read.documents)
        outputs[QUARANTINE] = read[QUARANTINE] | "Quarantine batches" >> beam.Map(_quarantine_batch)
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
            | "Deal" >> beam.Map(lambda document: (_split_of(document["doc_id"]), document))
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
            return batches | f"Dicts of {name}" >> beam.FlatMap(_as_dicts).with_output_types(dict[str, Any])
        fields = _row_fields(self._schema(name))
        # Beam's names of fields may hold neither points nor at signs.
        rows = beam.FlatMap(_as_rows).with_output_types(row_type.RowTypeConstraint.from_fields(fields))
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


class _Read(beam.DoFn):  # type: ignore[misc]
    """Turns elements into dictionaries with the columns of a batch."""

    columns: ClassVar[tuple[str, ...]] = tuple(BATCH_SCHEMA.names)

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def process(self, element: Any) -> Iterator[Any]:
        if isinstance(element, (pa.RecordBatch, pa.Table)):
            for row in element.to_pylist():
                yield self._document(row)
        elif isinstance(element, Mapping):
            yield self._document(element)
        elif hasattr(element, "_asdict"):
            yield self._document(element._asdict())
        elif hasattr(element, "as_dict"):
            yield self._document(element.as_dict())
        else:
            yield _bad(None, "not_an_object", f"an element of type {type(element).__name__}", repr(element))

    def _document(self, row: Mapping[str, Any]) -> Any:
        text, source = row.get("text"), row.get("source")
        if text is None:
            return _bad(source, "missing_text", f"fields are {', '.join(map(str, row))}", repr(dict(row)))
        if not isinstance(text, str):
            return _bad(source, "text_not_a_string", f"text is of type {type(text).__name__}", repr(text))
        kind = row.get("kind") or self.kind
        if kind not in KINDS:
            return _bad(source, "unsupported", f"kind is {kind!r}; kinds are {', '.join(KINDS)}", text)
        metadata = row.get("metadata")
        if metadata is not None and not isinstance(metadata, str):
            metadata = orjson.dumps(metadata, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
        document: dict[str, Any] = {
            "text": encodable(text),
            "source": encodable(str(source)) if source is not None else "pcollection",
            "kind": kind,
            "url": None if row.get("url") is None else encodable(str(row["url"])),
            "metadata": metadata,
        }
        doc_id = row.get("doc_id")
        if doc_id is None:
            name = "\x00".join((document["source"], document["url"] or "", document["text"]))
            doc_id = xxhash.xxh3_128_hexdigest(name.encode())
        return {"doc_id": encodable(str(doc_id)), **document}


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
        yield beam.pvalue.TaggedOutput(REMOVED, removed_rows(batch))
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


def _bad(source: Any, error: str, detail: str, shown: str) -> Any:
    return beam.pvalue.TaggedOutput(
        QUARANTINE,
        {
            "source": encodable(str(source)) if source is not None else "pcollection",
            "position": -1,
            "error": error,
            "detail": detail,
            "first_bytes": encodable(shown)[:256].encode(),
        },
    )


def _quarantine_batch(row: dict[str, Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([row], schema=QUARANTINE_SCHEMA)


def _as_dicts(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows


def _as_rows(batch: pa.RecordBatch) -> Iterator[Any]:
    names = [_row_name(name) for name in batch.schema.names]
    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        yield beam.Row(**dict(zip(names, row, strict=True)))


def _row_name(name: str) -> str:
    return name.replace(".", "_").replace("@", "_of_")


def _row_fields(schema: pa.Schema) -> list[tuple[str, Any]]:
    return [(_row_name(field.name), _row_type(field)) for field in schema]


def _row_type(field: pa.Field) -> Any:
    if pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
        return beam.typehints.Sequence[int]
    python = _ROW_TYPES[field.type]
    return beam.typehints.Optional[python] if field.nullable else python
