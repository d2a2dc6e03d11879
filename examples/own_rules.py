"""A rule set of one's own: this file is all it takes. Nothing of textmill is changed, and nothing registered.

A filter is a frozen dataclass: its measurements are declared, its thresholds are its parameters, and it measures whole
batches. Everything else follows from that: the ledger has its measurements, ``--set`` and ``retune`` its thresholds,
``explain`` its lines, and errors name the nearest parameter. A recipe file names it by where it is imported from:

    steps:
      - own_rules:ShoutingRules: {max_shouted_words_ratio: 0.1}

Try it; the file is looked for beside the recipe:

    textmill explain examples/corpus/essay.txt --recipe examples/own_rules.yaml
    textmill run examples/own_rules.yaml examples/corpus --output out-own

Smaller still is a plain function; a recipe takes it with ``where``, as it does ``questions`` below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import regex

from textmill.filters import Filter, Rule
from textmill.filters.base.evidence import Evidence, lines_that, words_that
from textmill.filters.base.step import Measurements

SHOUTED = r"\b\p{Lu}{4,}\b"
"""Four and more capital letters in a row, as a word."""


@dataclass(frozen=True, kw_only=True)
class ShoutingRules(Filter):
    """Remove documents that shout.

    Args:
        max_shouted_words_ratio: Most words of four and more capitals, for each word.
        max_exclamation_lines_ratio: Most lines that end with an exclamation mark.
    """

    name: ClassVar[str] = "shouting"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "shouting.words_ratio": pa.float64(),
        "shouting.exclamation_lines_ratio": pa.float64(),
    }

    max_shouted_words_ratio: float | None = 0.1
    max_exclamation_lines_ratio: float | None = 0.3

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Words first, then lines; a threshold of None is no rule."""
        rules = (
            Rule(
                name="max_shouted_words_ratio", measurement="shouting.words_ratio", maximum=self.max_shouted_words_ratio
            ),
            Rule(
                name="max_exclamation_lines_ratio",
                measurement="shouting.exclamation_lines_ratio",
                maximum=self.max_exclamation_lines_ratio,
            ),
        )
        return tuple(rule for rule in rules if rule.maximum is not None)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Arrow's own functions count over the whole column; an empty text measures 0."""
        text = batch["text"]

        def ratio(counted: str, whole: str) -> pa.Array:
            total = pc.max_element_wise(pc.count_substring_regex(text, whole), 1)
            return pc.divide(pc.count_substring_regex(text, counted).cast(pa.float64()), total.cast(pa.float64()))

        return {
            "shouting.words_ratio": ratio(SHOUTED, r"\S+"),
            "shouting.exclamation_lines_ratio": ratio(r"(?m)!\s*$", r"(?m)^.*\S.*$"),
        }

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """The words, or the lines, that ``explain`` shows."""
        text = document["text"][0].as_py()
        if rule == "max_shouted_words_ratio":
            return words_that(text, lambda word: regex.search(SHOUTED, word) is not None)
        return lines_that(text, lambda line: line.rstrip().endswith("!"))


def questions(text: str) -> float:
    """Question marks for each sentence mark."""
    marks = sum(map(text.count, ".!?"))
    return text.count("?") / max(marks, 1)
