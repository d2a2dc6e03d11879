"""A PDF's lines put together to text: columns in order, paragraphs joined, running heads and page numbers cut."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

RUNNING_LINES = 2
"""So many lines at the top and at the bottom of a page may be running heads."""
APART = 1.3
"""Times the distance of lines that running heads stand from the text."""
FEWEST_REPEATS = 3
NUMBER = re.compile(
    r"(?i)\W*(?:(?:page|seite|p\.|стр\.|página|第)\s*)?(?:\d{1,5}|[ivxlc]{1,8})(?:\s*(?:of|/|von|de|из|页)\s*\d{0,5})?\W*"
)
DIGITS = re.compile(r"\d+")
LEADERS = re.compile(r"(?:[ \t]{0,3}\.){4,}[ \t]{0,3}")
"""Dots from an entry of a table of contents to its page."""
SENTENCE_END = re.compile(r"[.!?:;。！？…][\"'”’»)\]]*$")
ITEM = re.compile(r"\s*(?:[•▪◦‣*–—-]|\d{1,3}[.)]|\([a-z\d]{1,3}\)|[a-z][.)])\s")
WITHOUT_SPACES = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
LONG_COLUMN_CHARS = 15
"""Mean length of lines from which text side by side is columns and not a table."""


@dataclass
class Line:
    """A line, or what of it stands in one column."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """Of its characters."""
        return max(self.top - self.bottom, 1.0)


@dataclass
class Page:
    """Lines of a page in the order in which it draws them."""

    lines: list[Line]
    height: float


def lay_out(pages: Sequence[Page]) -> tuple[str, int]:
    """The text of all pages, and how many running heads and page numbers were cut from it."""
    cut = _cut_running_lines(pages)
    for page in pages:
        for line in page.lines:
            line.text = LEADERS.sub("\t", line.text)
    lines = [line for page in pages for line in (*_in_order(page.lines), None)]
    return _paragraphs(lines), cut


def _cut_running_lines(pages: Sequence[Page]) -> int:
    """Drop what stands at the same height of several pages, and page numbers."""
    edges: list[list[tuple[Line, str]]] = []
    counts: Counter[str] = Counter()
    numbered: Counter[str] = Counter()
    for page in pages:
        found = [*_edge(page, 1), *_edge(page, -1)]
        edges.append(found)
        counts.update({place + _shape(line) for line, place in found})
        numbered.update({place for line, place in found if NUMBER.fullmatch(line.text)})
    gone: set[int] = set()
    for found in edges:
        for line, place in found:
            repeats = counts[place + _shape(line)]
            is_number = NUMBER.fullmatch(line.text) and (2 * numbered[place] > len(pages) or repeats >= FEWEST_REPEATS)
            if (repeats >= FEWEST_REPEATS and len(pages) >= FEWEST_REPEATS) or (is_number and len(pages) > 1):
                gone.add(id(line))
    if all(id(line) in gone for page in pages for line in page.lines):
        return 0  # tickets, labels: what is on every page is the text
    for page in pages:
        page.lines = [line for line in page.lines if id(line) not in gone]
    return len(gone)


def _edge(page: Page, side: int) -> list[tuple[Line, str]]:
    """Lines at the top (side 1) or bottom (-1) of a page, as far as they stand apart from its text."""
    ordered = sorted(page.lines, key=lambda line: -side * line.bottom)
    rows: list[list[Line]] = []
    for line in ordered:
        if rows and abs(rows[-1][0].bottom - line.bottom) < 0.5 * line.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    bottoms = [row[0].bottom for row in rows]
    gaps = [abs(one - two) for one, two in pairwise(bottoms)]
    leading = median(gaps) if gaps else 0.0
    for count in range(RUNNING_LINES, 0, -1):
        is_apart = len(rows) == count or (len(rows) > count and gaps[count - 1] > APART * leading)
        if is_apart and (side * (bottoms[count - 1] - page.height / 2) > 0):
            return [(line, "t" if side > 0 else "b") for row in rows[:count] for line in row]
    # Without a gap only a number by itself is no text.
    return [(line, "t" if side > 0 else "b") for row in rows[:1] for line in row if NUMBER.fullmatch(line.text)]


def _shape(line: Line) -> str:
    return f"{round(line.top / 4)} {DIGITS.sub('#', ' '.join(line.text.split()))}"


def _in_order(lines: list[Line]) -> list[Line]:
    """Lines in reading order; pieces of one row of a table become one line."""
    rows = _rows(lines)
    pairs = [(row[i], row[i + 1]) for row in rows for i in range(len(row) - 1)]
    if not pairs:
        return lines
    sides = [piece for pair in pairs for piece in pair]
    is_columns = (
        sum(len(piece.text) for piece in sides) / len(sides) >= LONG_COLUMN_CHARS and len(pairs) >= FEWEST_REPEATS
    )
    if not is_columns:
        return [_joined(row) for row in rows]
    gutters: list[float] = []
    starts = Counter(
        round(other.left / 10) * 10 - 7.0 for _, other in pairs
    )  # columns begin in one line, and end anywhere
    for start, count in sorted(starts.items()):
        if count >= FEWEST_REPEATS and (not gutters or start - gutters[-1] > 40):
            gutters.append(start)
    ordered: list[Line] = []
    columns: list[list[Line]] = [[] for _ in range(len(gutters) + 1)]
    for line in [piece for row in rows for piece in row]:
        if any(line.left + 5 < gutter < line.right - 5 for gutter in gutters):
            ordered += [piece for column in columns for piece in column]
            columns = [[] for _ in columns]
            ordered.append(line)
        else:
            columns[sum(line.left > gutter for gutter in gutters)].append(line)
    return ordered + [piece for column in columns for piece in column]


def _rows(lines: list[Line]) -> list[list[Line]]:
    """Pieces that follow one another on one base line from left to right."""
    rows: list[list[Line]] = []
    for line in lines:
        last = rows[-1][-1] if rows else None
        if last is not None and abs(line.bottom - last.bottom) < 0.4 * last.height and line.left > last.right:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _joined(row: list[Line]) -> Line:
    text = "\t".join(piece.text for piece in row)
    tops = max(piece.top for piece in row)
    return Line(text, row[0].left, min(piece.bottom for piece in row), row[-1].right, tops)


def _paragraphs(lines: Sequence[Line | None]) -> str:
    """Join lines to paragraphs; None stands between two pages."""
    real = [line for line in lines if line is not None]
    gaps = [one.bottom - two.bottom for one, two in pairwise(real) if one.bottom > two.bottom]
    leading = median(gaps) if gaps else 12.0
    wide = sorted(line.right - line.left for line in real)
    width = wide[int(len(wide) * 0.9)] if wide else 0.0
    pieces: list[str] = []
    last: Line | None = None
    for line in real:
        text = line.text.strip()
        if last is None:
            pieces.append(text)
        elif not _begins(last, line, leading, width):
            pieces[-1], text = join_lines(pieces[-1], text)
            pieces.append(text)
        else:
            pieces += ["\n" if "\t" in line.text and "\t" in last.text else "\n\n", text]
        last = line
    return "".join(pieces).replace("\u00ad", "")


def _begins(last: Line, line: Line, leading: float, width: float) -> bool:
    """Whether a line begins a paragraph."""
    text = line.text.lstrip()
    if "\t" in line.text or "\t" in last.text or ITEM.match(line.text):
        return True
    if abs(line.height - last.height) > 0.35 * last.height and not text[:1].islower():
        return True
    ends = SENTENCE_END.search(last.text.rstrip()) is not None
    down = last.bottom - line.bottom
    if down <= 0 or down > 8 * leading:  # the next column or page
        return ends or not (text[:1].islower() or last.text.endswith(("-", "\u00ad", ",")) or _full(last, width))
    if down > 1.45 * leading:
        return True
    is_indented = line.left - last.left > 0.6 * line.height
    return (
        (ends and not _full(last, width))
        or (ends and is_indented)
        or (not ends and last.right - last.left < 0.6 * width)
    )


def _full(line: Line, width: float) -> bool:
    return line.right - line.left > 0.88 * width


def join_lines(last: str, line: str) -> tuple[str, str]:
    """Two lines of a paragraph so that they are one: without the hyphen that parts a word, else with a space."""
    last = last.rstrip()
    if last.endswith("\u00ad"):
        return last[:-1], line
    if last.endswith(("-", "\u2010")) and len(last) > 1 and last[-2].isalpha() and line[:1].islower():
        return last[:-1], line
    if last and line and WITHOUT_SPACES.match(last[-1]) and WITHOUT_SPACES.match(line[0]):
        return last, line
    return last, f" {line}"
