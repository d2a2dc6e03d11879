"""JSON lines: one object a line, the text in a field, the other fields as metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from ...compression import decompress
from ...inputs import InputOptions
from ...parts import Part, open_part
from ..flood import Flood
from ..records import FIRST_BYTES, MORE, Quarantined, Record
from ..streams import Break, lines
from .fields import may_be_rounded, record_of

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SEPARATOR = b"\x1e"
"""Before each text of a JSON sequence (RFC 7464)."""
BYTES_OF_VALUE = 20
"""Fewer for each value tell an object of data, whose values take many times their bytes in memory, from a long text."""


def read_jsonl(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file of JSON lines; other fields than text, url and kind go to the metadata."""
    flood = Flood(part.source, (options.html_field or options.text_field).split(".")[-1])
    limit = options.max_record_bytes
    with open_part(part) as source:
        stream = decompress(source, part.format.compression, part.allowance)
        can_seek = part.format.compression is None
        for line in lines(stream, part.start, part.stop, limit, can_seek=can_seek, flood=flood):
            if isinstance(line, Break):
                yield from flood.end()
                yield Quarantined(source=part.source, position=line.offset, error=line.error, detail=line.detail)
            elif line.content is None:
                detail = f"a line of {line.length} bytes; the limit is {limit}: {MORE}"
                yield from flood.check(line, _bad(part, line.offset, "too_large", detail, line.first_bytes))
            else:
                content = line.content.removeprefix(BYTE_ORDER_MARK) if line.offset == 0 else line.content
                if options.encoding not in (None, "utf-8"):
                    content = content.decode(options.encoding, "replace").encode()
                content = content.lstrip(SEPARATOR)
                if content.strip():
                    yield from flood.check(line, read_value(content, line.offset, part, options))
        yield from flood.end()


def is_data(content: bytes, limit: int) -> bool:
    """Whether JSON beyond a limit is mostly values; escapes, other fields and markup make it longer than its text."""
    return len(content) > limit and sum(map(content.count, (b",", b"[", b"{"))) * BYTES_OF_VALUE > len(content)


def read_value(content: bytes, offset: int, part: Part, options: InputOptions) -> Record:
    """The document of a JSON object, or why it is none."""
    is_plain = True
    first, name = content[:FIRST_BYTES], options.html_field or options.text_field
    if is_data(content, options.max_document_bytes):
        return _bad(part, offset, "too_large", f"an object of {len(content)} bytes, mostly values: {MORE}", first)
    try:
        fields: Any = orjson.loads(content)
        if may_be_rounded(fields) or content.count(b'"%b"' % name.encode()) > 1:
            fields = _parse_all(content, name)
    except (ValueError, RecursionError) as error:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as wrong:
            return _bad(
                part, offset, "invalid_utf8", f"byte {wrong.start} of the line: {wrong.reason}; give --encoding", first
            )
        try:
            is_plain = False
            content = content.rstrip().removesuffix(b",")  # of an array whose brackets were cut off
            fields = _parse_all(content, name)  # accepts \ud800 and NaN, which orjson does not
        except (ValueError, RecursionError):
            return _bad(part, offset, "invalid_json", str(error), first)
    if not isinstance(fields, dict):
        return _bad(part, offset, "not_an_object", f"a JSON {type(fields).__name__}, not an object", first)
    record = record_of(fields, offset, part, options, is_plain=is_plain)
    return replace(record, first_bytes=first) if isinstance(record, Quarantined) else record


def _parse_all(content: bytes, name: str) -> Any:
    """JSON with integers of any size, NaN, and halves of surrogate pairs.

    Of fields with one name the last counts, as everywhere; of several texts the others stay as ``text_repeated``.
    """

    def join(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        others = [value for key, value in pairs if key == name][:-1]
        if others:
            found.setdefault(f"{name}_repeated", others)
        return found

    return json.loads(content, object_pairs_hook=join)


def _bad(part: Part, position: int, error: str, detail: str, first_bytes: bytes) -> Quarantined:
    return Quarantined(source=part.source, position=position, error=error, detail=detail, first_bytes=first_bytes)
