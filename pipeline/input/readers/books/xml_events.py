"""XML as people write it, in one walk by expat: bounded, without entities of its own, small faults mended."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

from ...charsets import declared_in_page, decode
from .zipped import BookError

DEEPEST = 500
"""Elements nested deeper are refused."""
PROLOGUE = re.compile(r"\s*(?:<\?xml\b[^>]{0,500}\?>)?(?:\s+|<!--.{0,5000}?-->|<\?[^>]{0,500}\?>)*", re.S)
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.I)
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8});|#([0-9]{1,8});|([A-Za-z][A-Za-z0-9]{0,31});|(?=.)|\Z)", re.S)
BARE_LESS = re.compile(r"<(?![\w:/!?])")
"""Begins no tag."""
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
ENTITIES = "the XML document declares XML entities"
PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


class Handler(Protocol):
    """What is told of an XML document as it is read; names come without their namespace's prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """It ends."""

    def text(self, data: str) -> None:
        """Characters in the innermost element that is open."""


def read_xml(content: bytes, handler: Handler) -> str | None:
    """Walk over an XML document.

    Mended are white space before the declaration, a bare ``&`` or ``<``, entities of HTML, characters that XML forbids,
    prefixes that nobody declared, and bytes that do not decode.

    Returns:
        What is wrong where the document breaks off; None for one that is whole.

    Raises:
        BookError: for a document that declares entities, or is nested too deep.
    """
    found = decode(content, (declared_in_page(content.lstrip()[:1024]),)).text.lstrip("\ufeff")
    prologue = PROLOGUE.match(found)
    start = prologue.end() if prologue else 0
    if (doctype := DOCTYPE.match(found, start)) or found[start : start + 9].upper() == "<!DOCTYPE":
        if doctype is None or "<!ENTITY" in doctype[0].upper():
            # A few lines of entities can fill the memory.
            raise BookError("unsupported", ENTITIES)
        start = doctype.end()
    mended = REFERENCE.sub(_mend, NO_XML.sub("\ufffd", found[start:]))
    if "<![CDATA[" not in mended and "<!--" not in mended:  # where it means itself
        mended = BARE_LESS.sub("&lt;", mended)
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BookError("extraction_failed", f"XML elements nested more than {DEEPEST} deep")
        handler.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(_local(name))

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(mended.encode(), True)
    except expat.ExpatError as error:
        parser.buffer_text = False  # hands on the text that it holds
        return str(error)
    return None


def _refuse(*_: object) -> None:
    raise BookError("unsupported", ENTITIES)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _mend(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if hexadecimal or decimal:
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        valid = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
        return found[0] if valid else "\ufffd"
    if name in PREDEFINED:
        return found[0]
    if name and (meant := html.entities.html5.get(f"{name};")):
        return "&lt;" if meant == "<" else "&amp;" if meant == "&" else meant
    return f"&amp;{found[0][1:]}"
