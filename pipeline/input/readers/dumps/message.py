"""One e-mail message as a document: its text parts, or its HTML where there is no text."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import Header, decode_header
from email.message import Message
from typing import Any

from ..records import Document, without_surrogates
from .bodies import decode_body, html_text

MOST_STEPS = 200_000_000
"""The parser looks at every line once for each multipart that it lies in."""
MOST_LINES = 1_000_000
"""The parser takes up to 600 bytes for each of them; an attachment of 50 MB has two thirds as many."""
BOUNDARY = re.compile(rb"\bboundary\s*\*?\d*\*?=", re.IGNORECASE)
TYPE_FIELD = re.compile(rb"^content-(?:type|disposition)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
FIRST_PART = re.compile(r"\s*--([^\s\"\\]{1,70})\r?\n(?=content-)", re.IGNORECASE)
LONGEST_TYPE_FIELD = 8000
"""Its parameters are taken apart in a time that grows with the square of their number."""
LONGEST_FIELD = 2000
"""So many characters of a header are kept."""
FIELDS = {
    "Subject": "subject", "From": "from", "To": "to", "Cc": "cc", "Date": "date", "Message-ID": "message_id",
    "In-Reply-To": "in_reply_to", "List-Id": "list_id",
}  # fmt: skip


class MessageError(Exception):
    """A message that cannot be read; carries the quarantine's word for it."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


def read_message(content: bytes, position: int) -> Document:
    """The document of a message; headers and the names of attachments go to the metadata.

    Raises:
        MessageError: for bytes that are no message, and for one that would take too long.
    """
    message = _parse(content)
    if not message.keys():
        raise MessageError("corrupt", "no header field where a message should begin")
    texts: list[str] = []
    attachments: list[str] = []
    _collect(_with_boundary(message), texts, attachments)
    metadata: dict[str, Any] = {}
    for header, field in FIELDS.items():
        value = message.get(header)
        if value is not None and (shown := _unfolded(value)):
            metadata[field] = shown
    if attachments:
        metadata["attachments"] = attachments
    text = "\n\n".join(piece for piece in texts if piece)
    return Document(position=position, text=without_surrogates(text), kind="other", metadata=metadata)


def _parse(content: bytes) -> Message[str, str]:
    if (len(BOUNDARY.findall(content)) + 1) * content.count(b"\n") > MOST_STEPS:
        raise MessageError("extraction_failed", "too many multiparts for so many lines")
    if content.count(b"\n") > MOST_LINES:
        raise MessageError("too_large", f"a message of more than {MOST_LINES} lines")
    if any(len(field[0]) > LONGEST_TYPE_FIELD for field in TYPE_FIELD.finditer(content)):
        raise MessageError("extraction_failed", f"a Content-Type of more than {LONGEST_TYPE_FIELD} bytes")
    return message_from_bytes(content, policy=policy.compat32)


def _collect(message: Message[str, str], texts: list[str], attachments: list[str]) -> None:
    """Add what a part says, and what is attached to it."""
    payload = message.get_payload()
    media_type = message.get_content_type()
    if media_type == "message/rfc822" and isinstance(payload, list):  # a message that is passed on
        for inner in payload:
            if isinstance(inner, Message):
                inner = _decoded(message, inner)
                texts.append(_unfolded(inner.get("Subject", "")))
                _collect(inner, texts, attachments)
        return
    if isinstance(payload, list):
        parts = [part for part in payload if isinstance(part, Message)]
        if media_type == "multipart/alternative":
            _collect_best(parts, texts, attachments)
            return
        for part in parts:
            _collect(part, texts, attachments)
        return
    if media_type.startswith("multipart/"):  # without a boundary, or one that never comes
        texts.append(_text(message, "text/plain"))
        return
    name = message.get_filename()
    if message.get_content_disposition() == "attachment" or media_type not in ("text/plain", "text/html"):
        attachments.append(_unfolded(name) if name else media_type)
        return
    texts.append(_text(message, media_type))


def _with_boundary(message: Message[str, str]) -> Message[str, str]:
    """A message of several parts, between which another line stands than its header says."""
    payload = message.get_payload()
    if not message.get_content_type().startswith("multipart/") or not isinstance(payload, str):
        return message
    found = FIRST_PART.match(payload)
    if found is None:
        return message
    mended = f'Content-Type: multipart/mixed; boundary="{found[1]}"\n\n{payload}'
    return _parse(mended.encode("ascii", "surrogateescape"))


def _decoded(carrier: Message[str, str], inner: Message[str, str]) -> Message[str, str]:
    """A message that is passed on, which some programs send in base64, though they must not (RFC 2046, 5.2.1)."""
    if inner.keys() or str(carrier.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
        return inner
    inner["Content-Transfer-Encoding"] = "base64"
    content = inner.get_payload(decode=True)
    return _parse(content) if isinstance(content, bytes) else inner


def _collect_best(parts: list[Message[str, str]], texts: list[str], attachments: list[str]) -> None:
    """Of parts that say the same, the first plain text that says something, else the first that says anything."""
    plain_first = sorted(parts, key=lambda part: part.get_content_type() != "text/plain")
    other: list[str] = []
    for part in plain_first:
        found: list[str] = []
        _collect(part, found, other)
        if any(piece.strip() for piece in found):
            texts += found
            break
    attachments += [name for name in other if name not in ("text/calendar", "text/x-amp-html", "text/enriched")]


def _text(message: Message[str, str], media_type: str) -> str:
    payload = message.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = message.get_content_charset()
    text = decode_body(content, charset).replace("\r\n", "\n").replace("\r", "\n")
    if media_type == "text/html":
        return html_text(text)
    if str(message.get_param("format", "")).lower() == "flowed":
        text = _unflowed(text, join=str(message.get_param("delsp", "")).lower() == "yes")
    return text.strip("\n")


def _unflowed(text: str, *, join: bool) -> str:
    """Join the lines of ``format=flowed`` (RFC 3676): one that ends in a space goes on in the next."""
    paragraphs: list[str] = []
    goes_on: int | None = None
    for line in text.split("\n"):
        quoted = len(line) - len(line.lstrip(">"))
        content = line[quoted:]
        content = content.removeprefix(" ")
        if goes_on == quoted and content != "-- ":
            paragraphs[-1] += content
        else:
            paragraphs.append(f"{'>' * quoted} {content}" if quoted else content)
        flows = content.endswith(" ") and content != "-- "
        if flows and join:
            paragraphs[-1] = paragraphs[-1][:-1]
        goes_on = quoted if flows else None
    return "\n".join(paragraph.rstrip() for paragraph in paragraphs)


def _unfolded(value: Any) -> str:
    """A header's value on one line, its encoded words decoded."""
    try:
        pieces = decode_header(value if isinstance(value, Header) else str(value)[:LONGEST_FIELD])
    except Exception:  # of an encoded word that is none
        pieces = [(str(value)[:LONGEST_FIELD], None)]
    text = "".join(
        piece.decode("ascii", "surrogateescape")
        if isinstance(piece, bytes) and charset is None and piece.isascii()
        else decode_body(piece, None if charset == "unknown-8bit" else charset)
        if isinstance(piece, bytes)
        else piece
        for piece, charset in pieces
    )
    return without_surrogates(" ".join(text.split()))[:LONGEST_FIELD]
