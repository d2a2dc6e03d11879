"""OpenDocument texts: text with lists, tables and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...decompressors import Allowance
from ...inputs import InputOptions
from ...parts import Part
from ..records import Document, Quarantined, Record
from ..text import read_whole
from .docx import Properties
from .text_blocks import Block, Notes, Tables, TextBlocks, numeral
from .xml_events import read_xml
from .zipped import BookError, ZippedBook

SKIPPED = frozenset(
    {"tracked-changes", "annotation", "ruby-text", "forms", "note-citation", "title", "desc", "scripts"}
)
SKIPPED |= frozenset({"table-of-content", "illustration-index", "table-index", "object-index", "alphabetical-index"})
SKIPPED |= frozenset({"user-index", "hidden-text", "hidden-paragraph", "font-face-decls", "master-styles", "meta"})
SKIPPED |= frozenset({"binary-data"})
"""Deletions (which stand apart from the text), comments, readings above characters, and indexes."""
OLD_NAMES: Mapping[str, str] = {
    "footnote": "note", "endnote": "note", "footnote-body": "note-body", "endnote-body": "note-body",
    "footnote-citation": "note-citation", "endnote-citation": "note-citation", "tab-stop": "tab",
    "ordered-list": "list", "unordered-list": "list",
}  # fmt: skip
"""Elements of OpenOffice.org 1 by what they are called since."""
MOST_SPACES = 100
SPACES = re.compile(r"[ \t\r\n]+")


@dataclass
class _List:
    style: str
    count: int = 0
    is_marked: bool = True


class _Body:
    """``content.xml``."""

    def __init__(self) -> None:
        self.blocks = TextBlocks()
        self.notes = Notes()
        self.note_texts: dict[str, str] = {}
        self._tables = Tables(self.blocks)
        self._paragraphs: list[list[str]] = []
        self._outer: list[tuple[TextBlocks, Tables, list[_List]]] = []
        self._lists: list[_List] = []
        self._styles: dict[tuple[str, int], str] = {}
        self._style = ""
        self._skip = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = OLD_NAMES.get(name, name)
        if self._skip or name in SKIPPED:
            self._skip += 1
            return
        paragraph = self._paragraphs[-1] if self._paragraphs else None
        if name in ("p", "h"):
            self._paragraphs.append([])
        elif name == "list-style":
            self._style = attributes.get("name", "")
        elif name.startswith("list-level-style-"):
            level = attributes.get("level", "1")
            kind = attributes.get("num-format", "1") if name.endswith("number") else "bullet"
            self._styles[self._style, int(level) if level.isdecimal() else 1] = kind
        elif name == "list":
            self._lists.append(_List(attributes.get("style-name") or (self._lists[-1].style if self._lists else "")))
        elif name == "list-item" and self._lists:
            self._lists[-1].count += 1
            self._lists[-1].is_marked = False
        elif name == "table":
            self._tables.open()
        elif name == "table-row":
            self._tables.row()
        elif name in ("table-cell", "covered-table-cell"):
            self._tables.cell()
        elif name == "note" and paragraph is not None:
            paragraph.append(self.notes.mark(str(len(self.note_texts))))
        elif name in ("note-body", "text-box"):
            self._enter(TextBlocks() if name == "note-body" else self.blocks)
        elif paragraph is None:
            return
        elif name == "s":
            count = attributes.get("c", "1")
            paragraph.append("\xa0" * min(int(count) if count.isdecimal() else 1, MOST_SPACES))
        elif name in ("tab", "line-break"):
            paragraph.append("\v" if name == "tab" else "\f")

    def end(self, name: str) -> None:
        name = OLD_NAMES.get(name, name)
        if self._skip:
            self._skip -= 1
        elif name in ("p", "h") and self._paragraphs:
            self._write("".join(self._paragraphs.pop()))
        elif name == "list" and self._lists:
            self._lists.pop()
            if not self._lists:
                self.blocks.part()
        elif name == "table-row":
            self._tables.end_row()
        elif name == "table":
            self._tables.close()
        elif name == "note-body" and self._outer:
            self.note_texts[str(len(self.note_texts))] = " ".join(str(self.blocks).split())
            self._leave()
        elif name == "text-box" and self._outer:
            self._leave()

    def text(self, data: str) -> None:
        if self._paragraphs and not self._skip:
            self._paragraphs[-1].append(data)

    def _enter(self, blocks: TextBlocks) -> None:
        self._outer.append((self.blocks, self._tables, self._lists))
        self.blocks, self._tables, self._lists = blocks, Tables(blocks), []

    def _leave(self) -> None:
        self.blocks, self._tables, self._lists = self._outer.pop()

    def _write(self, text: str) -> None:
        text = SPACES.sub(" ", text).translate({0xA0: " ", 0x0B: "\t", 0x0C: "\n"}).strip()
        if not text:
            return
        if self._tables:
            self._tables.add(text)
        elif self._lists:
            self.blocks.add(self._mark() + text, Block.ITEM)
        else:
            self.blocks.add(text)

    def _mark(self) -> str:
        """Bullet or number, before the first paragraph of an item."""
        level, innermost = len(self._lists), self._lists[-1]
        indent = "  " * min(level - 1, 9)
        if innermost.is_marked:
            return f"{indent}  "
        innermost.is_marked = True
        kind = self._styles.get((innermost.style, level), "bullet")
        if kind == "bullet":
            return f"{indent}• "
        return f"{indent}{numeral(innermost.count, kind)}. " if kind else indent


class _Manifest:
    """``META-INF/manifest.xml``, as far as it tells of encryption."""

    def __init__(self) -> None:
        self.is_encrypted = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self.is_encrypted |= name == "encryption-data"

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


def read_odt(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of an OpenDocument text; tracked deletions, comments and indexes are left out."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    try:
        yield _document(content, options.max_record_bytes, part.allowance)
    except BookError as error:
        yield Quarantined(source=part.source, position=0, error=error.error, detail=str(error))


def _document(content: bytes, limit: int, allowance: Allowance | None) -> Document:
    body, properties = _Body(), Properties()
    if not content.startswith(b"PK"):  # a flat one, which is one XML file
        broken = read_xml(content, body)
    else:
        book, manifest = ZippedBook(content, "the document", limit, allowance), _Manifest()
        if book.find("META-INF/manifest.xml"):
            read_xml(book.read("META-INF/manifest.xml"), manifest)
        if manifest.is_encrypted:
            raise BookError("unsupported", "the document is encrypted; save it without a password first")
        broken = read_xml(book.read("content.xml"), body)
        if book.find("meta.xml"):
            read_xml(book.read("meta.xml"), properties)
    if broken and not str(body.blocks):
        raise BookError("corrupt", f"content.xml: {broken}")
    body.notes.write(body.note_texts, body.blocks)
    metadata = properties.found | ({"lost_items": {"content.xml": f"breaks off: {broken}"}} if broken else {})
    return Document(position=0, text=str(body.blocks), kind="other", metadata=metadata)
