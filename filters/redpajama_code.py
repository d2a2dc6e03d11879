"""RedPajama's rules for code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from .base.evidence import Evidence, broken_lines, longer_lines
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.lines.char_classes import CharStatistic
from .kernels.lines.char_statistics import char_statistics, mean_line_chars, share


@dataclass(frozen=True, kw_only=True)
class RedPajamaCode(Filter):
    """Remove source files with long lines, few letters and digits, or few letters for each token.

    Source: Together Computer 2023, RedPajama-Data v1, GitHub part (and Weber et al. 2024, "RedPajama", appendix on its
    GitHub slice), which LLaMA (Touvron et al. 2023, section 2.1) inspired. Its other rules are no measurements of the
    text: permissive licences, listed file extensions, and exact deduplication (``exact_dedup``).

    How ours differs: tokens are runs of letters, digits and low lines, and runs of other marks, as Dolma counts them;
    the original uses the tokenizer of Pythia. Lines are pieces between line feeds.

    Args:
        max_line_chars: Longest line.
        max_mean_line_chars: Mean length of the lines.
        min_alnum_ratio: Fewest letters and digits among the characters.
        min_alpha_per_token: Fewest letters for each token.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [RedPajamaCode()]).clean("x" * 2000, kind="code").removed_by
        'redpajama_code.max_line_chars'
    """

    name: ClassVar[str] = "redpajama_code"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "redpajama.max_line_chars": pa.int64(),
        "redpajama.mean_line_chars": pa.float64(),
        "redpajama.alnum_ratio": pa.float64(),
        "redpajama.alpha_per_token": pa.float64(),
    }

    max_line_chars: int | None = 1000
    max_mean_line_chars: float | None = 100
    min_alnum_ratio: float | None = 0.25
    min_alpha_per_token: float | None = 1.5

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Lines first, then characters."""
        rules = (
            Rule(name="max_line_chars", measurement="redpajama.max_line_chars", maximum=self.max_line_chars),
            Rule(name="max_mean_line_chars", measurement="redpajama.mean_line_chars", maximum=self.max_mean_line_chars),
            Rule(name="min_alnum_ratio", measurement="redpajama.alnum_ratio", minimum=self.min_alnum_ratio),
            Rule(name="min_alpha_per_token", measurement="redpajama.alpha_per_token", minimum=self.min_alpha_per_token),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines that are too long, or that break the other rules by themselves."""
        if rule in ("max_line_chars", "max_mean_line_chars"):
            return longer_lines(document, getattr(self, rule))
        return broken_lines(document, self, rule)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Everything of an empty text is 0."""
        counts = char_statistics(batch["text"])
        runs = np.maximum(counts[:, CharStatistic.RUNS], 1)
        return {
            "redpajama.max_line_chars": pa.array(counts[:, CharStatistic.MAX_LINE_CHARS]),
            "redpajama.mean_line_chars": pa.array(mean_line_chars(counts)),
            "redpajama.alnum_ratio": pa.array(share(counts, CharStatistic.ALNUM)),
            "redpajama.alpha_per_token": pa.array(counts[:, CharStatistic.ALPHA] / runs),
        }
