"""The gzip members of a WARC of which each record, or a few of them, are compressed on their own."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from .records import HEADER_END, parse_headers

MEMBER = b"\x1f\x8b\x08"
CHUNK_BYTES = 1 << 17
SEARCH_BYTES = 1 << 20
PROBE_BYTES = 512
LONGEST_HEADER_BYTES = 1 << 16
BOMB_RATIO = 200
"""Beyond the limit, what grows more than so many times is not decompressed to its end."""
RECORD_BEGINNING = re.compile(rb"WARC/|filedesc:|https?://")


@dataclass(frozen=True)
class Member:
    """A gzip member as it stands in the file."""

    position: int
    content: bytes
    """What it holds, as far as it could be decompressed and the limit reaches."""
    error: str | None = None
    """truncated, corrupt, too_large, or None for a whole one."""
    detail: str = ""


def read_members(source: IO[bytes], start: int, stop: int, limit: int) -> Iterator[Member]:
    """Members that begin in ``[start, stop)``, with all that is none between them; damage costs one member."""
    position: int | None = start
    source.seek(start)
    rest = b""
    while position is not None and position < stop:
        while not (rest := rest.lstrip(b"\x00")) and (piece := source.read(CHUNK_BYTES)):
            rest = piece
        position = source.tell() - len(rest)
        if not rest or position >= stop:
            return
        if len(rest) < len(MEMBER):
            rest += source.read(CHUNK_BYTES)
        if not rest.startswith(MEMBER):
            cut = MEMBER.startswith(rest)
            detail = "the file ends where a record begins" if cut else "no gzip data where a record should begin"
            yield Member(position, b"", "truncated" if cut else "corrupt", detail)
            rest, position = _go_on(source, position, stop)
            continue
        member, rest = _inflate(source, position, rest, limit)
        yield member
        if member.error is None or (member.error == "too_large" and rest):
            continue
        rest, position = _go_on(source, position, stop)


def _go_on(source: IO[bytes], position: int, stop: int) -> tuple[bytes, int | None]:
    found = find_member(source, position + 1, stop)
    if found is not None:
        source.seek(found)
    return b"", found


def _inflate(source: IO[bytes], position: int, rest: bytes, limit: int) -> tuple[Member, bytes]:
    """Decompress a member; returns it with what was read behind it, nothing where its end is not known."""
    stream = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    length = taken = 0
    too_large = False
    try:
        while not stream.eof:
            if not rest:
                rest = source.read(CHUNK_BYTES)
                if not rest:
                    return Member(position, b"".join(pieces), "truncated", "the file ends inside this record"), b""
            piece = stream.decompress(rest, max(limit + LONGEST_HEADER_BYTES - length, CHUNK_BYTES))
            taken += len(rest) - len(stream.unconsumed_tail)
            rest = stream.unconsumed_tail
            length += len(piece)
            if length <= limit + LONGEST_HEADER_BYTES:
                pieces.append(piece)
            else:
                too_large = True
                if length > taken * BOMB_RATIO:
                    break
    except zlib.error as error:
        return Member(position, b"".join(pieces), "corrupt", f"damaged gzip data: {error}"), b""
    rest = stream.unused_data
    if too_large:
        return Member(position, b"".join(pieces), "too_large", f"a record of more than {limit} bytes"), rest
    return Member(position, b"".join(pieces)), rest


def find_member(source: IO[bytes], start: int, stop: int) -> int | None:
    """Offset of the first gzip member at or after ``start`` and before ``stop`` that holds the head of a record.

    The three magic bytes also occur by chance in compressed data, so what follows must decompress to a record's
    beginning. That does not tell a record from a record-compressed WARC stored inside one.
    """
    position = start
    tail = b""
    step = CHUNK_BYTES
    while position - len(tail) < stop:
        source.seek(position)
        chunk = source.read(step)
        step = SEARCH_BYTES
        if not chunk:
            return None
        window, base = tail + chunk, position - len(tail)
        found = window.find(MEMBER)
        while found >= 0:
            offset = base + found
            if offset >= stop:
                return None
            if offset >= start and _is_record(window[found : found + PROBE_BYTES], source, offset):
                return offset
            found = window.find(MEMBER, found + 1)
        tail = window[-(len(MEMBER) - 1) :]
        position += len(chunk)
    return None


def holds_one_record(source: IO[bytes]) -> bool:
    """Whether the first gzip member of a WARC ends with its first record, so that each record has one of its own.

    Reads no more than that record. A file that ends or breaks before its end counts as record-compressed.
    """
    source.seek(0)
    stream = zlib.decompressobj(wbits=31)
    header, seen, wanted = b"", 0, None
    try:
        while not stream.eof:
            chunk = stream.unconsumed_tail or source.read(PROBE_BYTES)
            if not chunk:
                return True
            data = stream.decompress(chunk, CHUNK_BYTES)
            seen += len(data)
            if wanted is None:
                header += data
                wanted = _record_bytes(header)
                if wanted is None and len(header) > LONGEST_HEADER_BYTES:
                    return True
            if wanted is not None and seen > wanted + 8:  # a few line ends more or less
                return False
    except zlib.error:
        return True
    # Compressed in blocks (bgzip), or header and block apart, members end wherever.
    if wanted is None and header and HEADER_END.search(header) is None:
        return not (stream.unused_data or source.read(1))
    return wanted is None or seen >= wanted - 4 or not (stream.unused_data or source.read(1))


def _record_bytes(header: bytes) -> int | None:
    """Bytes of a record with the two line ends behind it, as soon as its header is complete."""
    if header.startswith(b"filedesc:"):
        first, line_end, _ = header.partition(b"\n")
        length = first.rstrip(b"\r").rpartition(b" ")[2]
        return len(first) + 1 + int(length) + 4 if line_end and length.isdigit() and len(length) < 18 else None
    end = HEADER_END.search(header)
    if end is None:
        return None
    length_field = parse_headers(header[: end.start()]).get("content-length", "")
    return end.end() + int(length_field) + 4 if length_field.isdecimal() and len(length_field) < 18 else None


def _is_record(beginning: bytes, source: IO[bytes], offset: int) -> bool:
    if len(beginning) < PROBE_BYTES:
        source.seek(offset)
        beginning = source.read(PROBE_BYTES)
    try:
        found = zlib.decompressobj(wbits=31).decompress(beginning, 16)
    except zlib.error:
        return False
    return RECORD_BEGINNING.match(found) is not None


def member_stream(member: Member) -> io.BytesIO:
    """What a member holds, as a file."""
    return io.BytesIO(member.content)
