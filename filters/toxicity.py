"""Toxicity: a small classifier for English and Chinese, and the share of obscene words in 28 languages."""

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
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.machine.buffers import TextBuffers, text_buffers
from .lists.word_lists import count_flagged, list_files, list_for, word_trie
from .models.loading import SCORE_DIGITS
from .models.toxicity_model import MODEL_LANGUAGES, load_model, model_path
from .models.toxicity_windows import cut_windows

FEWEST_WORDS = 3
"""Below this many listed words their share says nothing."""
SCORE_WITH_WORDS = 0.5
"""Where there is a score, listed words count only together with one of at least this."""


@dataclass(frozen=True, kw_only=True)
class Toxicity(Filter):
    """Remove documents that are abusive throughout, or full of obscene words.

    ``toxicity.score`` comes from linear models over n-grams, trained on Davidson et al. 2017 (English tweets), the word
    weights of alt-profanity-check (Wikipedia comments and tweets), mixed texts, opinions among them, judged by the
    network of tox-block (Wikipedia comments), the list ``cuss`` and COLD (Deng et al. 2022, Chinese comments), with
    formal and literary text and sentences about people of all kinds as clean examples;
    MODELS.md has figures and limits.
    What hides a word (``stup1d``, ``i d i o t``, full-width letters) is undone. The text is cut into windows of about
    800 bytes and the score is the mean of the highest-scoring tenth of them, at least one: one bad paragraph decides
    over a comment, but never over a book. (Dolma scores sentences and removes spans; one score of a whole long text
    would drown them.)

    ``toxicity.flagged_words`` counts words of the LDNOOBW lists, but in Chinese, Japanese and Thai not those that are
    part of a harmless word; ``toxicity.flagged_words_ratio`` is their share of all words, and 0 for fewer than 3 of
    them, or where the score is below 0.5: a listed word removes nothing by itself. (C4 drops a page for a single one.)

    The language is the column ``language.label`` where an earlier Language step left one, else judged by the script:
    mostly Han is Chinese, almost only ASCII letters English. Texts in other languages have no score (null, which
    passes) and ``toxicity.judged`` is "not judged", or "words" where there is a list; else it is "score". Texts without
    a word score 0.

    Do not trust it blindly. The training tweets were labelled with known bias against African American English (Sap et
    al. 2019), linear models cannot tell quoting, reclaimed words or counter-speech from abuse. Look at what it removes
    before you use it, or use it only to measure (both bounds None).

    Args:
        max_score: Remove documents whose score, 0 to 1, is higher. MODELS.md says how much it removes at 0.8.
        max_flagged_words_ratio: Remove documents of whose words a larger share is listed; Data-Juicer's recipes
            use 0.045.

    Raises:
        RecipeError: for a bound outside 0..1.

    Example:
        >>> from textmill import Language, Recipe
        >>> recipe = Recipe("r", [Language(), Toxicity()])
        >>> recipe.clean("The harbour was quiet when the first boats came in.").measurements["toxicity.flagged_words"]
        0
    """

    name: ClassVar[str] = "toxicity"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "toxicity.score": pa.float64(),
        "toxicity.flagged_words": pa.int64(),
        "toxicity.flagged_words_ratio": pa.float64(),
        "toxicity.judged": pa.string(),
    }
    expensive: ClassVar[bool] = True

    max_score: float | None = 0.8
    max_flagged_words_ratio: float | None = 0.045

    def __post_init__(self) -> None:
        for name in ("max_score", "max_flagged_words_ratio"):
            bound = getattr(self, name)
            if bound is not None and not 0 <= bound <= 1:
                raise RecipeError(f"toxicity: {name}={bound} is not between 0 and 1")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The score first, then the share of listed words."""
        bounds = (
            Rule(name="max_score", measurement="toxicity.score", maximum=self.max_score),
            Rule(
                name="max_flagged_words_ratio",
                measurement="toxicity.flagged_words_ratio",
                maximum=self.max_flagged_words_ratio,
            ),
        )
        return tuple(rule for rule in bounds if rule.maximum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """Files whose checksums decide the measurements, by name."""
        models = {f"toxicity.{language}.bin": model_path(language) for language in MODEL_LANGUAGES}
        return {**models, **list_files()}

    def setup(self) -> None:
        """See that the models are there; each is loaded for the first document in its language."""
        for language in MODEL_LANGUAGES:
            model_path(language)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines whose own score is too high, or else the one with the highest; lines that hold a listed word."""
        found = self.measure(as_lines(document))
        if rule == "max_flagged_words_ratio":
            return lines_holding(document, found["toxicity.flagged_words"])
        scores = np.asarray(found["toxicity.score"].fill_null(0.0).to_numpy(zero_copy_only=False))
        bound = min(self.max_score or 0.0, float(scores.max()) - 10.0**-SCORE_DIGITS)
        return lines_holding(document, pa.array(scores > max(bound, 0.0)))

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Score every document of the batch."""
        text = text_buffers(batch["text"])
        languages = document_languages(batch)
        scores = _scores(text, languages)
        lists = list(map(list_for, languages))
        flagged = [
            count_flagged(
                text.data, int(text.offsets[row]), int(text.offsets[row + 1]), word_trie(listed, whole_words=True)
            )
            if listed is not None
            else None
            for row, listed in enumerate(lists)
        ]
        ratios = [found and _ratio(*found, score) for found, score in zip(flagged, scores, strict=True)]
        judged = [
            "score" if score is not None else "words" if listed is not None else "not judged"
            for score, listed in zip(scores, lists, strict=True)
        ]
        return {
            "toxicity.score": pa.array(scores, pa.float64()),
            "toxicity.flagged_words": pa.array([found and found[0] for found in flagged], pa.int64()),
            "toxicity.flagged_words_ratio": pa.array(ratios, pa.float64()),
            "toxicity.judged": pa.array(judged, pa.string()),
        }


def _ratio(flagged: int, words: int, score: float | None) -> float:
    if flagged < FEWEST_WORDS or (score is not None and score < SCORE_WITH_WORDS):
        return 0.0
    return round(flagged / words, SCORE_DIGITS)


def _scores(text: TextBuffers, languages: list[str]) -> list[float | None]:
    windows = cut_windows(text)
    ends = np.cumsum(windows.of_document)
    all_scores = np.zeros(len(windows.ends))
    of_window = np.repeat(np.array([*languages, ""])[:-1], windows.of_document)
    for language in MODEL_LANGUAGES:
        numbers = np.flatnonzero(of_window == language)
        if len(numbers):
            all_scores[numbers] = load_model(str(model_path(language))).scores(windows, numbers)
    scores: list[float | None] = []
    for language, end, count in zip(languages, ends.tolist(), windows.of_document.tolist(), strict=True):
        if count == 0:
            scores.append(0.0)
        elif language not in MODEL_LANGUAGES:
            scores.append(None)
        else:
            highest = np.sort(all_scores[end - count : end])[-max(1, count // 10) :]
            scores.append(round(float(highest.mean()), SCORE_DIGITS))
    return scores
