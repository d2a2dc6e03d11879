"""JSON arrays of objects, also in an object around them, without holding more than one element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

import orjson

from ...compression import decompress
from ...decompressors import DecompressionError
from ...formats import HEAD_BYTES, json_format
from ...inputs import InputOptions
from ...json_shapes import json_lines_or_code, may_hold_table
from ...parts import Part, open_part
from ..flood import Flood
from ..records import FIRST_BYTES, MORE, Quarantined, Record, Skipped
from ..streams import Line
from .fields import take
from .json_document import read_json_document
from .jsonl import read_jsonl, read_value

CHUNK_BYTES = 1 << 18
NO_JUNK = b" \t\r\n,;\x00\x1e\xef\xbb\xbf"
"""Blanks, zeros, marks and separators between arrays."""
MOST_BLANKS = 16
"""Between a field's name and the colon behind it."""
EVENT = re.compile(rb'["\[\]{}]')
OPENING = re.compile(rb"[\[{]*+")
CLOSING = re.compile(rb"[\]}]*+")
STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


@dataclass(frozen=True)
class Element:
    """An object in an array; ``content`` is None when it is longer than the limit."""

    offset: int
    content: bytes | None
    first_bytes: bytes = b""
    length: int = 0


@dataclass(frozen=True)
class Others:
    """What stands in an array and is no object."""

    offset: int
    count: int
    first_bytes: bytes


