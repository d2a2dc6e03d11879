"""E-mail: one document for each message of a mailbox (mbox), or for a single message (.eml, .emlx)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from ...compression import decompress
from ...inputs import InputOptions
from ...parts import Part, open_part
from ...signatures import MAIL_ENVELOPE, MAIL_FIELD
from ..records import FIRST_BYTES, Quarantined, Record
from ..streams import Break, lines, read_head
from ..text import read_whole
from .message import MessageError, read_message

HEAD_BYTES = 5
WHOLE_ENVELOPE = re.compile(rb"From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d")
"""Some mailboxes have no empty line before it."""
COUNTED = re.compile(rb"(\d{1,12})[ \t]*\r?\n")
"""Apple Mail says first how long the message is (``.emlx``); a property list comes behind."""
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""A line of a message that would begin another; one mark more than it had (mboxrd), or just one (mboxo)."""


def read_mail(part: Part, options: InputOptions) -> Iterator[Record]:
    """Messages of a mailbox, or the one of a file; the position is the message's offset."""
    with open_part(part) as source:
        head = read_head(decompress(source, part.format.compression, part.allowance), HEAD_BYTES)
    if head.startswith(b"From "):
        yield from _read_mailbox(part, options)
        return
    content = read_whole(part, options.max_record_bytes)
    if not isinstance(content, Quarantined) and (counted := COUNTED.match(content)):
        end = counted.end() + int(counted[1])
        # A count that is wrong takes no text away.
        content = content[counted.end() : end if content[end:].lstrip().startswith(b"<?xml") else None]
    yield content if isinstance(content, Quarantined) else _record(part, 0, content)


def _read_mailbox(part: Part, options: InputOptions) -> Iterator[Record]:
    with open_part(part) as source:
        stream = decompress(source, part.format.compression, part.allowance)
        for message in _messages(stream, options.max_record_bytes):
            if isinstance(message, Break):
                yield _bad(part, message.offset, message.error, message.detail, b"")
                continue
            begins, content, length = message
            if length > options.max_record_bytes:
                detail = f"a message of {length} bytes; the limit is {options.max_record_bytes}"
                yield _bad(part, begins, "too_large", detail, content)
            else:
                yield _record(part, begins, content)


def _messages(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes, int] | Break]:
    """Offset, bytes and length of each message; of one that is longer than the limit, only the beginning.

    A message begins with a line ``From …`` at the file's beginning or behind an empty line, where a header field
    follows, or anywhere with one that has sender and date; so a sentence that begins with "From" cuts none.
    """
    held = bytearray()
    begins = length = 0
    separator: tuple[int, bytes] | None = None
    after_empty = True

    def add(content: bytes, size: int) -> None:
        nonlocal length
        length += size
        if length <= limit or not held:
            held.extend(content)
            held.extend(b"\n")

    for line in lines(stream, 0, None, limit, can_seek=False, needs_blanks=True):
        if isinstance(line, Break):  # the message in which it lies is not whole
            held, length, separator, after_empty = bytearray(), 0, None, True
            yield line
            continue
        content = line.first_bytes if line.content is None else line.content
        size = line.length if line.content is None else len(line.content) + 1
        if separator is not None:
            if MAIL_FIELD.match(content) or (content.startswith(b">From ") and MAIL_ENVELOPE.search(separator[1])):
                if length:
                    yield begins, bytes(held[:-1]), length
                held, begins, length = bytearray(), separator[0], 0
            else:
                add(separator[1], len(separator[1]) + 1)
            separator = None
        if line.content is not None and (
            content.startswith(b"From ") if after_empty else WHOLE_ENVELOPE.match(content)
        ):
            separator = line.offset, line.content
        elif not (length == 0 and not content.strip()):
            add(content, size)
        after_empty = not content.strip()
    if separator is not None:
        add(separator[1], len(separator[1]) + 1)
    if length:
        yield begins, bytes(held[:-1]), length


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
