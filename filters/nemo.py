"""NeMo Curator's heuristics for English that no other rule set has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .base.evidence import (
    Evidence,
    broken_lines,
    lines_that,
    lines_with,
    repeated_lines,
    repeated_paragraphs,
    text_of,
    words_that,
)
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.lines.char_classes import CharStatistic
from .kernels.lines.char_statistics import BOILERPLATE, char_statistics, share
from .kernels.lines.line_statistics import line_statistics
from .kernels.lines.repeated_lines import LineStatistic
from .kernels.machine.memory import Matrix

END_MARKS = (".", "?", "!", '"', "'")


@dataclass(frozen=True, kw_only=True)
class NemoQuality(Filter):
    """Remove English pages of numbers, links, brackets, white space, policies, repeated lines, or lines without ends.

    Source: NVIDIA NeMo Curator, its heuristic filters and the English cascade of its configuration (Parmar et al. 2024,
    "Data, Data Everywhere: A Guide for Pretraining Dataset Construction", section 3). Its other rules are Gopher's, as
    :class:`~textmill.filters.GopherQuality` and :class:`~textmill.filters.GopherRepetition` have them. Lines are the
    pieces between line feeds that are not blank, paragraphs the pieces between two line feeds, words stand between
    white space.

    How ours differs: of the five long cookie notices that mark boilerplate, three words that tell each are looked for;
    a text without a character has ratios of 0 and nothing repeated, where NeMo has the worst value. As there, a
    space is no alphanumeric character (but ``? ! , .`` and a line feed are), and "lorem ipsum" anywhere makes
    everything boilerplate.

    Args:
        max_non_alnum_ratio: Most characters but ASCII letters and digits, line feeds and ``? ! , .``.
        max_digit_ratio: Most decimal digits among the characters.
        max_url_ratio: Most characters in URLs.
        max_space_ratio: Most spaces, tabs, line feeds, carriage returns and backspaces.
        max_bracket_ratio: Most round, square, curly and mathematical angle brackets.
        max_boilerplate_ratio: Most paragraphs about terms of use, privacy and cookies.
        min_unique_line_ratio: Fewest different lines among the lines.
        min_unique_line_chars_ratio: Fewest characters in different lines among those in lines.
        min_unique_paragraph_ratio: Fewest different paragraphs among the paragraphs.
        min_unique_paragraph_chars_ratio: Fewest characters in different paragraphs.
        max_unended_line_ratio: Most lines that do not end with ``. ? ! " '``.
        max_word_chars: Longest word.
        min_common_words: Fewest occurrences of the, be, to, of, and, that, have, with, in small letters.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [NemoQuality()]).clean("12 34 56 78 90").removed_by
        'nemo_quality.max_non_alnum_ratio'
    """

    name: ClassVar[str] = "nemo_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "nemo.non_alnum_ratio": pa.float64(),
        "nemo.digit_ratio": pa.float64(),
        "nemo.url_ratio": pa.float64(),
        "nemo.space_ratio": pa.float64(),
        "nemo.bracket_ratio": pa.float64(),
        "nemo.boilerplate_ratio": pa.float64(),
        "nemo.unique_line_ratio": pa.float64(),
        "nemo.unique_line_chars_ratio": pa.float64(),
        "nemo.unique_paragraph_ratio": pa.float64(),
        "nemo.unique_paragraph_chars_ratio": pa.float64(),
        "nemo.unended_line_ratio": pa.float64(),
        "nemo.longest_word_chars": pa.int64(),
        "nemo.common_words": pa.int64(),
    }

    max_non_alnum_ratio: float | None = 0.25
    max_digit_ratio: float | None = 0.15
    max_url_ratio: float | None = 0.2
    max_space_ratio: float | None = 0.25
    max_bracket_ratio: float | None = 0.1
    max_boilerplate_ratio: float | None = 0.4
    min_unique_line_ratio: float | None = 0.7
    min_unique_line_chars_ratio: float | None = 0.8
    min_unique_paragraph_ratio: float | None = 0.7
    min_unique_paragraph_chars_ratio: float | None = 0.8
    max_unended_line_ratio: float | None = 0.85
    max_word_chars: int | None = 1000
    min_common_words: int | None = 2

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order of the cascade."""
        bounds: tuple[tuple[str, str, float | None], ...] = (
            ("max_non_alnum_ratio", "non_alnum_ratio", self.max_non_alnum_ratio),
            ("max_digit_ratio", "digit_ratio", self.max_digit_ratio),
            ("max_url_ratio", "url_ratio", self.max_url_ratio),
            ("max_space_ratio", "space_ratio", self.max_space_ratio),
            ("max_bracket_ratio", "bracket_ratio", self.max_bracket_ratio),
            ("max_boilerplate_ratio", "boilerplate_ratio", self.max_boilerplate_ratio),
            ("min_unique_line_ratio", "unique_line_ratio", self.min_unique_line_ratio),
            ("min_unique_paragraph_ratio", "unique_paragraph_ratio", self.min_unique_paragraph_ratio),
            ("min_unique_line_chars_ratio", "unique_line_chars_ratio", self.min_unique_line_chars_ratio),
            (
                "min_unique_paragraph_chars_ratio",
                "unique_paragraph_chars_ratio",
                self.min_unique_paragraph_chars_ratio,
            ),
            ("max_unended_line_ratio", "unended_line_ratio", self.max_unended_line_ratio),
            ("min_common_words", "common_words", self.min_common_words),
            ("max_word_chars", "longest_word_chars", self.max_word_chars),
        )
        return tuple(
            Rule(
                name=name,
                measurement=f"nemo.{measurement}",
                minimum=bound if name.startswith("min_") else None,
                maximum=bound if name.startswith("max_") else None,
            )
            for name, measurement, bound in bounds
            if bound is not None
        )

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines that break a rule of characters by themselves, repeated ones, and those that the rules name."""
        text = text_of(document)
        if rule in ("max_digit_ratio", "max_non_alnum_ratio", "max_url_ratio", "max_space_ratio", "max_bracket_ratio"):
            return broken_lines(document, self, rule, blank=rule == "max_space_ratio")
        if rule == "max_boilerplate_ratio":
            return lines_with(text, ("lorem ipsum", *BOILERPLATE))
        if rule == "max_unended_line_ratio":
            return lines_that(text, lambda line: bool(line.strip()) and not line.rstrip().endswith(END_MARKS))
        if rule == "max_word_chars":
            return words_that(text, lambda word: len(word) > (self.max_word_chars or 0))
        if rule.startswith("min_unique_"):
            return repeated_paragraphs(text) if "paragraph" in rule else repeated_lines(text)
        return ()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Of an empty text all is unique, and everything else 0."""
        counts = char_statistics(batch["text"])
        chars = counts[:, CharStatistic.CHARS]
        boilerplate = _of(counts, CharStatistic.BOILERPLATE_PARAGRAPHS, CharStatistic.PARAGRAPHS, 0.0)
        has_lorem_ipsum = line_statistics(batch["text"])[:, LineStatistic.LOREM_IPSUM] > 0
        unique = {
            "line": (CharStatistic.UNIQUE_LINES, CharStatistic.FILLED_LINES),
            "line_chars": (CharStatistic.UNIQUE_LINE_CHARS, CharStatistic.FILLED_LINE_CHARS),
            "paragraph": (CharStatistic.UNIQUE_PARAGRAPHS, CharStatistic.PARAGRAPHS),
            "paragraph_chars": (CharStatistic.UNIQUE_PARAGRAPH_CHARS, CharStatistic.PARAGRAPH_CHARS),
        }
        measured = {
            "nemo.non_alnum_ratio": (chars - counts[:, CharStatistic.NEMO_PLAIN]) / np.maximum(chars, 1),
            "nemo.digit_ratio": share(counts, CharStatistic.DIGITS),
            "nemo.url_ratio": share(counts, CharStatistic.URL_CHARS),
            "nemo.space_ratio": share(counts, CharStatistic.NEMO_SPACES),
            "nemo.bracket_ratio": share(counts, CharStatistic.BRACKETS),
            "nemo.boilerplate_ratio": np.where(has_lorem_ipsum, 1.0, boilerplate),
            **{f"nemo.unique_{what}_ratio": _of(counts, *columns, 1.0) for what, columns in unique.items()},
            "nemo.unended_line_ratio": _of(counts, CharStatistic.UNENDED_LINES, CharStatistic.FILLED_LINES, 0.0),
            "nemo.longest_word_chars": counts[:, CharStatistic.LONGEST_WORD_CHARS],
            "nemo.common_words": counts[:, CharStatistic.COMMON_WORDS],
        }
        return {name: pa.array(values) for name, values in measured.items()}


def _of(counts: Matrix, part: CharStatistic, whole: CharStatistic, empty: float) -> npt.NDArray[np.float64]:
    """One column for each of another, and a value where there is none."""
    return np.where(counts[:, whole] == 0, empty, counts[:, part] / np.maximum(counts[:, whole], 1))
