"""Plain text, prose with markup, and source files: one document a file."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import numpy as np

from ...files.storage import open_read
from ..formats import decompress
from ..inputs import InputOptions
from ..splits import Part
from .records import FIRST_BYTES, Document, Quarantined, Record
from .streams import DECOMPRESSION_ERRORS, Break, read_bounded

KIND_BY_FORMAT = {"text": "book", "prose": "other", "code": "code"}
MOST_CONTROL_CHARACTERS = 0.1
"""Text of which more is control characters is taken for binary data."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; the longer ones first, because the shorter are their beginnings."""


def read_text(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a text file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark."""
    if part.format.name == "unsupported":
        with open_read(part.path) as source:
            yield _bad(part, "unsupported", part.format.detail or "no format that is read", source.read(FIRST_BYTES))
        return
    content = read_whole(part, options)
    if isinstance(content, Quarantined):
        yield content
        return
    marked = next(((mark, encoding) for mark, encoding in MARKS if content.startswith(mark)), None)
    if marked is None and _is_binary(content):
        yield _bad(part, "binary", "not text: it holds NUL bytes or many control characters", content)
        return
    mark, encoding = marked or (b"", "utf-8")
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        yield _bad(
            part, "invalid_utf8", f"byte {error.start + len(mark)}: {error.reason}; convert it to UTF-8", content
        )
        return
    yield Document(
        position=0,
        text=text,
        kind=KIND_BY_FORMAT.get(part.format.name, "other"),
        metadata=_metadata(part),
    )


def _metadata(part: Part) -> dict[str, str]:
    if part.format.programming_language is None:
        return {}
    below = part.source.partition("/")[2]
    return {"path": below or part.source, "programming_language": part.format.programming_language}


def read_whole(part: Part, options: InputOptions) -> bytes | Quarantined:
    """The bytes of a file that is one document, or why they cannot be had."""
    with open_read(part.path) as source:
        try:
            content = read_bounded(decompress(source, part.format.compression), options.max_document_bytes)
        except DECOMPRESSION_ERRORS as error:
            if part.format.compression is None:
                raise
            broken = Break(0, error)
            return _bad(part, broken.error, f"the compressed file ends: {broken}", b"")
    if content is None:
        return _bad(part, "too_large", f"longer than the limit of {options.max_document_bytes} bytes", b"")
    return content


def _is_binary(content: bytes) -> bool:
    head = np.frombuffer(content[: 1 << 20], dtype=np.uint8)
    if not len(head):
        return False
    control = (head < 9) | ((head > 13) & (head < 32)) | (head == 127)
    return bool((head == 0).any()) or float(control.mean()) > MOST_CONTROL_CHARACTERS


def _bad(part: Part, error: str, detail: str, content: bytes) -> Quarantined:
    return Quarantined(
        source=part.source, position=0, error=error, detail=detail, first_bytes=bytes(content[:FIRST_BYTES])
    )
