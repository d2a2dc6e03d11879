"""E-mail: one document for each message of a mailbox (mbox), or for a single message (.eml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from ...files.storage import open_read
from ..formats import decompress
from ..inputs import InputOptions
from ..splits import Part
from .message import MessageError, read_message
from .records import FIRST_BYTES, Quarantined, Record
from .streams import Break, Line, lines
from .text import read_whole

SUFFIXES = (".mbox", ".mbx", ".eml")
FIELD = re.compile(rb"[!-9;-~]+:")
"""Begins a header field (RFC 5322)."""
SEPARATOR = re.compile(rb"From [^\r\n]+")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""A line of a message that would begin another; one mark more than it had (mboxrd), or just one (mboxo)."""
HEADERS = re.compile(
    rb"^(return-path|received|message-id|delivered-to|mime-version|from|to|subject|date|reply-to|in-reply-to|references"
    rb"|content-type|content-transfer-encoding|list-id|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
FEWEST_HEADERS = 3


def looks_like_mail(head: bytes, name: str) -> bool:
    """Whether a file is a mailbox or a message: by its suffix, or by the headers that it begins with."""
    return name.lower().endswith(SUFFIXES) or _begins_mailbox(head) or _begins_message(head)


def read_mail(part: Part, options: InputOptions) -> Iterator[Record]:
    """Messages of a mailbox, or the one of a file; the position is the message's offset."""
    with open_read(part.path) as source:
        head = decompress(source, part.format.compression).read(1 << 12)
    if head.startswith(b"From "):
        yield from _read_mailbox(part, options)
        return
    content = read_whole(part, options)
    yield content if isinstance(content, Quarantined) else _record(part, 0, content)


def _begins_mailbox(head: bytes) -> bool:
    first, _, rest = head.partition(b"\n")
    return (
        SEPARATOR.match(first) is not None
        and len({name.lower() for name in HEADERS.findall(rest)}) >= 1
        and (FIELD.match(rest) is not None)
    )


def _begins_message(head: bytes) -> bool:
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return HEADERS.match(head) is not None and len({n.lower() for n in HEADERS.findall(fields)}) >= FEWEST_HEADERS


def _read_mailbox(part: Part, options: InputOptions) -> Iterator[Record]:
    with open_read(part.path) as source:
        stream = decompress(source, part.format.compression)
        broken: Break | None = None
        begins = 0
        try:
            for begins, content, length in _messages(stream, options.max_document_bytes):
                if length > options.max_document_bytes:
                    detail = f"a message of {length} bytes; the limit is {options.max_document_bytes}"
                    yield _bad(part, begins, "too_large", detail, content)
                else:
                    yield _record(part, begins, content)
        except Break as error:
            broken = error
        if broken is not None:
            yield _bad(part, broken.offset, broken.error, f"the stream ends: {broken}", b"")


def _messages(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes, int]]:
    """Offset, bytes and length of each message; of one that is longer than the limit, only the beginning.

    A message begins with a line ``From …`` at the file's beginning or behind an empty line, where a header field
    follows; so a sentence that begins with "From" cuts none.
    """
    held: list[bytes] = []
    begins = length = 0
    separator: Line | None = None
    after_empty = True

    def add(content: bytes, size: int) -> None:
        nonlocal length
        length += size
        if length <= limit or not held:
            held.append(content)

    for line in lines(stream, 0, None, limit, can_seek=False):
        content = line.first_bytes if line.content is None else line.content
        size = line.length if line.content is None else len(line.content) + 1
        if separator is not None:
            if FIELD.match(content) or content.startswith(b">From "):
                if length:
                    yield begins, b"\n".join(held), length
                held, begins, length = [], separator.offset, 0
            else:
                add(separator.content or b"", len(separator.content or b"") + 1)
            separator = None
        if after_empty and line.content is not None and content.startswith(b"From "):
            separator = line
        elif not (length == 0 and not content.strip()):
            add(content, size)
        after_empty = not content.strip()
    if separator is not None:
        add(separator.content or b"", len(separator.content or b"") + 1)
    if length:
        yield begins, b"\n".join(held), length


def _record(part: Part, position: int, content: bytes) -> Record:
    try:
        return read_message(ESCAPED.sub(rb"\1", content), position)
    except MessageError as error:
        return _bad(part, position, error.error, str(error), content)
    except Exception as error:  # the parser fails in many ways on bytes that are no message
        return _bad(part, position, "corrupt", f"not a readable message: {type(error).__name__}: {error}", content)


def _bad(part: Part, position: int, error: str, detail: str, content: bytes) -> Quarantined:
    return Quarantined(
        source=part.source, position=position, error=error, detail=detail, first_bytes=content[:FIRST_BYTES]
    )
