"""What goes into a transform and comes out of it: elements of a PCollection to documents, batches to elements."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import apache_beam as beam
import orjson
import pyarrow as pa
import xxhash

from ...errors import describe_error
from ...filters.base.batch import BATCH_SCHEMA, KINDS, encodable
from ..files.ledger import QUARANTINE_SCHEMA
from ..input.readers.records import metadata_json, without_addresses
from ..input.readers.tables.columns import python_rows
from ..input.readers.tables.fields import plain

Elements: TypeAlias = Literal["dicts", "rows", "batches"]
"""What comes out: dictionaries, Beam rows with a schema, or Arrow record batches."""

QUARANTINE = "quarantine"
"""Tag of elements that are no documents."""

_ROW_TYPES: Mapping[pa.DataType, Any] = {
    pa.string(): str,
    pa.large_string(): str,
    pa.int64(): int,
    pa.float64(): float,
    pa.bool_(): bool,
    pa.binary(): bytes,
}


class ReadElements(beam.DoFn):  # type: ignore[misc]
    """Turns elements into dictionaries with the columns of a batch."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def process(self, element: Any) -> Iterator[Any]:
        """Give one dictionary for each document, or a tagged row for the quarantine."""
        try:
            rows = _rows_of(element)
        except Exception as error:  # whatever libraries raise for what they hold
            yield _bad(None, "unreadable", describe_error(error), _shown(element))
            return
        if rows is None:
            name = type(element).__name__
            detail = f"an element of type {name}; give mappings or rows with a field text, as {{'text': …}}, or tables"
            yield _bad(None, "not_an_object", detail, _shown(element))
            return
        for row in rows:
            try:
                yield self._document({str(name): value for name, value in row.items()})
            except Exception as error:
                yield _bad(None, "unreadable", describe_error(error), _shown(row))

    def _document(self, fields: dict[str, Any]) -> Any:
        named = {name: _known(fields.pop(name, None)) for name in BATCH_SCHEMA.names}
        text, source, kind = named["text"], named["source"], named["kind"]
        if text is None:
            names = ", ".join([*map(str, fields), *(name for name in named if named[name] is not None)])
            return _bad(source, "missing_text", f"fields are {names}", _shown(fields))
        if isinstance(text, bytes):
            try:
                text = text.decode("utf-8")
            except UnicodeDecodeError as error:
                return _bad(source, "invalid_utf8", f"byte {error.start} of text: {error.reason}", _shown(text))
        if not isinstance(text, str):
            return _bad(source, "text_not_a_string", f"text is of type {type(text).__name__}", _shown(text))
        kind = self.kind if kind is None else _as_text(kind) or self.kind
        if kind not in KINDS:
            return _bad(source, "unsupported", f"kind is {kind!r}; kinds are {', '.join(KINDS)}", text)
        document: dict[str, Any] = {
            "text": encodable(str(text)),
            "source": "pcollection" if source is None else _as_text(source),
            "kind": kind,
            "url": None if named["url"] is None else _as_text(named["url"]),
            "metadata": _metadata(named["metadata"], fields),
        }
        if named["doc_id"] is None:
            name = "\x00".join((document["source"], document["url"] or "", document["text"]))
            return {"doc_id": xxhash.xxh3_128_hexdigest(name.encode()), **document}
        return {"doc_id": _as_text(named["doc_id"]), **document}


def _rows_of(element: Any) -> Iterable[Mapping[str, Any]] | None:
    """The rows of what stands for one or several documents; None of what stands for none."""
    if isinstance(element, (pa.RecordBatch, pa.Table)):
        table = element if isinstance(element, pa.Table) else pa.Table.from_batches([element])
        return (row for batch in table.to_batches() for row in python_rows(batch))
    if isinstance(element, Mapping):
        return [element]
    for to_fields in ("_asdict", "as_dict"):  # named tuples, Beam's rows
        if hasattr(element, to_fields):
            fields: Mapping[str, Any] = getattr(element, to_fields)()
            return [fields]
    if dataclasses.is_dataclass(element) and not isinstance(element, type):
        return [{field.name: getattr(element, field.name) for field in dataclasses.fields(element)}]
    home, name = type(element).__module__.partition(".")[0], type(element).__name__
    if name == "DataFrame" and home == "pandas":
        names = list(map(str, element.columns))
        return (dict(zip(names, map(_known, row), strict=True)) for row in element.itertuples(index=False, name=None))
    if name == "DataFrame" and home == "polars":
        rows: Iterable[Mapping[str, Any]] = element.iter_rows(named=True)
        return rows
    return None


def _known(value: Any) -> Any:
    """A value, and None for what pandas says nothing by: NaN, NaT, NA."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if type(value).__name__ in ("NaTType", "NAType") else value


def _as_text(value: Any) -> str:
    return encodable(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))


def _metadata(given: Any, others: dict[str, Any]) -> str | None:
    """What is given as metadata, and every field that is none of a document's own."""
    if isinstance(given, str | bytes):
        text = _as_text(given)
        if not others:
            return text
        try:
            given = orjson.loads(text)
        except orjson.JSONDecodeError:
            given = text
    if given is not None and not isinstance(given, Mapping):
        given = {"metadata": given}
    return metadata_json(plain({**others, **(given or {})}))


def _shown(value: Any) -> str:
    try:
        return without_addresses(repr(value))
    except Exception:
        return f"an element of type {type(value).__name__}"


def _bad(source: Any, error: str, detail: str, shown: str) -> Any:
    return beam.pvalue.TaggedOutput(
        QUARANTINE,
        {
            "source": "pcollection" if source is None else _as_text(source),
            "position": -1,
            "error": error,
            "detail": encodable(detail),
            "first_bytes": encodable(shown)[:256].encode(),
        },
    )


def quarantine_batch(row: dict[str, Any]) -> pa.RecordBatch:
    """One row of the quarantine as a batch."""
    return pa.RecordBatch.from_pylist([row], schema=QUARANTINE_SCHEMA)


def as_dicts(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of a batch as dictionaries."""
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows


def as_rows(batch: pa.RecordBatch) -> Iterator[Any]:
    """The rows of a batch as Beam rows, with the names that :func:`row_fields` gives."""
    names = [_row_name(name) for name in batch.schema.names]
    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        yield beam.Row(**dict(zip(names, row, strict=True)))


def _row_name(name: str) -> str:
    return name.replace(".", "_").replace("@", "_of_")


def row_fields(schema: pa.Schema) -> list[tuple[str, Any]]:
    """Name and type of each field of the Beam rows that are made of batches with this schema."""
    return [(_row_name(field.name), _row_type(field)) for field in schema]


def _row_type(field: pa.Field) -> Any:
    if pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
        return beam.typehints.Sequence[int]
    python = _ROW_TYPES[field.type]
    return beam.typehints.Optional[python] if field.nullable else python
