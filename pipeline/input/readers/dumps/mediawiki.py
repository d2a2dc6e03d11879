"""MediaWiki's XML dumps: one document for each article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any
from xml.parsers import expat

from ...compression import decompress
from ...inputs import InputOptions
from ...parts import Part, open_part
from ...wiki_streams import is_multistream, streams
from ..flood import Flood
from ..records import FIRST_BYTES, Document, Quarantined, Record, Skipped, without_surrogates
from ..streams import Line, read_head, skip
from .elements import Element, Elements, Node, nodes
from .wikitext import Namespaces, page_text

HEAD_BYTES = 1 << 16
"""The part of a dump that holds the names of its namespaces."""
SITE = re.compile(r"<(sitename|dbname|base)>([^<>]{1,300})</\1>")
NAMESPACE = re.compile(r'<namespace key="(-2|6|14)"[^<>]*>([^<>]{1,100})</namespace>')
LANGUAGE = re.compile(r'<mediawiki\b[^<>]*\bxml:lang="([\w-]{1,20})"')
REDIRECT = re.compile(r"\s*#\s*[^\s\[\]:]{1,30}\s*:?\s*\[\[[^\]\n]{1,500}\]\]", re.IGNORECASE)
PAGE_BITS = 20
"""Of a position in a multistream dump, those of the page's number; a stream holds a hundred."""
LARGEST_PAGE_CHARS = 4 << 20
"""MediaWiki itself refuses articles beyond 2 MB."""


class _Site:
    """What a dump's head says of all its pages."""

    def __init__(self, head: bytes) -> None:
        text = head.decode("utf-8", "replace")
        found = dict(SITE.findall(text))
        self.name: str | None = found.get("dbname") or found.get("sitename")
        self.base: str | None = found.get("base")
        language = LANGUAGE.search(text)
        self.language = language[1] if language else None
        names = [(key, name.strip().lower()) for key, name in NAMESPACE.findall(text)]
        self.namespaces = Namespaces(
            frozenset(name for key, name in names if key != "14"), frozenset(name for key, name in names if key == "14")
        )


def read_mediawiki(part: Part, options: InputOptions) -> Iterator[Record]:
    """Articles that begin in the part's range; the position is the page's offset after decompression.

    In a multistream dump it is the offset of the stream in the file, and the page's number in the stream.

    Of a page with all its revisions only the last is read. A page that is not well-formed costs that page alone.
    """
    with open_part(part) as source:
        site = _Site(read_head(decompress(source, part.format.compression, part.allowance), HEAD_BYTES))
    with open_part(part) as source:
        if part.format.compression == "bz2" and is_multistream(source):
            yield from _read_multistream(source, part, site, options)
            return
        source.seek(0)
        flood = Flood(part.source, "page")
        stream = decompress(source, part.format.compression, part.allowance)
        begin = skip(stream, part.start, can_seek=part.format.compression is None)
        pages = Elements("page", options.max_document_bytes, keep_last="revision")
        for element in pages.find(stream, begin):
            if part.stop is not None and element.offset >= part.stop:
                break
            yield from flood.check(Line(element.offset, element.content), _record(element, part, site, options))
        yield from flood.end()


def _read_multistream(source: IO[bytes], part: Part, site: _Site, options: InputOptions) -> Iterator[Record]:
    flood = Flood(part.source, "page")
    for offset, stream in streams(source, part.start, part.stop):
        if stream is None:
            yield from flood.end()
            detail = "other bytes where bz2 data should begin"
            yield Quarantined(source=part.source, position=offset << PAGE_BITS, error="corrupt", detail=detail)
            continue
        pages = Elements("page", options.max_document_bytes, keep_last="revision")
        for number, element in enumerate(pages.find(stream)):
            position = (offset << PAGE_BITS) + number
            record = _record(replace(element, offset=position), part, site, options)
            yield from flood.check(Line(position, element.content), record)
    yield from flood.end()


def _record(element: Element, part: Part, site: _Site, options: InputOptions) -> Record:
    def bad(error: str, detail: str) -> Quarantined:
        first = element.content[:FIRST_BYTES]
        return Quarantined(source=part.source, position=element.offset, error=error, detail=detail, first_bytes=first)

    if element.error:
        return bad(element.error, element.detail)
    content = element.content
    first, last = content.find(b"<revision>"), content.rfind(b"<revision>")
    if 0 <= first < last:
        content = content[:first] + content[last:]
    try:
        found = {node.path: node for node in nodes(content)}
    except expat.ExpatError as error:
        return bad("corrupt", f"the page is not well-formed: {error}")

    def value(path: str) -> str:
        node = found.get(f"page/{path}")
        return node.text.strip() if node is not None else ""

    namespace = value("ns")
    number = int(namespace) if re.fullmatch(r"-?\d{1,6}", namespace) else 0  # old dumps do not tell it
    if number not in options.wiki_namespaces:
        return Skipped(reason=f"MediaWiki namespace {number}")
    if "page/redirect" in found:
        return Skipped(reason="MediaWiki redirect")
    model = value("revision/model")
    if model and model != "wikitext":
        return Skipped(reason=f"MediaWiki content model {model[:50]}")
    source = found.get("page/revision/text")
    if source is None or not source.text:
        return Skipped(reason=_without_text(source))
    if REDIRECT.match(source.text[:600]) and len(source.text) < 2000:
        return Skipped(reason="MediaWiki redirect")
    if len(source.text) > LARGEST_PAGE_CHARS:
        return bad("too_large", f"a page of {len(source.text)} characters")
    page = page_text(source.text, site.namespaces)
    metadata: dict[str, Any] = {
        "title": value("title"),
        "page_id": value("id"),
        "revision_id": value("revision/id"),
        "timestamp": value("revision/timestamp"),
        "site": site.name,
        "language": site.language,
        "namespace": number,
        "categories": page.categories,
    }
    for name in ("page_id", "revision_id"):
        if re.fullmatch(r"\d{1,18}", metadata[name]):
            metadata[name] = int(metadata[name])
    return Document(
        position=element.offset,
        text=without_surrogates(page.text),
        kind="web",
        url=_url(site, metadata["title"]),
        metadata={key: found for key, found in metadata.items() if found not in (None, "", [])},
    )


def _without_text(source: Node | None) -> str:
    if source is not None and source.attributes.get("deleted"):
        return "MediaWiki text deleted"
    if source is not None and source.attributes.get("id"):
        return "MediaWiki stub, whose text is in another dump"
    return "MediaWiki page without text"


def _url(site: _Site, title: str) -> str | None:
    """Where the page stands, by where the wiki's main page does."""
    if not site.base or "/" not in site.base or not title:
        return None
    return f"{site.base.rpartition('/')[0]}/{title.replace(' ', '_')}"
