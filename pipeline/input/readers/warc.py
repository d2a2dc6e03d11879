"""WARC, WET and ARC: pages of a crawl as HTML responses, plain-text responses, or extracted text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from ..charsets import decode_page
from ..compression import decompress
from ..inputs import InputOptions
from ..parts import Part, open_part
from ..warc.http import BodyError, decode_body, parse_response
from ..warc.media_types import HTML, PAGE, TEXT, content_type, declared_charset, is_no_text, may_be_text, sniffed_type
from ..warc.members import Member, holds_one_record, member_stream, read_members
from ..warc.records import BadRecord, RawRecord, read_records
from ..warc.window import Window
from .html import page
from .records import FIRST_BYTES, Document, Quarantined, Record, Skipped

READ_TYPES = frozenset({"response", "conversion", "resource", "continuation"})
MEMBER_POSITION_BITS = 43
"""Position of a record that is not the first of its gzip member: its number in these bits' place, and the member's."""

MOST_RECORDS_OF_A_MEMBER = (1 << 20) - 1


def read_warc(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of the records that begin in the part's range; the position is the record's offset in the file.

    That of a record in a compressed stream of several is its offset after decompression. Behind damage reading goes on
    at the next record that can be found.
    """
    compression = part.format.compression
    with open_part(part) as source:
        for found in _raw_records(source, compression, part, options):
            yield _bad(part, found) if isinstance(found, BadRecord) else _record(found, part, options)


def _raw_records(
    source: IO[bytes], compression: str | None, part: Part, options: InputOptions
) -> Iterator[RawRecord | BadRecord]:
    limit = options.max_record_bytes
    if compression is None:
        file_bytes = source.seek(0, 2)
        start = first_record(source, part.start, file_bytes, limit) if part.start else 0
        if start is not None:
            yield from read_records(Window(source, can_seek=True), start, part.stop, limit, size=file_bytes)
    elif compression == "gz" and holds_one_record(source):
        file_bytes = source.seek(0, 2)
        for member in read_members(source, part.start, file_bytes if part.stop is None else part.stop, limit):
            yield from _of_member(member, limit)
    else:  # one stream: it cannot be entered, and is not cut
        source.seek(0)

        def reopen() -> IO[bytes]:
            source.seek(0)
            return decompress(source, compression, part.allowance)

        window = Window(decompress(source, compression, part.allowance), can_seek=False, reopen=reopen)
        yield from read_records(window, 0, None, limit)


def _of_member(member: Member, limit: int) -> Iterator[RawRecord | BadRecord]:
    """Records of a gzip member; the first one's position is the member's, and the others' cannot meet any."""
    if member.error is not None:
        yield BadRecord(member.position, member.error, member.detail, member.content[:FIRST_BYTES])
        return
    content = member_stream(member)
    records = read_records(Window(content, can_seek=True), 0, None, limit, size=len(member.content))
    for number, record in enumerate(records):
        if number >= MOST_RECORDS_OF_A_MEMBER:
            detail = f"more than {MOST_RECORDS_OF_A_MEMBER} records in one gzip member that is not the first"
            yield BadRecord(member.position | number << MEMBER_POSITION_BITS, "unsupported", detail)
            return
        position = member.position | number << MEMBER_POSITION_BITS
        if isinstance(record, BadRecord):
            yield BadRecord(position, record.error, record.detail, record.first_bytes)
        else:
            yield RawRecord(position, record.headers, record.content, record.length, record.is_arc)


def first_record(source: IO[bytes], start: int, file_bytes: int, limit: int) -> int | None:
    """Offset of the first record at or after ``start`` in an uncompressed file.

    Records are followed by their lengths from the file's beginning, because what looks like a record may also stand
    inside one; only headers are read.
    """
    window = Window(source, can_seek=True)
    for record in read_records(window, 0, None, limit, size=file_bytes, contents=False):
        if record.position >= start:
            return record.position
    return None


def _record(record: RawRecord, part: Part, options: InputOptions) -> Record:
    named = record.headers.get("warc-type", "")
    if named.lower() not in READ_TYPES:
        if not named:
            return _bad(part, BadRecord(record.position, "corrupt", "a record without a type"))
        return Skipped(reason=f"WARC {named}")
    if record.content is None:
        return _bad(part, BadRecord(record.position, "too_large", f"a record of {record.length} bytes"))
    headers, content = record.headers, record.content
    declared = content_type(headers, headers)
    if named.lower() == "continuation":
        detail = "the rest of a record that was cut in segments; they are not put together"
        return _bad(part, BadRecord(record.position, "unsupported", detail, content))
    is_http = named.lower() == "response" or declared == "application/http"
    response = parse_response(content) if is_http else None
    if response is None and named.lower() == "response" and declared not in (HTML, TEXT) and not PAGE.match(content):
        if record.is_arc or declared not in ("", "application/http"):
            return Skipped(reason=f"media type {declared or 'unknown'}")
        return _bad(part, BadRecord(record.position, "corrupt", "a response without an HTTP status line", content))
    if response is not None:
        if response.status != 200:
            return Skipped(reason=f"HTTP status {response.status}")
        declared, headers = content_type(response.headers, record.headers), response.headers
        if not may_be_text(declared):
            return Skipped(reason=f"media type {declared or 'unknown'}")
        try:
            content = decode_body(response, options.max_record_bytes)
        except BodyError as error:
            return _bad(part, BadRecord(record.position, error.error, str(error), error.content))
    media_type = sniffed_type(declared, content)
    if media_type not in (HTML, TEXT):
        return Skipped(reason=f"media type {media_type}")
    url = record.headers.get("warc-target-uri", "").strip("<> ") or None
    date = record.headers.get("warc-date")
    metadata = {"warc_date": date} if date else {}
    charset = declared_charset(headers.get("content-type", ""))
    if media_type == HTML:
        return page(
            part.source,
            record.position,
            content,
            charset=charset,
            url=url,
            metadata=metadata,
            extraction=options.extraction,
        )
    if is_no_text(content):
        return _bad(part, BadRecord(record.position, "binary", "a body that is no text", content))
    text = decode_page(content, charset or ("utf-8" if named.lower() == "conversion" else None))
    return Document(position=record.position, text=text, kind="web", url=url, metadata=metadata)


def _bad(part: Part, record: BadRecord) -> Quarantined:
    first = bytes(record.first_bytes[:FIRST_BYTES])
    return Quarantined(
        source=part.source, position=record.position, error=record.error, detail=record.detail, first_bytes=first
    )
