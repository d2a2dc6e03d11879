"""JSON lines: one object a line, its text in a field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

from ....filters.base.batch import KINDS
from ..compression import decompress
from ..inputs import InputOptions
from ..parts import Part, open_part
from .records import FIRST_BYTES, Document, Quarantined, Record, without_surrogates
from .streams import Break, Line, lines

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_jsonl(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file of JSON lines; other fields than text, url and kind go to the metadata."""
    with open_part(part) as source:
        stream = decompress(source, part.format.compression)
        can_seek = part.format.compression is None
        for line in lines(stream, part.start, part.stop, options.max_document_bytes, can_seek=can_seek):
            if isinstance(line, Break):
                yield Quarantined(source=part.source, position=line.offset, error=line.error, detail=line.detail)
                continue
            record = _record(line, part, options)
            if record is not None:
                yield record


def _record(line: Line, part: Part, options: InputOptions) -> Record | None:
    def bad(error: str, detail: str) -> Quarantined:
        first = line.first_bytes if line.content is None else line.content[:FIRST_BYTES]
        return Quarantined(source=part.source, position=line.offset, error=error, detail=detail, first_bytes=first)

    if line.content is None:
        return bad("too_large", f"a line of {line.length} bytes; the limit is {options.max_document_bytes}")
    content = line.content
    if line.offset == 0:
        content = content.removeprefix(BYTE_ORDER_MARK)
    if not content.strip():
        return None
    try:
        fields: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as wrong:
            return bad("invalid_utf8", f"byte {wrong.start} of the line: {wrong.reason}")
        try:
            fields = json.loads(content)  # accepts \ud800 and NaN, which orjson does not
        except (ValueError, RecursionError):
            return bad("invalid_json", str(error))
    if not isinstance(fields, dict):
        return bad("not_an_object", f"a JSON {type(fields).__name__}, not an object")
    if options.text_field not in fields:
        named = ", ".join(list(fields)[:10])
        return bad("missing_text", f"no field {options.text_field!r}; fields are {named}")
    text = fields.pop(options.text_field)
    if not isinstance(text, str):
        return bad("text_not_a_string", f"field {options.text_field!r} is a {type(text).__name__}")
    url = fields.pop(options.url_field, None)
    kind = fields.pop("kind", None)
    return Document(
        position=line.offset,
        text=without_surrogates(text),
        kind=kind if kind in KINDS else "web",
        url=without_surrogates(url) if isinstance(url, str) else None,
        metadata=fields,
    )
