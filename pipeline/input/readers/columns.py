"""Rows of Arrow batches as records: text in a column, the other columns as metadata, odd values kept as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from ..inputs import InputOptions
from ..parts import Part
from .fields import record_of
from .records import Quarantined, Record

UNREADABLE = "unreadable_values"
"""Metadata of a row of which values stand as text, or as null, because Python has none for them: how many."""
MOST_ROWS_ALIKE = 100
"""Rows in a row without a text get a row in the quarantine each; the others of a batch of them are counted in one."""


def wanted_columns(schema: pa.Schema, options: InputOptions) -> list[str]:
    """Columns to read: pictures and other bytes are no metadata."""
    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    name = options.html_field or options.text_field
    return [
        field.name
        for field in schema
        if name in (field.name, field.name.partition(".")[0]) or not any(check(field.type) for check in binary)
    ]


def has_text(schema: pa.Schema, options: InputOptions) -> bool:
    """Whether a schema has the column of the text, which may be a field of a struct."""
    name = options.html_field or options.text_field
    if name in schema.names:
        return True
    outer, dot, inner = name.partition(".")
    if not dot or outer not in schema.names or not pa.types.is_struct(schema.field(outer).type):
        return False
    return has_text(pa.schema(list(schema.field(outer).type)), _inner(options, inner))


def _inner(options: InputOptions, name: str) -> InputOptions:
    from dataclasses import replace

    return replace(options, html_field=None, text_field=name)


def records_of(batch: pa.RecordBatch, position: int, part: Part, options: InputOptions) -> Iterator[Record]:
    """Records of a batch whose first row stands at ``position``."""
    name = options.html_field or options.text_field
    index = batch.schema.get_field_index(name)
    if index >= 0 and batch.num_rows > MOST_ROWS_ALIKE and batch.column(index).null_count == batch.num_rows:
        detail = f"column {name!r} is null in all of {batch.num_rows} rows from here on"
        yield Quarantined(source=part.source, position=position, error="missing_text", detail=detail)
        return
    columns = {field.name: _values(batch.column(number)) for number, field in enumerate(batch.schema)}
    for row in range(batch.num_rows):
        fields: dict[str, Any] = {}
        odd = 0
        failed: UnicodeDecodeError | None = None
        for column, values in columns.items():
            value = values[row]
            if isinstance(value, _Odd):
                odd += 1
                value = value.text
            elif isinstance(value, UnicodeDecodeError):
                failed = value if column == name else failed
                odd += 1
                value = None
            fields[column] = value
        if failed is not None:
            detail = f"byte {failed.start} of column {name!r}: {failed.reason}"
            yield Quarantined(source=part.source, position=position + row, error="invalid_utf8", detail=detail)
            continue
        if odd:
            fields[UNREADABLE] = odd
        yield record_of(fields, position + row, part, options, "column")


class _Odd:
    """A value that Python has not: a date beyond the year 9999, a time in an unknown zone."""

    def __init__(self, text: str | None) -> None:
        self.text = text


def _values(column: pa.Array) -> list[Any]:
    """A column as Python values; those that Python has not stand as :class:`_Odd`, wrong UTF-8 as its error."""
    if pa.types.is_dictionary(column.type):
        # Each value is made once, however often it stands there.
        values = _values(column.dictionary)
        return [None if index is None else values[index] for index in column.indices.to_pylist()]
    try:
        found: list[Any] = column.to_pylist()
    except Exception:  # Arrow raises what Python's types raise: OverflowError, ValueError, zoneinfo's KeyError …
        return [_value(scalar) for scalar in column]
    return found


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return error
    except Exception:
        pass
    if pa.types.is_struct(scalar.type) and scalar.is_valid:
        return {name: _plain(_value(scalar[name])) for name in (field.name for field in scalar.type)}
    if isinstance(scalar, (pa.ListScalar, pa.LargeListScalar, pa.FixedSizeListScalar)) and scalar.is_valid:
        return [_plain(_value(item)) for item in scalar.values]
    try:
        if pa.types.is_timestamp(scalar.type) and scalar.type.tz is not None:
            naive = scalar.cast(pa.int64()).cast(pa.timestamp(scalar.type.unit))
            return _Odd(f"{_value(naive)} UTC ({scalar.type.tz})")
        return _Odd(str(scalar.cast(pa.string())))
    except Exception:
        return _Odd(None)


def _plain(value: Any) -> Any:
    if isinstance(value, _Odd):
        return value.text
    return None if isinstance(value, UnicodeDecodeError) else value
