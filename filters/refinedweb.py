"""RefinedWeb's line corrections, and the rule that drops pages of which they take too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.rules import Rule
from .base.step import Cleaner, Filter, Measurements
from .kernels.lines.refinedweb_lines import COUNTED, Demands, WebLines, clean_web_lines
from .kernels.machine.buffers import text_array, text_buffers


@dataclass(frozen=True, kw_only=True)
class RefinedWebLines(Cleaner):
    """Drop lines that are shouted, numbers, counters ("3 likes") or one word, and cut navigation out of short lines.

    Source: Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", section 3.2 and appendix G.2 (line-wise
    corrections), with the numbers of DCLM (Li et al. 2024, appendix on reproducing RefinedWeb). Cut out of lines of at
    most ten words are "items in cart" anywhere, "Read more..." at the end and "Sign-in" at the beginning, in any case,
    each with one white space beside it; a line of which nothing is left goes. Lines are the pieces between line feeds,
    empty ones stay, and the text is stripped in the end. :class:`RefinedWebQuality` behind this step judges by the
    share of words that went.

    How ours differs: "Read more..." ends with full stops (DCLM's pattern takes any three characters there), digits are
    decimal ones, and words are counted between white space where DCLM asks a tokenizer.

    Args:
        max_uppercase_ratio: Drop lines of whose characters more are capital letters; None keeps them.
        max_digit_ratio: Drop lines of whose characters more are digits; None keeps them.
        min_words_per_line: Drop lines of fewer words; None keeps them.
        remove_counters: Drop lines that are a number and likes, shares, comments, views or the like.
        max_snippet_line_words: Longest lines out of which navigation is cut; None cuts nothing.

    Raises:
        RecipeError: for a ratio that is not between 0 and 1.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [RefinedWebLines()]).clean("12 likes\\nThe mill stands. Read more...\\nLogin").text
        'The mill stands.'
    """

    name: ClassVar[str] = "refinedweb_lines"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "refinedweb.lines": pa.int64(),
        "refinedweb.lines_removed": pa.int64(),
        "refinedweb.words": pa.int64(),
        "refinedweb.words_removed": pa.int64(),
    }

    max_uppercase_ratio: float | None = 0.5
    max_digit_ratio: float | None = 0.999999
    min_words_per_line: int | None = 2
    remove_counters: bool = True
    max_snippet_line_words: int | None = 10

    def __post_init__(self) -> None:
        for parameter in ("max_uppercase_ratio", "max_digit_ratio"):
            value = getattr(self, parameter)
            if value is not None and not 0 <= value <= 1:
                raise RecipeError(f"{self.name}: {parameter}={value} is not between 0 and 1")

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Counts are those of lines that are not empty, and of words between white space."""
        demands = Demands(
            max_upper_ratio=1.0 if self.max_uppercase_ratio is None else float(self.max_uppercase_ratio),
            max_digit_ratio=1.0 if self.max_digit_ratio is None else float(self.max_digit_ratio),
            min_words=self.min_words_per_line or 0,
            max_snippet_line_words=self.max_snippet_line_words or 0,
        )
        cleaned, counts = clean_web_lines(text_buffers(batch["text"]), demands, COUNTED if self.remove_counters else ())
        return text_array(*cleaned), {
            "refinedweb.lines": pa.array(counts[:, WebLines.LINES]),
            "refinedweb.lines_removed": pa.array(counts[:, WebLines.LINES_REMOVED]),
            "refinedweb.words": pa.array(counts[:, WebLines.WORDS]),
            "refinedweb.words_removed": pa.array(counts[:, WebLines.WORDS_REMOVED]),
        }


@dataclass(frozen=True, kw_only=True)
class RefinedWebQuality(Filter):
    """Remove pages of which :class:`RefinedWebLines`, which must stand before, took too many words.

    Source: Penedo et al. 2023, appendix G.2: more than 5 % of the words. A recipe without the cleaner before this
    filter is refused. A document that the cleaner did not see (another kind or language) has no ratio and passes.

    Args:
        max_words_removed_ratio: Most words removed, of those that were there before.

    Example:
        >>> from textmill import Recipe, RefinedWebLines
        >>> recipe = Recipe("r", [RefinedWebLines(), RefinedWebQuality()])
        >>> recipe.clean("The harbour was quiet this morning.\\n3 likes\\nSHARE NOW\\n").removed_by
        'refinedweb_quality.max_words_removed_ratio'
    """

    name: ClassVar[str] = "refinedweb_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"refinedweb.words_removed_ratio": pa.float64()}
    reads: ClassVar[Mapping[str, str]] = {
        "refinedweb.words": RefinedWebLines.name,
        "refinedweb.words_removed": RefinedWebLines.name,
    }

    max_words_removed_ratio: float | None = 0.05

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One rule."""
        if self.max_words_removed_ratio is None:
            return ()
        return (
            Rule(
                name="max_words_removed_ratio",
                measurement="refinedweb.words_removed_ratio",
                maximum=self.max_words_removed_ratio,
            ),
        )

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """The ratio of a text that had no word is 0; without counts of the cleaner there is none."""
        if not set(self.reads) <= set(batch.schema.names):
            return {"refinedweb.words_removed_ratio": pa.nulls(batch.num_rows, pa.float64())}
        words = pc.max_element_wise(batch["refinedweb.words"], 1, skip_nulls=False).cast(pa.float64())
        return {"refinedweb.words_removed_ratio": pc.divide(batch["refinedweb.words_removed"], words)}
