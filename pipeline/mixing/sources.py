"""The files of a mix's sources: shards and ledgers of finished runs, and Parquet files of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import InputError
from ..files.globs import expand_glob, fixed_folder, is_glob
from ..files.listing import list_files
from ..files.storage import exists, is_folder, join, open_read
from ..output.manifest import MANIFEST, read_manifest
from .definition import Source

IDS = "input_ids"


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A Parquet file with tokens of documents."""

    path: str
    name: str
    """What it is called without where its folder lies: part of the ids of documents that have none."""
    group_rows: tuple[int, ...]
    """Rows of its row groups."""
    columns: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What one path of a source leads to."""

    path: str
    files: tuple[SourceFile, ...]
    ledger: tuple[str, ...]
    """Files of a run's ledger; none for other Parquet files."""
    tokenizer: dict[str, Any] | None
    """What a run says of its tokenizer; None where it is not known."""
    shards_sha256: tuple[str, ...]


def find_origins(source: Source) -> list[Origin]:
    """What the paths of a source lead to.

    Raises:
        InputError: for paths that lead nowhere, runs without tokens, and files that are no Parquet.
    """
    return [_run(source, path) if _is_run(path) else _files(source, path) for path in source.paths]


def _is_run(path: str) -> bool:
    return not is_glob(path) and is_folder(path) and exists(join(path, MANIFEST))


def _run(source: Source, path: str) -> Origin:
    manifest = read_manifest(path)
    if not manifest["tokenizer"]:
        raise InputError(f"source {source.name}: {path} has no tokens; run its recipe with a tokenize step")
    listed = [(join(path, "shards", shard["name"]), f"shards/{shard['name']}") for shard in manifest["shards"]]
    return Origin(
        path=path,
        files=tuple(_opened(source, file, name) for file, name in listed),
        ledger=tuple(join(path, "ledger", file["name"]) for file in manifest["ledger"]),
        tokenizer=manifest["tokenizer"],
        shards_sha256=tuple(shard["sha256"] for shard in manifest["shards"]),
    )


def _files(source: Source, path: str) -> Origin:
    if is_glob(path):
        found, root = [entry.path for entry in expand_glob(path)], fixed_folder(path)
    elif is_folder(path):
        found, root = [name for name in list_files(path) if name.endswith(".parquet")], path
    else:
        found, root = [path] if exists(path) else [], path.rpartition("/")[0]
    if not found:
        raise InputError(f"source {source.name}: no Parquet files at {path}")
    inside = [name[len(root) :].lstrip("/") if root and name.startswith(root) else name for name in found]
    files = tuple(_opened(source, file, name) for file, name in zip(found, inside, strict=True))
    return Origin(path=path, files=files, ledger=(), tokenizer=None, shards_sha256=())


def _opened(source: Source, path: str, name: str) -> SourceFile:
    try:
        with open_read(path) as opened:
            file = pq.ParquetFile(opened)
            metadata, schema = file.metadata, file.schema_arrow
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"source {source.name}: cannot read {path}: {error}") from error
    columns = frozenset(schema.names)
    if IDS not in columns or not _holds_ids(schema.field(IDS).type):
        raise InputError(
            f"source {source.name}: {path} has no column {IDS} of lists of whole numbers; "
            f"it has {', '.join(schema.names)}"
        )
    rows = tuple(metadata.row_group(number).num_rows for number in range(metadata.num_row_groups))
    return SourceFile(path=path, name=name, group_rows=rows, columns=columns)


def _holds_ids(kind: pa.DataType) -> bool:
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return bool(listed and pa.types.is_integer(kind.value_type))
