"""Lines of text files, of which each may be in the charset that most of the file is in."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...charsets import decode, is_believable, looks_binary, wide_charset
from ...compression import CR, decompress
from ...decompressors import DecompressionError
from ...inputs import InputOptions
from ...parts import Part, open_part
from ..flood import Flood
from ..records import FIRST_BYTES, Document, Quarantined, Record
from ..streams import Break, Line, lines
from ..text import KIND_BY_FORMAT

LOOKED_AT_BYTES = 1 << 16


@dataclass(frozen=True)
class TextLine:
    """A line without its line end."""

    offset: int
    text: str
    charset: str | None
    """Where it is not UTF-8."""


def text_lines(part: Part, options: InputOptions) -> Iterator[TextLine | Quarantined]:
    """Lines that begin in a part; its first line has no byte order mark.

    Those that are no UTF-8 are in ``encoding``, or the charset of the file's beginning.
    """
    head = read_head(part)
    if options.encoding is None and (wide := wide_charset(head)) is not None:
        layers = "+".join(filter(None, (part.format.compression, wide)))
        part = replace(part, format=replace(part.format, compression=layers))
    elif options.encoding is None and looks_binary(head):
        if part.start == 0:
            detail = "not text: it holds NUL bytes or many control characters"
            yield _bad(part, 0, "binary", detail, head)
        return
    charset = options.encoding or charset_of(head)
    limit = options.max_document_bytes
    if b"\r" in head and b"\n" not in head:  # as on old Macs
        part = replace(
            part, format=replace(part.format, compression="+".join(filter(None, (part.format.compression, CR))))
        )
    with open_part(part) as source:
        stream = decompress(source, part.format.compression, part.allowance)
        for line in lines(stream, part.start, part.stop, limit, can_seek=part.format.compression is None):
            if isinstance(line, Break):
                yield _bad(part, line.offset, line.error, line.detail, b"")
            elif line.content is None:
                detail = f"a line of {line.length} bytes; the limit is {limit}"
                yield _bad(part, line.offset, "too_large", detail, line.first_bytes)
            else:
                content = line.content.removeprefix(codecs.BOM_UTF8) if line.offset == 0 else line.content
                found = decode_line(content, charset, forced=options.encoding is not None)
                if found is None:
                    detail = "neither UTF-8 nor any charset that could be told; give --encoding"
                    yield _bad(part, line.offset, "invalid_utf8", detail, content)
                else:
                    yield TextLine(line.offset, *found)


def read_lines(part: Part, options: InputOptions) -> Iterator[Record]:
    """A document for each line that is not blank; the position is the line's offset, as in JSON lines."""
    kind = KIND_BY_FORMAT.get(part.format.name, "other")
    flood = Flood(part.source, "")
    for line in text_lines(part, options):
        if isinstance(line, Quarantined):
            yield from flood.check(Line(line.position, b""), line)
        elif line.text.strip():
            metadata = {"charset": line.charset} if line.charset else {}
            yield Document(position=line.offset, text=line.text.replace("\x00", " "), kind=kind, metadata=metadata)
    yield from flood.end()


def decode_line(content: bytes, charset: str | None, *, forced: bool = False) -> tuple[str, str | None] | None:
    """Text of a line, and its charset where it is not UTF-8; None when it is in none that could be told."""
    if not forced:
        try:
            return content.decode("utf-8"), None
        except UnicodeDecodeError:
            pass
    found = decode(content, codec=charset)
    if not is_believable(found):
        return None
    return found.text, None if found.charset == "utf-8" else found.charset


def charset_of(head: bytes) -> str | None:
    """The charset of the beginning of a file, where nothing but its bytes tells it."""
    found = decode(head[: head.rfind(b"\n") + 1] or head)
    return found.charset if found.detected and is_believable(found) else None


def read_head(part: Part) -> bytes:
    """The first bytes of a file, decompressed, as far as they can be read."""
    found = b""
    with open_part(part) as source:
        stream = decompress(source, part.format.compression, part.allowance)
        try:
            while len(found) < LOOKED_AT_BYTES and (piece := stream.read(min(4096, LOOKED_AT_BYTES - len(found)))):
                found += piece
        except DecompressionError:  # told where it is read
            pass
    return found


def _bad(part: Part, position: int, error: str, detail: str, content: bytes) -> Quarantined:
    first = content[:FIRST_BYTES]
    return Quarantined(source=part.source, position=position, error=error, detail=detail, first_bytes=first)
