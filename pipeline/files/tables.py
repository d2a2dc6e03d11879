"""The Parquet files of an output folder as DuckDB tables, in bounded memory."""

from __future__ import annotations

import functools
import itertools
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import InputError
from .storage import join, local_path, open_read

if TYPE_CHECKING:
    import duckdb

READERS = 8
"""So many files are copied from another store at a time."""
MEMORY_LIMIT = "2GB"
"""What does not fit is put into temporary files."""
HOST = r"'^[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?(?:www\.)?([^/:?#]+)'"
"""As SQL, a regular expression whose first group is the domain of a URL in small letters."""


@contextmanager
def open_tables(folder: str, manifest: Mapping[str, Any], names: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the files that the manifest lists under each name (``ledger``, ``shards`` …) as a table of that name.

    Files of another store than the local disk are copied into a temporary folder first.

    Raises:
        InputError: when a file is missing or damaged.
    """
    with open_several({"": (folder, manifest)}, names) as connection:
        yield connection


@contextmanager
def open_several(
    runs: Mapping[str, tuple[str, Mapping[str, Any]]], names: Sequence[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the files of several output folders, with a prefix of each folder before the names of its tables.

    Raises:
        InputError: when a file is missing or damaged.
    """
    import duckdb

    told = " or ".join(folder for folder, _ in runs.values())
    with tempfile.TemporaryDirectory(prefix="textmill-") as scratch:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": scratch,
            "preserve_insertion_order": False,
        }
        try:
            with duckdb.connect(config=settings) as connection:
                for (prefix, (folder, manifest)), name in itertools.product(runs.items(), names):
                    table = f"{prefix}{name}"
                    with ThreadPoolExecutor(READERS) as pool:
                        listed_paths = [join(folder, name, file["name"]) for file in manifest[name]]
                        own = str(Path(scratch, prefix or "run"))
                        copied = functools.partial(_local_copy, folder=folder, scratch=own)
                        paths = list(pool.map(copied, listed_paths))
                    if paths:
                        listed = ", ".join(quoted(path) for path in paths)
                        connection.execute(
                            f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{listed}], hive_partitioning=false)"
                        )
                yield connection
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
            raise  # a question of ours that is wrong
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise InputError(f"cannot read {told}: {first}; textmill verify tells what is damaged") from error


def _local_copy(path: str, folder: str, scratch: str) -> Path:
    local = local_path(path)
    if local is not None:
        return local
    copy = Path(scratch, path.removeprefix(folder).lstrip("/"))
    copy.parent.mkdir(parents=True, exist_ok=True)
    with open_read(path, whole=True) as source, copy.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    return copy


def quoted(path: Path | str) -> str:
    """A path as SQL text, with characters that would be wildcards standing for themselves."""
    literal = "".join(f"[{character}]" if character in "*?[" else character for character in str(path))
    return "'" + literal.replace("'", "''") + "'"


def name_of(column: str) -> str:
    """A column as SQL names it."""
    return '"' + column.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def values(items: Sequence[str | bool]) -> str:
    """Several values as SQL, to stand behind IN."""
    return f"({', '.join(text(item) if isinstance(item, str) else str(item).upper() for item in items)})"
