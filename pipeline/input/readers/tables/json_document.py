"""JSON over several lines: objects that have a text, one behind the other, are documents; all else is source code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ...inputs import InputOptions
from ...parts import Part
from ..flood import Flood
from ..records import FIRST_BYTES, Quarantined, Record
from ..streams import Line
from ..text import read_text, read_whole
from .fields import take
from .jsonl import is_data, read_value

BEFORE = re.compile(r"\ufeff?[\s\x1e]*")
BETWEEN = re.compile(r"[\s\x1e,]*")


def read_json_document(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file of objects that are written over several lines, as tools do for people to read.

    The position is the byte at which an object begins. A file of which no object has a text is one document of code,
    such as settings.
    """
    name = options.html_field or options.text_field
    content = read_whole(part, options.max_record_bytes)
    leaf = name.rsplit(".", 1)[-1].encode()
    if isinstance(content, Quarantined) or leaf not in content or is_data(content, options.max_document_bytes):
        yield from read_text(part, options)
        return
    try:
        text = content.decode(options.encoding or "utf-8")
        del content
    except UnicodeDecodeError:
        yield from read_text(part, options)
        return
    decoder = json.JSONDecoder()
    flood = Flood(part.source, name)
    at = _behind(BEFORE, text, 0)
    offset, measured, is_first = 0, 0, True
    while at < len(text):
        offset += len(text[measured:at].encode())
        measured = at
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            value, end, problem = None, len(text), str(error)
        else:
            problem = ""
        if is_first and not (_has_text(value, name) or _has_documents(decoder, text, end, name)):
            yield from read_text(part, options)
            return
        value, is_first = None, False
        written = text[at:end].encode()
        if problem:
            detail = f"{problem}; what follows is lost"
            yield from flood.end()
            yield Quarantined(
                source=part.source,
                position=offset,
                error="invalid_json",
                detail=detail,
                first_bytes=written[:FIRST_BYTES],
            )
            return
        yield from flood.check(Line(offset, written), read_value(written, offset, part, options))
        at = _behind(BETWEEN, text, end)
    yield from flood.end()


def _has_text(value: object, name: str) -> bool:
    return isinstance(value, dict) and isinstance(take(dict(value), name)[1], str)


def _has_documents(decoder: json.JSONDecoder, text: str, at: int, name: str) -> bool:
    """Whether one of the values from here on is an object with a text, and all before it are objects."""
    while (at := _behind(BETWEEN, text, at)) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return False
        if _has_text(value, name) or not isinstance(value, dict):
            return isinstance(value, dict)
    return False


def _behind(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    assert found is not None
    return found.end()
