"""Plain text, prose with markup, and source files: one document a file."""

from __future__ import annotations

from collections.abc import Iterator

from ..charsets import Decoded, declared_in_text, decode, is_believable, looks_binary, wide_charset
from ..compression import decompress
from ..decompressors import DecompressionError
from ..inputs import InputOptions
from ..parts import Part, open_part
from .records import FIRST_BYTES, MORE, Document, Quarantined, Record

WIDE_HEAD_BYTES = 4096
KIND_BY_FORMAT = {"text": "book", "prose": "other", "code": "code"}


def read_text(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a text file; its charset stands in the metadata where it is not UTF-8."""
    if part.format.name == "unsupported":
        with open_part(part) as source:
            yield _bad(part, "unsupported", part.format.detail or "no format that is read", source.read(FIRST_BYTES))
        return
    content = read_whole(part, options.max_document_bytes, wide=options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    if options.encoding is None and looks_binary(content):
        yield _bad(part, "binary", "not text: it holds NUL bytes or many control characters", content)
        return
    found = decode(content, (declared_in_text(content),), codec=options.encoding)
    if not is_believable(found):
        yield _bad(part, "invalid_utf8", "neither UTF-8 nor any charset that could be told; give --encoding", content)
        return
    yield Document(
        position=0,
        text=found.text.replace("\x00", " "),
        kind=KIND_BY_FORMAT.get(part.format.name, "other"),
        metadata=_metadata(part, found),
    )


def _metadata(part: Part, found: Decoded) -> dict[str, str]:
    metadata = {}
    if part.format.programming_language is not None:
        below = part.source.partition("/")[2]
        metadata = {"path": below or part.source, "programming_language": part.format.programming_language}
    if found.charset != "utf-8":
        metadata["charset"] = found.charset
    return metadata


def read_whole(part: Part, limit: int, *, wide: int | None = None) -> bytes | Quarantined:
    """The bytes of a file that is one document, or why they cannot be had.

    ``wide`` is the limit for UTF-16 and UTF-32, which take more bytes than their text does later.
    """
    with open_part(part) as source:
        try:
            stream = decompress(source, part.format.compression, part.allowance)
            content = stream.read(limit + 1)
            if wide is not None and len(content) > limit and _is_wide(content):
                limit = wide
                content += stream.read(limit + 1 - len(content))
        except DecompressionError as error:
            return _bad(part, error.error, str(error), b"")
    if len(content) > limit:
        return _bad(part, "too_large", f"longer than the limit of {limit} bytes: {MORE}", b"")
    return content


def _is_wide(content: bytes) -> bool:
    head = content[:WIDE_HEAD_BYTES]
    return wide_charset(head[: len(head) // 2 * 2]) is not None


def _bad(part: Part, error: str, detail: str, content: bytes) -> Quarantined:
    return Quarantined(
        source=part.source, position=0, error=error, detail=detail, first_bytes=bytes(content[:FIRST_BYTES])
    )
