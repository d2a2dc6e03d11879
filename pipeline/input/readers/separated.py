"""CSV and TSV: a header line, the text in a column, the other columns as metadata."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from ..charsets import decode
from ..compression import DecompressionError, decompress
from ..inputs import InputOptions
from ..parts import Part, open_part
from .fields import record_of, take
from .records import Quarantined, Record

SNIFFED_BYTES = 1 << 16
SEPARATORS = ",;\t|"


def read_separated(part: Part, options: InputOptions) -> Iterator[Record]:
    """Documents of a file with a header line; the position is the number of the row, the header's being 0.

    Which of comma, semicolon, tab and bar separates is told by the header.
    """

    def bad(position: int, error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    name = options.html_field or options.text_field
    with open_part(part) as source:
        stream = decompress(source, part.format.compression)
        position = 0
        try:
            text = _as_text(stream, options)
            rows = csv.reader(text, delimiter=_separator(text, part), strict=False)
            csv.field_size_limit(options.max_document_bytes)
            names: list[str] | None = None
            while True:
                try:
                    row = next(rows, None)
                except csv.Error as error:
                    yield bad(position, "invalid_row", f"row {position} cannot be read: {error}")
                    position += 1
                    continue
                if row is None:
                    return
                if not row:
                    continue
                if names is None:
                    names = [column.strip() for column in row]
                    if not take(dict.fromkeys(names), name)[0]:
                        yield bad(0, "missing_text", f"no column {name!r}; columns are {', '.join(names[:20])}")
                        return
                elif len(row) != len(names):
                    detail = f"row {position} has {len(row)} columns, the header {len(names)}"
                    yield bad(position, "invalid_row", detail)
                else:
                    yield record_of(dict(zip(names, row, strict=True)), position, part, options, "column")
                position += 1
        except DecompressionError as error:
            yield bad(position, error.error, str(error))


def _as_text(stream: IO[bytes], options: InputOptions) -> io.TextIOWrapper:
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream, SNIFFED_BYTES)  # type: ignore[type-var]
    head = buffered.peek(SNIFFED_BYTES)
    charset = decode(head[: head.rfind(b"\n") + 1] or head, codec=options.encoding).charset
    if head.startswith(b"\xef\xbb\xbf"):
        charset = "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding=charset, errors="replace", newline="")


def _separator(text: io.TextIOWrapper, part: Part) -> str:
    head = text.buffer.peek(SNIFFED_BYTES).decode(text.encoding, "replace")  # type: ignore[attr-defined]
    header = next(csv.reader([head.partition("\n")[0]], delimiter="\n"), [""])
    if part.source.lower().removesuffix(".gz").endswith((".tsv", ".tab")):
        return "\t"
    line = header[0] if header else ""
    return max(SEPARATORS, key=line.count) if any(separator in line for separator in SEPARATORS) else ","
