"""Plain-text books: licences cut, hard wraps and hyphens joined, page numbers gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from .base.step import Cleaner, Measurements
from .lists.book_licences import cut_licences
from .lists.book_lines import cut_page_numbers, join_wrapped_lines


@dataclass(frozen=True, kw_only=True)
class Books(Cleaner):
    """Cut what digital libraries put around a book, and undo its lay-out in lines and pages.

    Source: ours; the wordings are those of Project Gutenberg since 1991, of its sisters in Australia and Canada, and of
    Google Books. Of a file with several books each is freed by itself. A text without such lines keeps all its words.

    Args:
        cut_licences: Cut heads and tails of digital libraries, credits of transcribers and their notes.
        cut_page_numbers: Cut form feeds, running heads beside them, and lines that count pages: five or more that rise.
        join_lines: Join the lines of paragraphs where a text is wrapped at one width, and words parted by hyphens.
            Verse, tables and lists stay as they are.

    Example:
        >>> from textmill import Recipe
        >>> head, tail = (f"*** {word} OF THE PROJECT GUTENBERG EBOOK X ***" for word in ("START", "END"))
        >>> Recipe("r", [Books()]).clean(f"{head}\\n\\nHello.\\n\\n{tail}").text
        'Hello.'
    """

    name: ClassVar[str] = "books"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "books.licence_chars_cut": pa.int64(),
        "books.page_lines_cut": pa.int64(),
        "books.lines_joined": pa.int64(),
        "books.hyphens_joined": pa.int64(),
    }

    cut_licences: bool = True
    cut_page_numbers: bool = True
    join_lines: bool = True

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Count what was cut and joined."""
        cleaned: list[str] = []
        counts: dict[str, list[int]] = {name: [] for name in self.measurements}
        for text in batch["text"].to_pylist():
            licence = pages = lines = hyphens = 0
            if self.cut_licences:
                text, licence = cut_licences(text)
            if self.cut_page_numbers:
                text, pages = cut_page_numbers(text)
            if self.join_lines:
                text, lines, hyphens = join_wrapped_lines(text)
            cleaned.append(text)
            for values, value in zip(counts.values(), (licence, pages, lines, hyphens), strict=True):
                values.append(value)
        arrays = {name: pa.array(values, pa.int64()) for name, values in counts.items()}
        return pa.array(cleaned, pa.large_string()), arrays
