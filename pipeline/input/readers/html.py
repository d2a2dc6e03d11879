"""HTML: the main content as text."""

from __future__ import annotations

from collections.abc import Iterator

from ..charsets import decode_page
from ..inputs import InputOptions
from ..pages.modes import Extraction
from ..pages.page import Page, extract
from ..parts import Part
from ..warc.media_types import is_no_text
from .records import FIRST_BYTES, Document, Quarantined, Record, is_panic
from .text import read_whole

LARGEST_PAGE_BYTES = 20_000_000
"""Beyond it a page is a data dump."""


def read_html(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of an HTML file."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    yield page(part.source, 0, content, charset=options.encoding, url=None, metadata={}, extraction=options.extraction)


def page(
    source: str,
    position: int,
    content: bytes,
    *,
    charset: str | None,
    url: str | None,
    metadata: dict[str, str],
    extraction: Extraction = "main",
) -> Record:
    """Turn the bytes of a page into a document, or into a quarantine row when that cannot be done."""
    if len(content) > LARGEST_PAGE_BYTES:
        return _bad(source, position, "too_large", f"a page of {len(content)} bytes", content)
    if is_no_text(content):
        return _bad(source, position, "binary", "called a page, but the bytes are those of no text", content)
    try:
        found = page_text(content, charset, extraction)
    except BaseException as error:  # telling the charset is left to foreign code, fed with arbitrary bytes
        if not (isinstance(error, Exception) or is_panic(error)):
            raise
        return _bad(source, position, "extraction_failed", f"{type(error).__name__}: {error}", content)
    return Document(position=position, text=found.text, kind="web", url=url, metadata=metadata | found.metadata())


def page_text(content: bytes, charset: str | None = None, extraction: Extraction = "main") -> Page:
    """Text of a page in whatever charset, and what it says of itself."""
    return extract(decode_page(content, charset).encode("utf-8", "replace"), extraction)


def _bad(source: str, position: int, error: str, detail: str, content: bytes) -> Quarantined:
    return Quarantined(
        source=source, position=position, error=error, detail=detail, first_bytes=bytes(content[:FIRST_BYTES])
    )
