"""Word documents (OOXML): text with lists, tables and notes; the standard library is all that it takes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...inputs import InputOptions
from ...parts import Part
from ...zipped_formats import zipped_format
from ..records import Document, Quarantined, Record
from ..text import read_whole
from .text_blocks import Block, Notes, Tables, TextBlocks, numeral
from .xml_events import read_xml
from .zipped import BookError, ZippedBook

SKIPPED = frozenset({"del", "moveFrom", "Fallback", "rt", "pPrChange", "rPrChange", "sectPr", "docPartObj"})
"""Tracked deletions, what is drawn for old programs besides, readings above characters."""
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
OFF = frozenset({"0", "false", "off", "none"})
PROPERTIES = {"title": "title", "creator": "author", "language": "language"}


@dataclass
class _Paragraph:
    pieces: list[str] = field(default_factory=list)
    style: str = ""
    number: str | None = None
    level: int = 0
    is_drop_cap: bool = False
    """Whether it is the large initial of the next one."""


@dataclass
class Numbering:
    """How lists are numbered."""

    formats: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    """Format and first number by abstract list and level."""
    lists: dict[str, str] = field(default_factory=dict)
    """Abstract list of a list."""
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    """List and level of paragraphs of a style."""


class _Styles:
    """``numbering.xml`` and ``styles.xml``."""

    def __init__(self, found: Numbering) -> None:
        self._found = found
        self._abstract = self._list = self._style = ""
        self._level = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        key = (self._abstract, self._level)
        if name == "abstractNum":
            self._abstract = attributes.get("abstractNumId", "")
        elif name == "lvl":
            self._level = _integer(attributes.get("ilvl", "0"))
        elif name == "start":
            self._found.formats[key] = (self._found.formats.get(key, ("decimal", 1))[0], _integer(value))
        elif name == "numFmt":
            self._found.formats[key] = (value, self._found.formats.get(key, ("decimal", 1))[1])
        elif name == "num":
            self._list = attributes.get("numId", "")
        elif name == "abstractNumId":
            self._found.lists[self._list] = value
        elif name == "style":
            self._style, self._level = attributes.get("styleId", ""), 0
        elif name == "ilvl":
            self._level = _integer(value)
        elif name == "numId" and self._style:
            self._found.styles[self._style] = (value, self._level)

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class _Body:
    """``document.xml``, ``footnotes.xml`` and ``endnotes.xml``."""

    def __init__(self, numbering: Numbering, notes: Notes) -> None:
        self.blocks = TextBlocks()
        self.note_texts: dict[str, str] = {}
        self._numbering = numbering
        self._notes = notes
        self._tables = Tables(self.blocks)
        self._open: list[_Paragraph] = []
        self._outer: list[Tables] = []
        self._counters: dict[tuple[str, int], int] = {}
        self._skip = 0
        self._hidden = self._in_text = False
        self._run_start = 0
        self._note: str | None = None
        self._initial = ""
        self.included = 0
        """Other documents that stand at places in this one, as files of their own."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._skip or name in SKIPPED:
            self._skip += 1
            return
        paragraph = self._open[-1] if self._open else None
        if name == "p":
            self._open.append(_Paragraph())
        elif name == "tbl":
            self._tables.open()
        elif name == "tr":
            self._tables.row()
        elif name == "tc":
            self._tables.cell()
        elif name == "txbxContent":
            self._outer.append(self._tables)
            self._tables = Tables(self.blocks)
        elif name in ("footnote", "endnote"):
            self.blocks, self._note = TextBlocks(), attributes.get("id", "")
            self._tables = Tables(self.blocks)
        elif name == "altChunk":
            self.included += 1
        elif paragraph is None:
            return
        elif name == "r":
            self._hidden, self._run_start = False, len(paragraph.pieces)
        elif name in ("vanish", "webHidden"):
            self._hidden = attributes.get("val", "") not in OFF
        elif name == "t":
            self._in_text = True
        elif name in BREAKS and not ("pos" in attributes or "leader" in attributes):
            paragraph.pieces.append(BREAKS[name])
        elif name in ("footnoteReference", "endnoteReference"):
            paragraph.pieces.append(self._notes.mark(name.removesuffix("Reference") + attributes.get("id", "")))
        elif name == "framePr":
            paragraph.is_drop_cap = attributes.get("dropCap", "none") != "none"
        elif name == "pStyle":
            paragraph.style = attributes.get("val", "")
        elif name == "ilvl":
            paragraph.level = _integer(attributes.get("val", ""))
        elif name == "numId":
            paragraph.number = attributes.get("val", "")

    def end(self, name: str) -> None:
        if self._skip:
            self._skip -= 1
        elif name == "p" and self._open:
            self._write(self._open.pop())
        elif name == "t":
            self._in_text = False
        elif name == "r" and self._open and self._hidden:
            del self._open[-1].pieces[self._run_start :]
            self._hidden = False
        elif name == "tr":
            self._tables.end_row()
        elif name == "tbl":
            self._tables.close()
        elif name == "txbxContent" and self._outer:
            self._tables = self._outer.pop()
        elif name in ("footnote", "endnote") and self._note is not None:
            self.note_texts[name + self._note] = " ".join(str(self.blocks).split())
            self._note = None

    def text(self, data: str) -> None:
        if self._in_text and not self._skip and self._open:
            self._open[-1].pieces.append(data)

    def finish(self) -> None:
        """Write what waits for a paragraph that does not come."""
        if self._initial:
            self._write(_Paragraph())

    def _write(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.pieces)
        if paragraph.is_drop_cap and not self._initial:
            self._initial = text.strip()
            return
        text, self._initial = self._initial + text, ""
        style = paragraph.style.lower()
        if not text.strip() or (style.startswith("toc") and style[3:].isdigit()):
            return
        if self._tables:
            self._tables.add(text)
            return
        mark = self._mark(paragraph)
        self.blocks.add(mark + text.strip(), Block.ITEM if mark else Block.PARAGRAPH)

    def _mark(self, paragraph: _Paragraph) -> str:
        """Bullet or number before an item of a list."""
        number, level = paragraph.number, paragraph.level
        if number is None:
            number, level = self._numbering.styles.get(paragraph.style, ("0", 0))
        abstract = self._numbering.lists.get(number)
        if number == "0" or abstract is None:
            return "• " if paragraph.number not in (None, "0") else ""
        kind, first = self._numbering.formats.get((abstract, level), ("decimal", 1))
        if kind == "none":
            return ""
        for key in [key for key in self._counters if key[0] == number and key[1] > level]:
            del self._counters[key]
        count = self._counters[number, level] = self._counters.get((number, level), first - 1) + 1
        return "  " * min(level, 9) + ("• " if kind == "bullet" else f"{numeral(count, kind)}. ")


