"""Bounded reading of what may be truncated, corrupt, or far too long."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from ..compression import decompress
from ..decompressors import DecompressionError
from ..parts import Part, open_part
from ..wiki_streams import OneStream
from .records import FIRST_BYTES

SKIP_BYTES = 1 << 20
MOST_BLANKS, BLANK_BYTES = 100, 1 << 16
"""Behind so many blank lines in a row so many bytes are looked at together."""


@contextmanager
def open_seekable(part: Part) -> Iterator[IO[bytes] | DecompressionError]:
    """Open what a part is of for reading anywhere: a compressed one as a temporary copy, or what is wrong with it."""
    with open_part(part) as source:
        if part.format.compression is None:
            yield source
            return
        with tempfile.TemporaryFile(prefix="textmill-") as copy:
            try:
                shutil.copyfileobj(decompress(source, part.format.compression, part.allowance), copy, SKIP_BYTES)
            except DecompressionError as error:
                yield error
                return
            copy.seek(0)
            yield copy


@dataclass(frozen=True)
class Line:
    """A line without its line end; ``content`` is None when it is longer than the limit."""

    offset: int
    content: bytes | None
    first_bytes: bytes = b""
    length: int = 0


@dataclass(frozen=True)
class Break:
    """Where a compressed stream breaks off or is damaged, after the line that begins at ``offset`` had begun."""

    offset: int
    error: str
    """The quarantine's word for it."""
    detail: str


class Skimmer(Protocol):
    """Decides over many lines at once."""

    until: int
    """Up to this offset it wants to."""

    def passes(self, offset: int, data: bytes) -> bool:
        """Whether whole lines are dealt with."""


def lines(
    stream: IO[bytes],
    start: int,
    stop: int | None,
    limit: int,
    *,
    can_seek: bool,
    flood: Skimmer | None = None,
    needs_blanks: bool = False,
) -> Iterator[Line | Break]:
    """Lines that begin in ``[start, stop)``, holding no more than the limit of any.

    Of many blank lines in a row, most are left out unless they are needed. Behind damage in a compressed stream reading
    goes on where its next part begins, in the middle of a line perhaps.
    """
    offset = _enter(stream, start, can_seek=can_seek)
    blanks = 0
    while stop is None or offset < stop:
        begun = offset
        try:
            skimmer = flood if flood is not None and offset < flood.until else None
            if skimmer is not None or blanks > MOST_BLANKS:
                until = offset + BLANK_BYTES if skimmer is None else skimmer.until
                data = stream.read((until if stop is None else min(until, stop)) - offset)
                if not data:
                    return
                data += b"" if data.endswith(b"\n") else stream.readline(limit)
                more = 0 if data.endswith(b"\n") else _to_line_end(stream)
                offset += len(data) + more
                if skimmer is not None:
                    is_passed = skimmer.passes(begun, data)
                else:
                    is_passed = more == 0 and data.isspace()
                    blanks = blanks if is_passed else 0
                if not is_passed:
                    yield from _lines_of(data, begun, more, limit)
                continue
            content = stream.readline(limit + 1)
            if not content:
                return
            offset += len(content)
            if len(content) > limit and not content.endswith(b"\n"):
                first, length = content[:FIRST_BYTES], len(content)
                del content
                length += _to_line_end(stream)
                offset = begun + length
                yield Line(begun, None, first, length)
            else:
                blanks = blanks + 1 if content.isspace() and not needs_blanks else 0
                yield Line(begun, content.rstrip(b"\r\n"))
        except DecompressionError as error:
            yield Break(begun, error.error, str(error))
            offset = behind_damage(stream)


def _lines_of(data: bytes, offset: int, more: int, limit: int) -> Iterator[Line]:
    """Whole lines; of the last one ``more`` bytes were passed over, because it is too long."""
    *whole, last = data.split(b"\n")
    for content in whole:
        yield _line(offset, content, 1, limit)
        offset += len(content) + 1
    if last:
        yield _line(offset, last, more, limit)


def _line(offset: int, content: bytes, more: int, limit: int) -> Line:
    if len(content) > limit:
        return Line(offset, None, content[:FIRST_BYTES], len(content) + more)
    return Line(offset, content.rstrip(b"\r"))


def _enter(stream: IO[bytes], start: int, *, can_seek: bool) -> int:
    """Offset of the first line that begins at ``start`` or behind it, at which the stream then stands."""
    if start == 0:
        return 0
    # The line that reaches over the beginning belongs to the part before, unless it ends exactly there.
    offset = start - 1
    position = skip(stream, offset, can_seek=can_seek)
    if position != offset:
        return max(position, start)
    try:
        return offset + _to_line_end(stream)
    except DecompressionError:
        return behind_damage(stream)


def skip(stream: IO[bytes], offset: int, *, can_seek: bool) -> int:
    """Go on to an offset from a stream's beginning; returns where it stands: elsewhere behind damage or at its end."""
    if can_seek:
        return stream.seek(offset)
    position = 0
    while position < offset:
        try:
            passed = len(stream.read(min(offset - position, SKIP_BYTES)))
        except DecompressionError:  # the part in which it lies tells
            position = behind_damage(stream)
            continue
        position += passed
        if not passed:
            break
    return position


def behind_damage(stream: IO[bytes] | OneStream) -> int:
    """Where a stream goes on behind damage, which has emptied its buffer."""
    return int(stream.raw.position) + 1  # type: ignore[union-attr]


def read_head(stream: IO[bytes], count: int) -> bytes:
    """The first bytes of a stream, as far as they are undamaged."""
    head = b""
    try:
        while len(head) < count and (piece := stream.read1(count - len(head))):  # type: ignore[attr-defined]
            head += piece
    except DecompressionError:  # whoever reads the rest tells
        pass
    return head


def _to_line_end(stream: IO[bytes]) -> int:
    """Read on behind the next line end; returns how many bytes that were."""
    passed = 0
    while True:
        chunk = stream.readline(SKIP_BYTES)
        passed += len(chunk)
        if not chunk or chunk.endswith(b"\n"):
            return passed
