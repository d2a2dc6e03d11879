"""A file of nothing but bad lines must not become as many rows, nor take as long as they would."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from ..splits import BLOCK_BYTES
from .records import FIRST_BYTES, Quarantined, Record
from .streams import Line

MOST_ROWS_OF_A_BLOCK = 100
"""Of each megabyte so many lines that are no documents get a row of their own; the others are counted in one."""
BLANK_LINE = re.compile(rb"^[ \t\r]*\n", re.MULTILINE)


class Flood:
    """Hands on what is read, and counts bad lines where they are many.

    It looks at one megabyte of a file at a time, counted from the file's beginning: what it does depends on nothing
    outside of it, and so not on where the file is cut.

    Args:
        source: Of the file.
        field: Name of a field without which a line is no document.
    """

    def __init__(self, source: str, field: str) -> None:
        self._source = source
        self._needle = orjson.dumps(field)
        self._block = -1
        self._bad = 0
        self._first = 0
        self._first_bytes = b""
        self._count = 0
        self.until = 0
        """Up to there lines are bad unless they show that they are not, and may be read all at once."""

    def passes(self, offset: int, data: bytes) -> bool:
        """Count whole lines of which none can be a document; False when one can."""
        if self._needle in data or b"\\u" in data:
            return False
        lines = data.count(b"\n") + (not data.endswith(b"\n")) - len(BLANK_LINE.findall(data))
        self._add(offset, data, lines)
        return True

    def check(self, line: Line, record: Record) -> Iterator[Record]:
        """Hand on a record, or count it where it is one of many bad ones."""
        block = line.offset // BLOCK_BYTES
        if block != self._block:
            yield from self.end()
            self._block, self._bad = block, 0
        if not isinstance(record, Quarantined):
            yield record
        elif self._bad < MOST_ROWS_OF_A_BLOCK:
            self._bad += 1
            yield record
        else:
            self.until = (block + 1) * BLOCK_BYTES
            self._add(line.offset, record.first_bytes, 1)

    def end(self) -> Iterator[Record]:
        """The row of the lines that were counted."""
        if self._count:
            yield Quarantined(
                source=self._source,
                position=self._first,
                error="no_documents",
                detail=f"{self._count} more lines of this megabyte hold no document",
                first_bytes=self._first_bytes,
            )
        self._count = 0

    def _add(self, offset: int, data: bytes, lines: int) -> None:
        if lines and not self._count:
            self._first, self._first_bytes = offset, data[:FIRST_BYTES]
        self._count += lines
