"""Documents told apart by the columns that shards are partitioned by, with folders named as Hive names them.

A folder is ``column=value`` for each column. The value is written as in a URL, so that none can name another folder:
``/`` is ``%2F``, and nothing known is ``__HIVE_DEFAULT_PARTITION__``. DuckDB, pyarrow and Polars read it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError

UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
LONGEST_NAME_BYTES = 255
"""Of a folder, in all usual file systems."""
MOST_PARTITIONS = 4096
"""Each has a shard at least, and the smaller shards are, the slower all readers become."""


def partitioned(rows: pa.RecordBatch, columns: Sequence[str]) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The rows of each folder, sorted by its name, in their order; all of them under an empty name without columns.

    Raises:
        InputError: for a value that is too long for the name of a folder, or too many folders.
    """
    if not columns or rows.num_rows == 0:
        yield "", rows
        return
    parts = [_folders(name, rows[name]) for name in columns]
    folders = pc.binary_join_element_wise(*parts, "/").dictionary_encode()
    names = folders.dictionary.to_pylist()
    check_number(len(names), columns)
    order = pc.sort_indices(folders.indices)  # it is stable
    starts = dict.fromkeys(range(len(names)), 0)
    for found in pc.value_counts(folders.indices).to_pylist():
        starts[found["values"]] = found["counts"]
    first = 0
    taken = rows.take(order)
    ordered = []
    for code, name in enumerate(names):
        ordered.append((name, taken.slice(first, starts[code])))
        first += starts[code]
    yield from sorted(ordered, key=lambda one: one[0])


def check_number(partitions: int, columns: Sequence[str]) -> None:
    """Refuse to make more folders than is good for those who read them.

    Raises:
        InputError: when there are too many.
    """
    if partitions > MOST_PARTITIONS:
        hint = "input_label, which names the input and not its files" if "source" in columns else "fewer columns"
        raise InputError(
            f"shards partitioned by {', '.join(columns)} would lie in {partitions:,} folders, more than "
            f"{MOST_PARTITIONS:,}; partition by {hint}"
        )


def folder_name(column: str, value: str | int | bool | None) -> str:
    """The folder of one value of a column.

    Raises:
        InputError: when the value is too long for one.
    """
    if value is None:
        return f"{quote(column, safe='')}={UNKNOWN}"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    encoded = quote(text, safe="")
    if encoded == UNKNOWN:
        encoded = f"%5F{encoded[1:]}"
    name = f"{quote(column, safe='')}={encoded}"
    if len(name) > LONGEST_NAME_BYTES:
        raise InputError(
            f"shards cannot be partitioned by {column}: its value {text[:60]!r}… needs a folder name of "
            f"{len(name):,} bytes, and file systems take {LONGEST_NAME_BYTES}; partition by another column"
        )
    return name


def _folders(name: str, column: pa.Array) -> pa.Array:
    encoded = column.dictionary_encode(null_encoding="encode")
    names = pa.array([folder_name(name, value) for value in encoded.dictionary.to_pylist()], pa.string())
    return names.take(encoded.indices)