class Properties:
    """Title, author and language from ``docProps/core.xml`` or ``meta.xml``."""

    def __init__(self) -> None:
        self.found: dict[str, object] = {}
        self._field: str | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        """An element begins."""
        self._field = PROPERTIES.get(name)

    def end(self, name: str) -> None:  # noqa: ARG002
        """It ends."""
        self._field = None

    def text(self, data: str) -> None:
        """Characters in it."""
        if self._field and data.strip():
            self.found[self._field] = " ".join(f"{self.found.get(self._field, '')}{data}".split())


def read_docx(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a Word file; tracked deletions, comments, headers and footers are left out."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    try:
        yield _document(ZippedBook(content, "the document", options.max_record_bytes, part.allowance))
    except BookError as error:
        yield Quarantined(source=part.source, position=0, error=error.error, detail=str(error))


def _document(book: ZippedBook) -> Document:
    name = _main_part(book)
    folder = posixpath.dirname(name)
    lost: dict[str, str] = {}
    numbering, notes = Numbering(), Notes()
    for extra in ("numbering.xml", "styles.xml"):
        _read_extra(book, posixpath.join(folder, extra), _Styles(numbering), lost)
    body = _Body(numbering, notes)
    broken = read_xml(book.read(name), body)
    body.finish()
    if broken and not str(body.blocks):
        raise BookError("corrupt", f"{name}: {broken}")
    if broken:
        lost[name] = f"breaks off: {broken}"
    if body.included:
        lost["altChunk"] = f"documents within it that are not read: {body.included}"
    texts: dict[str, str] = {}
    for extra in ("footnotes.xml", "endnotes.xml"):
        found = _Body(numbering, notes)
        _read_extra(book, posixpath.join(folder, extra), found, lost)
        texts |= found.note_texts
    notes.write(texts, body.blocks)
    properties = Properties()
    _read_extra(book, "docProps/core.xml", properties, {})
    metadata = properties.found | ({"lost_items": lost} if lost else {})
    return Document(position=0, text=str(body.blocks), kind="other", metadata=metadata)


def _main_part(book: ZippedBook) -> str:
    names = (name for name in book.names if posixpath.basename(name).lower() in ("document.xml", "document2.xml"))
    found = book.find("word/document.xml") or next(names, None)
    # What the head of such an archive does not show, the table at its end does.
    listed = "\n".join(book.names).encode("utf-8", "replace")
    what = zipped_format(listed, "")
    if found is None or found.startswith("visio/"):
        if " " in what or what == "slides":
            raise BookError("unsupported", what)
        raise BookError("corrupt", "the archive holds no word/document.xml")
    return found


def _read_extra(book: ZippedBook, name: str, handler: _Styles | _Body | Properties, lost: dict[str, str]) -> None:
    """Read a part that a document can do without."""
    if book.find(name) is None:
        return
    try:
        broken = read_xml(book.read(name), handler)
    except BookError as error:
        if error.error == "too_large":
            raise
        broken = str(error)
    if broken:
        lost[name] = broken


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
