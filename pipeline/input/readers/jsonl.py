"""JSON: one object a line, or an array of objects; the text in a field, the other fields as metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, Any

import orjson

from ..compression import DecompressionError, decompress
from ..inputs import InputOptions
from ..parts import Part, open_part
from .fields import may_be_rounded, record_of
from .flood import Flood
from .records import FIRST_BYTES, Quarantined, Record
from .streams import Break, Line, lines

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]"]', re.DOTALL)
"""What decides where an element of an array ends: whole strings, brackets outside of them, and where a string begins of
which the end was not read yet."""
ARRAY_CHUNK_BYTES = 1 << 18


def read_jsonl(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file of JSON lines; other fields than text, url and kind go to the metadata."""
    flood = Flood(part.source, (options.html_field or options.text_field).split(".")[-1])
    limit = options.max_document_bytes
    with open_part(part) as source:
        stream = decompress(source, part.format.compression)
        can_seek = part.format.compression is None
        for line in lines(stream, part.start, part.stop, limit, can_seek=can_seek, flood=flood):
            if isinstance(line, Break):
                yield from flood.end()
                yield Quarantined(source=part.source, position=line.offset, error=line.error, detail=line.detail)
            elif line.content is None:
                detail = f"a line of {line.length} bytes; the limit is {limit}"
                yield from flood.check(line, _bad(part, line.offset, "too_large", detail, line.first_bytes))
            else:
                content = line.content.removeprefix(BYTE_ORDER_MARK) if line.offset == 0 else line.content
                if content.strip():
                    yield from flood.check(line, _record(content, line.offset, part, options))
        yield from flood.end()


def read_json(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a JSON array of objects, or of the one array in a JSON object; read piece by piece.

    Their positions are the offsets at which they begin.
    """
    flood = Flood(part.source, "")
    limit = options.max_document_bytes
    with open_part(part) as source:
        stream = decompress(source, part.format.compression)
        for element in _elements(stream, limit):
            if isinstance(element, _Unread):
                yield _bad(part, element.offset, element.error, element.detail, element.first_bytes)
            else:
                offset, content = element
                yield from flood.check(Line(offset, content), _record(content, offset, part, options))
        yield from flood.end()


def _record(content: bytes, offset: int, part: Part, options: InputOptions) -> Record:
    first, name = content[:FIRST_BYTES], options.html_field or options.text_field
    try:
        fields: Any = orjson.loads(content)
        if may_be_rounded(fields) or content.count(b'"%b"' % name.encode()) > 1:
            fields = _parse_all(content, name)
    except (ValueError, RecursionError) as error:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as wrong:
            return _bad(part, offset, "invalid_utf8", f"byte {wrong.start} of the line: {wrong.reason}", first)
        try:
            fields = _parse_all(content, name)  # accepts \ud800 and NaN, which orjson does not
        except (ValueError, RecursionError):
            return _bad(part, offset, "invalid_json", str(error), first)
    if not isinstance(fields, dict):
        return _bad(part, offset, "not_an_object", f"a JSON {type(fields).__name__}, not an object", first)
    record = record_of(fields, offset, part, options)
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


@dataclass(frozen=True)
class _Unread:
    """Where an array is no array of objects, or has an end too soon."""

    offset: int
    error: str
    detail: str
    first_bytes: bytes = b""


def _elements(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes] | _Unread]:
    """Objects of the outermost array, or of arrays one level below it, with their offsets.

    Only one object is held at a time. What stands between them is not checked.
    """
    held, base, scanned, depth, number = b"", 0, 0, 0, 0
    begun = array = -1
    """Where an object begins, and how deep the array is in which it stands."""
    while True:
        try:
            chunk = stream.read(max(ARRAY_CHUNK_BYTES, len(held)))  # a long string is not looked at too often
        except DecompressionError as error:
            yield _Unread(base + scanned, error.error, str(error))
            return
        if not chunk:
            break
        held += chunk
        end = len(held)
        for token in TOKEN.finditer(held, scanned):
            byte = token[0]
            if byte == b'"':
                end = token.start()
                break
            if byte in (b"{", b"["):
                depth += 1
                if byte == b"[" and array < 0 and depth <= 2:
                    array = depth
                elif byte == b"{" and depth == array + 1 and array > 0:
                    begun = token.start()
            elif byte in (b"}", b"]"):
                if byte == b"}" and begun >= 0 and depth == array + 1:
                    yield base + begun, held[begun : token.end()]
                    number, begun = number + 1, -1
                elif depth == array:
                    array = -1
                depth -= 1
        keep = begun if begun >= 0 else end
        if len(held) - keep > limit:
            first = held[keep : keep + FIRST_BYTES]
            yield _Unread(base + keep, "too_large", f"an object of more than {limit} bytes", first)
            return
        held, base, scanned = held[keep:], base + keep, end - keep
        begun = 0 if begun >= 0 else -1
    if depth > 0:
        yield _Unread(base + max(begun, 0), "truncated", "the file ends inside its array", held[:FIRST_BYTES])
    elif number == 0:
        yield _Unread(0, "not_an_object", "no array of JSON objects")


def _bad(part: Part, position: int, error: str, detail: str, first_bytes: bytes) -> Quarantined:
    return Quarantined(source=part.source, position=position, error=error, detail=detail, first_bytes=first_bytes)
