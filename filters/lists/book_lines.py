"""Lines and pages of plain-text books: page numbers cut, lines of wrapped paragraphs joined."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from ..base.expressions import lazy_re

PAGE_NUMBER = lazy_re(
    r"^[ \t]*(?:[-–—\[({][ \t]*)?(?:(?:page|pg\.?|p\.|seite)[ \t]*)?(\d{1,4})(?:[ \t]*[-–—\])}])?[ \t]*$", re.I
)
INLINE_NUMBER = lazy_re(r"[ \t]?\[Pg\.?[ \t]*(?:\d{1,4}|[ivxlc]+)\]|[ \t]?\{(?:pg?\.?[ \t]*)?\d{1,4}\}", re.I)
FEWEST_NUMBERS = 5
LARGEST_STEP = 3
"""Pages between two numbers: plates and chapters' first pages bear none."""
FEWEST_IN_ORDER = 0.7
FEWEST_HEADS = 3
DIGITS = lazy_re(r"\d+|\b[ivxlc]+\b")
SENTENCE_END = lazy_re(r"[.!?:;。！？…][\"'”’»)\]_*]*$")
LEAST_WIDTH, MOST_WIDTH = 40, 110
"""Characters of a line in texts that are wrapped."""
FEWEST_LINES = 6
FULL_LINE = 0.7
"""Of the width, which a line has at least that goes on in the next one."""
FEWEST_FULL = 0.6
MOST_SHORT = 0.15
CAPITALS = 0.85
"""Share of lines with a capital in front from which four lines are verse."""
TABLE_ROW = lazy_re(r"\S {3,}\S|\t\S|\S *\| *\S|^[ \t]*[-=+|_*. ]{5,}$")
TABLE_SIGNS = ("   ", "\t", "|", "--", "==", "++", "__", "..", "**", "- -", ". .", "* *")
LIST_ITEM = lazy_re(r"\s*(?:[•▪*–—-]|\d{1,3}[.)]|\([a-z\d]{1,3}\))\s")
WITHOUT_SPACES = lazy_re(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
PARTED = lazy_re(r"(\w+)[-\u2010]$")
MANY_PARTED = 0.02
"""Share of lines that end in a hyphen, from which words are parted and not compounded there."""
WORD = lazy_re(r"\w+(?:-\w+)*")


def cut_page_numbers(text: str) -> tuple[str, int]:
    """A text without form feeds, running heads beside them and page numbers, and how many lines or marks that were."""
    marks = INLINE_NUMBER.findall(text) if "[" in text or "{" in text else []
    if len(marks) >= FEWEST_NUMBERS:
        text = INLINE_NUMBER.sub("", text)
    else:
        marks = []
    lines = text.split("\n")
    heads = _running_heads(lines) if "\f" in text else set()
    numbered = [(i, int(found[1])) for i, line in enumerate(lines) if (found := PAGE_NUMBER.match(line.strip("\f\r")))]
    in_order = [
        numbered[k][0]
        for k in range(len(numbered))
        if (k > 0 and 0 < numbered[k][1] - numbered[k - 1][1] <= LARGEST_STEP)
        or (k + 1 < len(numbered) and 0 < numbered[k + 1][1] - numbered[k][1] <= LARGEST_STEP)
    ]
    if len(in_order) < FEWEST_NUMBERS or len(in_order) < FEWEST_IN_ORDER * len(numbered):
        in_order = []
    gone = heads.union(in_order)
    if not gone and "\f" not in text:
        return text, len(marks)
    return _joined_pages(lines, gone), len(gone) + len(marks)


def _running_heads(lines: list[str]) -> set[int]:
    """First and last lines of pages, parted by form feeds, that stand so on several."""
    edges: list[tuple[str, int]] = []
    page: list[int] = []
    for i in range(len(lines) + 1):
        if i == len(lines) or "\f" in lines[i]:
            for at, place in ((page[:1], "t"), (page[-1:], "b")):
                edges += [(f"{place}{DIGITS.sub('#', lines[k].strip().casefold())}", k) for k in at]
            page = []
        if i < len(lines) and lines[i].strip():
            page.append(i)
    counts = Counter(shape for shape, _ in edges)
    return {i for shape, i in edges if counts[shape] >= FEWEST_HEADS}


def _joined_pages(lines: list[str], gone: set[int]) -> str:
    """Lines without some; a paragraph that went on behind them goes on without an empty line."""
    kept: list[str] = []
    was_cut = False
    for i, line in enumerate(lines):
        if i in gone:
            was_cut = True
            continue
        starts_page = "\f" in line
        line = line.replace("\f", "")
        if not line.strip() and (was_cut or starts_page):
            was_cut = True
            continue
        if was_cut or starts_page:
            while kept and not kept[-1].strip():
                kept.pop()
            goes_on = kept and not SENTENCE_END.search(kept[-1].rstrip()) and line.lstrip()[:1].islower()
            if kept and not goes_on:
                kept.append("")
            was_cut = False
        kept.append(line)
    return "\n".join(kept)


def join_wrapped_lines(text: str) -> tuple[str, int, int]:
    """A text with its paragraphs in one line each where it is wrapped; how many lines and hyphens were joined."""
    lines = [line.rstrip() for line in text.split("\n")]
    width = _width(lines)
    if width is None:
        return text, 0, 0
    parted = sum(line.endswith(("-", "\u2010")) and line[-2:-1].isalnum() for line in lines) >= MANY_PARTED * sum(
        map(bool, lines)
    )
    joiner = _Joiner(text, parts_words=parted)
    out: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        if block:
            out += _paragraphs(block, width, joiner)
            block = []
        out.append("")
    return "\n".join(out[:-1]), joiner.lines, joiner.hyphens


def _width(lines: list[str]) -> int | None:
    """The width at which a text is wrapped; None for one that is not."""
    inner = [len(one) for one, two in pairwise(lines) if one.strip() and two.strip()]
    if len(inner) < FEWEST_LINES:
        return None
    inner.sort()
    width = inner[int(len(inner) * 0.95)]
    longest = max(map(len, lines))
    full = sum(length >= FULL_LINE * width for length in inner) / len(inner)
    beyond = sum(len(line) > 1.3 * width for line in lines) / len(lines)
    if not LEAST_WIDTH <= width <= MOST_WIDTH or full < FEWEST_FULL or beyond > 0.02 or longest == 0:
        return None
    return width


def _paragraphs(block: list[str], width: int, joiner: _Joiner) -> list[str]:
    """Lines between two empty ones: joined when they are prose."""
    if len(block) == 1:
        return block
    indents = [len(line) - len(line.lstrip()) for line in block]
    least = min(indents)
    first_lines = [i for i, indent in enumerate(indents) if i == 0 or indent >= least + 2]
    if len(first_lines) > 1 and 2 * len(first_lines) <= len(block):  # paragraphs that only an indent parts
        stops = [*first_lines[1:], len(block)]
        return [
            line for i, j in zip(first_lines, stops, strict=True) for line in _paragraphs_of(block[i:j], width, joiner)
        ]
    return _paragraphs_of(block, width, joiner)


def _paragraphs_of(block: list[str], width: int, joiner: _Joiner) -> list[str]:
    if len(block) == 1 or not _is_prose(block, width):
        return block
    return [joiner.join(block)]


def _is_prose(block: list[str], width: int) -> bool:
    short = sum(len(line) < FULL_LINE * width for line in block[:-1])
    if short > MOST_SHORT * (len(block) - 1):
        return False
    whole = "\n".join(block)
    may_be_table = any(sign in whole for sign in TABLE_SIGNS)
    if may_be_table and sum(TABLE_ROW.search(line.strip()) is not None for line in block) * 2 >= len(block):
        return False
    if sum(LIST_ITEM.match(line) is not None for line in block) >= 2:
        return False
    return len(block) < 4 or sum(line.lstrip("\"'“‘_ ")[:1].isupper() for line in block) < CAPITALS * len(block)


class _Joiner:
    """Joins lines, and remembers how."""

    def __init__(self, text: str, *, parts_words: bool) -> None:
        self.lines = self.hyphens = 0
        self._text = text
        self._parts_words = parts_words
        self._words: set[str] | None = None

    def join(self, block: list[str]) -> str:
        """Lines of a paragraph as one."""
        pieces = [block[0].rstrip()]
        for line in block[1:]:
            line, last = line.strip(), pieces[-1]
            self.lines += 1
            if last.endswith("\u00ad"):
                pieces[-1] = last[:-1]
                self.hyphens += 1
            elif last.endswith(("-", "\u2010")) and line[:1].islower() and (found := PARTED.search(last[-60:])):
                if self._is_one_word(found[1], line):
                    pieces[-1] = last[:-1]
                    self.hyphens += 1
            elif not last.endswith(("--", "—")) and not (WITHOUT_SPACES.match(last[-1]) and WITHOUT_SPACES.match(line)):
                pieces.append(" ")
            pieces.append(line)
        return "".join(pieces)

    def _is_one_word(self, first: str, line: str) -> bool:
        """Whether a word is parted by a hyphen, rather than one with a hyphen; its other places in the text tell."""
        if self._words is None:
            self._words = set(WORD.findall(self._text.lower()))
        rest = WORD.match(line)
        second = rest[0].partition("-")[0] if rest else ""
        if f"{first}{second}".lower() in self._words:
            return True
        return self._parts_words and f"{first}-{second}".lower() not in self._words
