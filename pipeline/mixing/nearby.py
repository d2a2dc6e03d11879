"""Copies of what DuckDB asks of files in other stores, without the columns that it needs not, which are most bytes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..files.storage import local_path, open_read
from .sources import IDS

READERS = 8
LARGE = ("text", "metadata", IDS)
BATCH_ROWS = 10_000
COUNT = "token_count"


def shards_nearby(paths: Sequence[str], folder: Path, condition: str | None) -> list[str]:
    """Local files with the rows of these in the same order: themselves, or copies of those in other stores.

    Columns that are large stay away, unless the condition speaks of them; ids leave their number. Copies lie in folders
    named as Hive names them where the files do: DuckDB takes columns from there.
    """
    wanted = {name for name in LARGE if condition is not None and re.search(rf"(?i)\b{name}\b", condition)}

    def copy(numbered: tuple[int, str]) -> str:
        number, path = numbered
        if local_path(path) is not None:
            return path
        hive = [name for name in path.split("/")[:-1] if "=" in name]
        made = folder.joinpath(f"shard-{number:06d}", *hive, "rows.parquet")
        made.parent.mkdir(parents=True)
        _copy_columns(path, made, wanted)
        return str(made)

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(copy, enumerate(paths)))


def files_nearby(paths: Sequence[str], folder: Path) -> list[str]:
    """Local files with the bytes of these."""

    def copy(numbered: tuple[int, str]) -> str:
        number, path = numbered
        if local_path(path) is not None:
            return path
        made = folder / f"file-{number:06d}.parquet"
        with open_read(path, whole=True) as source, made.open("wb") as sink:
            shutil.copyfileobj(source, sink)
        return str(made)

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(copy, enumerate(paths)))


def _copy_columns(path: str, made: Path, wanted: set[str]) -> None:
    with open_read(path) as opened:
        file = pq.ParquetFile(opened)
        names = file.schema_arrow.names
        counts = COUNT not in names
        kept = [name for name in names if name not in LARGE or name in wanted or (name == IDS and counts)]
        drops_ids = counts and IDS not in wanted
        fields = [file.schema_arrow.field(name) for name in kept if not (name == IDS and drops_ids)]
        schema = pa.schema([*fields, *([pa.field(COUNT, pa.int64())] if counts else [])])
        with pq.ParquetWriter(made, schema, compression="zstd") as writer:
            for batch in file.iter_batches(BATCH_ROWS, columns=kept, use_threads=False):
                columns = {field.name: batch[field.name] for field in fields}
                if counts:
                    columns[COUNT] = pc.list_value_length(batch[IDS]).cast(pa.int64())
                writer.write_batch(pa.RecordBatch.from_pydict(columns, schema=schema))
