"""A chapter of an EPUB without what it declares to be no part of the book's text."""

from __future__ import annotations

import re

TAG = re.compile(r"<(/?)([A-Za-z][\w:-]*)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>|<!--")
TYPE = re.compile(r"\bepub:type\s*=\s*[\"']([^\"']*)", re.I)
ROLE = re.compile(r"\brole\s*=\s*[\"']([^\"']*)", re.I)
CLASS = re.compile(r"\bclass\s*=\s*[\"']([^\"']*)", re.I)
APPARATUS = frozenset({"titlepage", "halftitlepage", "copyright-page", "imprint", "colophon", "toc", "loi", "lot"})
APPARATUS |= {"index", "cover", "landmarks", "page-list"}
"""Pages that a book declares to be no part of its text (EPUB structural semantics)."""
LISTS = frozenset({"toc", "landmarks", "page-list", "loi", "lot"})
"""What a ``nav`` element lists, wherever it stands."""
MOST_UNCLOSED = 50
"""Behind so many elements that are never closed nothing more is cut: each costs a walk to the chapter's end."""
OUTERMOST = frozenset({"section", "div", "article", "nav", "aside", "header", "main"})
EMPTY = frozenset(
    {"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr"}
)

INTERNAL_SUBSET = re.compile(r"<!DOCTYPE\s[^\[>]{0,1000}\[(.{0,60000}?)\]\s*>", re.I | re.DOTALL)
ENTITY = re.compile(r"<!ENTITY\s+([\w.-]{1,100})\s+(?:\"([^\"&%]{0,200})\"|'([^'&%]{0,200})')\s*>")
DECLARED_BYTES = 1 << 17
"""So far into a chapter its own entities may be declared."""
LONGEST_GROWTH = 1 << 20


def with_own_entities(page: str) -> str:
    """A chapter in which the entities that it declares itself stand for their text, as they do in XML."""
    declaration = INTERNAL_SUBSET.search(page[:DECLARED_BYTES])
    if declaration is None:
        return page
    page = page[: declaration.start()] + page[declaration.end() :]
    values = {found[1]: found[2] or found[3] or "" for found in ENTITY.finditer(declaration[1])}
    growth = sum(page.count(f"&{name};") * len(value) for name, value in values.items())
    if not values or growth > len(page) + LONGEST_GROWTH:
        return page
    return re.sub(r"&([\w.-]{1,100});", lambda found: values.get(found[1], found[0]), page)


def without_apparatus(page: str) -> tuple[str, bool]:
    """A chapter without title pages, contents and licence, and whether the whole chapter is declared to be such.

    Only the type of ``body`` and of outermost sections counts: a chapter that merely holds a list of its sections is
    one. Numbers of printed pages and what Project Gutenberg marks as its own go wherever they stand.
    """
    kept: list[str] = []
    copied = position = unclosed = 0
    is_apparatus = in_body = False
    open_sections: list[tuple[str, bool]] = []  # outermost elements and whether they are typed
    while tag := TAG.search(page, position):
        position = tag.end()
        if tag[0] == "<!--":
            stop = page.find("-->", position)
            position = len(page) if stop < 0 else stop + 3
            continue
        closes, name, attributes = tag[1], tag[2].lower(), tag[3]
        if closes:
            if open_sections and open_sections[-1][0] == name:
                open_sections.pop()
            continue
        types = _words(TYPE, attributes)
        if name == "body":
            in_body = True
            is_apparatus = bool(types & APPARATUS)
            continue
        if name in EMPTY or not in_body:
            continue
        is_outermost = name in OUTERMOST and not any(typed for _, typed in open_sections)
        cut = (
            "pagebreak" in types
            or "doc-pagebreak" in _words(ROLE, attributes)
            or (name == "nav" and types & LISTS)
            or "pg-boilerplate" in _words(CLASS, attributes)
            or (is_outermost and types & APPARATUS)
        )
        if attributes.endswith("/"):
            if cut:
                kept.append(page[copied : tag.start()])
                copied = position
            continue
        end = _end(page, name, position) if cut and unclosed < MOST_UNCLOSED else None
        if end is not None:
            kept.append(page[copied : tag.start()])
            copied = position = end
            continue
        unclosed += bool(cut)
        if name in OUTERMOST and len(open_sections) < 100:
            open_sections.append((name, bool(types)))
    kept.append(page[copied:])
    return "".join(kept), is_apparatus


def _end(page: str, name: str, position: int) -> int | None:
    """Where the element ends that begins before a position; None when it is never closed."""
    depth = 1
    for tag in re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])[^>]*>", re.I).finditer(page, position):
        if tag[1]:
            depth -= 1
        elif not tag[0].endswith("/>"):
            depth += 1
        if depth == 0:
            return tag.end()
    return None


def _words(pattern: re.Pattern[str], attributes: str) -> frozenset[str]:
    found = pattern.search(attributes)
    return frozenset(found[1].lower().split()) if found else frozenset()
