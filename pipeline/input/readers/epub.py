"""EPUB: a book as one document, chapters in reading order."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree import ElementTree

from ..inputs import InputOptions
from ..parts import Part
from .records import Document, Quarantined, Record
from .text import read_whole

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
"""Names what is encrypted; a book that can be read names only its fonts there."""
NAMESPACES = {
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
    "opf": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "x": "http://www.w3.org/2001/04/xmlenc#",
}
APPARATUS = re.compile(
    r"""epub:type\s*=\s*["'][^"']*\b(titlepage|copyright-page|imprint|colophon|toc|loi|lot|index|cover|landmarks)\b"""
)
"""Pages that a book declares to be no part of its text (EPUB structural semantics)."""


class BookError(Exception):
    """A book that cannot be read; carries the quarantine's word for it."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


def read_epub(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a book; title, author and language go to the metadata."""
    content = read_whole(part, options)
    if isinstance(content, Quarantined):
        yield content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield _book(archive, options.max_document_bytes)
    except BookError as error:
        yield Quarantined(source=part.source, position=0, error=error.error, detail=str(error))
    except Exception as error:  # zipfile and the parsers fail in many ways on bytes that are no book
        yield Quarantined(source=part.source, position=0, error="corrupt", detail=f"not a readable EPUB: {error}")


def _book(archive: zipfile.ZipFile, limit: int) -> Document:
    left = limit

    def read(name: str) -> bytes:
        nonlocal left
        try:
            with archive.open(name) as entry:
                content = entry.read(left + 1)
        except KeyError as error:
            raise BookError("corrupt", f"the book has no {name}") from error
        left -= len(content)
        if left < 0:
            raise BookError("too_large", f"unpacked, the book is longer than the limit of {limit} bytes")
        return content

    encrypted: set[str] = set()
    if ENCRYPTION in archive.namelist():
        references = _parse(read(ENCRYPTION)).iterfind(".//x:CipherReference", NAMESPACES)
        encrypted = {unquote(reference.get("URI", "")) for reference in references}
    rootfile = _parse(read(CONTAINER)).find(".//c:rootfile", NAMESPACES)
    if rootfile is None:
        raise BookError("corrupt", f"{CONTAINER} names no package file")
    package_path = rootfile.get("full-path", "")
    package = _parse(read(package_path))
    items = {item.get("id"): item for item in package.iterfind("opf:manifest/opf:item", NAMESPACES)}
    chapters: list[str] = []
    for reference in package.iterfind("opf:spine/opf:itemref", NAMESPACES):
        item = items.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no" or "nav" in item.get("properties", "").split():
            continue
        if item.get("media-type") not in ("application/xhtml+xml", "text/html"):
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(package_path), unquote(item.get("href", ""))))
        if name in encrypted:
            raise BookError("unsupported", f"the book is encrypted (DRM): {name}")
        text = _chapter(read(name))
        if text:
            chapters.append(text)
    return Document(position=0, text="\n\n".join(chapters), kind="book", metadata=_metadata(package))


def _chapter(content: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    page = bytes_to_str(content, str(detect_encoding(content)))
    if APPARATUS.search(page[:4000]):
        return ""
    return str(extract_plain_text(page, preserve_formatting=True, main_content=False, alt_texts=False)).strip()


def _metadata(package: ElementTree.Element) -> dict[str, str]:
    found = {}
    for name, field in (("title", "title"), ("creator", "author"), ("language", "language"), ("rights", "rights")):
        values = [
            " ".join((element.text or "").split())
            for element in package.iterfind(f"opf:metadata/dc:{name}", NAMESPACES)
        ]
        if any(values):
            found[field] = "; ".join(value for value in values if value)
    return found


def _parse(content: bytes) -> ElementTree.Element:
    if b"<!ENTITY" in content:  # expat expands entities, and a few lines of them can fill the memory
        raise BookError("unsupported", "the book's package declares XML entities")
    return ElementTree.fromstring(content)
