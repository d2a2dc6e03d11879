"""Embed documents by any encoder in ONNX, for semantic deduplication and for whoever reads the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import RecipeError
from .base.rules import Rule
from .base.step import Filter, Measurements
from .models.onnx_model import Device, Ids, OnnxModel, check_windows, cut_windows, files_of, load_onnx

Pooling: TypeAlias = Literal["auto", "mean", "cls"]
Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Int8s: TypeAlias = npt.NDArray[np.int8]

VECTOR = "embed.vector"
VECTOR_TYPE = pa.list_(pa.int8())
MOST_UNKNOWN = 0.5
"""Where more of a text's tokens are unknown to the model, its vector would be that of any other such text."""


@dataclass(frozen=True, kw_only=True)
class Embed(Filter):
    """Embed every document: a vector whose direction says what the document is about. Removes nothing.

    Source: Reimers and Gurevych 2019, "Sentence-BERT": the mean of the vectors of all tokens, or that of the first.

    A model is a folder with ``model.onnx`` (or ``onnx/model.onnx``) and ``tokenizer.json``, as ``optimum-cli export
    onnx --task feature-extraction`` writes it; a model that gives ``sentence_embedding`` is taken at its word. A
    document's vector is the mean of those of its windows, each made as long as the others.

    ``embed.vector`` in the ledger are whole numbers from -127 to 127, a byte each, in proportion to the vector; cosines
    of these differ from those of floats by less than 0.005. It is null for a document of which the model does not know
    most tokens, as a model of English of one in Thai.

    Needs ``pip install 'textmill[onnx]'``. Each worker runs the model in one thread.

    Args:
        model: The folder. It has to be given; none comes with textmill.
        pooling: "mean" of all tokens, the first one ("cls"), or "auto": what ``1_Pooling/config.json`` says, else the
            mean.
        prefix: Set before each window, as some models want it ("passage: ").
        window: Tokens of a window, special ones and the prefix among them.
        overlap: Tokens that a window shares with the next one.
        max_windows: So many windows of a long document at most, spread evenly over it; None for all.
        device: "cpu", "cuda", "rocm", or "auto" for a GPU where onnxruntime has one.

    Raises:
        RecipeError: without a model, for a folder that holds none, and for windows that it cannot read.

    Example:
        >>> Embed(model="minilm", prefix="passage: ")
        Traceback (most recent call last):
        ...
        textmill.errors.RecipeError: embed: there is no model.onnx, or onnx/model.onnx, in minilm; ...
    """

    name: ClassVar[str] = "embed"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {VECTOR: VECTOR_TYPE}
    expensive: ClassVar[bool] = True

    model: str | None = None
    pooling: Pooling = "auto"
    prefix: str = ""
    window: int = 256
    overlap: int = 0
    max_windows: int | None = 8
    device: Device = "auto"

    def __post_init__(self) -> None:
        if self.model is None:
            raise RecipeError(
                f"{self.name} needs a model, and none comes with textmill; give a folder with model.onnx and "
                f"tokenizer.json: model in a recipe, --set {self.name}.model=FOLDER on the command line"
            )
        object.__setattr__(self, "model", str(self.model))
        files_of(Path(str(self.model)), self.name)
        check_windows(self.name, self.window, self.overlap, self.max_windows)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """None: it removes nothing."""
        return ()

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The model, its tokenizer and configuration, whose checksums decide the vectors."""
        return files_of(Path(str(self.model)), self.name)

    def setup(self) -> None:
        """Load the model and run it once."""
        model = self._load()
        self._embed(model, [[]])

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Embed every document."""
        if batch.num_rows == 0:
            return {VECTOR: pa.array([], VECTOR_TYPE)}
        model = self._load()
        prefix = model.encode(self.prefix) if self.prefix else []
        length = self.window - model.special_tokens - len(prefix)
        if length < 1:
            raise RecipeError(f"{self.name}: window={self.window} is full of the prefix; give more")
        windows: list[list[int]] = []
        counts: list[int] = []
        for text in batch["text"].to_pylist():
            ids = model.encode(text)
            unknown = 0 if model.unknown is None else ids.count(model.unknown)
            is_known = len(ids) > 0 and unknown <= MOST_UNKNOWN * len(ids)
            cut = cut_windows(ids, length, self.overlap, self.max_windows) if is_known else []
            windows += [[*prefix, *window] for window in cut]
            counts.append(len(cut))
        vectors = self._embed(model, windows)
        rows: list[list[int] | None] = []
        at = 0
        for count in counts:
            whole = quantized(vectors[at : at + count].sum(axis=0)) if count else None
            rows.append(whole.tolist() if whole is not None and whole.any() else None)
            at += count
        return {VECTOR: pa.array(rows, VECTOR_TYPE)}

    def _load(self) -> OnnxModel:
        model = load_onnx(str(self.model), self.name, "onnx", self.device)
        model.check_length(self.window, self.name)
        return model

    def _embed(self, model: OnnxModel, windows: list[list[int]]) -> npt.NDArray[np.float64]:
        """One vector of length 1 for each window."""
        if not windows:
            return np.empty((0, 0))
        pooling = self.pooling
        if pooling == "auto":
            pooling = "cls" if model.pooling.get("pooling_mode_cls_token") else "mean"

        def take(outputs: Mapping[str, Floats], mask: Ids) -> Floats:
            if "sentence_embedding" in outputs:
                return outputs["sentence_embedding"]
            names = ("last_hidden_state", "token_embeddings", *outputs)
            found = next(outputs[name] for name in names if name in outputs)
            if found.ndim == 2:
                return found
            if found.ndim != 3:
                raise RecipeError(
                    f"{self.name}: {self.model} gives numbers of shape {found.shape}, and no vectors of tokens or "
                    "texts; export it for the task feature-extraction"
                )
            if pooling == "cls":
                return found[:, 0]
            weights = mask.astype(np.float64)[:, :, None]
            return np.asarray((found * weights).sum(axis=1) / weights.sum(axis=1))

        vectors = np.array(model.run(windows, take), dtype=np.float64).reshape(len(windows), -1)
        lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))


def quantized(vector: npt.NDArray[np.float64]) -> Int8s:
    """Whole numbers up to 127 in proportion to a vector's; zeros where it has no direction."""
    greatest = float(np.abs(vector).max(initial=0.0))
    if not 0 < greatest < np.inf:
        return np.zeros(len(vector), dtype=np.int8)
    return np.rint(vector * (127 / greatest)).astype(np.int8)
