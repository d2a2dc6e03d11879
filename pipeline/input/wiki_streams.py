"""Multistream dumps of wikis: bzip2 streams of a hundred pages each, which can be entered anywhere."""

from __future__ import annotations

import bz2
import re
from collections.abc import Iterator
from typing import IO

from .decompressors import DecompressionError

STREAM = re.compile(rb"BZh[1-9]1AY&SY")
STREAM_BYTES = 10
CHUNK_BYTES = 1 << 18
MOST_HEAD_BYTES = 1 << 20
"""Unpacked, the stream before the first page is never longer."""


def is_multistream(source: IO[bytes]) -> bool:
    """Whether the first stream of a file in bzip2 holds the head of a dump and no page, as only in these dumps."""
    source.seek(0)
    head = OneStream(source)
    content = b""
    try:
        while len(content) <= MOST_HEAD_BYTES and (piece := head.read1(CHUNK_BYTES)):
            content += piece
    except DecompressionError:
        return False
    return head.end is not None and b"<mediawiki" in content and b"<page>" not in content


def find_stream(source: IO[bytes], start: int) -> int | None:
    """Offset of the first stream that begins at ``start`` or behind it."""
    source.seek(start)
    base, window = start, b""
    while chunk := source.read(CHUNK_BYTES):
        window += chunk
        found = STREAM.search(window)
        if found is not None:
            return base + found.start()
        keep = min(len(window), STREAM_BYTES - 1)
        base += len(window) - keep
        window = window[len(window) - keep :]
    return None


def streams(source: IO[bytes], start: int, stop: int | None) -> Iterator[tuple[int, OneStream | None]]:
    """Streams that begin in ``[start, stop)`` with their offsets; None stands for other bytes between them.

    Each is to be read before the next one; behind a damaged one reading goes on where another begins.
    """
    position: int | None = start
    while position is not None and (stop is None or position < stop):
        source.seek(position)
        if STREAM.match(source.read(STREAM_BYTES)):
            source.seek(position)
            stream = OneStream(source)
            yield position, stream
            position = find_stream(source, position + 1) if stream.end is None else stream.end
            continue
        following = find_stream(source, position)
        if not _only_zeros(source, position, following):
            yield position, None
        position = following


def _only_zeros(source: IO[bytes], start: int, stop: int | None) -> bool:
    """Whether zeros alone, with which some programs pad, stand between two offsets."""
    source.seek(start)
    while stop is None or start < stop:
        chunk = source.read(CHUNK_BYTES if stop is None else min(CHUNK_BYTES, stop - start))
        if not chunk:
            return True
        if chunk.strip(b"\0"):
            return False
        start += len(chunk)
    return True


class OneStream:
    """One bzip2 stream, decompressed piece by piece, and nothing behind it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._decompressor = bz2.BZ2Decompressor()
        self._broken = False
        self.raw = self
        self.position = 0
        self.end: int | None = None
        """Where it ends in the file, once it was read to its end."""

    def read1(self, size: int) -> bytes:
        """The next piece, at most of a size; nothing at the end.

        Raises:
            DecompressionError: once, where it breaks off or is damaged.
        """
        while not (self._broken or self._decompressor.eof):
            chunk = self._source.read(CHUNK_BYTES) if self._decompressor.needs_input else b""
            if self._decompressor.needs_input and not chunk:
                self._broken = True
                raise DecompressionError("truncated", "the file ends inside its bz2 data")
            try:
                piece = self._decompressor.decompress(chunk, size)
            except OSError as error:
                self._broken = True
                raise DecompressionError("corrupt", f"damaged bz2 data: {error}") from error
            if self._decompressor.eof:
                self.end = self._source.tell() - len(self._decompressor.unused_data)
            if piece:
                self.position += len(piece)
                return piece
        return b""
