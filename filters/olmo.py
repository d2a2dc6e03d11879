"""OLMo 2's rule against degenerate repetition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from ..errors import RecipeError
from .base.evidence import Evidence, repeated_run, text_of
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.words.boundaries import Words, mode_of
from .kernels.words.periods import most_repeats


@dataclass(frozen=True, kw_only=True)
class OlmoRepetition(Filter):
    """Remove documents in which a run of words stands directly behind itself again and again ("no no no no …").

    Source: OLMo team 2024, "2 OLMo 2 Furious", section 3.1: 32 or more repetitions of an n-gram of 1 to 13 tokens, one
    behind the other, which make the training loss jump. Other rules of repetition let a single such place in a long
    document pass, because they judge by its share. Dolma's tagger of periodic token sequences looks for the same.

    How ours differs: words in place of tokens of the model.

    Args:
        max_repeats: Most times that a run of words stands one behind the other; 1 is no repetition.
        max_ngram_words: Longest run of words looked at.
        words: How the text is split into words.

    Raises:
        RecipeError: for runs shorter than a word.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [OlmoRepetition()]).clean("Well, " + "tick tock " * 40).removed_by
        'olmo_repetition.max_repeats'
    """

    name: ClassVar[str] = "olmo_repetition"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"olmo.repeats": pa.int64()}

    max_repeats: int | None = 31
    max_ngram_words: int = 13
    words: Words = "uax29"

    def __post_init__(self) -> None:
        if self.max_ngram_words < 1:
            raise RecipeError(f"{self.name}: max_ngram_words={self.max_ngram_words}; give at least 1")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One rule."""
        if self.max_repeats is None:
            return ()
        return (Rule(name="max_repeats", measurement="olmo.repeats", maximum=self.max_repeats),)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:  # noqa: ARG002  # there is one
        """Where the longest repetition begins, and what is repeated."""
        return repeated_run(text_of(document), self.max_ngram_words, by_space=self.words not in ("uax29", "dictionary"))

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """A text without words has none, any other at least 1."""
        repeats = most_repeats(batch["text"], mode_of(self.name, self.words), self.max_ngram_words)
        return {"olmo.repeats": pa.array(repeats)}
