"""Megatron's indexed dataset: ``tokens.bin`` with all ids, ``tokens.idx`` with where each sequence stands.

Its layout is that of ``megatron.core.datasets.indexed_dataset``: magic, version, type of ids, numbers of sequences and
document ends, lengths, pointers in bytes, and the sequences with which documents end. Every row is a document of one
sequence.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from .rows import Data, Rows, Writer

MAGIC = b"MMIDIDX\x00\x00"
TYPE_CODES = {"int32": 4, "uint16": 8}


class Megatron(Writer):
    """Writer of ``.bin`` and ``.idx``."""

    def __init__(self, folder: Path, data: Data) -> None:
        super().__init__(folder, data)
        self._lengths: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
        self._sink = self.files.enter_context((folder / "tokens.bin").open("wb"))

    def add(self, rows: Rows) -> None:
        """Append rows."""
        self._sink.write(self.cast(rows.ids).data)
        self._lengths.append(np.diff(rows.offsets).astype(np.int32))

    def finish(self) -> None:
        """Write the index."""
        self._sink.close()
        lengths = np.concatenate([np.zeros(0, dtype=np.int32), *self._lengths])
        pointers = (np.cumsum(lengths, dtype=np.int64) - lengths) * self.dtype.itemsize
        with (self.folder / "tokens.idx").open("wb") as sink:
            sink.write(MAGIC)
            sink.write(struct.pack("<QBQQ", 1, TYPE_CODES[self.dtype.name], len(lengths), len(lengths) + 1))
            sink.write(lengths.data)
            sink.write(pointers.astype(np.int64).data)
            sink.write(np.arange(len(lengths) + 1, dtype=np.int64).data)
