"""The network of the package ``tox-block`` (MIT), which judges texts from which the English toxicity model learns.

It was trained on Wikipedia talk-page comments (Jigsaw, CC0): word vectors, an LSTM in both directions, the maximum over
the words, two dense layers. It is worked out here in double precision, so that training needs no TensorFlow and gives
the same on every machine. At run time nothing of it is used.
"""

from __future__ import annotations

import importlib
import io
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..kernels.machine.buffers import Floats

LONGEST, KNOWN_WORDS, BATCH = 100, 20_000, 4096
SIGNS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
KINDS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")


class Direction(NamedTuple):
    """An LSTM that reads in one direction."""

    of_words: Floats
    """What each word adds to the four gates, shape (words, 4 * units)."""
    recurrent: Floats

    def highest(self, words: npt.NDArray[np.int64]) -> Floats:
        """The highest output of each unit over the columns of ``words``, from the first to the last."""
        units = len(self.recurrent)
        output, cell = np.zeros((len(words), units)), np.zeros((len(words), units))
        highest = np.full((len(words), units), -np.inf)
        for column in range(words.shape[1]):
            gates = self.of_words[words[:, column]] + output @ self.recurrent
            admit, forget, new, emit = (gates[:, part * units : (part + 1) * units] for part in range(4))
            cell = _hard_sigmoid(forget) * cell + _hard_sigmoid(admit) * np.tanh(new)
            output = _hard_sigmoid(emit) * np.tanh(cell)
            highest = np.maximum(highest, output)
        return highest


class Teacher(NamedTuple):
    """The network with the words that it knows."""

    numbers: Mapping[str, int]
    """Words by how often the comments have them; the most frequent one is 1."""
    counts: Mapping[str, int]
    """In how many places of the comments a word stands."""
    forward: Direction
    backward: Direction
    layers: tuple[tuple[Floats, Floats], ...]
    """Weights and biases of the two dense layers."""

    def log_odds(self, texts: Sequence[str]) -> Floats:
        """Log-odds of each of :data:`KINDS` for each text, shape (n, kinds)."""
        (inner, inner_bias), (outer, outer_bias) = self.layers
        found = np.empty((len(texts), len(outer_bias)))
        for first in range(0, len(texts), BATCH):
            words = self.numbered(texts[first : first + BATCH])
            highest = np.hstack([self.forward.highest(words), self.backward.highest(words[:, ::-1])])
            found[first : first + BATCH] = np.maximum(highest @ inner + inner_bias, 0.0) @ outer + outer_bias
        return found

    def numbered(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """The last words of each text that are known, zeros before them."""
        result = np.zeros((len(texts), LONGEST), dtype=np.int64)
        as_spaces = str.maketrans(dict.fromkeys(SIGNS, " "))
        for row, text in enumerate(texts):
            known = [
                self.numbers[word] for word in text.lower().translate(as_spaces).split(" ") if word in self.numbers
            ]
            if known:
                result[row, -len(known[-LONGEST:]) :] = known[-LONGEST:]
        return result


def read_teacher(package: Path) -> Teacher:
    """Read the network from the unpacked wheel of ``tox-block`` 0.1.2."""
    folder = package / "tox_block/trained_models"
    tokenizer = _Reader((folder / "encoder_0.1.2.pkl").read_bytes()).load().tokenizer
    numbers = {word: number for word, number in tokenizer.word_index.items() if number < KNOWN_WORDS}
    with importlib.import_module("h5py").File(folder / "lstm_model_0.1.2.h5") as file:
        weights: dict[str, Floats] = {}
        file["model_weights"].visititems(
            lambda name, item: weights.update(
                {name: np.asarray(item, dtype=np.float64)} if hasattr(item, "shape") else {}
            )
        )
    vectors = weights["embedding/embedding/embeddings:0"]
    forward, backward = (
        Direction(
            vectors @ weights[f"{name}/kernel:0"] + weights[f"{name}/bias:0"], weights[f"{name}/recurrent_kernel:0"]
        )
        for name in ("bidirectional/bidirectional/forward_lstm", "bidirectional/bidirectional/backward_lstm")
    )
    layers = tuple(
        (weights[f"{name}/kernel:0"], weights[f"{name}/bias:0"]) for name in ("dense/dense", "dense_1/dense_1")
    )
    return Teacher(numbers, dict(tokenizer.word_counts), forward, backward, layers)


class _Plain:
    """Stands for the classes of the pickle, of which only the values are wanted."""

    tokenizer: Any
    word_index: Mapping[str, int]
    word_counts: Mapping[str, int]


class _Reader(pickle.Unpickler):
    """Reads the tokenizer's pickle without running anything that it names."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("collections", "OrderedDict"), ("collections", "defaultdict"), ("builtins", "int")):
            return super().find_class(module, name)
        if name in ("Tokenizer", "TokenSequencer"):
            return _Plain
        raise pickle.UnpicklingError(f"{module}.{name} is not expected in the tokenizer of tox-block")


def _hard_sigmoid(values: Floats) -> Floats:
    return np.clip(0.2 * values + 0.5, 0.0, 1.0)
