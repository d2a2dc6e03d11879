"""FineWeb's own rules: lists, short lines and repeated lines that survive the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from .base.evidence import Evidence, lines_that, repeated_lines, text_of
from .base.expressions import lazy_regex
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.lines.line_statistics import line_statistics
from .kernels.lines.repeated_lines import LineStatistic
from .kernels.machine.buffers import columns_of_numbers
from .kernels.words.boundaries import DATATROVE, Words, mode_of
from .kernels.words.word_statistics import word_count

END_MARK = lazy_regex(r"\p{Sentence_Terminal}\s*$")
"""A mark that ends sentences, at the end of a line."""


@dataclass(frozen=True, kw_only=True)
class FineWebQuality(Filter):
    """Remove documents that are lists, menus or repeated lines rather than running text.

    Source: Penedo et al. 2024, "The FineWeb Datasets", section 3.6. Lines are the pieces between line feeds that are
    not blank. How ours differs: words are segments of UAX #29, punctuation marks among them, where datatrove takes the
    tokens of a language's tokenizer, as ``words="datatrove"`` does for English; a document without a line is left to
    the rules that ask for a length, but for ``words="datatrove"``, where it fails.

    Args:
        min_line_punctuation_ratio: Fewest lines that end with a mark that ends sentences, in any script.
        max_short_line_ratio: Most lines of at most ``short_line_chars`` characters.
        max_duplicate_chars_ratio: Most characters in lines that have stood before, line feeds not counted.
        max_newline_ratio: Most line feeds for each word.
        short_line_chars: What a short line is.
        words: How the text is split into words.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [FineWebQuality()]).clean("Home\\nNews\\nContact").removed_by
        'fineweb_quality.min_line_punctuation_ratio'
    """

    name: ClassVar[str] = "fineweb_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "fineweb.line_punctuation_ratio": pa.float64(),
        "fineweb.short_line_ratio": pa.float64(),
        "fineweb.duplicate_chars_ratio": pa.float64(),
        "fineweb.newline_ratio": pa.float64(),
    }

    min_line_punctuation_ratio: float | None = 0.12
    max_short_line_ratio: float | None = 0.67
    max_duplicate_chars_ratio: float | None = 0.01
    max_newline_ratio: float | None = 0.3
    short_line_chars: int = 30
    words: Words = "uax29"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order of datatrove, which is FineWeb's own code."""
        rules = (
            Rule(
                name="min_line_punctuation_ratio",
                measurement="fineweb.line_punctuation_ratio",
                minimum=self.min_line_punctuation_ratio,
            ),
            Rule(
                name="max_short_line_ratio", measurement="fineweb.short_line_ratio", maximum=self.max_short_line_ratio
            ),
            Rule(
                name="max_duplicate_chars_ratio",
                measurement="fineweb.duplicate_chars_ratio",
                maximum=self.max_duplicate_chars_ratio,
            ),
            Rule(name="max_newline_ratio", measurement="fineweb.newline_ratio", maximum=self.max_newline_ratio),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines without an end mark, short lines, and lines that have stood before."""
        text = text_of(document)
        if rule == "min_line_punctuation_ratio":
            return lines_that(text, lambda line: bool(line.strip()) and not END_MARK.search(line))
        if rule == "max_short_line_ratio":
            return lines_that(text, lambda line: bool(line.strip()) and len(line) <= self.short_line_chars)
        return repeated_lines(text) if rule == "max_duplicate_chars_ratio" else ()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """A text without lines has a punctuation ratio of 1 (for datatrove's words 0), and 0 for all else."""
        mode = mode_of(self.name, self.words)
        in_lines = line_statistics(batch["text"], self.short_line_chars)
        lines = in_lines[:, LineStatistic.FILLED_LINES]
        whole_lines = np.maximum(lines, 1)
        newlines = in_lines[:, LineStatistic.NEWLINES]
        chars = np.maximum(in_lines[:, LineStatistic.CHARS] - newlines, 1)
        words = np.maximum(word_count(batch["text"], mode), 1)
        ends = np.where(
            (lines == 0) & (mode != DATATROVE), 1.0, in_lines[:, LineStatistic.TERMINAL_LINES] / whole_lines
        )
        ratios = {
            "fineweb.line_punctuation_ratio": ends,
            "fineweb.short_line_ratio": in_lines[:, LineStatistic.SHORT_LINES] / whole_lines,
            "fineweb.duplicate_chars_ratio": in_lines[:, LineStatistic.DUPLICATE_LINE_CHARS] / chars,
            "fineweb.newline_ratio": newlines / words,
        }
        return dict(zip(ratios, columns_of_numbers(np.array(list(ratios.values()))), strict=True))
