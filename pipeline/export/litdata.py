"""litdata's chunks for its ``TokensLoader``, whose ``block_size`` is the length of sequences.

A chunk is the number of items, offsets of items from the file's begin, and the items, which are bare ids.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .rows import Data, Rows, Writer

CHUNK_BYTES = 1 << 26
TYPE_CODES = {"int32": 16, "uint16": 20}
"""Numbers of torch's types in litdata."""
SPECIFICATION = '[1, {"type": null, "context": null, "children_spec": []}]'
"""A sample that is one tensor, as torch describes trees."""


class LitData(Writer):
    """Writer of ``chunk-0-0.bin`` … and ``index.json``."""

    needs_full_rows = True

    def __init__(self, folder: Path, data: Data) -> None:
        super().__init__(folder, data)
        self._items: list[bytes] = []
        self._bytes = 0
        self._chunks: list[dict[str, Any]] = []

    def add(self, rows: Rows) -> None:
        """Append rows."""
        ids = self.cast(rows.ids)
        for first, end in zip(rows.offsets[:-1].tolist(), rows.offsets[1:].tolist(), strict=True):
            item = ids[first:end].tobytes()
            if self._items and self._bytes + len(item) > CHUNK_BYTES:
                self._flush()
            self._items.append(item)
            self._bytes += len(item) + 4

    def _flush(self) -> None:
        count = len(self._items)
        offsets = np.cumsum([0, *map(len, self._items)]) + 4 * (count + 2)
        name = f"chunk-0-{len(self._chunks)}.bin"
        with (self.folder / name).open("wb") as sink:
            sink.write(np.uint32(count).tobytes() + offsets.astype(np.uint32).tobytes())
            sink.writelines(self._items)
        tokens = int(offsets[-1] - offsets[0]) // self.dtype.itemsize
        size = int(offsets[-1])
        self._chunks.append({"chunk_bytes": size, "chunk_size": count, "dim": tokens, "filename": name})
        self._items, self._bytes = [], 0

    def finish(self) -> None:
        """Write the last chunk and the index."""
        if self._items or not self._chunks:
            self._flush()
        configuration = {
            "chunk_bytes": CHUNK_BYTES,
            "chunk_size": None,
            "compression": None,
            "data_format": [f"no_header_tensor:{TYPE_CODES[self.dtype.name]}"],
            "data_spec": SPECIFICATION,
            "encryption": None,
            "item_loader": "TokensLoader",
        }
        index = {"chunks": self._chunks, "config": configuration, "updated_at": "0"}
        (self.folder / "index.json").write_text(json.dumps(index, sort_keys=True))
