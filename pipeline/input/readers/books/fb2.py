"""FictionBook 2: a book as one document, its notes at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...inputs import InputOptions
from ...parts import Part
from ..records import Document, Quarantined, Record
from ..text import read_whole
from .text_blocks import Block, Tables, TextBlocks
from .xml_events import read_xml
from .zipped import BookError

PARAGRAPHS = frozenset({"p", "subtitle", "text-author", "date"})


class _Body:
    """The whole file."""

    def __init__(self) -> None:
        self.blocks = TextBlocks()
        self.metadata: dict[str, object] = {}
        self._authors: list[list[str]] = []
        self._tables = Tables(self.blocks)
        self._path: list[str] = []
        self._pieces: list[str] = []
        self._kind: Block | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self._path.append(name)
        if "title-info" in self._path:
            self._pieces = []
            if name == "author":
                self._authors.append([])
        elif "body" not in self._path:
            return
        elif name in ("stanza", "poem", "section", "title", "cite", "epigraph"):
            self.blocks.part()
        elif name == "table":
            self._tables.open()
        elif name == "tr":
            self._tables.row()
        elif name in ("td", "th"):
            self._tables.cell()
            self._kind, self._pieces = Block.ROW, []
        elif name == "v" or name in PARAGRAPHS:
            self._kind, self._pieces = Block.VERSE if name == "v" else Block.PARAGRAPH, []

    def end(self, name: str) -> None:
        if "title-info" in self._path:
            self._describe(name, " ".join("".join(self._pieces).split()))
        elif name in ("td", "th"):
            self._tables.add("".join(self._pieces))
            self._kind = None
        elif name == "v" or name in PARAGRAPHS:
            if self._kind is not None and self._kind is not Block.ROW:
                self.blocks.add(" ".join("".join(self._pieces).split()), self._kind)
                self._kind = None
        elif name == "tr":
            self._tables.end_row()
        elif name == "table":
            self._tables.close()
        if self._path:
            self._path.pop()

    def text(self, data: str) -> None:
        if self._kind is not None or "title-info" in self._path:
            self._pieces.append(data)

    def _describe(self, name: str, text: str) -> None:
        if name == "book-title" and text:
            self.metadata["title"] = text
        elif name == "lang" and text:
            self.metadata["language"] = text
        elif name in ("first-name", "middle-name", "last-name") and self._authors and "author" in self._path and text:
            self._authors[-1].append(text)
            self.metadata["author"] = "; ".join(" ".join(author) for author in self._authors if author)
        self._pieces = []


def read_fb2(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a book; pictures and what is known of the printed edition are left out."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    body = _Body()
    try:
        broken = read_xml(content, body)
    except BookError as error:
        yield Quarantined(source=part.source, position=0, error=error.error, detail=str(error))
        return
    text = str(body.blocks)
    if broken and not text:
        yield Quarantined(
            source=part.source, position=0, error="corrupt", detail=f"not a readable FictionBook: {broken}"
        )
        return
    metadata = body.metadata | ({"lost_items": {"FictionBook": f"breaks off: {broken}"}} if broken else {})
    yield Document(position=0, text=text, kind="book", metadata=metadata)
