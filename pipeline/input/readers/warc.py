"""WARC and WET: pages of a crawl as HTML responses, plain-text responses, or extracted text."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from typing import IO, Any

from ...files.storage import open_read, size
from ..formats import decompress
from ..gzip_members import MEMBER, find_member, holds_one_record
from ..inputs import InputOptions
from ..splits import Part
from .html import decode_page, page
from .records import FIRST_BYTES, Document, Quarantined, Record, Skipped
from .streams import DECOMPRESSION_ERRORS, Break

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
TEXT_TYPES = frozenset({"text/plain"})
BOUNDARY = b"\r\n\r\nWARC/1."
CHUNK_BYTES = 1 << 20


def read_warc(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of the records that begin in the part's range; the position is the record's offset in the file.

    After a corrupt record reading goes on at the next one that can be found.
    """
    compression = part.format.compression
    file_bytes = size(part.path)
    stop = file_bytes if part.stop is None else part.stop
    with open_read(part.path) as source:
        in_members = compression == "gz" and holds_one_record(source)
        source.seek(0)
        if compression is not None and not in_members:  # one stream: cannot be entered, and is not cut
            yield from _read_from(decompress(source, compression), 0, None, part, options)
            return
        position: int | None = part.start
        if compression is None and part.start > 0:
            position = _first_record(source, part.start, stop)
        while position is not None and position < stop:
            resume = yield from _read_from(source, position, stop, part, options)
            if resume is None:
                return
            position = _next_record(source, resume, stop, compression)


