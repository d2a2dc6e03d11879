"""Perplexity: how much a text surprises a language model, of documents and of lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ..errors import RecipeError
from .base.document_language import document_languages
from .base.evidence import Evidence, as_lines, lines_holding
from .base.rules import Rule, check_bounds
from .base.step import Cleaner, Filter, Measurements
from .kernels.machine.buffers import Floats, Int64s
from .models.loading import SCORE_DIGITS
from .models.perplexity_models import PerplexityModels, rows_by_path

DIGITS = 3
MOST_TENS = 300
"""No perplexity is above ten to the power of this, so that it stays a number."""


@dataclass(frozen=True, kw_only=True)
class Perplexity(Filter):
    """Measure how much each document surprises a language model over n-grams, and keep what is within bounds.

    Source: Wenzek et al. 2020, "CCNet: Extracting High Quality Monolingual Datasets from Web Crawl Data", section 3.3:
    models learnt from Wikipedia, and a crawl parted into a head, a middle and a tail by the 30th and 60th percentile of
    its perplexities in each language. ``perplexity.value`` is ten to the mean negative logarithm of the probability of
    a word; each line with a word in it is a sentence, whose end counts as a word. Low values are not always good: text
    that says the same over and over is hardly surprising.

    Without ``model``, small models of our own score German, English, Spanish, French, Italian, Japanese, Portuguese,
    Russian and Chinese by ``language.label`` of an earlier Language step, or else by script; documents in other
    languages have no value and pass. They know formal prose of documentation, and are for telling language from noise;
    MODELS.md says more. Values of different models, and so of different languages, must not be compared.

    Args:
        model: A file of ``textmill train perplexity``, or of KenLM, ARPA or binary (with the package kenlm:
            ``pip install 'textmill[kenlm]'``). ``{language}`` in it stands for the label of each document's language.
        pieces: The sentencepiece model that belongs to a KenLM model, as CCNet has them (``lm/{language}.sp.model`` to
            ``lm/{language}.arpa.bin``). Then the text is first written as CCNet does, and is one line, as there.
        fold: Whether text for a KenLM model is written as CCNet does (:class:`CCNetNormalize`, form "perplexity");
            None for yes where there are pieces.
        minimum: Remove documents whose perplexity is lower.
        maximum: Remove documents whose perplexity is higher.

    Raises:
        RecipeError: for a model that is not there or cannot be read, a package that is missing, contradictory bounds.

    Example:
        >>> from textmill import Recipe
        >>> prose = "The committee met in the town hall, and agreed that the bridge should be repaired before winter."
        >>> keywords = "bridge casino keyword loan insurance cheap download mp3 free ringtone poker viagra"
        >>> recipe = Recipe("r", [Perplexity(maximum=5000)])
        >>> [cleaned.removed_by for cleaned in recipe.clean_many([prose, keywords])]
        [None, 'perplexity.maximum']
    """

    name: ClassVar[str] = "perplexity"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "perplexity.value": pa.float64(),
        "perplexity.tokens": pa.int64(),
        "perplexity.unknown_ratio": pa.float64(),
        "perplexity.model": pa.string(),
    }
    expensive: ClassVar[bool] = True

    model: str | None = None
    pieces: str | None = None
    fold: bool | None = None
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The lower bound, then the upper one."""
        rules = (
            Rule(name="minimum", measurement="perplexity.value", minimum=self.minimum),
            Rule(name="maximum", measurement="perplexity.value", maximum=self.maximum),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    @property
    def _models(self) -> PerplexityModels:
        return PerplexityModels(self.name, self.model, self.pieces, self.fold)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The models, whose checksums decide the values."""
        return self._models.files

    def setup(self) -> None:
        """See that the models are there; each is loaded for the first document that it is for."""
        self._models.check()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Score every document; one without a word has no perplexity."""
        rows = batch.num_rows
        logs = np.zeros(rows)
        tokens, unknown = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
        names: list[str | None] = [None] * rows
        models = self._models
        for path, chosen in _rows_by_path(models, batch).items():
            scores = models.score(batch["text"].take(chosen), path, whole=True)
            numbers = chosen.to_numpy()
            of_line = np.repeat(numbers, scores.of_document)
            # Added line by line, in their order: sums of floating-point numbers depend on it.
            np.add.at(logs, of_line, scores.logs)
            np.add.at(tokens, of_line, scores.tokens)
            np.add.at(unknown, of_line, scores.unknown)
            for row in numbers.tolist():
                names[row] = models.name_of(path)
        is_empty = tokens == 0
        tokens_or_one = np.maximum(tokens, 1)
        is_unjudged = np.array([name is None for name in names], dtype=np.bool_)
        return {
            "perplexity.value": pa.array(_perplexity(logs, tokens_or_one), mask=is_empty),
            "perplexity.tokens": pa.array(tokens, mask=is_unjudged),
            "perplexity.unknown_ratio": pa.array((unknown / tokens_or_one).round(SCORE_DIGITS), mask=is_empty),
            "perplexity.model": pa.array(names, pa.string()),
        }

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines that are themselves outside the bound, or else the one farthest out."""
        values = self.measure(as_lines(document))["perplexity.value"].to_numpy(zero_copy_only=False)
        known = np.isfinite(values)
        if not known.any():
            return ()
        if rule == "minimum":
            return lines_holding(document, pa.array(known & (values <= max(np.nanmin(values), self.minimum or 0.0))))
        return lines_holding(document, pa.array(known & (values >= min(np.nanmax(values), self.maximum or np.inf))))


@dataclass(frozen=True, kw_only=True)
class PerplexityLines(Cleaner):
    """Cut lines that surprise a language model too much, or too little: menus, lists of keywords, machine junk.

    Lines are scored as :class:`Perplexity` scores documents; see there for models. Short lines stay, as a few words
    say little: the perplexity of a title is high.

    Args:
        model: As for :class:`Perplexity`.
        pieces: As for :class:`Perplexity`; lines are scored one by one.
        fold: As for :class:`Perplexity`.
        minimum: Cut lines whose perplexity is lower.
        maximum: Cut lines whose perplexity is higher.
        min_tokens: Fewest words, or pieces, with the line's end, of a line that is judged.

    Raises:
        RecipeError: as for :class:`Perplexity`, and without any bound.

    Example:
        >>> from textmill import Recipe
        >>> text = "The bridge should be repaired before the winter.\\ncasino loan mp3 ringtone insurance cheap keyword"
        >>> Recipe("r", [PerplexityLines(maximum=5000)]).clean(text).text
        'The bridge should be repaired before the winter.'
    """

    name: ClassVar[str] = "perplexity_lines"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "perplexity_lines.cut": pa.int64(),
        "perplexity_lines.cut_bytes": pa.int64(),
        "perplexity_lines.judged": pa.int64(),
    }

    model: str | None = None
    pieces: str | None = None
    fold: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_tokens: int = 8

    def __post_init__(self) -> None:
        _check(self)
        if self.minimum is None and self.maximum is None:
            raise RecipeError(f"{self.name}: give minimum or maximum; without them no line is cut")
        if self.min_tokens < 2:
            raise RecipeError(f"{self.name}: min_tokens={self.min_tokens} is below 2, and no line is that short")

    @property
    def _models(self) -> PerplexityModels:
        return PerplexityModels(self.name, self.model, self.pieces, self.fold)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The models, whose checksums decide what is cut."""
        return self._models.files

    def setup(self) -> None:
        """See that the models are there."""
        self._models.check()

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Cut lines; counts those, their bytes without line ends, and how many were judged."""
        rows = batch.num_rows
        cut, cut_bytes, judged = (np.zeros(rows, dtype=np.int64) for _ in range(3))
        texts: dict[int, str] = {}
        models = self._models
        for path, chosen in _rows_by_path(models, batch).items():
            scores = models.score(batch["text"].take(chosen), path, whole=False)
            of_line = np.repeat(chosen.to_numpy(), scores.of_document)
            values = _perplexity(scores.logs, scores.tokens)
            counts = scores.tokens >= self.min_tokens
            np.add.at(judged, of_line, counts)
            goes = counts & (
                (values < (self.minimum if self.minimum is not None else -1.0))
                | (values > (self.maximum if self.maximum is not None else np.inf))
            )
            gone: dict[int, set[int]] = {}
            for row, line in zip(of_line[goes].tolist(), scores.lines[goes].tolist(), strict=True):
                gone.setdefault(row, set()).add(line)
            for row, numbers in gone.items():
                lines = str(batch["text"][row].as_py()).split("\n")
                texts[row] = "\n".join(line for at, line in enumerate(lines) if at not in numbers).strip("\n")
                cut[row], cut_bytes[row] = len(numbers), sum(len(lines[at].encode()) for at in numbers)
        text = batch["text"]
        if texts:
            edited = [texts.get(row, one) for row, one in enumerate(text.to_pylist())]
            text = pa.array(edited, pa.large_string())
        return text, {
            "perplexity_lines.cut": pa.array(cut),
            "perplexity_lines.cut_bytes": pa.array(cut_bytes),
            "perplexity_lines.judged": pa.array(judged),
        }


def _check(step: Perplexity | PerplexityLines) -> None:
    for field in ("model", "pieces"):
        if getattr(step, field) is not None:
            object.__setattr__(step, field, str(getattr(step, field)))
    for field in ("minimum", "maximum"):
        bound = getattr(step, field)
        if bound is not None and not bound >= 1:
            raise RecipeError(f"{step.name}: {field}={bound} is below 1, and no perplexity is")
    check_bounds(step.name, "minimum", step.minimum, "maximum", step.maximum)
    PerplexityModels(step.name, step.model, step.pieces, step.fold).check()


def _rows_by_path(models: PerplexityModels, batch: pa.RecordBatch) -> dict[str, pa.Array]:
    languages = document_languages(batch) if models.asks_for_language else [""] * batch.num_rows
    return rows_by_path(models.paths_for(languages))


def _perplexity(logs: Floats, tokens: Int64s) -> Floats:
    """Ten to the mean of the negative logarithms."""
    return np.power(10.0, np.minimum(-logs / tokens, MOST_TENS)).round(DIGITS)
