"""Bounded reading of what may be truncated, corrupt, or far too long."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import zstandard

from .records import FIRST_BYTES

SKIP_BYTES = 1 << 20
DECOMPRESSION_ERRORS = (EOFError, zlib.error, zstandard.ZstdError, OSError)


@dataclass(frozen=True)
class Line:
    """A line without its line end; ``content`` is None when it is longer than the limit."""

    offset: int
    content: bytes | None
    first_bytes: bytes = b""
    length: int = 0


def lines(stream: IO[bytes], start: int, stop: int | None, limit: int, *, can_seek: bool) -> Iterator[Line]:
    """Lines that begin in ``[start, stop)``, holding no more than the limit of any.

    Raises:
        Break: where a compressed stream is cut short or corrupt.
    """
    offset = start
    if start > 0:
        # The line that reaches over the beginning belongs to the part before, unless it ends exactly there.
        offset = start - 1
        _skip(stream, offset, can_seek=can_seek)
        offset += _to_line_end(stream)
    while stop is None or offset < stop:
        try:
            content = stream.readline(limit + 1)
        except DECOMPRESSION_ERRORS as error:
            raise Break(offset, error) from error
        if not content:
            return
        if len(content) > limit and not content.endswith(b"\n"):
            first = content[:FIRST_BYTES]
            length = len(content)
            del content
            length += _to_line_end(stream, offset)
            yield Line(offset, None, first, length)
            offset += length
            continue
        yield Line(offset, content.rstrip(b"\r\n"))
        offset += len(content)


class Break(Exception):  # noqa: N818  # not an error of ours: where a stream breaks off
    """A compressed stream broke off or is corrupt, after the line that begins at ``offset`` had begun."""

    def __init__(self, offset: int, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.offset = offset
        self.cause = cause

    @property
    def error(self) -> str:
        """The quarantine's word for it."""
        message = str(self.cause).lower()
        cut_in_magic = "not a gzipped file (b'\\x1f')" in message
        short = isinstance(self.cause, EOFError) or "unexpected end" in message or cut_in_magic
        return "truncated" if short else "corrupt"


def read_bounded(stream: IO[bytes], limit: int) -> bytes | None:
    """The whole stream, or None when it is longer than the limit."""
    content = stream.read(limit + 1)
    return None if len(content) > limit else content


def _skip(stream: IO[bytes], count: int, *, can_seek: bool) -> None:
    if can_seek:
        stream.seek(count)
        return
    left = count
    try:
        while left > 0:
            chunk = stream.read(min(left, SKIP_BYTES))
            if not chunk:
                return
            left -= len(chunk)
    except DECOMPRESSION_ERRORS as error:
        raise Break(count - left, error) from error


def _to_line_end(stream: IO[bytes], offset: int = 0) -> int:
    """Read on behind the next line end; returns how many bytes that were."""
    passed = 0
    while True:
        try:
            chunk = stream.readline(SKIP_BYTES)
        except DECOMPRESSION_ERRORS as error:
            raise Break(offset, error) from error
        passed += len(chunk)
        if not chunk or chunk.endswith(b"\n"):
            return passed
