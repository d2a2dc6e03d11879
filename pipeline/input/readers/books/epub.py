"""EPUB: a book as one document, chapters in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from ...charsets import decode_page
from ...inputs import InputOptions
from ...pages.page import extract
from ...parts import Part
from ...warc.media_types import is_no_text
from ..html import LARGEST_PAGE_BYTES
from ..records import Document, Quarantined, Record, is_panic, shorten
from ..text import read_whole
from .epub_chapter import with_own_entities, without_apparatus
from .epub_package import encrypted_parts, read_package
from .zipped import BookError, BookTooLargeError, ZippedBook

MOST_LOST_ITEMS = 100
"""So many are named in the metadata."""


def read_epub(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a book; title, author, language and what was lost go to the metadata."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    try:
        yield _book(ZippedBook(content, "the book", options.max_record_bytes, part.allowance))
    except BookError as error:
        yield Quarantined(source=part.source, position=0, error=error.error, detail=str(error))


def _book(book: ZippedBook) -> Document:
    encrypted = encrypted_parts(book)
    package = read_package(book)
    lost = package.lost
    reason: BookError | None = None
    chapters: list[tuple[str, bool]] = []
    for name in package.chapters:
        try:
            if name in encrypted:
                raise BookError("unsupported", f"the book is encrypted (DRM): {name}")
            chapters.append(_chapter(name, book.read(name)))
        except BookTooLargeError:
            raise
        except BookError as error:
            if error.error == "unsupported":  # the few pages that stand open in an encrypted book are not the book
                raise
            reason = reason or error
            lost[name] = str(error)
    texts = [text for text, is_apparatus in chapters if text and not is_apparatus] or [
        text for text, _ in chapters if text
    ]
    if not texts and (reason or lost):
        raise reason or BookError("corrupt", "; ".join(lost.values()))
    metadata = dict(package.metadata)
    if lost:
        metadata["lost_items"] = {name: shorten(why, 200) for name, why in list(lost.items())[:MOST_LOST_ITEMS]}
        metadata["lost_items_count"] = len(lost)
    return Document(position=0, text="\n\n".join(texts), kind="book", metadata=metadata)


def _chapter(name: str, content: bytes) -> tuple[str, bool]:
    """Text of a chapter, and whether it is declared to be no part of the book's text."""
    if len(content) > LARGEST_PAGE_BYTES:
        raise BookError("too_large", f"{name}: a chapter of {len(content)} bytes")
    if is_no_text(content):
        raise BookError("corrupt", f"{name}: the bytes are those of no text")
    try:
        page, is_apparatus = without_apparatus(with_own_entities(decode_page(content, None)))
        return extract(page.encode("utf-8", "replace"), "all", True).text.strip(), is_apparatus
    except BaseException as error:  # telling the charset is left to foreign code, fed with arbitrary bytes
        if not (isinstance(error, Exception) or is_panic(error)):
            raise
        raise BookError("extraction_failed", f"{name}: {type(error).__name__}: {error}") from error
