"""Judge documents by a classifier, the one that comes along or one's own: quality, topic, whatever it can tell."""

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
from .kernels.machine.buffers import Floats, text_buffers
from .models.linear_model import DEFAULT_MODEL, LinearModel, default_model, is_linear, load_linear, read_header
from .models.loading import LABEL_PREFIX, SCORE_DIGITS, load_fasttext

SCORE = "fasttext_classifier.score"
STEEPEST_ALPHA = "fasttext_classifier.steepest_alpha"
LIKELIEST = "fasttext_classifier.label"
DEFAULT_LABEL = "hq"


@dataclass(frozen=True, kw_only=True)
class FastTextClassifier(Filter):
    """Keep documents by the probability that a classifier gives to one of its labels, or only measure several.

    Sources: Li et al. 2024, "DataComp-LM", section 4.4, keeps what reaches a threshold (0.018112 with its classifier of
    instructions and explanations); Touvron et al. 2023, "LLaMA", section 2.1, what is more likely a page that Wikipedia
    refers to than a random one; Brown et al. 2020, "Language Models are Few-Shot Learners", appendix A, draws: a
    document stays if a Pareto-distributed number is above 1 - score, so that some of every quality are kept. With
    alpha = 9, GPT-3's, that is every document of score 1, 42 % at 0.9, 13 % at 0.75, 2.6 % at 0.5 and 0.2 % at 0.

    fastText is given the text in one line. How ours differs: what is drawn is a hash of the document's id, the same
    in every run and order. Its measurement ``steepest_alpha`` is the greatest alpha with which the document would stay,
    so that alpha too can be changed without the texts.

    Args:
        model: Path of a fastText model (``.bin``, ``.ftz``), or of a linear one of ``textmill train quality``; None for
            the one that comes with textmill, which tells edited English prose (label ``hq``) from what crawls are full
            of. It is ours and no copy of anybody's: see ``trained_on`` and MODELS.md.
        label: The label whose probability is the score, with or without ``__label__`` in front; None is ``hq``, or no
            score where ``labels`` are given.
        labels: Labels to measure besides: the probability of each, and in ``fasttext_classifier.label`` which of them
            is the likeliest, by which documents can be put into buckets.
        min_score: Remove documents whose score, 0 to 1, is lower.
        max_score: Remove documents whose score is higher, where the label names what is not wanted.
        pareto_alpha: Draw as GPT-3 does; greater numbers keep fewer documents of low score.
        salt: Another text draws other documents.
        trained_on: What the model has learned, for people; by default what the model's own file says of it.

    Raises:
        RecipeError: for a model or label that is not there, and for bounds outside 0..1.

    Example:
        >>> from textmill import Recipe
        >>> recipe = Recipe("r", [FastTextClassifier(min_score=0.5)])
        >>> recipe.clean("Home | Login | Cart (0) | Next >> " * 9).removed_by
        'fasttext_classifier.min_score'
    """

    name: ClassVar[str] = "fasttext_classifier"
    expensive: ClassVar[bool] = True

    model: str | None = None
    label: str | None = None
    labels: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    pareto_alpha: float | None = None
    salt: str = ""
    trained_on: str = ""

    def __post_init__(self) -> None:
        labels = (self.labels,) if isinstance(self.labels, str) else self.labels
        object.__setattr__(self, "labels", tuple(label.removeprefix(LABEL_PREFIX) for label in labels))
        if self.model is not None:
            object.__setattr__(self, "model", str(self.model))
            if not Path(str(self.model)).is_file():
                raise RecipeError(f"{self.name}: there is no model file {self.model}")
        if not self.trained_on and is_linear(self._path):
            object.__setattr__(self, "trained_on", str(read_header(self._path).get("about", "")))
        for name in ("min_score", "max_score"):
            bound = getattr(self, name)
            if bound is not None and not 0 <= bound <= 1:
                raise RecipeError(f"{self.name}: {name}={bound} is not between 0 and 1")
        check_bounds(self.name, "min_score", self.min_score, "max_score", self.max_score)
        if self.pareto_alpha is not None and self.pareto_alpha < 0:
            raise RecipeError(f"{self.name}: pareto_alpha={self.pareto_alpha} is below 0")
        if self.rules and self._scored is None:
            raise RecipeError(f"{self.name}: {self.rules[0].name} needs a score; name its label")
        if len(set(self.labels)) < len(self.labels):
            raise RecipeError(f"{self.name}: a label is named twice in {', '.join(self.labels)}")

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]  # by the labels
        """Score and steepest alpha of the label, then what is asked of other labels."""
        score = {} if self._scored is None else {name: pa.float64() for name in (SCORE, STEEPEST_ALPHA)}
        likeliest = {LIKELIEST: pa.string()} if self.labels else {}
        return score | likeliest | {f"{self.name}.label.{label}": pa.float64() for label in self.labels}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The bounds of the score, then the draw."""
        rules = (
            Rule(name="min_score", measurement=SCORE, minimum=self.min_score),
            Rule(name="max_score", measurement=SCORE, maximum=self.max_score),
            Rule(name="pareto_alpha", measurement=STEEPEST_ALPHA, minimum=self.pareto_alpha),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The model, whose checksum decides the score."""
        path = Path(self._path)
        return {path.name: path}

    @property
    def notices(self) -> tuple[str, ...]:
        """Whose model judges, where the recipe names none."""
        if self.model is not None:
            return ()
        return (
            f"{self.name}: judged by textmill's own model {DEFAULT_MODEL}, not by one of the authors of a paper. "
            f"{self.trained_on}",
        )

    def setup(self) -> None:
        """Load the model and look for the labels in it."""
        self._load()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Score every document; one without a word has the score that the model gives to nothing."""
        labels, found = self._probabilities(batch["text"])
        found = np.clip(found, 0.0, 1.0).round(SCORE_DIGITS)
        taken: dict[str, pa.Array] = {}
        if self._scored is not None:
            scores = found[:, labels.index(self._scored)]
            drawn = (draw(doc_id, f"{self.name}\x00{self.salt}") for doc_id in batch["doc_id"].to_pylist())
            alphas = [_steepest_alpha(score, number) for score, number in zip(scores.tolist(), drawn, strict=True)]
            taken |= {SCORE: pa.array(scores), STEEPEST_ALPHA: pa.array(alphas, pa.float64())}
        if self.labels:
            columns = found[:, [labels.index(label) for label in self.labels]]
            likeliest = np.argmax(columns, axis=1)
            taken[LIKELIEST] = pa.array([self.labels[at] for at in likeliest.tolist()], pa.string())
            taken |= {f"{self.name}.label.{label}": pa.array(columns[:, at]) for at, label in enumerate(self.labels)}
        return taken

    @property
    def _path(self) -> str:
        return str(default_model()) if self.model is None else self.model

    @property
    def _scored(self) -> str | None:
        """The label whose probability is the score."""
        if self.label is None:
            return None if self.labels else DEFAULT_LABEL
        return self.label.removeprefix(LABEL_PREFIX)

    def _load(self) -> Any:
        path = self._path
        model = load_linear(path) if is_linear(path) else load_fasttext(path)
        labels = [label.removeprefix(LABEL_PREFIX) for label in model.labels]
        for wanted in (*self.labels, *([] if self._scored is None else [self._scored])):
            if wanted not in labels:
                raise RecipeError(f"{self.name}: {path} has no label {wanted!r}; it has {', '.join(labels)}")
        return model

    def _probabilities(self, texts: pa.Array) -> tuple[list[str], Floats]:
        """The labels of the model, and the probability of each for each text, shape (n, labels)."""
        model = self._load()
        if isinstance(model, LinearModel):
            return list(model.labels), model.probabilities(text_buffers(texts))
        places = {label: place for place, label in enumerate(model.labels)}
        found = np.zeros((len(texts), len(places)), dtype=np.float64)
        for row, line in enumerate(pc.replace_substring(texts, "\n", " ").to_pylist()):
            labels, probabilities = model.predict(line, k=-1)
            found[row, [places[label] for label in labels]] = probabilities
        return [label.removeprefix(LABEL_PREFIX) for label in places], found


def _steepest_alpha(score: float, drawn: float) -> float:
    """The greatest alpha for which ``drawn <= (2 - score) ** -alpha``, as 1 - score is below a Pareto number."""
    if score >= 1:
        return math.inf
    return round(-math.log(drawn) / math.log(2 - score), SCORE_DIGITS)
