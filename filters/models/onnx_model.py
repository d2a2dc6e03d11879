"""ONNX models of tokens, run on windows of a text: the same numbers for a window whatever is run beside it."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import RecipeError

Floats32: TypeAlias = npt.NDArray[np.float32]
Ids: TypeAlias = npt.NDArray[np.int64]
Take: TypeAlias = Callable[[Mapping[str, npt.NDArray[np.floating[Any]]], Ids], npt.NDArray[np.floating[Any]]]
"""From the outputs of a model, by name, and the attention mask of a batch, to one row for each of its windows."""

MODEL_NAMES = ("model.onnx", "onnx/model.onnx")
POOLING = "1_Pooling/config.json"
BATCH_TOKENS = 8192
"""So many tokens at most are run at once."""
SCALED_TOGETHER = b"DynamicQuantize"
"""Operators whose scale is that of all that is run at once."""
Device: TypeAlias = Literal["auto", "cpu", "cuda", "rocm"]
PROVIDERS: Mapping[str, str] = {
    "cuda": "CUDAExecutionProvider",
    "rocm": "ROCMExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""What onnxruntime calls that which runs a model on a device; those before the last are preferred where they are."""


@dataclass(frozen=True)
class OnnxModel:
    """A model in this process's memory, with the tokenizer that it was trained with."""

    folder: Path
    session: Any
    tokenizer: Any
    head: tuple[int, ...]
    tail: tuple[int, ...]
    """Special tokens before and behind those of a text."""
    unknown: int | None
    """The token of what the tokenizer does not know, if it has one."""
    config: Mapping[str, Any]
    """What ``config.json`` says; empty where there is none."""
    pooling: Mapping[str, Any]
    """What ``1_Pooling/config.json`` says."""
    alone: bool
    """Whether what is run beside a window would change its numbers."""

    @property
    def special_tokens(self) -> int:
        """How many are set around a window."""
        return len(self.head) + len(self.tail)

    def check_length(self, window: int, owner: str) -> None:
        """Refuse windows that are longer than what the model reads.

        Raises:
            RecipeError: naming the most tokens.
        """
        places = self.config.get("max_position_embeddings")
        fixed = self.session.get_inputs()[0].shape[1]
        most = fixed if isinstance(fixed, int) else places
        if isinstance(most, int) and window > most:
            raise RecipeError(f"{owner}: window={window} is more than {self.folder.name} reads; give at most {most}")
        if window <= self.special_tokens:
            raise RecipeError(f"{owner}: window={window} holds nothing but special tokens")

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without special ones."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def run(self, windows: Sequence[Sequence[int]], take: Take) -> list[npt.NDArray[np.floating[Any]]]:
        """One row for each window, which get their special tokens here.

        Windows of equal length are run together, so that none is padded and each is computed alike wherever it comes.
        """
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, window in enumerate(windows):
            by_length[len(window)].append(number)
        rows: list[Any] = [None] * len(windows)
        for length, numbers in sorted(by_length.items()):
            most = 1 if self.alone else max(1, BATCH_TOKENS // max(length + self.special_tokens, 1))
            for first in range(0, len(numbers), most):
                some = numbers[first : first + most]
                ids = np.array([[*self.head, *windows[number], *self.tail] for number in some], dtype=np.int64)
                ids = ids if ids.size else np.zeros((len(some), 1), dtype=np.int64)  # no model reads nothing
                for number, row in zip(some, take(*self._outputs(ids)), strict=True):
                    rows[number] = row
        return rows

    def _outputs(self, ids: Ids) -> tuple[Mapping[str, Any], Ids]:
        inputs = self.session.get_inputs()
        names = [given.name for given in inputs]
        first = "input_ids" if "input_ids" in names else names[0]
        mask = np.ones_like(ids)
        length = inputs[names.index(first)].shape[1]
        if isinstance(length, int) and length > ids.shape[1]:  # a model that reads so many tokens and no fewer
            behind = ((0, 0), (0, length - ids.shape[1]))
            ids = np.pad(ids, behind, constant_values=int(self.config.get("pad_token_id") or 0))
            mask = np.pad(mask, behind)
        given = {first: ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        if "position_ids" in names:
            given["position_ids"] = np.broadcast_to(np.arange(ids.shape[1]), ids.shape).copy()
        found = self.session.run(None, {name: value for name, value in given.items() if name in names})
        return dict(zip([one.name for one in self.session.get_outputs()], found, strict=True)), mask


def find_model(folder: Path, owner: str) -> Path:
    """The model file in a folder.

    Raises:
        RecipeError: where there is none, or no tokenizer beside it.
    """
    model = next((folder / name for name in MODEL_NAMES if (folder / name).is_file()), None)
    if model is None or not (folder / "tokenizer.json").is_file():
        missing = "tokenizer.json" if model is not None else f"{MODEL_NAMES[0]}, or {MODEL_NAMES[1]},"
        raise RecipeError(
            f"{owner}: there is no {missing} in {folder}; it takes a folder with both, as exporters of models write it"
        )
    return model


def files_of(folder: Path, owner: str) -> Mapping[str, Path]:
    """The files that decide what a model says, by name: itself with its external data, tokenizer, configuration."""
    model = find_model(folder, owner)
    beside = [folder / name for name in ("tokenizer.json", "config.json", POOLING)]
    files = [*model.parent.glob(f"{model.stem}*"), *beside]
    return {f"{folder.name}/{path.relative_to(folder)}": path for path in sorted(files) if path.is_file()}


@functools.cache
def load_onnx(path: str, owner: str, extra: str, device: str = "cpu") -> OnnxModel:
    """Load a model once in this process, which it runs in a single thread: workers are processes already.

    Args:
        path: A folder with ``model.onnx`` (or ``onnx/model.onnx``), ``tokenizer.json`` and perhaps ``config.json``.
        owner: The step or parameter that errors name.
        extra: The extra of this package that installs what is needed.
        device: What runs it; "auto" for a GPU where onnxruntime has one.

    Raises:
        RecipeError: when the model cannot be loaded, or onnxruntime or the device is not there.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise RecipeError(f"{owner} needs onnxruntime for this model: pip install 'textmill[{extra}]'") from error
    from tokenizers import Tokenizer

    folder = Path(path)
    model = find_model(folder, owner)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises no other
        raise RecipeError(f"{owner}: cannot read {folder / 'tokenizer.json'}: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    config, pooling = (_read_config(folder / name, owner) for name in ("config.json", POOLING))
    available = onnxruntime.get_available_providers()
    chosen = device
    if device == "auto":
        chosen = next(one for one, provider in PROVIDERS.items() if provider in available or one == "cpu")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # what it warns of is how a model could be faster
    if PROVIDERS[chosen] not in available:
        raise RecipeError(f"{owner}: onnxruntime has no device {device!r} here; it has {', '.join(available)}")
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=[PROVIDERS[chosen]])
    except Exception as error:
        raise RecipeError(f"{owner}: cannot read {model}: {error}") from error
    if device != "auto" and PROVIDERS[device] not in session.get_providers():  # it would run on the CPU instead
        raise RecipeError(f"{owner}: onnxruntime cannot use the device {device!r} here; leave it to auto, or take cpu")
    head, tail = _special_tokens(tokenizer)
    rows = session.get_inputs()[0].shape[0]
    alone = isinstance(rows, int) or SCALED_TOGETHER in model.read_bytes()
    return OnnxModel(folder, session, tokenizer, head, tail, _unknown(tokenizer), config, pooling, alone)


def _read_config(path: Path, owner: str) -> Mapping[str, Any]:
    """What a file says; empty where there is none."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecipeError(f"{owner}: cannot read {path}: {error}") from error
    return found if isinstance(found, dict) else {}


def _unknown(tokenizer: Any) -> int | None:
    described = json.loads(tokenizer.to_str())["model"]
    if described.get("unk_token") is not None:
        number: int | None = tokenizer.token_to_id(described["unk_token"])
        return number
    listed = described.get("unk_id")
    return int(listed) if listed is not None else None


def _special_tokens(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What the tokenizer sets before and behind a text."""
    probe = "a"
    whole, inner = tokenizer.encode(probe).ids, tokenizer.encode(probe, add_special_tokens=False).ids
    begin = next(
        (at for at in range(len(whole) - len(inner) + 1) if inner and whole[at : at + len(inner)] == inner),
        len(whole) // 2,
    )
    return tuple(whole[:begin]), tuple(whole[begin + len(inner) :])


def check_windows(owner: str, window: int, overlap: int, max_windows: int | None) -> None:
    """Refuse windows that hold nothing or go nowhere.

    Raises:
        RecipeError: naming the parameter.
    """
    if window < 8:
        raise RecipeError(f"{owner}: window={window} is too short; give at least 8 tokens")
    if not 0 <= overlap <= window // 2:
        raise RecipeError(f"{owner}: overlap={overlap} is not between 0 and half the window of {window} tokens")
    if max_windows is not None and max_windows < 1:
        raise RecipeError(f"{owner}: max_windows={max_windows} is below 1; null reads all windows")


def cut_windows(ids: list[int], length: int, overlap: int, most: int | None) -> list[list[int]]:
    """A text's tokens in windows of up to so many; a text without tokens is one of none.

    Args:
        ids: The tokens.
        length: Of a window.
        overlap: So many tokens at the end of a window stand at the beginning of the next one too.
        most: So many windows at most, spread evenly from the first to the last.
    """
    starts = [0]
    while starts[-1] + length < len(ids):
        starts.append(starts[-1] + length - overlap)
    if most is not None and len(starts) > most:
        starts = [starts[number * (len(starts) - 1) // max(most - 1, 1)] for number in range(most)]
    return [ids[start : start + length] for start in starts]