def read_json(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a JSON array of objects, or of the arrays in an object around them.

    The position is the byte at which an element begins. An object around arrays of which none has objects with a text
    is no table but one document, such as a package's settings. What stands in an array and is no object is one row.
    """

    def bad(offset: int, error: str, detail: str, first: bytes = b"") -> Quarantined:
        return Quarantined(source=part.source, position=offset, error=error, detail=detail, first_bytes=first)

    if not _may_hold_table(part) or _has_own_text(part, options):
        yield from _read_as_before(part, options)
        return
    array, is_table, any_table, passed = 0, True, False, 0
    flood, limit = Flood(part.source, ""), options.max_record_bytes
    with open_part(part) as source:
        scanner = _Scanner(decompress(source, part.format.compression, part.allowance), limit)
        try:
            for found in scanner.elements():
                if isinstance(found, Others):
                    detail = f"a JSON array of which {found.count} elements are no objects"
                    detail = detail if found.count else "a JSON array without objects"
                    yield bad(found.offset, "not_an_object", detail, found.first_bytes)
                    continue
                if scanner.array != array:
                    array = scanner.array
                    is_table = not scanner.is_wrapped or _has_text(found.content, options)
                    any_table |= is_table
                if not is_table:
                    passed += 1
                elif found.content is None:
                    detail = f"an element of {found.length} bytes; the limit is {limit}: {MORE}"
                    yield bad(found.offset, "too_large", detail, found.first_bytes)
                else:
                    record = read_value(found.content, found.offset, part, options)
                    yield from flood.check(Line(found.offset, found.content), record)
        except DecompressionError as error:
            yield from flood.end()
            yield bad(scanner.position, error.error, f"{error}; what follows in the array is lost")
            return
        yield from flood.end()
        if any_table or not scanner.is_wrapped:
            yield from (Skipped(reason="object without text beside the array that has it") for _ in range(passed))
            if scanner.junk is not None:
                yield bad(
                    scanner.junk[0], "invalid_json", "what is no JSON before or behind the array", scanner.junk[1]
                )
            if scanner.problem:
                yield bad(scanner.position, "truncated", scanner.problem, scanner.first_bytes)
            return
    yield from _read_as_before(part, options)


def _may_hold_table(part: Part) -> bool:
    with open_part(part) as source:
        try:
            return may_hold_table(decompress(source, part.format.compression, part.allowance))
        except DecompressionError:
            return True


def _has_own_text(part: Part, options: InputOptions) -> bool:
    """Whether an object around arrays has a text itself, and so is the document, or one of several."""
    wanted = orjson.dumps(options.html_field or options.text_field)[1:]
    with open_part(part) as source:
        scanner = _Scanner(decompress(source, part.format.compression, part.allowance), 0, wanted)
        try:
            for _ in scanner.elements():
                if not scanner.is_wrapped or scanner.has_own_text:
                    break
        except DecompressionError:
            pass
        return scanner.is_wrapped and scanner.has_own_text


def _read_as_before(part: Part, options: InputOptions) -> Iterator[Record]:
    """Read what is no array of documents: JSON lines, or one document."""
    with open_part(part) as source:
        head = decompress(source, part.format.compression, part.allowance).read(HEAD_BYTES)
    found = json_format(json_lines_or_code(head), part.format.compression)
    reader = read_jsonl if found.name == "jsonl" else read_json_document
    yield from reader(replace(part, format=found), options)


def _has_text(content: bytes | None, options: InputOptions) -> bool:
    try:
        fields = orjson.loads(content or b"")
    except orjson.JSONDecodeError:
        return False
    return isinstance(fields, dict) and take(fields, options.html_field or options.text_field)[0]


class _Scanner:
    """Finds the elements of arrays by brackets and quotes, in constant memory."""

    def __init__(self, stream: IO[bytes], limit: int, wanted: bytes | None = None) -> None:
        self.is_wrapped = False
        self.has_own_text = False
        """Whether an object around arrays has a field that is called ``wanted``."""
        self.objects = 0
        """Objects around arrays that have begun."""
        self._wanted = wanted
        self.array = 0
        """Number of the array in which the last element stands."""
        self.problem = ""
        self.junk: tuple[int, bytes] | None = None
        """Where there is anything but arrays and objects, and how that begins."""
        self._outside = True
        self._commas = 0
        """Between elements of arrays."""
        self._after_comma = False
        """Whether a comma is the last thing before an event."""
        self.position = 0
        """Behind what was looked at."""
        self._stream = stream
        self._limit = limit
        self._chunk = b""
        self._at = 0
        self._chunk_offset = 0
        self._begun: int | None = None
        """Where the element began that is looked at."""
        self._pieces: list[bytes] = []
        self._held = 0
        self._piece_from = 0
        self.first_bytes = b""

    def elements(self) -> Iterator[Element | Others]:
        """Objects in order; behind the last, one :class:`Others` when there is anything else in a bare array."""
        depth, wanted_depth, in_array = 0, 1, False
        objects = 0
        others_at, opened_at, is_empty = 0, 0, True
        while True:
            self._outside = depth == 0
            commas = self._commas
            event = self._next(counts=depth == wanted_depth and in_array)
            is_empty &= self._commas == commas
            if self._after_comma and event in (None, b"]"):
                self._commas -= 1  # nothing stands behind it
            if event is None:
                break
            at = self._chunk_offset + self._at - 1
            if depth == 0 and event in (b"[", b"{"):
                self.is_wrapped = event == b"{"
                wanted_depth, in_array = (2, False) if self.is_wrapped else (1, True)
                others_at, opened_at = at, self._at
                self.objects += self.is_wrapped
                self.array += 1
            elif depth == wanted_depth and in_array and event not in (b"]", b"}"):
                is_empty = False
                if event == b"{":
                    self._begin()
                    objects += 1
            elif depth == 1 and self.is_wrapped:
                in_array = event == b"["
                self.array += in_array
            if event == b'"':
                if self._wanted and depth == 1 and self.is_wrapped:
                    self.has_own_text |= self._is_wanted(self._wanted)
                if not self._pass_string():
                    break
            elif event in (b"[", b"{"):
                depth += 1
                if depth > wanted_depth:
                    depth += self._pass_run(OPENING)
            elif event in (b"]", b"}"):
                depth = max(depth - 1, 0)
                if depth > wanted_depth:
                    depth -= self._pass_run(CLOSING, depth - wanted_depth - 1)
                if depth == wanted_depth and self._begun is not None:
                    yield self._end()
                if depth == 0 and is_empty and objects == 0:
                    is_empty = not self._chunk[opened_at : self._at - 1].strip()
        self.position = self._chunk_offset + self._at
        if depth > 0:
            self.problem = "the array breaks off" + (" in an element" if self._begun is not None else "")
            if self._begun is not None:
                self.position = self._begun
        count = 0 if is_empty and objects == 0 else self._commas + self.array - objects
        if not self.is_wrapped and (count > 0 or objects == 0):
            yield Others(others_at, max(count, 0), self.first_bytes)

    def _next(self, *, counts: bool) -> bytes | None:
        """The next bracket, brace or quote, behind which the scanner then stands; the commas before it are counted."""
        self._after_comma = False
        while True:
            found = EVENT.search(self._chunk, self._at)
            if counts:
                passed = self._chunk[self._at : len(self._chunk) if found is None else found.start()]
                self._commas += passed.count(b",")
                if passed := passed.rstrip():
                    self._after_comma = passed.endswith(b",")
            if self._outside and self.junk is None:
                self._look_for_junk(len(self._chunk) if found is None else found.start())
            if found is not None:
                self._at = found.end()
                return found[0]
            self._at = len(self._chunk)
            if not self._fill():
                return None

    def _look_for_junk(self, end: int) -> None:
        passed = self._chunk[self._at : end]
        rest = passed.lstrip(NO_JUNK)
        if rest:
            self.junk = (self._chunk_offset + self._at + len(passed) - len(rest), rest[:FIRST_BYTES])

    def _pass_string(self) -> bool:
        """Go behind the quote that ends a string; False when the stream ends before."""
        while True:
            found = STRING_REST.match(self._chunk, self._at)
            self._at = found.end() if found is not None else self._at
            if self._at < len(self._chunk) and self._chunk[self._at : self._at + 1] == b'"':
                self._at += 1
                return True
            # A backslash that ends the chunk is looked at again with what it escapes.
            if not self._fill():
                return False

    def _pass_run(self, run: re.Pattern[bytes], most: int | None = None) -> int:
        """Go behind the brackets that stand side by side here, which may be millions; returns their number."""
        found = run.match(self._chunk, self._at, len(self._chunk) if most is None else self._at + most)
        assert found is not None
        self._at = found.end()
        return len(found[0])

    def _is_wanted(self, wanted: bytes) -> bool:
        """Whether the string that begins here is a field's name."""
        while len(self._chunk) - self._at < len(wanted) + MOST_BLANKS and self._fill():
            pass
        rest = self._chunk[self._at : self._at + len(wanted) + MOST_BLANKS]
        return rest.startswith(wanted) and rest[len(wanted) :].lstrip().startswith(b":")

    def _begin(self) -> None:
        self._begun = self._chunk_offset + self._at - 1
        self._pieces, self._held = [], 0
        self._piece_from = self._at - 1

    def _end(self) -> Element:
        assert self._begun is not None
        self._hold(self._chunk[self._piece_from : self._at])
        begun, self._begun = self._begun, None
        if self._held > self._limit:
            return Element(begun, None, b"".join(self._pieces)[:FIRST_BYTES], self._held)
        return Element(begun, b"".join(self._pieces))

    def _hold(self, piece: bytes) -> None:
        self._held += len(piece)
        if self._held <= self._limit or not self._pieces:
            self._pieces.append(piece)
        else:
            self._pieces = [b"".join(self._pieces)[:FIRST_BYTES]]

    def _fill(self) -> bool:
        """Read on; keeps what is not yet looked at."""
        rest = self._chunk[self._at :]
        if self._begun is not None:
            self._hold(self._chunk[self._piece_from : self._at])
            self._piece_from = 0
        self._chunk_offset += self._at
        self.position = self._chunk_offset
        more = self._stream.read(CHUNK_BYTES)
        if not self.first_bytes:
            self.first_bytes = (rest + more)[:FIRST_BYTES]
        self._chunk, self._at = rest + more, 0
        return bool(more)
