"""Find where records begin in a WARC of which each record is compressed on its own."""

from __future__ import annotations

import re
import zlib
from typing import IO

MEMBER = b"\x1f\x8b\x08"
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d{1,18})\s*\r\n", re.IGNORECASE)
CHUNK_BYTES = 1 << 20
PROBE_BYTES = 512
LONGEST_HEADER_BYTES = 1 << 16


def find_member(source: IO[bytes], start: int, stop: int) -> int | None:
    """Offset of the first gzip member at or after ``start`` and before ``stop`` that holds the head of a WARC record.

    The three magic bytes also occur by chance in compressed data, so what follows must decompress to ``WARC/``. That
    does not tell a record from a record-compressed WARC stored inside one.
    """
    position = start
    tail = b""
    while position < stop:
        source.seek(position)
        chunk = source.read(CHUNK_BYTES)
        if not chunk:
            return None
        window, base = tail + chunk, position - len(tail)
        found = window.find(MEMBER)
        while found >= 0:
            offset = base + found
            if offset >= stop:
                return None
            if offset >= start and _is_record(source, offset):
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
    member = zlib.decompressobj(wbits=31)
    header, seen, wanted = b"", 0, None
    try:
        while not member.eof:
            chunk = member.unconsumed_tail or source.read(PROBE_BYTES)
            if not chunk:
                return True
            data = member.decompress(chunk, CHUNK_BYTES)
            seen += len(data)
            if wanted is None:
                header += data
                wanted = _record_bytes(header)
                if wanted is None and len(header) > LONGEST_HEADER_BYTES:
                    return True
            if wanted is not None and seen > wanted:
                return False
    except zlib.error:
        pass
    return True


def _record_bytes(header: bytes) -> int | None:
    """Bytes of a record with the two line ends behind it, as soon as its header is complete."""
    end = header.find(b"\r\n\r\n")
    length = CONTENT_LENGTH.search(header[: end + 2]) if end >= 0 else None
    return end + 4 + int(length[1]) + 4 if length else None


def _is_record(source: IO[bytes], offset: int) -> bool:
    source.seek(offset)
    try:
        return zlib.decompressobj(wbits=31).decompress(source.read(PROBE_BYTES), 5) == b"WARC/"
    except zlib.error:
        return False
