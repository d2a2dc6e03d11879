"""FineWeb2's rules, with thresholds and stop words for each of 1,929 languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.document_language import LANGUAGE
from .base.evidence import Evidence, lines_that, text_of
from .base.rules import Rule
from .base.step import Filter, Measurements
from .fineweb import FineWebQuality
from .gopher_quality import GopherQuality
from .gopher_repetition import GopherRepetition
from .kernels.words.boundaries import Words, mode_of
from .kernels.words.word_statistics import WordStatistic, word_statistics
from .lists import fineweb2

Threshold: TypeAlias = float | Literal["table"] | None
"""A number for every language, the table's for each, or None for no rule."""
TABLE: Literal["table"] = "table"
SCORE, SCRIPT = "language.score", "language.script"
READS: Mapping[str, str] = {LANGUAGE: "language", SCORE: "language", SCRIPT: "language"}
ROW = "fineweb2.row"


def _check(step: Filter) -> None:
    for field in fields(step):  # type: ignore[arg-type]  # every filter here is a dataclass
        value = getattr(step, field.name)
        if isinstance(value, str) and field.name.startswith(("min_", "max_")) and value != TABLE:
            raise RecipeError(f"{step.name}: {field.name} is {value!r}; give a number, table, or null for no rule")


def _rule(name: str, measurement: str, threshold: Threshold) -> Rule | None:
    is_minimum = name.startswith("min_")
    if threshold is None:
        return None
    if threshold == TABLE:
        own = f"fineweb2.{name}"
        if is_minimum:
            return Rule(name=name, measurement=measurement, minimum_in=own)
        return Rule(name=name, measurement=measurement, maximum_in=own)
    if is_minimum:
        return Rule(name=name, measurement=measurement, minimum=threshold)
    return Rule(name=name, measurement=measurement, maximum=threshold)


def _rows(batch: pa.RecordBatch) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    def column(name: str) -> list[str | None]:
        return batch[name].to_pylist() if name in batch.schema.names else [None] * batch.num_rows

    beginnings = pc.utf8_slice_codeunits(batch["text"], 0, fineweb2.LOOKED_AT_CHARS).to_pylist()
    return fineweb2.rows_of(beginnings, column(LANGUAGE), column(SCRIPT))


def _bounds(rows: np.ndarray[tuple[int], np.dtype[np.int64]], names: Iterable[str]) -> dict[str, pa.Array]:
    """Each document's own thresholds, null without a row, and the names of the rows."""
    table = fineweb2.load()
    without = rows < 0
    bounds = {f"fineweb2.{name}": pa.array(table.columns[name][rows], mask=without) for name in names}
    named = [None if row < 0 else table.names[row] for row in rows.tolist()]
    return {ROW: pa.array(named, pa.string()), **bounds}


@dataclass(frozen=True, kw_only=True)
class FineWeb2Language(Filter):
    """Remove documents whose language is less sure than FineWeb2 asks for in that language.

    Source: Penedo et al. 2025, "FineWeb2: One Pipeline to Scale Them All", section 4.1, with the table of its code. The
    table's cut-offs are 0.3 to 0.9, of scores of GlotLID; they hold for those of the ``language`` step before this one,
    whatever model gave them. A document in a language without a row is kept: ``fineweb2.row`` is null.

    Args:
        min_score: ``table``, or one number for all languages, also those without a row.

    Example:
        >>> from textmill import Language, Recipe
        >>> recipe = Recipe("r", [Language(min_score=None), FineWeb2Language()])
        >>> recipe.clean("The harbour was quiet when the first boats came in.").verdict.kept
        True
    """

    name: ClassVar[str] = "fineweb2_language"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        ROW: pa.string(),
        "fineweb2.score": pa.float64(),
        "fineweb2.min_score": pa.float64(),
    }
    reads: ClassVar[Mapping[str, str]] = READS

    min_score: Threshold = TABLE

    def __post_init__(self) -> None:
        _check(self)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One."""
        rule = _rule("min_score", "fineweb2.score", self.min_score)
        return () if rule is None else (rule,)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The table."""
        return {fineweb2.table_file().name: fineweb2.table_file()}

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """The language step's score beside the table's cut-off."""
        scores = batch[SCORE] if SCORE in batch.schema.names else pa.nulls(batch.num_rows, pa.float64())
        return {**_bounds(_rows(batch), ("min_score",)), "fineweb2.score": scores}


