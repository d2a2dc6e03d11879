"""Rows of Arrow batches as records: text in a column, the other columns as metadata, odd values kept as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...inputs import InputOptions
from ...parts import Part
from ..records import Quarantined, Record
from .fields import Odd, record_of

BOMB_RATIO = 250
BOMB_BYTES = 1 << 28
"""Text that is longer than both is not read on: a dictionary holds it once, and names it as often as one likes."""
MOST_ROWS_ALIKE = 100
"""Rows in a row without a text get a row in the quarantine each; the others of a batch of them are counted in one."""


def wanted_columns(schema: pa.Schema, options: InputOptions) -> list[str]:
    """Columns to read: pictures and other bytes are no metadata."""
    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return [
        field.name
        for field in schema
        if field.name in needed_columns(options) or not any(check(field.type) for check in binary)
    ]


def needed_columns(options: InputOptions) -> frozenset[str]:
    """Columns that make a document, whatever else there is."""
    name = options.html_field or options.text_field
    return frozenset({name, name.partition(".")[0], options.url_field, "kind"})


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
    index = batch.schema.names.index(name) if name in batch.schema.names else -1
    if index >= 0 and batch.num_rows > MOST_ROWS_ALIKE and batch.column(index).null_count == batch.num_rows:
        detail = f"column {name!r} is null in all of {batch.num_rows} rows from here on"
        yield Quarantined(source=part.source, position=position, error="missing_text", detail=detail)
        return
    for row, fields in enumerate(python_rows(batch)):
        yield record_of(fields, position + row, part, options, "column")


def python_rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """The rows of a batch as Python values; those that Python has not stand as :class:`Odd`."""
    columns = {unique: _values(batch.column(number)) for number, unique in enumerate(unique_names(batch.schema.names))}
    for row in range(batch.num_rows):
        yield {column: values[row] for column, values in columns.items()}


def spelled_bytes(batch: pa.RecordBatch) -> int:
    """Bytes of all texts of a batch, those of its dictionaries spelled out."""
    total = 0
    for column in batch.columns:
        for leaf in _leaves(column):
            is_dictionary = pa.types.is_dictionary(leaf.type)
            values = leaf.dictionary if is_dictionary else leaf
            if _has_bytes(values.type) and len(values):
                lengths = pc.binary_length(values).cast(pa.int64())
                total += pc.sum(lengths.take(leaf.indices) if is_dictionary else lengths).as_py() or 0
    return int(total)


def _has_bytes(type_: pa.DataType) -> bool:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(check(type_) for check in kinds)


def _leaves(column: pa.Array) -> Iterator[pa.Array]:
    if pa.types.is_map(column.type):
        yield from _leaves(column.keys)
        yield from _leaves(column.items)
    elif pa.types.is_struct(column.type):
        for inner in column.flatten():
            yield from _leaves(inner)
    elif pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        yield from _leaves(column.flatten())
    else:
        yield column


def first_line(error: Exception) -> str:
    """What a library says of an error, without what stands below; its name where it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def unique_names(names: list[str]) -> list[str]:
    """Names of columns, of which several may have one."""
    found: dict[str, None] = {}
    numbers: dict[str, int] = {}
    """How many columns have a name so far: looking for a free number from 1 on takes long where all have the same."""
    for name in names:
        unique, number = name, numbers.get(name, 1)
        while unique in found:
            number += 1
            unique = f"{name}_{number}"
        found[unique], numbers[name] = None, number
    return list(found)


def _values(column: pa.Array) -> list[Any]:
    """A column as Python values; those that Python has not stand as :class:`Odd`, wrong UTF-8 as its error."""
    if pa.types.is_dictionary(column.type):
        # Each value is made once, however often it stands there.
        values = _values(column.dictionary)
        return [None if index is None else values[index] for index in column.indices.to_pylist()]
    if _is_fine(column.type):
        return [_value(scalar) for scalar in column]
    try:
        found: list[Any] = column.to_pylist()
    except Exception:  # Arrow raises what Python's types raise: OverflowError, ValueError, zoneinfo's KeyError …
        return [_value(scalar) for scalar in column]
    return found


def _is_fine(type_: pa.DataType) -> bool:
    """Whether a type counts nanoseconds: what Python makes of them depends on whether pandas is installed."""
    return bool((pa.types.is_timestamp(type_) or pa.types.is_duration(type_)) and type_.unit == "ns")


def _value(scalar: pa.Scalar) -> Any:
    if not scalar.is_valid:
        return None
    if _is_fine(scalar.type):
        return _nanoseconds(scalar)
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        if not pa.types.is_nested(scalar.type):
            return error
    except Exception:
        pass
    if pa.types.is_struct(scalar.type) and scalar.is_valid:
        names = unique_names([field.name for field in scalar.type])
        return {name: _value(scalar[index]) for index, name in enumerate(names)}
    if pa.types.is_map(scalar.type):
        return [[_value(entry[0]), _value(entry[1])] for entry in scalar.values]
    if isinstance(scalar, (pa.ListScalar, pa.LargeListScalar, pa.FixedSizeListScalar)) and scalar.is_valid:
        return [_value(item) for item in scalar.values]
    try:
        if pa.types.is_timestamp(scalar.type) and scalar.type.tz is not None:
            naive = scalar.cast(pa.int64()).cast(pa.timestamp(scalar.type.unit))
            return Odd(f"{_value(naive)} UTC ({scalar.type.tz})")
        return Odd(str(scalar.cast(pa.string())))
    except Exception:
        return Odd(None)


def _nanoseconds(scalar: pa.Scalar) -> Any:
    """A time or duration in nanoseconds, which Python's own hold only in microseconds."""
    if pa.types.is_duration(scalar.type):
        return f"{scalar.value} ns"
    whole, rest = divmod(scalar.value, 1000)
    value = _value(pa.scalar(whole, pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp("us", scalar.type.tz)))
    if rest == 0 or isinstance(value, Odd):
        return value
    text = value.isoformat(timespec="microseconds")
    return f"{text[:26]}{rest:03}{text[26:]}"
