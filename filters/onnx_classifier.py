"""Judge documents by any encoder in ONNX: education, topic, format, whatever it was trained to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import RecipeError
from .base.rules import Rule, check_bounds
from .base.step import Filter, Measurements
from .models.onnx_model import Device, Ids, OnnxModel, check_windows, cut_windows, files_of, load_onnx

Activation: TypeAlias = Literal["auto", "none", "sigmoid", "softmax"]
OverWindows: TypeAlias = Literal["mean", "max", "first"]
Scores: TypeAlias = npt.NDArray[np.float64]

DIGITS = 4
"""Scores are rounded to so many decimals: the last bits depend on what a processor can do."""
ONLY = "score"
"""What the one number of a model without names for its labels is called."""


@dataclass(frozen=True, kw_only=True)
class OnnxClassifier(Filter):
    """Keep documents by what an encoder model says of them: the value of a regression, or the chance of a label.

    Source: Penedo et al. 2024, "The FineWeb Datasets", section 4, scores the educational value of pages with a linear
    regression on an encoder (snowflake-arctic-embed) and keeps what reaches 3; Wettig et al. 2025, "Organize the Web",
    tells topics and formats by labels.

    A model is a folder with ``model.onnx`` (or ``onnx/model.onnx``), ``tokenizer.json`` and ``config.json``, as
    ``optimum-cli export onnx --task text-classification`` writes it. The text is cut into windows of tokens;
    ``onnx_classifier.score`` is the mean of their scores, or the greatest. How ours differs: FineWeb's classifier reads
    the first 512 tokens of a page only, as ``over_windows: first`` does.

    Scores are rounded to 4 decimals. Windows of equal length are run together and none is padded, so a document's
    score does not hang on its neighbours; models that are quantised dynamically scale all that is run at once by one
    number, so that their windows are run one by one. Each worker runs the model in one thread. On another processor, or
    a GPU, the last decimal may differ: for the same bytes anywhere name a ``device``.

    Needs ``pip install 'textmill[onnx]'``.

    Args:
        model: The folder. It has to be given; none comes with textmill.
        label: The label whose chance is the score; None for a model of one number.
        labels: Further labels, each measured as ``onnx_classifier.LABEL``.
        min_score: Remove documents whose score is lower.
        max_score: Remove documents whose score is higher.
        activation: What makes scores of logits: "sigmoid" for labels that may hold together, "softmax" for one of many,
            "none" for regressions. "auto" goes by ``problem_type`` in ``config.json``; without it one number is a
            regression, and several are one of many.
        window: Tokens of a window, special ones among them.
        overlap: Tokens that a window shares with the next one.
        max_windows: So many windows of a long document at most, spread evenly over it; None for all.
        over_windows: The "mean" over the windows, the "max", or the "first" window alone.
        device: "cpu", "cuda", "rocm", or "auto" for a GPU where onnxruntime has one.

    Raises:
        RecipeError: without a model, for a folder that holds none, for labels that it has not, and for windows that it
            cannot read.

    Example:
        >>> OnnxClassifier(model="edu", min_score=2.5, over_windows="first")
        Traceback (most recent call last):
        ...
        textmill.errors.RecipeError: onnx_classifier: there is no model.onnx, or onnx/model.onnx, in edu; ...
    """

    name: ClassVar[str] = "onnx_classifier"
    expensive: ClassVar[bool] = True

    model: str | None = None
    label: str | None = None
    labels: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    activation: Activation = "auto"
    window: int = 512
    overlap: int = 0
    max_windows: int | None = 32
    over_windows: OverWindows = "mean"
    device: Device = "auto"

    def __post_init__(self) -> None:
        if self.model is None:
            raise RecipeError(
                f"{self.name} needs a model, and none comes with textmill; give a folder with model.onnx and "
                f"tokenizer.json: model in a recipe, --set {self.name}.model=FOLDER on the command line"
            )
        object.__setattr__(self, "model", str(self.model))
        object.__setattr__(self, "labels", (self.labels,) if isinstance(self.labels, str) else tuple(self.labels))
        files_of(Path(str(self.model)), self.name)
        check_bounds(self.name, "min_score", self.min_score, "max_score", self.max_score)
        check_windows(self.name, self.window, self.overlap, self.max_windows)
        taken = {"score", "label", "windows"} & set(self.labels)
        if taken:
            raise RecipeError(f"{self.name}: labels cannot have {', '.join(sorted(taken))}, which is measured anyway")

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]  # labels are named by the user
        """The score, the most likely label, how many windows were read, and each further label."""
        further = {f"{self.name}.{label}": pa.float64() for label in self.labels}
        return {
            f"{self.name}.score": pa.float64(),
            f"{self.name}.label": pa.string(),
            f"{self.name}.windows": pa.int64(),
            **further,
        }

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The bounds of the score."""
        score = f"{self.name}.score"
        rules = (
            Rule(name="min_score", measurement=score, minimum=self.min_score),
            Rule(name="max_score", measurement=score, maximum=self.max_score),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The model, its tokenizer and configuration, whose checksums decide the score."""
        return files_of(Path(str(self.model)), self.name)

    def setup(self) -> None:
        """Load the model and look for the labels in it."""
        model = self._load()
        width = len(self._score(model, [[]])[0])
        names = _labels(model, width)
        if self.label is None and width > 1:
            raise RecipeError(f"{self.name}: give label, one of {', '.join(names)}")
        for label in (self.label, *self.labels):
            if label is not None and label not in names:
                raise RecipeError(f"{self.name}: {self.model} has no label {label!r}; it has {', '.join(names)}")

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Score every document; one without tokens has the score that the model gives to nothing."""
        if batch.num_rows == 0:
            return {name: pa.array([], declared) for name, declared in self.measurements.items()}
        model = self._load()
        most = 1 if self.over_windows == "first" else self.max_windows
        length = self.window - model.special_tokens
        windows: list[list[int]] = []
        counts: list[int] = []
        for text in batch["text"].to_pylist():
            cut = cut_windows(model.encode(text), length, self.overlap, most)
            windows += cut
            counts.append(len(cut))
        scores = self._score(model, windows)
        names = _labels(model, scores.shape[1])
        of_document = np.array(counts, dtype=np.int64)
        begins = np.cumsum(of_document) - of_document
        if self.over_windows == "max":
            found = np.maximum.reduceat(scores, begins)
        else:
            found = np.add.reduceat(scores, begins) / of_document[:, None]
        found = found.round(DIGITS) + 0.0
        likely = [names[at] for at in found.argmax(axis=1)] if len(names) > 1 else [None] * len(counts)
        at = 0 if self.label is None else names.index(self.label)
        columns = [
            pa.array(found[:, at]),
            pa.array(likely, pa.string()),
            pa.array(counts, pa.int64()),
            *(pa.array(found[:, names.index(label)]) for label in self.labels),
        ]
        return dict(zip(self.measurements, columns, strict=True))

    def _load(self) -> OnnxModel:
        model = load_onnx(str(self.model), self.name, "onnx", self.device)
        model.check_length(self.window, self.name)
        return model

    def _score(self, model: OnnxModel, windows: list[list[int]]) -> Scores:
        """One row of scores for each window."""

        def take(outputs: Mapping[str, npt.NDArray[np.floating[Any]]], _: Ids) -> npt.NDArray[np.floating[Any]]:
            logits = outputs["logits"] if "logits" in outputs else next(iter(outputs.values()))
            if logits.ndim == 1:
                logits = logits[:, None]
            if logits.ndim != 2:
                raise RecipeError(
                    f"{self.name}: {self.model} gives numbers of shape {logits.shape}, and no row of scores for each "
                    "text; export it for the task text-classification"
                )
            return logits

        logits = np.array(model.run(windows, take), dtype=np.float64)
        activation = self.activation if self.activation != "auto" else _activation(model, logits.shape[1])
        if activation == "sigmoid":
            return np.asarray(1 / (1 + np.exp(-logits)))
        if activation == "softmax":
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        return logits


def _activation(model: OnnxModel, width: int) -> str:
    kind = model.config.get("problem_type")
    known = {
        "regression": "none",
        "multi_label_classification": "sigmoid",
        "single_label_classification": "softmax",
    }
    return known.get(str(kind), "none" if width == 1 else "softmax")


def _labels(model: OnnxModel, width: int) -> list[str]:
    """The names of a model's labels, by number where its configuration has none."""
    named = model.config.get("id2label")
    if width == 1:
        return [str(named["0"]) if isinstance(named, dict) and len(named) == 1 and "0" in named else ONLY]
    return [str(named.get(str(at), at)) if isinstance(named, dict) else str(at) for at in range(width)]
