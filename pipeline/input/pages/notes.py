"""What a page says of itself: title, date, address, language and licence."""

from __future__ import annotations

import html
import json
import re
from typing import NamedTuple

from ....filters.kernels.html.elements import Note
from ....filters.kernels.machine.buffers import Int64s

LONGEST_VALUE = 2000
"""Longer values are cut: they are no titles or addresses."""
DATE = re.compile(r'"datePublished"\s*:\s*("(?:[^"\\]|\\.){4,40}")')
LICENSE = re.compile(r'"license"\s*:\s*("(?:[^"\\]|\\.){4,200}")')
BODY = re.compile(r'"(?:articleBody|text)"\s*:\s*("(?:[^"\\]|\\.)*")')
JSON_LD = (Note.JSON_LD, Note.JSON_LD_2, Note.JSON_LD_3, Note.JSON_LD_4)


class Notes(NamedTuple):
    """What a page says of itself."""

    title: str | None
    date: str | None
    canonical_url: str | None
    language: str | None
    license: str | None


def read_notes(page: bytes, spans: Int64s) -> Notes:
    """Read the values whose places the parser noted."""
    date = _value(page, spans, Note.PUBLISHED)
    if date is None:
        date = _described(DATE, page, spans)
    address = _value(page, spans, Note.CANONICAL)
    if address is None or not address.startswith(("http://", "https://")):
        address = _value(page, spans, Note.OG_URL)
    return Notes(
        _value(page, spans, Note.TITLE) or _value(page, spans, Note.OG_TITLE),
        date or _value(page, spans, Note.PUBLISHED_LESS_SURE) or _value(page, spans, Note.TIME),
        address if address is not None and address.startswith(("http://", "https://")) else None,
        _value(page, spans, Note.LANGUAGE),
        _value(page, spans, Note.LICENSE) or _described(LICENSE, page, spans),
    )


def _described(pattern: re.Pattern[str], page: bytes, spans: Int64s) -> str | None:
    """What the scripts of a page that describe it say first."""
    found = (_unescaped(match[1]) for script in json_ld(page, spans) for match in pattern.finditer(script))
    return next((value for value in (" ".join(one.split()) for one in found) if value), None)


def json_ld(page: bytes, spans: Int64s) -> list[str]:
    """The scripts of a page that describe it in JSON-LD."""
    return [_raw(page, spans, note) for note in JSON_LD if spans[2 * note] >= 0]


def described_text(page: bytes, spans: Int64s) -> str:
    """The longest text of an article that a page's JSON-LD holds; empty where there is none."""
    longest = ""
    for script in json_ld(page, spans):
        for match in BODY.finditer(script):
            longest = max(longest, _unescaped(match[1]), key=len)
    return longest.strip()


def _unescaped(quoted: str) -> str:
    """A text as JSON writes it (many write ``\\/`` in every address), as it is meant; empty where it is no JSON."""
    try:
        text = str(json.loads(quoted, strict=False))
    except ValueError:
        return ""
    # Half of a pair of surrogates is no text.
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _raw(page: bytes, spans: Int64s, note: int) -> str:
    return page[int(spans[2 * note]) : int(spans[2 * note + 1])].decode("utf-8", "replace")


def _value(page: bytes, spans: Int64s, note: int) -> str | None:
    """A value with its references decoded and its white space collapsed; nothing for an empty one."""
    if spans[2 * note] < 0:
        return None
    return " ".join(html.unescape(_raw(page, spans, note)).split())[:LONGEST_VALUE] or None
