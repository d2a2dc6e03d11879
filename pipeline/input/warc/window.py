"""A stream that can be looked into ahead, and gone back in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO

from ..decompressors import DecompressionError

CHUNK_BYTES = 1 << 17
SMALL_BYTES = 1 << 13
MOST_BEGINNINGS_ANEW = 4
"""So often a compressed stream is read again from its beginning, to go back further than what is held."""


class Window:
    """Bytes of a stream by their offset; what lies before ``begin`` is let go.

    Where a compressed stream is damaged it seems to end, until :meth:`pass_damage` is called.

    Args:
        source: The stream; it stands at ``offset``, or can seek.
        offset: Of the first byte to be held.
        can_seek: Whether bytes may be passed over, and gone back to, without being read.
        reopen: Opens the stream anew at its beginning, where it cannot seek.
    """

    def __init__(
        self, source: IO[bytes], offset: int = 0, *, can_seek: bool, reopen: Callable[[], IO[bytes]] | None = None
    ) -> None:
        self._source = source
        self._can_seek = can_seek
        self._reopen = reopen
        self._begun_anew = 0
        self._held = bytearray()
        self._first = 0
        self._at = offset
        self._failure: DecompressionError | None = None
        if can_seek:
            source.seek(offset)

    @property
    def begin(self) -> int:
        """Offset of the first byte held."""
        return self._at - len(self._held) + self._first

    @property
    def end(self) -> int:
        """Offset behind the last byte that was read; of the whole, once a look has come back short."""
        return self._at

    def peek(self, offset: int, count: int) -> bytes:
        """So many bytes from ``offset`` on, fewer where the stream ends; ``offset`` is not before ``begin``."""
        first = self._first + offset - self.begin
        if first > len(self._held) and self._can_seek:
            self.release(offset)
            first = self._first
        while len(self._held) < first + count and self._read_on(first + count - len(self._held)):
            pass
        return bytes(memoryview(self._held)[first : first + count])

    def glance(self, offset: int, count: int) -> bytes:
        """As :meth:`peek`, where what lies between is not wanted perhaps."""
        if not self._can_seek or offset <= self._at:
            return self.peek(offset, count)
        self._source.seek(offset)
        found = self._source.read(count)
        self._source.seek(self._at)
        return found

    def search(self, pattern: re.Pattern[bytes], offset: int, longest: int) -> int | None:
        """Offset of the first match at or behind ``offset``; lets go what it has passed.

        Args:
            longest: Bytes that a match has at most.
        """
        step = SMALL_BYTES
        while True:
            held = self.peek(offset, step + longest)
            found = pattern.search(held)
            is_end = len(held) < step + longest
            if found is not None and (is_end or found.start() <= step):
                return offset + found.start()
            if is_end:
                return None
            offset += step
            self.release(offset)
            step = CHUNK_BYTES

    def release(self, offset: int) -> None:
        """Let go what lies before ``offset``; what was not read yet is passed over."""
        dropped = offset - self.begin
        if dropped <= 0:
            return
        if self._first + dropped <= len(self._held):
            self._first += dropped
            if self._first > CHUNK_BYTES and self._first * 2 > len(self._held):
                del self._held[: self._first]
                self._first = 0
            return
        self._held.clear()
        self._first = 0
        if self._can_seek:
            self._source.seek(offset)
            self._at = offset
        while self._at < offset and self._read_on(offset - self._at):
            if self._at > offset:
                self._first = len(self._held) - (self._at - offset)
            else:
                self._held.clear()

    def go_back(self, offset: int) -> int:
        """Hold what comes from ``offset`` on, if it can be had; returns from where on there is something."""
        if offset >= self.begin:
            return offset
        if self._can_seek:
            self._source.seek(offset)
        elif self._reopen is not None and self._begun_anew < MOST_BEGINNINGS_ANEW:
            self._begun_anew += 1
            self._source = self._reopen()
            self._failure = None
        else:
            return self.begin
        self._held.clear()
        self._first = 0
        self._at = offset if self._can_seek else 0
        self.release(offset)
        return self.begin

    def pass_damage(self) -> DecompressionError | None:
        """What keeps the stream from being read on at ``end``, if anything does; it can be read on then.

        What comes behind stands one byte further, and in a line of its own.
        """
        failure, self._failure = self._failure, None
        if failure is not None:
            self._held += b"\n"
            self._at += 1
        return failure

    def _read_on(self, wanted: int) -> int:
        if self._failure is not None:
            return 0
        try:
            piece = self._source.read1(min(max(CHUNK_BYTES, wanted), 1 << 24))  # type: ignore[attr-defined]
        except DecompressionError as error:
            self._failure = error
            return 0
        self._held += piece
        self._at += len(piece)
        return len(piece)
