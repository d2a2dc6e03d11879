"""Gopher's repetition rules: text that says the same again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from .kernels.line_statistics import line_statistics
from .kernels.pieces import LineStatistic
from .kernels.repetition import DUPLICATE_SIZES, TOP_SIZES, Repetition, repetition
from .kernels.words import Words, mode_of
from .rules import Rule
from .step import Filter, Measurements


@dataclass(frozen=True, kw_only=True)
class GopherRepetition(Filter):
    """Remove documents in which lines, paragraphs or word n-grams repeat too much.

    Source: Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", table A1
    (section A.1.1). All are fractions of the document, in code points with white space counted, or of its lines and
    paragraphs. A repetition is the second and every later occurrence. For n = 2 to 4 the most frequent n-gram counts
    with all its occurrences; for n = 5 to 10 the characters of all repeated n-grams, none counted twice, found from
    left to right.

    How ours differs: blank lines are neither lines nor repetitions. An n-gram that occurs once is not "most frequent",
    so that short texts score 0 (as in RedPajama and DCLM; datatrove counts it). Words are segments of UAX #29 without
    white space, so that Chinese and Japanese are measured too; ``words="whitespace"`` splits as the paper does.

    Args:
        max_duplicate_line_ratio: Most repeated lines among the lines.
        max_duplicate_paragraph_ratio: Most repeated paragraphs among the paragraphs.
        max_duplicate_line_chars_ratio: Most characters in repeated lines.
        max_duplicate_paragraph_chars_ratio: Most characters in repeated paragraphs.
        max_top_2_gram_ratio: Most characters in the most frequent pair of words; likewise 3 and 4.
        max_top_3_gram_ratio: See above.
        max_top_4_gram_ratio: See above.
        max_duplicate_5_gram_ratio: Most characters in repeated runs of five words; likewise 6 to 10.
        max_duplicate_6_gram_ratio: See above.
        max_duplicate_7_gram_ratio: See above.
        max_duplicate_8_gram_ratio: See above.
        max_duplicate_9_gram_ratio: See above.
        max_duplicate_10_gram_ratio: See above.
        words: How the text is split into words.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [GopherRepetition()]).clean("Buy now! " * 50).removed_by
        'gopher_repetition.max_top_2_gram_ratio'
    """

    name: ClassVar[str] = "gopher_repetition"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "gopher.duplicate_paragraph_ratio": pa.float64(),
        "gopher.duplicate_paragraph_chars_ratio": pa.float64(),
        "gopher.duplicate_line_ratio": pa.float64(),
        "gopher.duplicate_line_chars_ratio": pa.float64(),
        **{f"gopher.top_{size}_gram_ratio": pa.float64() for size in TOP_SIZES},
        **{f"gopher.duplicate_{size}_gram_ratio": pa.float64() for size in DUPLICATE_SIZES},
    }

    max_duplicate_line_ratio: float | None = 0.30
    max_duplicate_paragraph_ratio: float | None = 0.30
    max_duplicate_line_chars_ratio: float | None = 0.20
    max_duplicate_paragraph_chars_ratio: float | None = 0.20
    max_top_2_gram_ratio: float | None = 0.20
    max_top_3_gram_ratio: float | None = 0.18
    max_top_4_gram_ratio: float | None = 0.16
    max_duplicate_5_gram_ratio: float | None = 0.15
    max_duplicate_6_gram_ratio: float | None = 0.14
    max_duplicate_7_gram_ratio: float | None = 0.13
    max_duplicate_8_gram_ratio: float | None = 0.12
    max_duplicate_9_gram_ratio: float | None = 0.11
    max_duplicate_10_gram_ratio: float | None = 0.10
    words: Words = "uax29"

    def __post_init__(self) -> None:
        mode_of(self.name, self.words)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Paragraphs, lines, most frequent and repeated n-grams; each measurement has one bound of its own name."""
        bounds = ((name, getattr(self, f"max_{name.removeprefix('gopher.')}")) for name in self.measurements)
        return tuple(
            Rule(name=f"max_{name.removeprefix('gopher.')}", measurement=name, maximum=bound)
            for name, bound in bounds
            if bound is not None
        )

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Every ratio is 0 for a text without words."""
        in_lines = line_statistics(batch["text"])
        in_words = repetition(batch["text"], mode_of(self.name, self.words))
        chars, lines, paragraphs = (
            np.maximum(in_lines[:, column], 1)
            for column in (LineStatistic.CHARS, LineStatistic.FILLED_LINES, LineStatistic.PARAGRAPHS)
        )
        parts = {
            "duplicate_paragraph_ratio": (in_lines[:, LineStatistic.DUPLICATE_PARAGRAPHS], paragraphs),
            "duplicate_paragraph_chars_ratio": (in_lines[:, LineStatistic.DUPLICATE_PARAGRAPH_CHARS], chars),
            "duplicate_line_ratio": (in_lines[:, LineStatistic.DUPLICATE_LINES], lines),
            "duplicate_line_chars_ratio": (in_lines[:, LineStatistic.DUPLICATE_LINE_CHARS], chars),
            **{f"top_{n}_gram_ratio": (in_words[:, Repetition[f"TOP_{n}_GRAM_CHARS"]], chars) for n in TOP_SIZES},
            **{
                f"duplicate_{n}_gram_ratio": (in_words[:, Repetition[f"DUPLICATE_{n}_GRAM_CHARS"]], chars)
                for n in DUPLICATE_SIZES
            },
        }
        return {f"gopher.{name}": pa.array(part / whole) for name, (part, whole) in parts.items()}
