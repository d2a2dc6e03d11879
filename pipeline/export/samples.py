"""Formats in which every row is a thing of its own: WebDataset's tar files, and JSON lines."""

from __future__ import annotations

import io
import tarfile
from typing import IO, Any

import numpy as np
import orjson
import zstandard

from .rows import Rows, Writer

ZSTD_LEVEL = 3


class WebDataset(Writer):
    """Writer of ``.tar`` with ``KEY.npy``, the ids, and ``KEY.json``, the documents, for each row."""

    def begin_shard(self, name: str) -> None:
        """Open the shard's file."""
        self._name, self._row = name, 0
        self._file = self.files.enter_context((self.folder / f"{name}.tar").open("wb"))
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.USTAR_FORMAT)

    def add(self, rows: Rows) -> None:
        """Append rows."""
        for row, documents in enumerate(rows.documents.to_pylist()):
            key = f"{self._name}-{self._row:08d}"
            content = io.BytesIO()
            np.save(content, self.cast(rows.of(row)))
            self._member(f"{key}.npy", content.getvalue())
            self._member(f"{key}.json", orjson.dumps(documents))
            self._row += 1

    def _member(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))

    def end_shard(self) -> None:
        """Close the shard's file."""
        self._tar.close()
        self._file.close()


class JsonLines(Writer):
    """Writer of ``.jsonl``: ``input_ids`` and ``documents``."""

    suffix = ".jsonl"
    _sink: IO[bytes] | Any

    def begin_shard(self, name: str) -> None:
        """Open the shard's file."""
        self._file = self.files.enter_context((self.folder / f"{name}{self.suffix}").open("wb"))
        self._sink = self._opened(self._file)

    def _opened(self, file: IO[bytes]) -> IO[bytes] | Any:
        return file

    def add(self, rows: Rows) -> None:
        """Append rows."""
        option = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE
        for row, documents in enumerate(rows.documents.to_pylist()):
            self._sink.write(orjson.dumps({"input_ids": rows.of(row), "documents": documents}, option=option))

    def end_shard(self) -> None:
        """Close the shard's file."""
        self._sink.close()
        self._file.close()


class ZstdJsonLines(JsonLines):
    """The same in Zstandard."""

    suffix = ".jsonl.zst"

    def _opened(self, file: IO[bytes]) -> Any:
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).stream_writer(file, closefd=False)
