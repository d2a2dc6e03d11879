"""HTML: the main content as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from ..charsets import decode_page
from ..inputs import InputOptions
from ..parts import Part
from .records import FIRST_BYTES, Document, Quarantined, Record, is_panic
from .text import read_whole

LARGEST_PAGE_BYTES = 20_000_000
"""Beyond it a page is a data dump, and a tree of it would take gigabytes."""
DEEPEST_NESTING = 1000
"""Elements nested deeper are refused (browsers stop at 512)."""
MOST_STEPS = 200_000_000
"""Extraction takes about depth times elements steps of 50 ns: hours for a few MB that open one element in the other."""
NESTING = re.compile(
    rb"<(/?)(?!(?:p|li|d[dt]|t[dhr]|tbody|option|area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
    rb"|path|rect|circle|ellipse|line|polygon|polyline|use|stop)\b)[a-zA-Z]"
)
"""Beginning of a tag that opens or closes a level; others have no end tag, or need none."""


def read_html(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of an HTML file."""
    content = read_whole(part, options)
    if isinstance(content, Quarantined):
        yield content
        return
    yield page(part.source, 0, content, charset=options.encoding, url=None, metadata={})


def page(
    source: str, position: int, content: bytes, *, charset: str | None, url: str | None, metadata: dict[str, str]
) -> Record:
    """Turn the bytes of a page into a document, or into a quarantine row when that cannot be done."""
    if len(content) > LARGEST_PAGE_BYTES:
        return _bad(source, position, "too_large", f"a page of {len(content)} bytes", content)
    depth = _nesting(content)
    if depth > DEEPEST_NESTING or depth * content.count(b"<") > MOST_STEPS:
        return _bad(source, position, "extraction_failed", f"elements nested about {depth} deep", content)
    try:
        text = main_content(content, charset)
    except BaseException as error:  # the parser is foreign code fed with arbitrary bytes
        if not (isinstance(error, Exception) or is_panic(error)):
            raise
        return _bad(source, position, "extraction_failed", f"{type(error).__name__}: {error}", content)
    return Document(position=position, text=text, kind="web", url=url, metadata=metadata)


def main_content(content: bytes, charset: str | None = None) -> str:
    """Text of a page's main content (resiliparse): paragraphs kept; navigation, links, alternative texts left out."""
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(
        decode_page(content, charset),
        main_content=True,
        preserve_formatting=True,
        list_bullets=True,
        alt_texts=False,
        links=False,
        form_fields=False,
        noscript=False,
    )
    return text


def _nesting(content: bytes) -> int:
    """About how deep a page's elements are nested; zero where there are too few to be too deep."""
    if content.count(b"<") <= DEEPEST_NESTING:
        return 0
    steps = np.array([1 if not closes else -1 for closes in NESTING.findall(content)], dtype=np.int64)
    return int(np.cumsum(steps).max(initial=0))


def _bad(source: str, position: int, error: str, detail: str, content: bytes) -> Quarantined:
    return Quarantined(
        source=source, position=position, error=error, detail=detail, first_bytes=bytes(content[:FIRST_BYTES])
    )
