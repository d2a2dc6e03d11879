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
from .models.fasttext_file import read_fasttext
from .models.loading import SCORE_DIGITS, Floats, load_fasttext, predict_top, shipped_file
from .models.toxicity_windows import WINDOW_BYTES, Windows, cut_windows

MODEL_LANGUAGES = ("en", "zh")
TOXIC = "toxic"
LOGIT_ERROR, ROUNDING = 1e-3, 3 * 10.0**-SCORE_DIGITS
"""How far apart our scores and the library's may be, with a wide margin: it sums up in single precision and rounds."""
LONGEST_ESTIMATED_BYTES = 4 * WINDOW_BYTES
"""In longer windows, of one word, its sums drift; they are always given to it."""


@dataclass(frozen=True, kw_only=True)
class Toxicity(Filter):
    """Remove documents that are abusive throughout, or full of obscene words.

    ``toxicity.score`` comes from fastText classifiers trained on Davidson et al. 2017 (English tweets) and COLD (Deng
    et al. 2022, Chinese comments) plus formal text as clean examples; MODELS.md has figures and limits. The text is cut
    into windows of about 800 bytes and the score is the mean of the highest-scoring tenth of them, at least one: one
    bad paragraph decides over a comment, but never over a book. (Dolma scores sentences and removes spans; a fastText
    score of a whole long text would drown them.) ``toxicity.flagged_words`` and ``toxicity.flagged_words_ratio`` count
    words of the LDNOOBW lists, as C4 does, but as a share of all words: C4 drops a page for a single one.

    The language is the column ``language.label`` where an earlier Language step left one, else judged by the script:
    mostly Han is Chinese, almost only ASCII letters English. Other languages have no score (null, which passes), and
    those without a list no count. Texts without a word score 0.

    Do not trust it blindly. The training tweets were labelled with known bias against African American English (Sap et
    al. 2019), linear models cannot tell quoting, reclaimed words or counter-speech from abuse, and medical or legal
    texts use listed words. Look at what it removes before you use it, or use it only to measure (both bounds None).

    Args:
        max_score: Remove documents whose score, 0 to 1, is higher. At 0.8 no page of 157 of news, 66 of a novel and
            1,486 of manuals is removed, and 59 to 93 % of held-out abusive comments are; see MODELS.md.
        max_flagged_words_ratio: Remove documents of whose words a larger share is listed; Data-Juicer's recipes
            use 0.045.

    Raises:
        RecipeError: for a bound outside 0..1.
    """

    name: ClassVar[str] = "toxicity"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "toxicity.score": pa.float64(),
        "toxicity.flagged_words": pa.int64(),
        "toxicity.flagged_words_ratio": pa.float64(),
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
        models = {f"toxicity.{language}.ftz": Path(_path(language)) for language in MODEL_LANGUAGES}
        return {**models, **list_files()}

    def setup(self) -> None:
        """See that the models are there; each is loaded for the first document in its language."""
        for language in MODEL_LANGUAGES:
            _path(language)

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
        flagged = [
            count_flagged(text.data, int(text.offsets[row]), int(text.offsets[row + 1]), word_trie(listed))
            if listed is not None
            else None
            for row, listed in enumerate(map(list_for, languages))
        ]
        return {
            "toxicity.score": pa.array(_scores(text, languages), pa.float64()),
            "toxicity.flagged_words": pa.array([found and found[0] for found in flagged], pa.int64()),
            "toxicity.flagged_words_ratio": pa.array(
                [found and round(found[0] / max(found[1], 1), SCORE_DIGITS) for found in flagged], pa.float64()
            ),
        }


def _scores(text: TextBuffers, languages: list[str]) -> list[float | None]:
    windows = cut_windows(text)
    scores: list[float | None] = []
    first = 0
    for row, language in enumerate(languages):
        count = int(windows.of_document[row])
        if count == 0:
            scores.append(0.0)
        elif language not in MODEL_LANGUAGES:
            scores.append(None)
        else:
            highest = _highest(windows, first, count, language)
            scores.append(round(float(highest.mean()), SCORE_DIGITS))
        first += count
    return scores


def _highest(windows: Windows, first: int, count: int, language: str) -> Floats:
    """Scores of the highest-scoring tenth of the windows of a document.

    Our own kernel, ten times as fast as the library, tells which these may be; the scores are the library's.
    """
    wanted = max(1, count // 10)
    candidates = np.arange(first, first + count)
    model = read_fasttext(_path(language)) if count > 1 else None
    if model is not None:
        bounds = np.concatenate(([windows.ends[first - 1] if first else 0], windows.ends[first : first + count]))
        labels, chances, _ = model.top_labels(TextBuffers(bounds, windows.data))
        estimates = np.where(labels == model.labels.index(TOXIC), chances, 1 - chances)
        estimates[np.diff(bounds) > LONGEST_ESTIMATED_BYTES] = 1.0
        least = np.partition(estimates, -wanted)[-wanted]
        candidates = candidates[estimates >= least - LOGIT_ERROR * least * (1 - least) - ROUNDING]
    found, probabilities = predict_top(load_fasttext(_path(language)), windows.texts(candidates))
    toxic = np.where([label == TOXIC for label in found], probabilities, 1 - probabilities)
    return np.sort(toxic)[-wanted:]


def _path(language: str) -> str:
    return str(shipped_file(f"models/toxicity.{language}.ftz"))
