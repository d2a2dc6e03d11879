"""Many texts at once: any iterable of texts, and tables of any kind, which come back as they were with results beside.

Pandas, Polars and ``datasets`` are never imported here: whoever has a table of theirs has imported them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from ...errors import InputError
from ...filters.base.batch import encodable
from ..steps.plan import Plan
from .cleaned import INPUT_IDS, Cleaned, Origin, Verdict
from .cleaning import TextCleaner, check_kind, check_language, memory_batch
from .rows import VERDICT_COLUMNS, result_schema
from .tables import BATCH_BYTES, BATCH_DOCUMENTS, documents_of, in_batches
from .work import Task, results


@dataclass(frozen=True, kw_only=True)
class Many:
    """How many texts are cleaned at once."""

    cleaner: TextCleaner
    workers: int = 1
    kind: str = "web"
    language: str | None = None
    text_column: str = "text"
    measurements: bool = False

    def __post_init__(self) -> None:
        check_kind(self.kind)
        check_language(self.language)
        if not isinstance(self.text_column, str):
            raise InputError(f"text_column is the name of a column, not {self.text_column!r}")

    @property
    def _plan(self) -> Plan:
        return self.cleaner.recipe.plan

    def texts(self, texts: Iterable[Any]) -> Iterator[Cleaned]:
        """Clean texts one after the other, a batch at a time."""
        given: list[pa.RecordBatch] = []

        def batches() -> Iterator[pa.RecordBatch]:
            for batch in _batched(texts, self.kind):
                given.append(batch)
                yield batch

        schema = result_schema(self._plan, pa.large_string(), measurements=True)
        for rows in results(self._task(schema), self.cleaner, batches(), self.workers):
            yield from self._cleaned(rows, given.pop(0))

    def columns(self, columns: Mapping[str, Any], text: pa.DataType) -> pa.Table:
        """The results of a table's rows."""
        schema = result_schema(self._plan, text, measurements=self.measurements)
        documents = documents_of(columns, self.text_column, self.kind)
        found = results(self._task(schema), self.cleaner, in_batches(documents), self.workers)
        table = pa.Table.from_batches(found, schema=schema)
        return table.rename_columns([self.text_column if name == "text" else name for name in table.column_names])

    def arrow(self, table: pa.Table) -> pa.Table:
        """An Arrow table with the results in place of columns of their names, and behind the others."""
        names = table.column_names
        if len(set(names)) < len(names):
            raise InputError("the table has two columns of one name; rename one of them")
        text = table.schema.field(self.text_column).type if self.text_column in names else pa.large_string()
        is_text = pa.types.is_string(text) or pa.types.is_large_string(text)
        found = self.columns(dict(zip(names, table.columns, strict=True)), text if is_text else pa.large_string())
        for name, column in zip(found.column_names, found.columns, strict=True):
            at = table.column_names.index(name) if name in table.column_names else -1
            table = table.append_column(name, column) if at < 0 else table.set_column(at, name, column)
        return table

    def stream(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The same for a stream of Arrow batches, as they come."""
        schema = self.arrow(reader.schema.empty_table()).schema
        batches = (
            batch
            for given in reader
            for batch in self.arrow(pa.Table.from_batches([given])).combine_chunks().to_batches()
        )
        return pa.RecordBatchReader.from_batches(schema, batches)

    def pandas(self, frame: Any) -> Any:
        """A data frame of pandas with the results beside it, under the same index."""
        if not frame.columns.is_unique:
            raise InputError("the data frame has two columns of one name; rename one of them")
        found = self.columns(_Columns(list(frame.columns), lambda name: frame[name]), pa.large_string()).to_pandas()
        found.index = frame.index
        made = frame.copy(deep=False)
        for name in found.columns:
            is_same = name == self.text_column and str(frame[name].dtype).startswith("str")
            made[name] = found[name].astype(frame[name].dtype) if is_same else found[name]
        return made

    def polars(self, frame: Any) -> Any:
        """A data frame of Polars with the results beside it."""
        columns = _Columns(list(frame.columns), lambda name: frame[name].to_arrow())
        found = type(frame)(self.columns(columns, pa.large_string()))
        return frame.with_columns(found.get_columns())

    def mapping(self, batch: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The results of a batch of columns, as ``datasets`` hands them over."""
        found = self.columns(batch, pa.large_string())
        return {name: column.to_pylist() for name, column in zip(found.column_names, found.columns, strict=True)}

    def dataset(self, dataset: Any, clean: Any) -> Any:
        """A data set of ``datasets`` with the results beside it."""
        options = {name: getattr(self, name) for name in ("kind", "language", "text_column", "measurements")}
        function = partial(clean, **options)
        if type(dataset).__name__.startswith("Iterable"):
            if self.workers != 1:
                raise InputError("an iterable data set is read in one process; leave workers out")
            return dataset.map(function, batched=True, batch_size=BATCH_DOCUMENTS)
        processes = None if self.workers == 1 else self.workers
        made = dataset.with_format("arrow").map(
            function, batched=True, batch_size=BATCH_DOCUMENTS, num_proc=processes, desc=self.cleaner.recipe.name
        )
        return made.with_format(getattr(dataset, "format", {}).get("type"))

    def _task(self, schema: pa.Schema) -> Task:
        return Task(recipe=self.cleaner.recipe, language=self.language, schema=schema)

    def _cleaned(self, rows: pa.RecordBatch, given: pa.RecordBatch) -> Iterator[Cleaned]:
        plan = self._plan
        columns = {name: rows[name] for name in (*plan.measurements, INPUT_IDS) if name in rows.schema.names}
        texts = rows["text"].to_pylist()
        verdicts = zip(*(rows[name].to_pylist() for name in VERDICT_COLUMNS[1:]), strict=True)
        for row, (text, said) in enumerate(zip(texts, verdicts, strict=True)):
            origin = Origin(self.cleaner.recipe, given, row, self.language)
            yield Cleaned(text, Verdict(text is not None, *said), columns, row, origin)


class _Columns(Mapping[str, Any]):
    """Columns that are taken out of a table when they are asked for."""

    def __init__(self, names: list[str], take: Any) -> None:
        self._names, self._take = names, take

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._take(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def clean_many(many: Many, texts: Any, clean: Any) -> Any:
    """Clean texts or a table of whatever kind; see :meth:`Recipe.clean_many`.

    Args:
        many: How.
        texts: What.
        clean: The function that cleans a batch of ``datasets``, which has to be one that can be pickled.
    """
    home, name = type(texts).__module__.partition(".")[0], type(texts).__name__
    if isinstance(texts, (str, bytes)):
        raise InputError("clean_many takes several texts; for one there is clean")
    if isinstance(texts, pa.Table):
        return many.arrow(texts)
    if isinstance(texts, pa.RecordBatch):
        found = many.arrow(pa.Table.from_batches([texts])).combine_chunks()
        return pa.RecordBatch.from_arrays([_one_chunk(column) for column in found.columns], schema=found.schema)
    if isinstance(texts, pa.RecordBatchReader):
        return many.stream(texts)
    if isinstance(texts, (pa.Array, pa.ChunkedArray)):
        return many.texts(item.as_py() for item in texts)
    if home == "pandas" and name == "DataFrame":
        return many.pandas(texts)
    if home == "polars" and name == "LazyFrame":
        raise InputError("a LazyFrame holds no texts yet; give frame.collect()")
    if home == "polars" and name == "DataFrame":
        return many.polars(texts)
    if home == "datasets" and hasattr(texts, "map"):
        return many.dataset(texts, clean)
    if home == "datasets" and isinstance(table := getattr(texts, "pa_table", None), pa.Table):
        # A table says the types of its columns, also of those in which a whole batch has nothing.
        return many.arrow(table)
    if isinstance(texts, Mapping):
        return many.mapping(texts)
    if not isinstance(texts, Iterable):
        raise InputError(
            f"cannot clean a {name}; give texts, a table of Arrow, pandas or Polars, or a datasets.Dataset"
        )
    return many.texts(texts)


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _batched(texts: Iterable[Any], kind: str) -> Iterator[pa.RecordBatch]:
    held: list[str] = []
    chars, number = 0, 0
    for number, text in enumerate(texts, start=1):
        if not isinstance(text, str):
            raise TypeError(f"text {number} is a {type(text).__name__}, not a str")
        held.append(encodable(text))
        chars += len(text)
        if len(held) == BATCH_DOCUMENTS or chars >= BATCH_BYTES:
            yield memory_batch(held, first=number - len(held), kind=kind)
            held, chars = [], 0
    if held:
        yield memory_batch(held, first=number - len(held), kind=kind)
