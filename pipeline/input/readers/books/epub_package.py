"""What an EPUB's package file says: its documents in reading order, and what the book is."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from .xml_events import read_xml
from .zipped import BookError, ZippedBook

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
"""Names what is encrypted; a book that can be read names only its fonts there."""
DOCUMENT_TYPES = frozenset(
    {"application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/xml", "text/xml"}
    | {"application/x-dtbook+xml"}
)
DOCUMENT_SUFFIXES = (".xhtml", ".html", ".htm", ".xht")
NO_TEXT = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript")
"""Beginnings of types whose loss is no loss of text."""
METADATA = {"title": "title", "creator": "author", "language": "language", "rights": "rights"}
MOST_CHAPTERS = 50_000
MOST_FALLBACKS = 8


@dataclass
class Package:
    """Chapters and metadata of a book."""

    chapters: list[str] = field(default_factory=list)
    """Names of the documents in reading order."""
    metadata: dict[str, object] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    """What cannot be found, and why."""


class _Outline:
    """Elements that matter, from one walk over container, package or encryption file."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Mapping[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: str | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.lower()
        if name in ("rootfile", "item", "itemref", "cipherreference"):
            self.found.append((name, attributes))
        elif name in METADATA:
            self._open = name
            self.texts.setdefault(name, []).append("")

    def end(self, name: str) -> None:
        if name.lower() == self._open:
            self._open = None

    def text(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def all(self, name: str) -> list[Mapping[str, str]]:
        """Attributes of all elements of a name."""
        return [attributes for found, attributes in self.found if found == name]


def read_package(book: ZippedBook) -> Package:
    """Find a book's documents.

    Without a package file they are all documents in the archive, by name; without a spine those of the manifest, in its
    order. The metadata's ``reading_order`` tells so.

    Raises:
        BookError: for a book that has none.
    """
    package = Package()
    name = _package_name(book, package)
    outline = _Outline()
    if name is not None:
        broken = read_xml(book.read(name), outline)
        if broken:
            package.lost[name] = f"breaks off: {broken}"
    package.metadata |= _metadata(outline)
    folder = posixpath.dirname(name or "")
    items = {item.get("id", ""): item for item in outline.all("item")}
    folded = {name.casefold(): item for name, item in items.items()}
    references = outline.all("itemref")
    if references:
        for reference in references[:MOST_CHAPTERS]:
            wanted = reference.get("idref", "")
            item = items.get(wanted, folded.get(wanted.strip().casefold()))
            if item is None:
                package.lost[wanted or "itemref"] = "the manifest has no such item"
            elif reference.get("linear") != "no":
                readable = _readable(item, items)
                if readable is not None:
                    _add(package, book, readable, folder)
                elif not _is_no_text(item):
                    told = f"{item.get('media-type', 'a type that is not named')} is not read"
                    package.lost[item.get("href", wanted)] = told
    elif items:
        package.metadata["reading_order"] = "manifest"
        for item in list(items.values())[:MOST_CHAPTERS]:
            if _is_document(item):
                _add(package, book, item, folder)
    else:
        package.metadata["reading_order"] = "names"
        package.chapters = sorted(found for found in book.names if found.lower().endswith(DOCUMENT_SUFFIXES))
        if not package.chapters:
            raise BookError("corrupt", f"{CONTAINER} names no package file, and the archive has no XHTML documents")
    return package


def encrypted_parts(book: ZippedBook) -> set[str]:
    """Stored names of what the book declares to be encrypted."""
    if book.find(ENCRYPTION) is None:
        return set()
    outline = _Outline()
    read_xml(book.read(ENCRYPTION), outline)
    named = (book.find(reference.get("URI", "")) for reference in outline.all("cipherreference"))
    return {name for name in named if name is not None}


def _package_name(book: ZippedBook, package: Package) -> str | None:
    if book.find(CONTAINER) is not None:
        outline = _Outline()
        try:
            broken = read_xml(book.read(CONTAINER), outline)
        except BookError as error:
            if error.error != "corrupt":
                raise
            broken = str(error)
        for rootfile in outline.all("rootfile"):
            if found := book.find(rootfile.get("full-path", "")):
                return found
        package.lost[CONTAINER] = broken or "names no package file that there is"
    else:
        package.lost[CONTAINER] = "missing"
    return next((name for name in sorted(book.names) if name.lower().endswith(".opf")), None)


def _is_document(item: Mapping[str, str]) -> bool:
    kind, suffixes = item.get("media-type", "").strip().lower(), DOCUMENT_SUFFIXES
    name = unquote(item.get("href", "")).strip().partition("#")[0].lower()
    return kind in DOCUMENT_TYPES or (name.endswith(suffixes) and not kind.startswith("image/"))


def _is_no_text(item: Mapping[str, str]) -> bool:
    return item.get("media-type", "").strip().lower().startswith(NO_TEXT)


def _readable(item: Mapping[str, str], items: Mapping[str, Mapping[str, str]]) -> Mapping[str, str] | None:
    """An item, or what the book has for readers that cannot show it."""
    for _ in range(MOST_FALLBACKS):
        if _is_document(item):
            return item
        instead = items.get(item.get("fallback", ""))
        if instead is None:
            return None
        item = instead
    return None


def _add(package: Package, book: ZippedBook, item: Mapping[str, str], folder: str) -> None:
    href = item.get("href", "").strip()
    if "nav" in item.get("properties", "").split():
        return
    candidates = (href, href.partition("#")[0])
    spelt = [posixpath.normpath(posixpath.join(folder, unquote(candidate))) for candidate in candidates]
    spelt_from_root = [unquote(candidate) for candidate in candidates if candidate]
    found = next((name for name in map(book.find, [*spelt, *spelt_from_root]) if name is not None), None)
    if found is None:
        package.lost[spelt[-1]] = f"the book has no {spelt[-1]}"
    elif found not in package.chapters[-1:]:  # one file cut by fragments is one chapter
        package.chapters.append(found)


def _metadata(outline: _Outline) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, field_name in METADATA.items():
        values = [" ".join(value.split()) for value in outline.texts.get(name, ())]
        if any(values):
            found[field_name] = "; ".join(value for value in values if value)
    return found
