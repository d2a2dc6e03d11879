"""Which lines of a text make a rule fail: found for one document at a time, in plain Python, for people to look at."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import regex

from .batch import replace_text
from .document_language import LANGUAGE, document_languages
from .rules import Rule

SHOWN_NGRAM_LINES = 200
"""Most lines that are returned for an n-gram."""


class Judge(Protocol):
    """What evidence needs of a filter: how it measures, and by which rules it judges."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its thresholds."""

    def measure(self, batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
        """Measure every document of the batch."""


@dataclass(frozen=True)
class Evidence:
    """A line that drives a rule, or the URL."""

    line: int
    """Its number, from 1; 0 for the URL."""
    text: str
    found: str = ""
    """What of it counts, where that is not the line as a whole."""


def text_of(document: pa.RecordBatch) -> str:
    """The text of the one document of a batch."""
    return str(document["text"][0].as_py())


def as_lines(document: pa.RecordBatch) -> pa.RecordBatch:
    """Every line of a document, with its line feed, as a document of its own of the same language, kind and URL."""
    first, *others = reversed(text_of(document).split("\n"))
    lines = [*(f"{line}\n" for line in reversed(others)), first]
    batch = replace_text(document.take(pa.array([0] * len(lines), pa.int64())), pa.array(lines, pa.large_string()))
    labels = pa.array(document_languages(document) * len(lines), pa.string())
    at = batch.schema.get_field_index(LANGUAGE)
    return batch.append_column(LANGUAGE, labels) if at < 0 else batch.set_column(at, LANGUAGE, labels)


def broken_lines(document: pa.RecordBatch, step: Judge, rule: str, *, blank: bool = False) -> Iterator[Evidence]:
    """Lines that would break the rule if they were the whole text; of the blank ones none unless asked for."""
    (judge,) = (one for one in step.rules if one.name == rule)
    lines = as_lines(document)
    taken = step.measure(lines)
    failed = judge.fails(taken[judge.measurement], None if judge.bound_in is None else taken[judge.bound_in])
    yield from _numbered(text_of(document), (np.flatnonzero(failed) + 1).tolist(), blank=blank)


def _numbered(text: str, numbers: Iterable[int], *, blank: bool) -> Iterator[Evidence]:
    lines = text.split("\n")
    yield from (Evidence(number, lines[number - 1]) for number in numbers if blank or lines[number - 1].strip())


def lines_holding(document: pa.RecordBatch, counts: pa.Array) -> Iterator[Evidence]:
    """Lines with a count above 0, of the counts that were taken of :func:`as_lines`."""
    held = [number for number, count in enumerate(counts.to_pylist(), start=1) if count]
    return _numbered(text_of(document), held, blank=False)


def lines_that(text: str, holds: Callable[[str], bool]) -> Iterator[Evidence]:
    """Lines between line feeds for which the function holds."""
    for number, line in enumerate(text.split("\n"), start=1):
        if holds(line):
            yield Evidence(number, line)


def longer_lines(document: pa.RecordBatch, chars: float) -> Iterator[Evidence]:
    """Lines of more characters than these."""
    return lines_that(text_of(document), lambda line: len(line) > chars)


def lines_with(text: str, phrases: Iterable[str]) -> Iterator[Evidence]:
    """Lines that hold one of the phrases, in any case of letters."""
    lowered = [phrase.lower() for phrase in phrases]
    for number, line in enumerate(text.split("\n"), start=1):
        found = next((phrase for phrase in lowered if phrase in line.lower()), None)
        if found is not None:
            yield Evidence(number, line, found)


def words_that(text: str, holds: Callable[[str], bool]) -> Iterator[Evidence]:
    """Lines with words, as white space separates them, for which the function holds."""
    for number, line in enumerate(text.split("\n"), start=1):
        found = [word for word in line.split() if holds(word)]
        if found:
            yield Evidence(number, line, " ".join(found))


def repeated_lines(text: str) -> Iterator[Evidence]:
    """Lines that have stood before, blank ones aside."""
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and line in seen:
            yield Evidence(number, line)
        seen.add(line)


def repeated_paragraphs(text: str) -> Iterator[Evidence]:
    """First lines of paragraphs that have stood before; blank lines set paragraphs off."""
    seen: set[str] = set()
    number = 1
    for blank, group in itertools.groupby(text.split("\n"), key=lambda line: not line.strip()):
        lines = list(group)
        paragraph = "\n".join(lines)
        if not blank and paragraph in seen:
            yield Evidence(number, lines[0])
        seen.add(paragraph)
        number += len(lines)


def most_frequent_ngram(text: str, size: int, *, by_space: bool) -> Iterator[Evidence]:
    """Lines in which the most frequent run of words begins, of those as frequent the longest."""
    words = _words(text, by_space)
    runs = Counter(tuple(word for word, _ in words[i : i + size]) for i in range(len(words) - size + 1))
    if not runs:
        return
    top = max(runs, key=lambda run: (runs[run], sum(map(len, run))))
    if runs[top] > 1:
        yield from _lines_of(text, (line for i, (_, line) in enumerate(words) if _run(words, i, size) == top), top)


def repeated_ngrams(text: str, size: int, *, by_space: bool) -> Iterator[Evidence]:
    """Lines in which runs of words begin that have stood before."""
    words = _words(text, by_space)
    seen: set[tuple[str, ...]] = set()
    lines: dict[int, tuple[str, ...]] = {}
    for i in range(len(words) - size + 1):
        run = _run(words, i, size)
        if run in seen:
            lines.setdefault(words[i][1], run)
        seen.add(run)
    for number, run in lines.items():
        yield from _lines_of(text, [number], run)


def repeated_run(text: str, longest: int, *, by_space: bool) -> Iterator[Evidence]:
    """The line in which the run of up to so many words begins that stands behind itself most often."""
    words = _words(text, by_space)
    most, found = 1, (0, 0)
    for size in range(1, min(longest, len(words) - 1) + 1):
        same = 0
        for at in range(size, len(words)):
            same = same + 1 if words[at][0] == words[at - size][0] else 0
            if same // size + 1 > most:
                most, found = same // size + 1, (at - same - size + 1, size)
    start, size = found
    if size:
        yield from _lines_of(text, [words[start][1]], _run(words, start, size))


def _run(words: Sequence[tuple[str, int]], start: int, size: int) -> tuple[str, ...]:
    return tuple(word for word, _ in words[start : start + size])


def _words(text: str, by_space: bool) -> list[tuple[str, int]]:
    """Words with the numbers of their lines; apart from white space they are cut as UAX #29 does."""
    words = []
    for number, line in enumerate(text.split("\n"), start=1):
        pieces = line.split() if by_space else regex.split(r"(?w)\b", line, flags=regex.V1)
        words += [(piece, number) for piece in pieces if piece.strip()]
    return words


def _lines_of(text: str, numbers: Iterable[int], run: Iterable[str]) -> Iterator[Evidence]:
    lines = text.split("\n")
    for number in itertools.islice(dict.fromkeys(numbers), SHOWN_NGRAM_LINES):
        yield Evidence(number, lines[number - 1], " ".join(run))
