"""MosaicML's MDS shards with the columns ``tokens``, as LLM Foundry reads them, and ``documents``, JSON.

A shard is the number of samples, offsets of samples from the file's begin, the description as JSON, and the samples: of
each column its bytes in the order of names, before them their sizes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from .rows import Data, Rows, Writer

SHARD_BYTES = 1 << 26


class Mds(Writer):
    """Writer of ``shard.00000.mds`` … and ``index.json``."""

    def __init__(self, folder: Path, data: Data) -> None:
        super().__init__(folder, data)
        self._description: dict[str, Any] = {
            "column_encodings": ["str", f"ndarray:{self.dtype.name}"],
            "column_names": ["documents", "tokens"],
            "column_sizes": [None, None],
            "compression": None,
            "format": "mds",
            "hashes": [],
            "size_limit": SHARD_BYTES,
            "version": 2,
        }
        self._header = json.dumps(self._description, sort_keys=True).encode()
        self._samples: list[bytes] = []
        self._bytes = 0
        self._shards: list[dict[str, Any]] = []

    def add(self, rows: Rows) -> None:
        """Append rows; those without a token cannot be said in the format and are left out."""
        ids = self.cast(rows.ids)
        for row, documents in enumerate(rows.documents.to_pylist()):
            tokens = ids[rows.offsets[row] : rows.offsets[row + 1]]
            if len(tokens):
                self._add(orjson.dumps(documents), _shape(len(tokens)) + tokens.tobytes())

    def _add(self, documents: bytes, tokens: bytes) -> None:
        sample = np.array([len(documents), len(tokens)], dtype=np.uint32).tobytes() + documents + tokens
        if self._samples and self._bytes + len(sample) > SHARD_BYTES:
            self._flush()
        self._samples.append(sample)
        self._bytes += len(sample) + 4

    def _flush(self) -> None:
        count = len(self._samples)
        offsets = np.cumsum([0, *map(len, self._samples)]) + 4 + 4 * (count + 1) + len(self._header)
        name = f"shard.{len(self._shards):05d}.mds"
        with (self.folder / name).open("wb") as sink:
            sink.write(np.uint32(count).tobytes() + offsets.astype(np.uint32).tobytes() + self._header)
            sink.writelines(self._samples)
        raw = {"basename": name, "bytes": int(offsets[-1]), "hashes": {}}
        self._shards.append({**self._description, "samples": count, "raw_data": raw, "zip_data": None})
        self._samples, self._bytes = [], 0

    def finish(self) -> None:
        """Write the last shard and the index."""
        if self._samples or not self._shards:
            self._flush()
        index = json.dumps({"shards": self._shards, "version": 2}, sort_keys=True)
        (self.folder / "index.json").write_text(index)


def _shape(count: int) -> bytes:
    """One dimension, of so many values, in the smallest type."""
    kind = 0 if count < 1 << 8 else 1 if count < 1 << 16 else 2
    return bytes([1 << 2 | kind]) + count.to_bytes(1 << kind, "little")
