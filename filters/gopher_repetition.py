"""Gopher's repetition rules: text that says the same again and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
import pyarrow as pa

from .base.evidence import Evidence, most_frequent_ngram, repeated_lines, repeated_ngrams, repeated_paragraphs, text_of
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.lines.line_statistics import line_statistics
from .kernels.lines.repeated_lines import LineStatistic
from .kernels.machine.buffers import Int64Matrix, Int64s, columns_of_numbers, text_buffers
from .kernels.words.boundaries import DATATROVE, DOLMA, Words, mode_of
from .kernels.words.dolma_statistics import DolmaStatistic, dolma_statistics
from .kernels.words.repetition import DUPLICATE_SIZES, TOP_SIZES, Repetition, repetition


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
    white space, so that text without spaces is measured too; ``words="whitespace"`` splits as the paper does. To get a
    peer's verdicts instead, on English: ``words="datatrove"`` takes the tokens of datatrove's spaCy, compares blank
    lines and paragraphs too, and lets an n-gram that occurs once be the most frequent. ``words="dolma"`` counts as
    Dolma's tagger gopher_v2: every occurrence of a repeated line or n-gram, n-grams among the characters of all n-grams
    (which overlap), lines and most frequent n-grams among the characters that are no white space, and no paragraphs;
    Dolma's own bound for the characters of repeated lines is 0.30.

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

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Paragraphs, lines, most frequent and repeated n-grams; each measurement has one bound of its own name."""
        bounds = ((name, getattr(self, f"max_{name.removeprefix('gopher.')}")) for name in self.measurements)
        return tuple(
            Rule(name=f"max_{name.removeprefix('gopher.')}", measurement=name, maximum=bound)
            for name, bound in bounds
            if bound is not None
        )

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Repeated lines and paragraphs, the most frequent n-gram, and where repeated n-grams begin."""
        text = text_of(document)
        if "_gram_" in rule:
            find = most_frequent_ngram if rule.startswith("max_top_") else repeated_ngrams
            return find(text, int(rule.split("_")[2]), by_space=self.words not in ("uax29", "dictionary"))
        return repeated_paragraphs(text) if "paragraph" in rule else repeated_lines(text)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Every ratio is 0 for a text without words."""
        text, mode = batch["text"], mode_of(self.name, self.words)
        grams = repetition(text, mode).T
        parts, wholes, chars = _PARTS.get(mode, _published_parts)(text)
        counted = np.concatenate((parts, grams[:ALL_GRAMS]))
        whole = np.empty_like(counted)
        whole[: len(parts)], whole[len(parts) :] = wholes, chars
        if mode == DOLMA:
            whole[-len(DUPLICATE_SIZES) :] = grams[ALL_GRAMS:]
        ratios = columns_of_numbers(counted / np.maximum(whole, 1))
        return dict(zip(self.measurements, ratios, strict=True))


ALL_GRAMS = int(Repetition.ALL_5_GRAM_CHARS)
"""The columns of :class:`Repetition` before it are measured, in the order of the measurements."""
Parts: TypeAlias = tuple[Int64Matrix, Int64Matrix, Int64s]
"""Of paragraphs, their characters, lines and their characters: those that repeat, shape (4, documents), all there are,
of the same shape, and the characters of the text."""
PUBLISHED = np.array(
    [
        LineStatistic.DUPLICATE_PARAGRAPHS,
        LineStatistic.DUPLICATE_PARAGRAPH_CHARS,
        LineStatistic.DUPLICATE_LINES,
        LineStatistic.DUPLICATE_LINE_CHARS,
    ]
)
WHOLES = np.array(
    [LineStatistic.PARAGRAPHS, LineStatistic.CHARS, LineStatistic.FILLED_LINES, LineStatistic.CHARS],
)
BLANK = np.array(
    [
        LineStatistic.DUPLICATE_BLANK_PARAGRAPHS,
        LineStatistic.DUPLICATE_BLANK_PARAGRAPH_CHARS,
        LineStatistic.DUPLICATE_BLANK_LINES,
        LineStatistic.DUPLICATE_BLANK_LINE_CHARS,
    ]
)


def _published_parts(text: pa.Array) -> Parts:
    counts = line_statistics(text).T
    return counts[PUBLISHED], counts[WHOLES], counts[LineStatistic.CHARS]


def _datatrove_parts(text: pa.Array) -> Parts:
    """Blank lines and paragraphs compare too; before a first and behind a last line feed stand empty lines."""
    counts = line_statistics(text).T
    offsets, data = text_buffers(text)
    is_filled = offsets[1:] > offsets[:-1]
    padded = np.append(data, 0)
    begins, ends = (is_filled & (padded[at] == 0x0A) for at in (offsets[:-1], offsets[1:] - is_filled))
    repeated, wholes = counts[PUBLISHED] + counts[BLANK], counts[WHOLES]
    repeated[2] += begins & ends
    wholes[0] += counts[LineStatistic.BLANK_PARAGRAPHS]
    wholes[2] += counts[LineStatistic.BLANK_LINES] + begins + ends
    return repeated, wholes, counts[LineStatistic.CHARS]


def _dolma_parts(text: pa.Array) -> Parts:
    """Every occurrence of a line that repeats counts, and no paragraph."""
    counts = dolma_statistics(text).T
    chars, nothing = counts[DolmaStatistic.WORD_CHARS], np.zeros(len(text), dtype=np.int64)
    lines, line_chars = counts[DolmaStatistic.REPEATED_LINES], counts[DolmaStatistic.REPEATED_LINE_CHARS]
    wholes = np.array([nothing, nothing, counts[DolmaStatistic.LINES], chars])
    return np.array([nothing, nothing, lines, line_chars]), wholes, chars


_PARTS = {DATATROVE: _datatrove_parts, DOLMA: _dolma_parts}
