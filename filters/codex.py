"""Codex's rules for source files: generated, minified, configuration and test code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .code_files import code_files
from .draw import draw
from .evidence import Evidence, lines_that
from .kernels.char_classes import CharStatistic
from .kernels.char_statistics import char_statistics, mean_line_chars, share
from .rules import Rule
from .step import Filter, Measurements

HEAD = r"(?i)\A(?:[^\n]*\n){0,4}[^\n]*"
"""The first five lines."""
GENERATED = HEAD + r"(?:auto-?generated|automatically generated|generated automatically|this file is generated)"
CONFIG_OR_TEST = HEAD + r"(?:unit tests|test file|configuration file)"
MENTIONS_PER_LINE = 0.05
MINIFIED_LANGUAGES = ("javascript", "css")
MINIFIED_LINE_CHARS = 110


@dataclass(frozen=True, kw_only=True)
class CodexQuality(Filter):
    """Remove source files that are generated or minified, or have long lines or few letters and digits.

    Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code", section 3.1, which names the rules;
    numbers and words are those of CodeParrot (Tunstall et al. 2022), with the words that StarCoder 2 (Lozhkov et al.
    2024, section 2.2) adds. Generated is what says so in its first five lines. Configuration and test code says so
    there, or mentions "config" or "test" more often than in one line of twenty; CodeParrot keeps 30 % of it.

    How ours differs: what is kept of configuration and tests is drawn by a hash of the document's id. Minified is
    JavaScript and CSS whose lines are longer than 110 characters on average (the rule of GitHub's Linguist) or with
    ``.min.`` in the name; other languages are null there. CodeParrot's rules for Python alone are not here.

    Args:
        max_line_chars: Longest line.
        max_mean_line_chars: Mean length of lines.
        min_alnum_ratio: Fewest letters and digits among the characters.
        remove_generated: Drop generated files.
        remove_minified: Drop minified files.
        config_or_test_keep_fraction: How many configuration and test files stay; None keeps all.
        salt: Another one draws other files.

    Raises:
        RecipeError: for a fraction outside 0..1.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [CodexQuality()]).clean("# Auto-generated, do not edit.\\nx = 1", kind="code").removed_by
        'codex.remove_generated'
    """

    name: ClassVar[str] = "codex"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "codex.max_line_chars": pa.int64(),
        "codex.mean_line_chars": pa.float64(),
        "codex.alnum_ratio": pa.float64(),
        "codex.is_generated": pa.bool_(),
        "codex.is_minified": pa.bool_(),
        "codex.config_or_test_draw": pa.float64(),
    }

    max_line_chars: int | None = 1000
    max_mean_line_chars: float | None = 100
    min_alnum_ratio: float | None = 0.25
    remove_generated: bool = True
    remove_minified: bool = True
    config_or_test_keep_fraction: float | None = 0.3
    salt: str = ""

    def __post_init__(self) -> None:
        fraction = self.config_or_test_keep_fraction
        if fraction is not None and not 0 <= fraction <= 1:
            raise RecipeError(f"{self.name}: config_or_test_keep_fraction={fraction} is not between 0 and 1")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What a file says of itself first."""
        kept = (False,)
        rules = (
            Rule(
                name="remove_generated",
                measurement="codex.is_generated",
                allowed=kept if self.remove_generated else None,
            ),
            Rule(
                name="remove_minified",
                measurement="codex.is_minified",
                allowed=kept if self.remove_minified else None,
            ),
            Rule(name="max_line_chars", measurement="codex.max_line_chars", maximum=self.max_line_chars),
            Rule(name="max_mean_line_chars", measurement="codex.mean_line_chars", maximum=self.max_mean_line_chars),
            Rule(name="min_alnum_ratio", measurement="codex.alnum_ratio", minimum=self.min_alnum_ratio),
            Rule(
                name="config_or_test_keep_fraction",
                measurement="codex.config_or_test_draw",
                maximum=self.config_or_test_keep_fraction,
            ),
        )
        return tuple(rule for rule in rules if (rule.minimum, rule.maximum, rule.allowed) != (None, None, None))

    def evidence(self, text: str, rule: str) -> Iterable[Evidence]:
        """Lines that are too long."""
        bound = getattr(self, rule) if rule in ("max_line_chars", "max_mean_line_chars") else None
        return () if bound is None else lines_that(text, lambda line: len(line) > bound)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """An empty text is neither generated nor minified; only configuration and tests have a draw."""
        text = batch["text"]
        counts = char_statistics(text)
        mean = mean_line_chars(counts)
        files = code_files(batch)
        has_minified = np.array([file.language in MINIFIED_LANGUAGES for file in files], dtype=np.bool_)
        named_minified = np.array([".min." in file.name for file in files], dtype=np.bool_)
        draws = [
            draw(doc_id, self.salt) if drawn else None
            for doc_id, drawn in zip(batch["doc_id"].to_pylist(), _is_config_or_test(text, counts), strict=True)
        ]
        return {
            "codex.max_line_chars": pa.array(counts[:, CharStatistic.MAX_LINE_CHARS]),
            "codex.mean_line_chars": pa.array(mean),
            "codex.alnum_ratio": pa.array(share(counts, CharStatistic.ALNUM)),
            "codex.is_generated": pc.match_substring_regex(text, GENERATED),
            "codex.is_minified": pa.array(
                (mean > MINIFIED_LINE_CHARS) | named_minified, mask=~(has_minified | named_minified)
            ),
            "codex.config_or_test_draw": pa.array(draws, pa.float64()),
        }


def _is_config_or_test(text: pa.Array, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    most = (MENTIONS_PER_LINE * counts[:, CharStatistic.NEWLINES]).astype(np.int64)
    result = np.asarray(pc.match_substring_regex(text, CONFIG_OR_TEST).to_numpy(zero_copy_only=False), dtype=np.bool_)
    for word in ("config", "test"):
        result = result | (np.asarray(pc.count_substring(text, word, ignore_case=True)) > most)
    return result
