"""Judge documents by a fastText classifier of one's own: quality, topic, education, whatever it was trained to tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.draw import draw
from .base.rules import Rule, check_bounds
from .base.step import Filter, Measurements
from .models.loading import LABEL_PREFIX, SCORE_DIGITS, load_fasttext


@dataclass(frozen=True, kw_only=True)
class FastTextClassifier(Filter):
    """Keep documents by the probability that a fastText model gives to one of its labels.

    Sources: Li et al. 2024, "DataComp-LM", section 4.4, keeps what reaches a threshold (0.018112 with its classifier of
    instructions and explanations); Touvron et al. 2023, "LLaMA", section 2.1, what is more likely a page that Wikipedia
    refers to than a random one; Brown et al. 2020, "Language Models are Few-Shot Learners", appendix A, draws: a
    document stays if a Pareto-distributed number is above 1 - score, so that some of every quality are kept. With
    alpha = 9, GPT-3's, that is every document of score 1, 42 % at 0.9, 13 % at 0.75, 2.6 % at 0.5 and 0.2 % at 0.

    The text is given to the model in one line. How ours differs: what is drawn is a hash of the document's id, the same
    in every run and order. Its measurement ``steepest_alpha`` is the greatest alpha with which the document would stay,
    so that alpha too can be changed without the texts.

    Args:
        model: Path of a ``.bin`` or ``.ftz`` file. It has to be given; none comes with textmill.
        label: The label whose probability is the score, with or without ``__label__`` in front.
        min_score: Remove documents whose score, 0 to 1, is lower.
        max_score: Remove documents whose score is higher, where the label names what is not wanted.
        pareto_alpha: Draw as GPT-3 does; greater numbers keep fewer documents of low score.
        salt: Another text draws other documents.
        trained_on: What the model has learned, for people; a recipe that waits for a model says it in its error.

    Raises:
        RecipeError: without a model, for a model or label that is not there, and for bounds outside 0..1.

    Example:
        >>> from textmill import Recipe
        >>> from textmill.filters.language import default_model
        >>> german = FastTextClassifier(model=str(default_model()), label="de", min_score=0.5)
        >>> Recipe("r", [german]).clean("The harbour was quiet, and nobody had much to say.").removed_by
        'fasttext_classifier.min_score'
    """

    name: ClassVar[str] = "fasttext_classifier"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "fasttext_classifier.score": pa.float64(),
        "fasttext_classifier.steepest_alpha": pa.float64(),
    }
    expensive: ClassVar[bool] = True

    model: str | None = None
    label: str = "hq"
    min_score: float | None = None
    max_score: float | None = None
    pareto_alpha: float | None = None
    salt: str = ""
    trained_on: str = ""

    def __post_init__(self) -> None:
        if self.model is None:
            wanted = f" trained on {self.trained_on}" if self.trained_on else ""
            raise RecipeError(
                f"{self.name} needs a fastText model{wanted}, which does not come with textmill; "
                f"give its .bin or .ftz file: model in a recipe, --set {self.name}.model=PATH on the command line"
            )
        object.__setattr__(self, "model", str(self.model))
        if not Path(str(self.model)).is_file():
            raise RecipeError(f"{self.name}: there is no model file {self.model}")
        for name in ("min_score", "max_score"):
            bound = getattr(self, name)
            if bound is not None and not 0 <= bound <= 1:
                raise RecipeError(f"{self.name}: {name}={bound} is not between 0 and 1")
        check_bounds(self.name, "min_score", self.min_score, "max_score", self.max_score)
        if self.pareto_alpha is not None and self.pareto_alpha < 0:
            raise RecipeError(f"{self.name}: pareto_alpha={self.pareto_alpha} is below 0")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The bounds of the score, then the draw."""
        score, alpha = self.measurements
        rules = (
            Rule(name="min_score", measurement=score, minimum=self.min_score),
            Rule(name="max_score", measurement=score, maximum=self.max_score),
            Rule(name="pareto_alpha", measurement=alpha, minimum=self.pareto_alpha),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The model, whose checksum decides the score."""
        path = Path(str(self.model))
        return {path.name: path}

    def setup(self) -> None:
        """Load the model and look for the label in it."""
        self._load()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Score every document; one without a word has the score that the model gives to nothing."""
        model = self._load()
        wanted = LABEL_PREFIX + self.label.removeprefix(LABEL_PREFIX)
        scores = np.zeros(batch.num_rows, dtype=np.float64)
        for row, line in enumerate(pc.replace_substring(batch["text"], "\n", " ").to_pylist()):
            labels, probabilities = model.predict(line, k=-1)
            scores[row] = probabilities[labels.index(wanted)]
        scores = np.clip(scores, 0.0, 1.0).round(SCORE_DIGITS)
        drawn = (draw(doc_id, f"{self.name}\x00{self.salt}") for doc_id in batch["doc_id"].to_pylist())
        alphas = [_steepest_alpha(score, number) for score, number in zip(scores.tolist(), drawn, strict=True)]
        return dict(zip(self.measurements, (pa.array(scores), pa.array(alphas, pa.float64())), strict=True))

    def _load(self) -> Any:
        model = load_fasttext(str(self.model))
        labels = [label.removeprefix(LABEL_PREFIX) for label in model.labels]
        if self.label.removeprefix(LABEL_PREFIX) not in labels:
            raise RecipeError(f"{self.name}: {self.model} has no label {self.label!r}; it has {', '.join(labels)}")
        return model


def _steepest_alpha(score: float, drawn: float) -> float:
    """The greatest alpha for which ``drawn <= (2 - score) ** -alpha``, as 1 - score is below a Pareto number."""
    if score >= 1:
        return math.inf
    return round(-math.log(drawn) / math.log(2 - score), SCORE_DIGITS)
