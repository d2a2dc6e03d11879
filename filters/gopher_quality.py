"""Gopher's quality rules: does the text look like prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from .kernels.line_statistics import line_statistics
from .kernels.pieces import LineStatistic
from .kernels.word_statistics import WordStatistic, word_statistics
from .kernels.words import Words, mode_of
from .rules import Rule, check_bounds
from .step import Filter, Measurements


@dataclass(frozen=True, kw_only=True)
class GopherQuality(Filter):
    """Remove documents that do not look like prose: too short or long, odd words, symbols, lists, no stop words.

    Source: Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", section
    A.1.1. Words are what white space separates: the paper asks that 80 % of the words hold a letter, which is meant
    for words to which marks are attached; where every mark is a word of its own, as in datatrove, the same rule removes
    half of ordinary news. ``words="uax29"`` splits like that, and also splits Chinese and Japanese (Han and Kana
    characters one by one; give such text a ``min_mean_word_length`` of 1).

    How ours differs: words of punctuation alone do not count for number and length of words, but do for the ratios
    (as in datatrove). Stop words count once each and in any case of letters. The ellipsis has its own bound beside
    the hash sign's; both are 0.1, as in the paper.

    Args:
        min_words: Fewest words.
        max_words: Most words.
        min_mean_word_length: Shortest mean length of words in characters.
        max_mean_word_length: Longest mean length of words in characters.
        max_hash_ratio: Most ``#`` for each word.
        max_ellipsis_ratio: Most ``...`` and ``…`` for each word.
        max_bullet_lines_ratio: Most lines that begin with ``•`` or ``-``.
        max_ellipsis_lines_ratio: Most lines that end with an ellipsis.
        min_alpha_words_ratio: Fewest words that hold a letter.
        min_stop_words: Fewest different ones of the, be, to, of, and, that, have, with.
        words: How the text is split into words.

    Raises:
        RecipeError: when a lower bound is above its upper bound.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [GopherQuality()]).clean("Too short.").verdict.value
        '2'
    """

    name: ClassVar[str] = "gopher_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "gopher.words": pa.int64(),
        "gopher.mean_word_length": pa.float64(),
        "gopher.hash_ratio": pa.float64(),
        "gopher.ellipsis_ratio": pa.float64(),
        "gopher.bullet_lines_ratio": pa.float64(),
        "gopher.ellipsis_lines_ratio": pa.float64(),
        "gopher.alpha_words_ratio": pa.float64(),
        "gopher.stop_words": pa.int64(),
    }

    min_words: int | None = 50
    max_words: int | None = 100_000
    min_mean_word_length: float | None = 3
    max_mean_word_length: float | None = 10
    max_hash_ratio: float | None = 0.1
    max_ellipsis_ratio: float | None = 0.1
    max_bullet_lines_ratio: float | None = 0.9
    max_ellipsis_lines_ratio: float | None = 0.3
    min_alpha_words_ratio: float | None = 0.8
    min_stop_words: int | None = 2
    words: Words = "whitespace"

    def __post_init__(self) -> None:
        mode_of(self.name, self.words)
        check_bounds(self.name, "min_words", self.min_words, "max_words", self.max_words)
        low, high = self.min_mean_word_length, self.max_mean_word_length
        check_bounds(self.name, "min_mean_word_length", low, "max_mean_word_length", high)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order of the paper."""
        rules = (
            Rule(name="min_words", measurement="gopher.words", minimum=self.min_words),
            Rule(name="max_words", measurement="gopher.words", maximum=self.max_words),
            Rule(name="min_mean_word_length", measurement="gopher.mean_word_length", minimum=self.min_mean_word_length),
            Rule(name="max_mean_word_length", measurement="gopher.mean_word_length", maximum=self.max_mean_word_length),
            Rule(name="max_hash_ratio", measurement="gopher.hash_ratio", maximum=self.max_hash_ratio),
            Rule(name="max_ellipsis_ratio", measurement="gopher.ellipsis_ratio", maximum=self.max_ellipsis_ratio),
            Rule(
                name="max_bullet_lines_ratio",
                measurement="gopher.bullet_lines_ratio",
                maximum=self.max_bullet_lines_ratio,
            ),
            Rule(
                name="max_ellipsis_lines_ratio",
                measurement="gopher.ellipsis_lines_ratio",
                maximum=self.max_ellipsis_lines_ratio,
            ),
            Rule(
                name="min_alpha_words_ratio", measurement="gopher.alpha_words_ratio", minimum=self.min_alpha_words_ratio
            ),
            Rule(name="min_stop_words", measurement="gopher.stop_words", minimum=self.min_stop_words),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Counts and ratios of an empty text are 0."""
        in_words = word_statistics(batch["text"], mode_of(self.name, self.words))
        in_lines = line_statistics(batch["text"])
        words = np.maximum(in_words[:, WordStatistic.WORDS], 1)
        plain_words = np.maximum(in_words[:, WordStatistic.PLAIN_WORDS], 1)
        lines = np.maximum(in_lines[:, LineStatistic.LINES], 1)
        return {
            "gopher.words": pa.array(in_words[:, WordStatistic.PLAIN_WORDS]),
            "gopher.mean_word_length": pa.array(in_words[:, WordStatistic.PLAIN_WORD_CHARS] / plain_words),
            "gopher.hash_ratio": pa.array(in_lines[:, LineStatistic.HASHES] / words),
            "gopher.ellipsis_ratio": pa.array(in_lines[:, LineStatistic.ELLIPSES] / words),
            "gopher.bullet_lines_ratio": pa.array(in_lines[:, LineStatistic.BULLET_LINES] / lines),
            "gopher.ellipsis_lines_ratio": pa.array(in_lines[:, LineStatistic.ELLIPSIS_LINES] / lines),
            "gopher.alpha_words_ratio": pa.array(in_words[:, WordStatistic.ALPHA_WORDS] / words),
            "gopher.stop_words": pa.array(in_words[:, WordStatistic.STOP_WORDS]),
        }
