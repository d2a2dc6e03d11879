"""Cleaned documents as a person takes them away: texts, JSON lines, Markdown or Parquet, in one file or many."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import PurePosixPath
from typing import IO, Any

import pyarrow as pa

from ...errors import InputError, TextmillError
from ..files.storage import join, local_path, make_folder, write_atomically
from .printable import printable

SUFFIXES = {".txt": "text", ".jsonl": "jsonl", ".md": "markdown", ".parquet": "parquet"}
FORMATS = {name: suffix for suffix, name in SUFFIXES.items()}
COLUMNS = ("doc_id", "text", "source", "kind", "url", "language", "metadata")
"""What JSON lines hold of a document."""


def format_of(name: str | None, output: str | None, *, as_json: bool) -> str:
    """The format to write: as it is named, else as the output's name ends, else JSON lines or bare texts.

    Raises:
        InputError: for an unknown format, or an output whose name tells none.
    """
    if name is not None:
        if name not in FORMATS:
            raise InputError(f"no format {name!r}; choose one of {', '.join(FORMATS)}")
        return name
    if output is None:
        return "jsonl" if as_json else "text"
    found = SUFFIXES.get(PurePosixPath(output).suffix)
    if found is None:
        ends = ", ".join(SUFFIXES)
        raise InputError(f"cannot tell what to write to {output}; let its name end in {ends}, or give --format")
    return found


def write_to_standard_output(batches: Iterable[pa.RecordBatch], name: str, *, several: bool) -> None:
    """Write all documents to standard output.

    Raises:
        InputError: for Parquet on a terminal.
    """
    if name == "parquet":
        if sys.stdout.isatty():
            raise InputError("Parquet is nothing for a terminal; give -o FILE")
        _write_parquet(sys.stdout.buffer, batches)
        sys.stdout.buffer.flush()
        return
    for piece in _pieces(batches, name, several=several):
        sys.stdout.write(piece)
    sys.stdout.flush()


def write_file(output: str, batches: Iterable[pa.RecordBatch], name: str, *, several: bool) -> None:
    """Write all documents to one file, which is there when it is whole.

    Raises:
        InputError: when it cannot be written.
    """
    with _writable(output), write_atomically(output) as sink:
        if name == "parquet":
            _write_parquet(sink, batches)
            return
        text = io.TextIOWrapper(sink, encoding="utf-8", newline="\n", write_through=True)
        for piece in _pieces(batches, name, several=several):
            text.write(piece)
        text.flush()
        text.detach()


def refuse_inputs(path: str, inputs: Collection[str]) -> None:
    """Texts are not written over what they are made from.

    Raises:
        InputError: when the path is one of the inputs, which are given without links in their paths.
    """
    local = local_path(path)
    if local is not None and os.path.realpath(local) in inputs:
        raise InputError(f"{path} is an input, and would be written over; write elsewhere")


def write_files(
    folder: str, batches: Iterable[pa.RecordBatch], name: str, inputs: Collection[str] = frozenset()
) -> int:
    """Write the documents of each source to a file of its own, below a folder, named as the source is.

    Returns:
        How many files were written.

    Raises:
        InputError: when a file cannot be written, or is one of the inputs.
    """
    taken: set[str] = set()
    for source, rows in groupby(_rows_of_sources(batches), key=lambda row: str(row["source"][0])):
        path = _below(source, FORMATS[name], taken)
        taken.add(path)
        refuse_inputs(join(folder, path), inputs)
        of_source = list(rows)
        with _writable(folder):
            make_folder(join(folder, str(PurePosixPath(path).parent)))
        write_file(join(folder, path), of_source, name, several=sum(batch.num_rows for batch in of_source) > 1)
    return len(taken)


def _below(source: str, suffix: str, taken: set[str]) -> str:
    """A path below a folder for a source; the source's own name stays whole, so that no two become one."""
    parts = [part for part in source.split("/") if part not in ("", ".", "..")] or ["document"]
    path = "/".join(parts)
    while not path.endswith(suffix) or path in taken:
        path += suffix
    return path


def _rows_of_sources(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches cut where the source changes."""
    for batch in batches:
        sources = batch["source"].to_pylist()
        start = 0
        for end in range(1, len(sources) + 1):
            if end == len(sources) or sources[end] != sources[start]:
                yield batch.slice(start, end - start)
                start = end


@contextmanager
def _writable(output: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror or error}") from error
    except TextmillError as error:
        if isinstance(error.__cause__, OSError):  # a full disk; nothing here can be resumed
            raise InputError(f"cannot write {output}: {error.__cause__.strerror}; make room") from error
        raise


def _pieces(batches: Iterable[pa.RecordBatch], name: str, *, several: bool) -> Iterator[str]:
    """One JSON object a line; or texts, each of several below a line that names it, as head and tail do with files."""
    between = ""
    for batch in batches:
        for row in batch.select([column for column in COLUMNS if column in batch.schema.names]).to_pylist():
            if name == "jsonl":
                told = {column: row.get(column) for column in COLUMNS}  # the same keys whatever a recipe measures
                told["metadata"] = json.loads(row["metadata"] or "{}")
                yield json.dumps(told, ensure_ascii=False) + "\n"
                continue
            text = row["text"].rstrip("\n") + "\n"
            if name == "markdown":
                text = _heading(row) + text
            elif several:
                text = f"==> {printable(row['source'])} {row['doc_id'][:12]} <==\n{text}"
            yield between + text
            between = "\n"


def _heading(row: dict[str, Any]) -> str:
    title = json.loads(row["metadata"] or "{}").get("title")
    named = " ".join(title.split()) if isinstance(title, str) and title.strip() else row["source"]
    where = f"<{row['url']}>\n\n" if row["url"] else ""
    return f"# {named}\n\n{where}"


def _write_parquet(sink: IO[bytes], batches: Iterable[pa.RecordBatch]) -> None:
    import pyarrow.parquet as pq

    writer: Any = None
    for batch in batches:
        writer = writer or pq.ParquetWriter(sink, batch.schema, compression="zstd")
        writer.write_batch(batch)
    if writer is None:
        pq.write_table(pa.table({"text": pa.array([], pa.large_string())}), sink)
    else:
        writer.close()
