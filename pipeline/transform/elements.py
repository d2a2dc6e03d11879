"""What goes into a transform and comes out of it: elements of a PCollection to documents, batches to elements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, TypeAlias

import apache_beam as beam
import orjson
import pyarrow as pa
import xxhash

from ...filters.base.batch import BATCH_SCHEMA, KINDS, encodable
from ..files.ledger import QUARANTINE_SCHEMA

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

    columns: ClassVar[tuple[str, ...]] = tuple(BATCH_SCHEMA.names)

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def process(self, element: Any) -> Iterator[Any]:
        """Give one dictionary for each document, or a tagged row for the quarantine."""
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
