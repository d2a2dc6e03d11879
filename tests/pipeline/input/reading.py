"""What the tests of the readers share: write a file, read it under any cutting, look at what came."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from textmill.filters.base.batch import BATCH_SCHEMA, document_id
from textmill.pipeline.input.inputs import InputFile, InputOptions
from textmill.pipeline.input.readers import Quarantined, read_split
from textmill.pipeline.input.splits import cut_splits

__all__ = ["Found", "read_bytes", "read_file", "warc_record"]


@dataclass
class Found:
    """Everything that reading a file gave."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    batch_rows: list[int] = field(default_factory=list)
    splits: int = 0

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    @property
    def errors(self) -> list[tuple[int, str]]:
        return [(row.position, row.error) for row in self.quarantined]


def read_file(path: Path, split_bytes: int | None = None, *, source: str = "in", **options: Any) -> Found:
    """Read a file as a run would, checking what must hold of every batch."""
    reading = InputOptions(split_bytes=split_bytes, **options)
    found = Found()
    for split in cut_splits([InputFile(str(path), source, path.stat().st_size)], reading):
        found.splits += 1
        for read in read_split(split, reading):
            assert all(name == source or name.startswith(f"{source}/") for name in {*read.read, *read.skipped})
            assert sum(read.read.values()) == read.batch.num_rows + len(read.quarantined)
            assert read.batch.schema == BATCH_SCHEMA
            read.batch.validate(full=True)
            found.batch_rows.append(read.batch.num_rows)
            found.rows += read.batch.to_pylist()
            found.quarantined += read.quarantined
            found.skipped += sum(read.skipped.values(), Counter())
    ids = [row["doc_id"] for row in found.rows]
    assert len(set(ids)) == len(ids)
    ids += [document_id(row.source, row.position) for row in found.quarantined]
    assert len(set(ids)) == len(ids), "two records share a position"
    pa.array([row.detail for row in found.quarantined], pa.string())  # can be written
    return found


def read_bytes(folder: Path, name: str, content: bytes | str, split_bytes: int | None = None, **options: Any) -> Found:
    """Write a file and read it."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_file(path, split_bytes, source=f"in/{name}", **options)


def warc_record(kind: str, headers: dict[str, str], body: bytes) -> bytes:
    """One WARC record, uncompressed."""
    named = {"WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:0>", "WARC-Date": "2026-01-02T03:04:05Z"} | headers
    named["Content-Length"] = str(len(body))
    sink = io.BytesIO()
    sink.write(b"WARC/1.1\r\n")
    for name, value in named.items():
        sink.write(f"{name}: {value}\r\n".encode())
    sink.write(b"\r\n" + body + b"\r\n\r\n")
    return sink.getvalue()