def _read_from(
    source: IO[bytes], position: int, stop: int | None, part: Part, options: InputOptions
) -> Generator[Record, None, int | None]:
    """Read records up to ``stop``; returns from where to look for the next one after a corrupt one, else None.

    A record is held back until the next one has begun: the parser says nothing when the file ends in the middle of
    one, so the last must be looked at more closely.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    if stop is not None:
        source.seek(position)
    reached: int | None = None
    held: Record | None = None
    failure: Exception | None = None
    try:
        any_type = WarcRecordType.any_type
        for record in ArchiveIterator(source, parse_http=True, record_types=any_type, auto_decode="all"):
            if held is not None:
                yield held
            held, reached = None, record.stream_pos
            if stop is not None and reached >= stop:
                return None
            held = _record(record, reached, part, options)
    except DECOMPRESSION_ERRORS as error:
        failure = error
    if stop is None:  # one compressed stream, which says itself when it is cut short
        if held is not None and not (failure is not None and isinstance(held, Quarantined)):
            yield held
            reached = 0 if reached is None else reached + 1
        if failure is not None:
            yield _bad(part, reached or 0, Break(0, failure).error, str(failure))
        return None
    return (yield from _end(source, position, reached, stop, held, failure, part))


def _end(
    source: IO[bytes],
    begun: int,
    reached: int | None,
    stop: int,
    held: Record | None,
    failure: Exception | None,
    part: Part,
) -> Generator[Record, None, int | None]:
    """Settle the last record that was reached, and what lies behind it."""
    end: int | None = begun
    if reached is not None:
        end, cut_short = _record_end(source, reached, part.format.compression)
        if end is None:
            detail = "the file ends inside this record" if cut_short else str(failure or "the record cannot be parsed")
            yield _bad(part, reached, "truncated" if cut_short else "corrupt", detail)
            return reached + 1
        if held is not None:
            yield held
    if end is None or end >= stop:  # whatever comes is the next part's business
        return None
    source.seek(end)
    rest = source.read(CHUNK_BYTES)
    if not rest.strip(b"\r\n\x00"):
        return None
    magic = MEMBER if part.format.compression == "gz" else b"WARC/"
    if magic.startswith(rest[: len(magic)]) and _record_end(source, end, part.format.compression)[1]:
        yield _bad(part, end, "truncated", "the file ends where a record begins")
    else:
        yield _bad(part, end, "corrupt", str(failure or "no WARC record where one should begin"))
    return end + 1


def _record(record: Any, position: int, part: Part, options: InputOptions) -> Record:
    from fastwarc.warc import WarcRecordType

    kind = record.record_type
    if kind not in (WarcRecordType.response, WarcRecordType.conversion, WarcRecordType.resource):
        named = record.headers.get("WARC-Type")
        return Skipped(reason=f"WARC {named}") if named else _bad(part, position, "corrupt", "a record without a type")
    if record.content_length > options.max_document_bytes:
        return _bad(part, position, "too_large", f"a record of {record.content_length} bytes")
    media_type = str(record.http_content_type or "").lower()
    if kind == WarcRecordType.response:
        status = record.http_headers.status_code if record.http_headers is not None else None
        if status != 200:
            return Skipped(reason=f"HTTP status {status}")
    else:
        media_type = str(record.headers.get("Content-Type", "")).split(";")[0].strip().lower()
    if media_type not in HTML_TYPES | TEXT_TYPES:
        return Skipped(reason=f"media type {media_type or 'unknown'}")
    try:
        content = record.reader.read(options.max_document_bytes + 1)  # transfer encodings may be bombs too
    except DECOMPRESSION_ERRORS as error:
        return _bad(part, position, "corrupt", f"the record cannot be read to its end: {error}")
    if len(content) > options.max_document_bytes:
        return _bad(part, position, "too_large", "a record that unpacks to more than the limit", content)
    url = str(record.headers.get("WARC-Target-URI") or "").strip("<>") or None
    date = record.headers.get("WARC-Date")
    metadata = {"warc_date": str(date)} if date else {}
    if media_type in HTML_TYPES:
        return page(part.source, position, content, charset=record.http_charset, url=url, metadata=metadata)
    try:
        text = (
            content.decode("utf-8") if kind == WarcRecordType.conversion else decode_page(content, record.http_charset)
        )
    except UnicodeDecodeError as error:
        return _bad(part, position, "invalid_utf8", f"byte {error.start}: {error.reason}", content)
    return Document(position=position, text=text, kind="web", url=url, metadata=metadata)


def _next_record(source: IO[bytes], start: int, stop: int, compression: str | None) -> int | None:
    if compression == "gz":
        return find_member(source, start, stop)
    source.seek(start)
    position, tail = start, b""
    while position < stop and (chunk := source.read(CHUNK_BYTES)):
        window, base = tail + chunk, position - len(tail)
        found = window.find(BOUNDARY)
        if found >= 0:
            offset = base + found + 4
            return offset if offset < stop else None
        tail = window[-(len(BOUNDARY) - 1) :]
        position += len(chunk)
    return None


def _first_record(source: IO[bytes], start: int, stop: int) -> int | None:
    """Offset of the first record at or after ``start`` in an uncompressed WARC.

    Records are followed by their lengths from the file's beginning, because what looks like a record may also stand
    inside one; only headers are read.
    """
    position, file_bytes = 0, source.seek(0, 2)
    while position < start:
        end, _ = _record_end(source, position, None)
        found = end if end is not None else _next_record(source, position + 1, file_bytes, None)
        if found is None:
            return None
        position = found
    return position if position < stop else None


def _record_length(source: IO[bytes]) -> int | None:
    """Bytes of the record at the stream's position: header, content and the two line ends behind it."""
    header, content = 0, None
    line = source.readline(1 << 16)
    if not line.startswith(b"WARC/"):
        return None
    while line.strip():
        header += len(line)
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            try:
                content = int(value)
            except ValueError:
                return None
        line = source.readline(1 << 16)
    return None if content is None or not line else header + len(line) + content + 4


def _record_end(source: IO[bytes], position: int, compression: str | None) -> tuple[int | None, bool]:
    """Offset behind the record at ``position``, None when it has no end; and whether that is because the file ends."""
    source.seek(position)
    if compression is None:
        length = _record_length(source)
        header_end, file_bytes = source.tell(), source.seek(0, 2)
        if length is None:
            return None, header_end == file_bytes
        # The two line ends behind the last record are often missing, and nobody's loss.
        return (None, True) if position + length - 4 > file_bytes else (min(position + length, file_bytes), False)
    member = zlib.decompressobj(wbits=31)
    read = 0
    try:
        while not member.eof:
            chunk = source.read(CHUNK_BYTES)
            if not chunk:
                return None, True
            read += len(chunk)
            data = member.decompress(chunk, CHUNK_BYTES)
            while data and member.unconsumed_tail:
                data = member.decompress(member.unconsumed_tail, CHUNK_BYTES)
    except zlib.error:
        return None, False
    return position + read - len(member.unused_data), False


def _bad(part: Part, position: int, error: str, detail: str, content: bytes = b"") -> Quarantined:
    return Quarantined(
        source=part.source, position=position, error=error, detail=detail, first_bytes=bytes(content[:FIRST_BYTES])
    )
