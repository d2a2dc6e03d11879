"""Find where records begin in a WARC of which each record is compressed on its own."""

from __future__ import annotations

import zlib
from typing import IO

MEMBER = b"\x1f\x8b\x08"
CHUNK_BYTES = 1 << 20
PROBE_BYTES = 512


def find_member(source: IO[bytes], start: int, stop: int) -> int | None:
    """Offset of the first gzip member at or after ``start`` and before ``stop`` that holds the head of a WARC record.

    The three magic bytes also occur by chance in compressed data, so what follows must decompress to ``WARC/``.
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


def _is_record(source: IO[bytes], offset: int) -> bool:
    source.seek(offset)
    try:
        return zlib.decompressobj(wbits=31).decompress(source.read(PROBE_BYTES), 5) == b"WARC/"
    except zlib.error:
        return False
