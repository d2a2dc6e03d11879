"""CSV and TSV: a header line, the text in a column, the other columns as metadata."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

from ...inputs import InputOptions
from ...parts import Part
from ..flood import Flood
from ..records import FIRST_BYTES, Document, Quarantined, Record
from ..streams import Line
from .charset_lines import LOOKED_AT_BYTES, charset_of, decode_line, read_head, text_lines
from .columns import unique_names
from .fields import record_of, take

SEPARATORS = (",", "\t", ";", "|")
SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=([^\r\n\"])\"?[\r\n]+", re.IGNORECASE)
"""As Excel reads and writes it, before the header."""
NO_SEPARATOR = "\x1f"
SNIFFED_ROWS = 100
NEARLY = 0.05
"""By so much more of the rows must be as long as the first to call one way to read a file better than another."""


@dataclass(frozen=True)
class Dialect:
    """How the cells of a file are written."""

    separator: str
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
    escape: str | None = None
    has_blanks: bool = False
    """Whether blanks behind a separator belong to it, so that a cell behind them may be in quotes."""


@dataclass(frozen=True)
class _Row:
    position: int
    cells: list[str]
    lines: int
    charset: str | None
    is_open: bool
    """Whether the file ends within quotes."""


def read_separated(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file with a header line; the position is the byte at which a row begins.

    Comma, semicolon, tab or bar, and whether quotes mean anything, is what makes most rows as long as the header. Cells
    in quotes may hold line ends. A row with more or fewer cells than the header is quarantined, with the number of
    lines it takes along. A file without a header is read by ``text_field`` ``column1`` and so on.
    """
    name = options.html_field or options.text_field
    flood = Flood(part.source, "")
    names: list[str] | None = None
    for found in _rows(part, options):
        if isinstance(found, Quarantined):
            yield from flood.check(Line(found.position, b""), found)
            continue
        if names is None:
            names = unique_names([cell.strip() for cell in found.cells])
            if take(dict.fromkeys(names), name)[0]:
                continue
            without_header = [f"column{number}" for number in range(1, len(names) + 1)]
            if name not in without_header:
                told = f"no column {name!r}; columns are {', '.join(names[:20])}; without a header they are column1 …"
                yield Quarantined(source=part.source, position=found.position, error="missing_text", detail=told)
                return
            names = without_header
        yield from flood.check(Line(found.position, b""), _record(found, names, part, options))
    yield from flood.end()


def _record(row: _Row, names: list[str], part: Part, options: InputOptions) -> Record:
    cells = row.cells
    if len(cells) > len(names) and not any(cells[len(names) :]):
        cells = cells[: len(names)]  # separators at the end of each line, as spreadsheets write them
    detail = ""
    if row.is_open:
        detail = f"a quote is not closed; {row.lines} lines to the end of the file are lost"
    elif len(cells) != len(names):
        detail = f"a row of {len(cells)} columns in {row.lines} lines; the header has {len(names)}"
    if detail:
        first = "\t".join(cells)[:FIRST_BYTES].encode("utf-8", "replace")[:FIRST_BYTES]
        return Quarantined(
            source=part.source, position=row.position, error="invalid_row", detail=detail, first_bytes=first
        )
    record = record_of(dict(zip(names, cells, strict=True)), row.position, part, options, "column")
    if isinstance(record, Document) and row.charset is not None:
        record = replace(record, metadata={**record.metadata, "charset": row.charset})
    return record


def sniff(head: str, *, has_tabs: bool = False, is_cut: bool = False) -> Dialect:
    """How the cells of a file are written, by its beginning.

    Args:
        head: The beginning.
        has_tabs: Whether tabs come first where several ways are equally good, as the file's name may say.
        is_cut: Whether the last row may not be whole.
    """
    sample = head.splitlines(keepends=True)
    escape = "\\" if '\\"' in head and '""' not in head else None
    best, best_score = Dialect(NO_SEPARATOR), (0.0, 0)
    quotings: tuple[Literal[0, 3], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)
    for separator in sorted(SEPARATORS, key=lambda item: item != "\t") if has_tabs else SEPARATORS:
        for quoting in quotings:
            quoted = quoting == csv.QUOTE_MINIMAL
            has_blanks = quoted and f'{separator} "' in head and f'{separator}"' not in head
            dialect = Dialect(separator, quoting, escape if quoted else None, has_blanks)
            counts = _cells_of_rows(sample, dialect)
            if is_cut and len(counts) > 2:
                counts = counts[:-1]
            if not counts or counts[0] < 2:
                continue
            score = Counter(counts)[counts[0]] / len(counts)
            better = score > best_score[0] + NEARLY
            if better or (score > best_score[0] - NEARLY and counts[0] > best_score[1] and quoting != csv.QUOTE_NONE):
                best, best_score = dialect, (score, counts[0])
    return best


def _cells_of_rows(sample: list[str], dialect: Dialect) -> list[int]:
    """How many cells rows have; none where quotes are not where they should be."""
    counts: list[int] = []
    reader = _reader(iter(sample), dialect, strict=True)
    while len(counts) <= SNIFFED_ROWS:
        try:
            row = next(reader, None)
        except csv.Error:
            counts.append(0)
            continue
        if row is None:
            break
        if row:
            counts.append(len(row))
    return counts


def _reader(lines: Iterator[str], dialect: Dialect, *, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.separator,
        quoting=dialect.quoting,
        escapechar=dialect.escape,
        skipinitialspace=dialect.has_blanks,
        strict=strict,
    )


def _rows(part: Part, options: InputOptions) -> Iterator[_Row | Quarantined]:
    """Rows of a file; lines that cannot be read come before the row in which they are."""
    csv.field_size_limit(options.max_document_bytes)
    head = read_head(part)
    sample = decode_line(head[: head.rfind(b"\n") + 1] or head, options.encoding or charset_of(head))
    suffixes = PurePosixPath(part.source.lower()).suffixes
    text = sample[0] if sample else head.decode("latin-1")
    told = SEPARATOR_LINE.match(text)
    dialect = sniff(
        text[told.end() :] if told else text,
        has_tabs=".tsv" in suffixes or ".tab" in suffixes,
        is_cut=len(head) >= LOOKED_AT_BYTES,
    )
    dialect = replace(dialect, separator=told[1]) if told else dialect
    waiting: list[Quarantined] = []
    begun, count, charset, ended = 0, 0, None, False

    def source() -> Iterator[str]:
        nonlocal begun, count, charset, ended
        for line in text_lines(part, options):
            if isinstance(line, Quarantined):
                waiting.append(line)
            elif told is None or line.offset > 0:
                begun = begun if count else line.offset
                count += 1
                charset = line.charset or charset
                yield line.text + "\n"
        ended = True

    reader = _reader(source(), dialect)
    while True:
        count, charset = 0, None
        try:
            cells = next(reader, None)
        except csv.Error as error:
            cells = []
            detail = f"a row of {count} lines cannot be read: {error}"
            waiting.append(Quarantined(source=part.source, position=begun, error="invalid_row", detail=detail))
        yield from waiting
        waiting.clear()
        if cells is None:
            return
        if cells:
            yield _Row(begun, cells, count, charset, ended)