OF_REPETITION = (
    "duplicate_line_ratio",
    *(f"top_{size}_gram_ratio" for size in (2, 3, 4)),
    *(f"duplicate_{size}_gram_ratio" for size in (5, 6, 7, 8, 9, 10)),
)
OF_LINES = ("line_punctuation_ratio", "duplicate_chars_ratio", "newline_ratio")
OF_WORDS = (
    "words",
    "mean_word_length",
    "hash_ratio",
    "ellipsis_ratio",
    "bullet_lines_ratio",
    "ellipsis_lines_ratio",
    "alpha_words_ratio",
)
IN_TABLE = (
    *(f"max_{name}" for name in OF_REPETITION),
    "min_line_punctuation_ratio",
    "max_newline_ratio",
    "min_mean_word_length",
    "max_mean_word_length",
    "min_alpha_words_ratio",
)


@dataclass(frozen=True, kw_only=True)
class FineWeb2Quality(Filter):
    """Remove documents that repeat themselves or are no prose, by thresholds and stop words of their language.

    Source: Penedo et al. 2025, "FineWeb2: One Pipeline to Scale Them All", section 4.3, and its code: Gopher's rules of
    repetition without those for paragraphs and for characters in lines, FineWeb's without the one for short lines, and
    Gopher's of quality, in this order. What the table has not is the same for all languages, with the numbers there.

    The row of a document is that of its label and script (``fineweb2.row``, as ``deu_Latn``). English has none, since
    FineWeb2 leaves it to FineWeb; a document without a row is judged only by what is the same for all languages, and
    not by stop words. The thresholds that a document had to meet are measurements too (``fineweb2.max_newline_ratio``),
    so that the ledger tells them; ``retune`` takes ``table``, a number or null.

    How ours differs: words are those of ICU's dictionaries and UAX #29, where FineWeb2 has a splitter for each
    language; an n-gram that occurs once is not the most frequent; blank lines are not compared; stop words also count
    capitalised.

    Args:
        max_duplicate_line_ratio: As for :class:`GopherRepetition`, like all up to ``max_duplicate_10_gram_ratio``.
        max_top_2_gram_ratio: See above.
        max_top_3_gram_ratio: See above.
        max_top_4_gram_ratio: See above.
        max_duplicate_5_gram_ratio: See above.
        max_duplicate_6_gram_ratio: See above.
        max_duplicate_7_gram_ratio: See above.
        max_duplicate_8_gram_ratio: See above.
        max_duplicate_9_gram_ratio: See above.
        max_duplicate_10_gram_ratio: See above.
        min_line_punctuation_ratio: As for :class:`FineWebQuality`, like the next two.
        max_duplicate_chars_ratio: See above.
        max_newline_ratio: See above.
        min_words: As for :class:`GopherQuality`, like all that follow.
        max_words: See above.
        min_mean_word_length: See above.
        max_mean_word_length: See above.
        max_hash_ratio: See above.
        max_ellipsis_ratio: See above.
        max_bullet_lines_ratio: See above.
        max_ellipsis_lines_ratio: See above.
        min_alpha_words_ratio: See above.
        min_stop_words: Fewest different stop words of the table.
        words: How the text is split into words.

    Example:
        >>> from textmill import Language, Recipe
        >>> recipe = Recipe("r", [Language(), FineWeb2Quality()])
        >>> recipe.clean("The harbour was quiet, and nobody had much to say.").verdict.step
        'fineweb2_quality'
    """

    name: ClassVar[str] = "fineweb2_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        ROW: pa.string(),
        **{f"fineweb2.{name}": pa.float64() for name in (*OF_REPETITION, *OF_LINES)},
        **{f"fineweb2.{name}": pa.int64() if name == "words" else pa.float64() for name in OF_WORDS},
        "fineweb2.stop_words": pa.int64(),
        **{f"fineweb2.{name}": pa.float64() for name in IN_TABLE},
    }
    reads: ClassVar[Mapping[str, str]] = {LANGUAGE: "language", SCRIPT: "language"}

    max_duplicate_line_ratio: Threshold = TABLE
    max_top_2_gram_ratio: Threshold = TABLE
    max_top_3_gram_ratio: Threshold = TABLE
    max_top_4_gram_ratio: Threshold = TABLE
    max_duplicate_5_gram_ratio: Threshold = TABLE
    max_duplicate_6_gram_ratio: Threshold = TABLE
    max_duplicate_7_gram_ratio: Threshold = TABLE
    max_duplicate_8_gram_ratio: Threshold = TABLE
    max_duplicate_9_gram_ratio: Threshold = TABLE
    max_duplicate_10_gram_ratio: Threshold = TABLE
    min_line_punctuation_ratio: Threshold = TABLE
    max_duplicate_chars_ratio: float | None = 0.1
    max_newline_ratio: Threshold = TABLE
    min_words: int | None = 50
    max_words: int | None = 100_000
    min_mean_word_length: Threshold = TABLE
    max_mean_word_length: Threshold = TABLE
    max_hash_ratio: float | None = 0.1
    max_ellipsis_ratio: float | None = 0.1
    max_bullet_lines_ratio: float | None = 0.9
    max_ellipsis_lines_ratio: float | None = 0.3
    min_alpha_words_ratio: Threshold = TABLE
    min_stop_words: int | None = 2
    words: Words = "dictionary"

    def __post_init__(self) -> None:
        _check(self)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order of FineWeb2's code, which is that of the parameters."""
        names = [field.name for field in fields(self) if field.name.startswith(("min_", "max_"))]
        rules = (_rule(name, f"fineweb2.{name[4:]}", getattr(self, name)) for name in names)
        return tuple(rule for rule in rules if rule is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The table."""
        return {fineweb2.table_file().name: fineweb2.table_file()}

    def _parts(self) -> tuple[GopherRepetition, FineWebQuality, GopherQuality]:
        return GopherRepetition(words=self.words), FineWebQuality(words=self.words), GopherQuality(words=self.words)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """What the rule sets that this one is made of show of their rule of that name."""
        repetition, lines, words = self._parts()
        name = rule[4:]
        if rule == "min_alpha_words_ratio":  # marks are words too, also where they stand at others
            return lines_that(text_of(document), lambda line: any(not (c.isalnum() or c.isspace()) for c in line))
        step = repetition if name in OF_REPETITION else lines if name in OF_LINES else words
        return step.evidence(document, rule)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Measures as the rule sets that it is made of, and each document's own thresholds; null without a row."""
        taken: dict[str, pa.Array] = {}
        for step in self._parts():
            taken |= step.measure(batch)
        rows = _rows(batch)
        mode = mode_of(self.name, self.words)
        table, numbers = fineweb2.stop_words(mode, rows)
        met = word_statistics(batch["text"], mode, table, numbers)[:, WordStatistic.STOP_WORDS]
        result = {f"fineweb2.{name}": taken[f"gopher.{name}"] for name in (*OF_REPETITION, *OF_WORDS)}
        result |= {f"fineweb2.{name}": taken[f"fineweb.{name}"] for name in OF_LINES}
        return {**_bounds(rows, IN_TABLE), **result, "fineweb2.stop_words": pa.array(met, mask=rows < 0)}
