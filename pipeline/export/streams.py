"""Formats that are one stream of ids for each shard: datatrove's ``.ds`` for nanotron, and OLMo's ``.npy``."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import IO

import numpy as np

from .rows import Data, Rows, Writer


class _Stream(Writer):
    """One file of bare ids for each shard."""

    suffix = ""
    needs_full_rows = True
    _sink: IO[bytes]

    def begin_shard(self, name: str) -> None:
        """Open the shard's file."""
        self._path = self.folder / f"{name}{self.suffix}"
        self._tokens = 0
        self._sink = self.files.enter_context(self._path.open("wb"))

    def add(self, rows: Rows) -> None:
        """Append rows."""
        self._sink.write(self.cast(rows.ids).data)
        self._tokens += len(rows.ids)

    def end_shard(self) -> None:
        """Close the shard's file."""
        self._sink.close()


class Datatrove(_Stream):
    """Writer of ``.ds``, ``.ds.index`` with ends of documents, and ``.ds.metadata``, which nanotron reads.

    Ids have two bytes or four, without a sign.
    """

    suffix = ".ds"
    needs_full_rows = False

    def __init__(self, folder: Path, data: Data) -> None:
        super().__init__(folder, data)
        self._ends: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []

    def add(self, rows: Rows) -> None:
        """Append rows."""
        self._ends.append((self._tokens + rows.document_ends()).astype(np.uint64))
        super().add(rows)

    def end_shard(self) -> None:
        """Write what stands beside the shard's file."""
        super().end_shard()
        ends = np.concatenate([np.zeros(0, dtype=np.uint64), *self._ends])
        self._path.with_suffix(".ds.index").write_bytes(ends.tobytes())
        name = str((self.data.tokenizer or {}).get("name", "unknown"))
        described = f"{name}|{self.dtype.itemsize}\n{self._tokens}\n{self._tokens:,} tokens"
        self._path.with_suffix(".ds.metadata").write_text(described)
        self._ends = []


class Numpy(_Stream):
    """Writer of ``.npy`` without a header, which OLMo maps into memory, and ``.csv.gz``, as dolma writes it.

    A line of the latter has the first and the last token of a run of a document, the document's id and source, and from
    which of its tokens on.
    """

    suffix = ".npy"

    def begin_shard(self, name: str) -> None:
        """Open the shard's files."""
        super().begin_shard(name)
        self._beside = self.files.enter_context(self._path.with_suffix(".csv.gz").open("wb"))
        self._zipped = gzip.GzipFile(filename="", mode="wb", fileobj=self._beside, mtime=0, compresslevel=6)

    def add(self, rows: Rows) -> None:
        """Append rows."""
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        for begin, documents in zip(rows.offsets[:-1].tolist(), rows.documents.to_pylist(), strict=True):
            position = self._tokens + begin
            for one in documents:
                end = position + one["length"]
                writer.writerow((position, end, one["doc_id"], one["source"], one["start"]))
                position = end
        self._zipped.write(lines.getvalue().encode())
        super().add(rows)

    def end_shard(self) -> None:
        """Close the shard's files."""
        self._zipped.close()
        self._beside.close()
        super().end_shard()
