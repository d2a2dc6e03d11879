"""Importance of documents for a target corpus, and the number by which a resampling picks them (DSIR)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ..errors import RecipeError
from .base.draw import draw
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.models.importance import sum_ratios
from .models.importance_model import UNIT, load_ratios
from .models.loading import SCORE_DIGITS


@dataclass(frozen=True, kw_only=True)
class Importance(Filter):
    """Measure how much more likely a document's words are in a target corpus than in the raw one, and draw by that.

    Source: Xie et al. 2023, "Data Selection for Language Models via Importance Resampling" (DSIR), section 3. Words
    (``\\w+|[^\\w\\s]+`` in lower case) and pairs of words are hashed to 10,000 buckets; ``importance.log_weight`` is
    the sum, over a document, of the logarithms of their frequency in the target over that in the raw corpus. To pick k
    documents without replacement with these weights is to pick the k with the greatest log weight plus a Gumbel number
    (section 3, "top-k with Gumbel noise"): that sum is ``importance.sample``. The step itself draws nothing; the
    ``select`` step keeps the share of a run with the greatest ``importance.sample``.

    A model comes from ``textmill train importance --target … --raw …``; the raw corpus should be what the step gets to
    see, so train on texts that went through the same cleaning.

    How ours differs: the paper weighs examples of 128 words, its code any texts by their sums, so that the longest ones
    have the greatest weights of either sign and noise decides nothing. Here a document weighs what 128 of its words
    weigh on average; ``per_words: null`` gives the sum itself. The noise is a keyed hash of the document's id, the same
    in every run and order. Marks stay with their letters; Han, Kana, Thai, Lao, Burmese and Khmer characters are words
    one by one, since no spaces part words there. Another hash fills the buckets. Logarithms are rounded to millionths.

    Args:
        model: Path of the ``importance.bin`` that ``textmill train importance`` wrote. It has to be given.
        min_words: Remove shorter documents, as DSIR's code does.
        min_log_weight_per_word: Remove documents that are less alike the target, without any draw; 0 is as likely in
            either corpus.
        per_words: How many words a document weighs as; None for as many as it has.
        salt: Another text draws other documents.

    Raises:
        RecipeError: without a model, for a file that is none, and for counts below 1.

    Example:
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from textmill.filters.models.importance_model import write_ratios
        >>> write_ratios(Path("importance.bin"), np.full(16, 500_000, dtype=np.int32))  # in place of a learnt one
        >>> from textmill import Recipe
        >>> cleaned = Recipe("r", [Importance(model="importance.bin", min_words=2)]).clean("Two words")
        >>> cleaned.measurements["importance.log_weight"]  # of two words and a pair
        1.5
    """

    name: ClassVar[str] = "importance"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "importance.words": pa.int64(),
        "importance.log_weight": pa.float64(),
        "importance.log_weight_per_word": pa.float64(),
        "importance.sample": pa.float64(),
    }

    model: str | None = None
    min_words: int | None = 100
    min_log_weight_per_word: float | None = None
    per_words: int | None = 128
    salt: str = ""

    def __post_init__(self) -> None:
        if self.model is None:
            raise RecipeError(
                f"{self.name} needs a model of the target and the raw corpus; `textmill train importance --target … "
                f"--raw … -o DIR` writes it; give its DIR/importance.bin: model in a recipe, --set {self.name}.model="
                "PATH on the command line"
            )
        object.__setattr__(self, "model", str(self.model))
        if not Path(str(self.model)).is_file():
            raise RecipeError(f"{self.name}: there is no model file {self.model}")
        for name in ("min_words", "per_words"):
            given = getattr(self, name)
            if given is not None and given < 1:
                raise RecipeError(f"{self.name}: {name}={given} is below 1")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Too few words, then too little like the target."""
        bounds = (
            Rule(name="min_words", measurement="importance.words", minimum=self.min_words),
            Rule(
                name="min_log_weight_per_word",
                measurement="importance.log_weight_per_word",
                minimum=self.min_log_weight_per_word,
            ),
        )
        return tuple(rule for rule in bounds if rule.minimum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The model, whose checksum decides the weights."""
        path = Path(str(self.model))
        return {path.name: path}

    def setup(self) -> None:
        """Load the model."""
        load_ratios(str(self.model))

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Weigh every document; one without a word has a ratio of 0."""
        sums, words = sum_ratios(batch["text"], load_ratios(str(self.model)))
        per_word = sums / np.maximum(words, 1) / UNIT
        weights = sums / UNIT if self.per_words is None else self.per_words * per_word
        noise = [_gumbel(draw(doc_id, f"{self.name}\x00{self.salt}")) for doc_id in batch["doc_id"].to_pylist()]
        columns = (
            words,
            sums / UNIT,
            per_word.round(SCORE_DIGITS),
            (weights + np.array(noise, dtype=np.float64)).round(SCORE_DIGITS),
        )
        return {name: pa.array(column) for name, column in zip(self.measurements, columns, strict=True)}


def _gumbel(uniform: float) -> float:
    """A Gumbel number from one above 0 and up to 1."""
    return -math.log(-math.log(min(uniform, 1 - 2.0**-53)))
