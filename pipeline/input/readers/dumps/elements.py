"""Elements of a large XML file one by one: each parsed by itself, so that a broken one costs no other.

What the elements stand in is never parsed: there is no tree that grows, and no document type that declares entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from ...decompressors import DecompressionError
from ...wiki_streams import OneStream
from ..records import FIRST_BYTES
from ..streams import behind_damage

CHUNK_BYTES = 1 << 18
LONGEST_TAG_BYTES = 64
"""Of a tag that is looked for; so much is looked at again when more has been read."""
MOST_LEVELS = 50
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no XML may hold."""


@dataclass(frozen=True)
class Element:
    """The bytes of an element; or its first bytes, and why there are no more."""

    offset: int
    content: bytes
    error: str = ""
    """too_large, truncated or corrupt."""
    detail: str = ""


@dataclass
class Node:
    """A start tag with the names of those it stands in, and the text that stands directly in it."""

    path: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that stands directly in it."""
        return "".join(self.pieces)


class Elements:
    """Finds elements of one name that are not nested: text cannot hold their tags, because it must escape them."""

    def __init__(self, name: str, limit: int, *, empty: bool = False, keep_last: str = "") -> None:
        """Look for elements.

        Args:
            name: The elements' name.
            limit: Bytes of the longest.
            empty: Whether they have attributes only, and so end before the next tag.
            keep_last: Of an element's children of this name only the last is kept where it grows beyond the limit.
        """
        self._begin = re.compile(rf"<{name}(?=[\s/>])".encode())
        self._next = re.compile(b"<" if empty else rf"</{name}\s*>|<{name}(?=[\s/>])".encode())
        self._limit = limit
        self._empty = empty
        self._child = f"<{keep_last}".encode() if keep_last else b""
        self._buffer = bytearray()
        self._base = 0
        """Offset of the buffer's first byte."""
        self._cut = 0
        """Bytes that are missing in the buffer's middle."""

    def find(self, stream: IO[bytes] | OneStream, offset: int = 0) -> Iterator[Element]:
        """Elements from where the stream stands, which is at ``offset``.

        Damage in a compressed stream is an element that is told; reading goes on behind it.
        """
        self._base, inside, looked = offset, False, 0
        while True:
            try:
                chunk = stream.read1(CHUNK_BYTES)  # type: ignore[union-attr]  # read() loses what precedes damage
            except DecompressionError as error:
                yield self._told(error.error, str(error), at_end=not inside)
                self._drop(len(self._buffer))
                self._base = behind_damage(stream)
                inside, looked = False, 0
                continue
            self._buffer += chunk
            while True:
                found = (self._next if inside else self._begin).search(self._buffer, looked)
                if found is None:
                    break
                if not inside:
                    self._drop(found.start())
                    inside, looked = True, 1
                    continue
                yield self._ended(found)
                self._drop(found.start() if self._empty or found[0][1:2] != b"/" else found.end())
                inside, looked = False, 0
            looked = max(int(inside), len(self._buffer) - LONGEST_TAG_BYTES)
            if not inside:
                self._drop(looked)
                looked = 0
            elif len(self._buffer) > self._limit and not self._shortened():
                yield self._told("too_large", f"an element of more than {self._limit} bytes")
                self._drop(len(self._buffer))
                inside, looked = False, 0
            if not chunk:
                break
        if inside:
            whole = self._empty and self._buffer.rstrip().endswith(b">")
            yield self._element() if whole else self._told("truncated", "the file ends inside this element")

    def _ended(self, found: re.Match[bytes]) -> Element:
        if self._empty:
            return self._element(found.start())
        if found[0][1:2] == b"/":
            return self._element(found.end())
        return self._told("corrupt", "the element does not end before the next begins", stop=found.start())

    def _element(self, stop: int | None = None) -> Element:
        content = self._buffer[:stop]
        first, last = (content.find(self._child), content.rfind(self._child)) if self._child else (0, 0)
        if len(content) > self._limit and 0 <= first < last:
            del content[first:last]
        if len(content) > self._limit:
            return self._told("too_large", f"an element of more than {self._limit} bytes")
        return Element(self._base, bytes(content))

    def _told(self, error: str, detail: str, *, at_end: bool = False, stop: int = FIRST_BYTES) -> Element:
        offset = self._base + len(self._buffer) if at_end else self._base
        return Element(offset, bytes(self._buffer[: min(stop, FIRST_BYTES)]), error, detail)

    def _drop(self, count: int) -> None:
        if count > 0:
            del self._buffer[:count]
            self._base += count + self._cut
            self._cut = 0

    def _shortened(self) -> bool:
        """Whether leaving out all but the last child has made the element short enough."""
        first = self._buffer.find(self._child) if self._child else -1
        last = self._buffer.rfind(self._child) if self._child else -1
        if 0 <= first < last:
            del self._buffer[first:last]
            self._cut += last - first
        return len(self._buffer) <= self._limit


def nodes(content: bytes) -> list[Node]:
    """Tags of an element in order.

    Raises:
        expat.ExpatError: for what is not well-formed.
    """
    try:
        return _parse(content)
    except expat.ExpatError:
        # Some dumps hold what XML may not: bytes that are no UTF-8, control characters.
        cleaned = ILLEGAL.sub("\ufffd", content.decode("utf-8", "replace")).encode()
        if cleaned == content:
            raise
        return _parse(cleaned)


def _parse(content: bytes) -> list[Node]:
    found: list[Node] = []
    inside: list[Node] = []
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(inside) >= MOST_LEVELS:
            raise expat.ExpatError(f"elements nested more than {MOST_LEVELS} deep")
        node = Node(f"{inside[-1].path}/{name}" if inside else name, attributes)
        found.append(node)
        inside.append(node)

    def close(_: str) -> None:
        inside.pop()

    parser.StartElementHandler = start
    parser.EndElementHandler = close
    parser.CharacterDataHandler = lambda text: inside[-1].pieces.append(text)
    parser.Parse(content, True)
    return found
