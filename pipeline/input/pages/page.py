"""A page of HTML as text: its main content, or all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ....filters.kernels.html.choosing import LITTLE
from ....filters.kernels.html.parser import read_page
from ....filters.kernels.html.render import MOST_BEFORE_BLOCK, write_blocks
from ....filters.kernels.html.work import NOTES, SPANS, Register, Work, tables, workspace
from ....filters.kernels.machine.buffers import Bools, Bytes
from .choosing import choose
from .modes import Extraction
from .notes import described_text, read_notes


@dataclass(frozen=True)
class Page:
    """What is taken of a page."""

    text: str
    title: str | None
    date: str | None
    """When it was published, as the page writes it."""
    canonical_url: str | None
    language: str | None
    """What the page declares."""
    license: str | None = None
    """The first licence that it links to as its own, or names."""

    def metadata(self) -> dict[str, str]:
        """What is known, by the names that it has in a document's metadata."""
        named = {
            "title": self.title,
            "date": self.date,
            "canonical_url": self.canonical_url,
            "html_lang": self.language,
            "license": self.license,
        }
        return {name: value for name, value in named.items() if value}


def extract(page: bytes, mode: Extraction = "main", xhtml: bool = False) -> Page:
    """Take the text of a page.

    Args:
        page: Its bytes, in UTF-8.
        mode: ``all`` for all that a reader sees, ``main`` for the main content, ``precise`` for that part of it which
            is beyond doubt.
        xhtml: Whether elements may close themselves (``<script/>``); pages that say that they are XHTML always may.
    """
    data = np.frombuffer(page, dtype=np.uint8)
    work = workspace(len(data), page.count(b"<"))
    read_page(data, xhtml or is_xhtml(page), tables(), work)
    text = _written(work, choose(work, mode))
    spans = work.register[NOTES:SPANS]
    if len(text) < LITTLE and mode != "precise":
        text = max(text, described_text(page, spans), key=len)
    notes = read_notes(page, spans)
    return Page(text, notes.title, notes.date, notes.canonical_url, notes.language, notes.license)


def is_xhtml(page: bytes) -> bool:
    """Whether a page says that it is XHTML: by an XML declaration, its document type or its namespace."""
    return XHTML.search(page[:LONGEST_PROLOGUE]) is not None


XHTML = re.compile(
    rb'\A\s*<\?xml\s|<!doctype[^>]*xhtml|<html[^>]*xmlns\s*=\s*["\']http://www\.w3\.org/1999/xhtml', re.I
)
LONGEST_PROLOGUE = 2000


def _written(work: Work, kept: Bools) -> str:
    room = int(work.register[Register.OUT]) + MOST_BEFORE_BLOCK * len(kept)
    out: Bytes = np.empty(room, dtype=np.uint8)
    size = write_blocks(work.blocks, len(kept), work.text, kept, out)
    return out[:size].tobytes().decode("utf-8", "replace")
