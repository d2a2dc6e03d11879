"""Rows that belong together brought together, however far apart they stand in a file of any size."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import xxhash
import zstandard

from ....files.storage import explain_full_disk

PARTITIONS = 128
HELD_BYTES = 64 << 20
"""So much is held in memory, with what Python needs for it about three times as much; then it goes to the disk."""
PER_ROW_BYTES = 120
DEEPEST = 3
"""128³ partitions of 64 MB are more than any file; what is still larger there are rows of few keys."""
LENGTH_BYTES = 4

Row: TypeAlias = tuple[bytes, bytes]
Group: TypeAlias = tuple[bytes, list[bytes], int]
"""Key, its rows in the order in which they came, and their bytes; only the first row where that is beyond the limit."""


class Grouping:
    """Groups rows by their keys in bounded memory.

    Few rows stay in memory. More are written to files in the temporary folder, one for each partition of the keys'
    hashes, compressed; and a partition that is too large for the memory is cut again. So the disk must hold the rows
    once, or twice while the largest partition is cut. The order of groups depends on the rows alone.
    """

    def __init__(self, limit: int, level: int = 0) -> None:
        self._limit = limit
        self._level = level
        self._held = bytearray()
        self._held_bytes = 0
        self._bytes = [0] * PARTITIONS
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Grouping:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held = bytearray()
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, key: bytes, row: bytes) -> None:
        """Add a row."""
        # In one buffer: as objects, rows of JSON take ten times their size, for they are cut from larger pieces.
        for piece in (key, row):
            self._held += len(piece).to_bytes(LENGTH_BYTES, "little")
            self._held += piece
        self._held_bytes += len(key) + len(row) + PER_ROW_BYTES
        if self._held_bytes >= HELD_BYTES:
            self._spill()

    def groups(self) -> Iterator[Group]:
        """Each key once, with its rows."""
        if self._folder is None:
            yield from _grouped(_unpacked(self._held), self._limit)
            return
        self._spill()
        for partition, held_bytes in enumerate(self._bytes):
            if held_bytes <= HELD_BYTES or self._level + 1 >= DEEPEST:
                yield from _grouped(self._read(partition), self._limit)
            else:
                with Grouping(self._limit, self._level + 1) as finer:
                    for key, row in self._read(partition):
                        finer.add(key, row)
                    self._path(partition).unlink()
                    yield from finer.groups()

    def _path(self, partition: int) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="textmill-")
        return Path(self._folder.name) / str(partition)

    def _spill(self) -> None:
        packed: list[bytearray] = [bytearray() for _ in range(PARTITIONS)]
        for key, row in _unpacked(self._held):
            partition = xxhash.xxh3_64_intdigest(key, seed=self._level) % PARTITIONS
            for piece in (key, row):
                packed[partition] += len(piece).to_bytes(LENGTH_BYTES, "little")
                packed[partition] += piece
            self._bytes[partition] += len(key) + len(row) + PER_ROW_BYTES
        compressor = zstandard.ZstdCompressor(level=1)
        for partition, content in enumerate(packed):
            if content:
                path = self._path(partition)
                block = compressor.compress(content)
                with explain_full_disk(str(path.parent)), path.open("ab") as sink:
                    sink.write(len(block).to_bytes(LENGTH_BYTES, "little") + block)
        self._held, self._held_bytes = bytearray(), 0

    def _read(self, partition: int) -> Iterator[Row]:
        path = self._path(partition)
        if not self._bytes[partition]:
            return
        decompressor = zstandard.ZstdDecompressor()
        with path.open("rb") as source:
            while head := source.read(LENGTH_BYTES):
                yield from _unpacked(decompressor.decompress(source.read(int.from_bytes(head, "little"))))


def _unpacked(content: bytes | bytearray) -> Iterator[Row]:
    pieces: list[bytes] = []
    position = 0
    while position < len(content):
        begins = position + LENGTH_BYTES
        position = begins + int.from_bytes(content[position:begins], "little")
        pieces.append(bytes(content[begins:position]))
        if len(pieces) == 2:
            yield pieces[0], pieces[1]
            pieces = []


def _grouped(rows: Iterator[Row], limit: int) -> Iterator[Group]:
    groups: dict[bytes, list[bytes]] = {}
    sizes: dict[bytes, int] = {}
    for key, row in rows:
        size = sizes[key] = sizes.get(key, 0) + len(row)
        held = groups.setdefault(key, [])
        if size <= limit or not held:
            held.append(row)
        else:
            del held[1:]
    for key, found in groups.items():
        yield key, found, sizes[key]
