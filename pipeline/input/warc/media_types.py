"""What kind of content a record has: what is declared, checked against how it begins."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..charsets import looks_binary

HTML, TEXT = "text/html", "text/plain"
HTML_TYPES = frozenset(
    {HTML, "application/xhtml+xml", "application/xhtml", "text/xhtml", "application/vnd.wap.xhtml+xml"}
)
VAGUE_TYPES = frozenset(
    {
        "",
        "unknown",
        "unknown/unknown",
        "application/unknown",
        "application/octet-stream",
        "binary/octet-stream",
        "application/x-unknown",
        "application/http",
        "text",
        "html",
        "*/*",
        "no-type",
    }
)
"""Declarations that say nothing (WHATWG MIME Sniffing, section 7, and what crawls hold)."""
XML_TYPES = frozenset({"application/xml", "text/xml"})
"""Pages in XHTML are served so too."""
MEDIA_TYPE = re.compile(r"\A[\s:\"'\x00]*([\w.+*-]+)\s*/\s*([\w.+*-]+)")
MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+"
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|meta|link)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How HTML begins (WHATWG MIME Sniffing, section 7.1)."""
PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html)\b", re.I | re.S
)
"""How a whole page begins: text that is declared plain and begins so is none."""
SNIFFED_BYTES = 2048
MOST_CONTROL_CHARACTERS = 0.04
"""Share of the bytes of a body; compressed ones have a tenth."""
BINARY_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"RIFF", "audio or image in RIFF"),
    (b"\x7fELF", "an ELF binary"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
)


def declared_type(value: str) -> str:
    """The media type in a ``Content-Type`` field: the first of several, without what is around it."""
    found = MEDIA_TYPE.search(value)
    if found is not None:
        return f"{found[1]}/{found[2]}".lower()
    return re.split(r"[;,]", value, maxsplit=1)[0].strip().strip("\"'").strip().lower()


def declared_charset(value: str) -> str | None:
    """The charset in a ``Content-Type`` field."""
    found = re.search(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", value, re.IGNORECASE)
    return found[1] if found else None


def content_type(headers: Mapping[str, str], record_headers: Mapping[str, str]) -> str:
    """The media type that a response declares, else the one that the crawler has found."""
    declared = declared_type(headers.get("content-type", ""))
    identified = declared_type(record_headers.get("warc-identified-payload-type", ""))
    if declared in VAGUE_TYPES or "/" not in declared or (declared == TEXT and identified in HTML_TYPES):
        return identified or declared
    return declared


def sniffed_type(declared: str, body: bytes) -> str:
    """The media type by how the body begins, where the declaration says nothing, or the bytes belie it."""
    head = body[:SNIFFED_BYTES]
    for beginning, found in BINARY_BEGINNINGS:
        if head.startswith(beginning):
            return found
    if declared in HTML_TYPES:
        return HTML
    if declared == TEXT or declared in XML_TYPES:
        return HTML if PAGE.match(head) else declared
    if declared in VAGUE_TYPES or "/" not in declared:
        if MARKUP.match(head):
            return HTML
        return declared or "unknown"
    return declared


def may_be_text(declared: str) -> bool:
    """Whether a body is worth a look at how it begins."""
    return declared in HTML_TYPES | VAGUE_TYPES | XML_TYPES or declared == TEXT or "/" not in declared


def is_no_text(body: bytes) -> bool:
    """Whether a body that is called a page or text is neither, in whatever charset; perhaps it is encoded somehow."""
    return MARKUP.match(body[:SNIFFED_BYTES]) is None and looks_binary(body, MOST_CONTROL_CHARACTERS)
