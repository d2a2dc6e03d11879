"""Linear models over hashed words and pairs of words: how they are fitted, written, and read.

The file is a line of JSON, then for each label the weights as signed bytes (:mod:`.signed_bytes`). A text is read in
windows; its log-odds are the mean of theirs, by length, so that those of long and short texts can be compared.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...errors import RecipeError
from ..kernels.machine.buffers import Floats, Floats32, Int64s, TextBuffers
from ..kernels.models.ngrams import Ngrams, features, fit, lexicon, score
from .loading import shipped_file
from .signed_bytes import narrow, wide
from .word_windows import WordWindows, cut_word_windows

FORM = "linear"
DEFAULT_MODEL = "quality.en.bin"
NO_WORDS = lexicon(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.float32))


class LinearModel(NamedTuple):
    """A model ready to score with."""

    labels: tuple[str, ...]
    """What texts are told to be; of two labels that exclude each other, both."""
    ngrams: Ngrams
    biases: tuple[float, ...]
    weights: tuple[Floats32, ...]
    """Of each label shape (2 ** bits,); where two labels exclude each other, of the first alone."""
    about: str
    """What it has learnt, and what it cannot judge."""

    def probabilities(self, text: TextBuffers) -> Floats:
        """How likely each label is for each text, shape (n, labels)."""
        windows = cut_word_windows(text)
        starts, sizes = windows.starts, windows.ends - windows.starts
        numbers = np.repeat(np.arange(len(windows.of_document)), windows.of_document)
        whole = np.bincount(numbers, weights=sizes, minlength=len(windows.of_document))
        found = np.empty((len(windows.of_document), len(self.labels)), dtype=np.float64)
        for label, (bias, weights) in enumerate(zip(self.biases, self.weights, strict=True)):
            odds = score(windows.data, starts, windows.ends, weights, bias, self.ngrams, NO_WORDS)
            total = np.bincount(numbers, weights=odds * sizes, minlength=len(whole))
            means = np.where(whole > 0, total / np.maximum(whole, 1), bias)
            found[:, label] = 1.0 / (1.0 + np.exp(-means))
        if len(self.weights) < len(self.labels):
            found[:, 1] = 1.0 - found[:, 0]
        return found


def default_model() -> Path:
    """The model of quality that is shipped.

    Raises:
        RecipeError: when the installation is not complete.
    """
    return shipped_file(f"models/{DEFAULT_MODEL}")


def is_linear(path: str) -> bool:
    """Whether a file is such a model, by its first byte: fastText's begin with another."""
    with Path(path).open("rb") as file:
        return file.read(1) == b"{"


def read_header(path: str) -> Mapping[str, Any]:
    """The first line of a model.

    Raises:
        RecipeError: for a file that is no such model.
    """
    try:
        with Path(path).open("rb") as file:
            facts = json.loads(file.readline())
        if facts["form"] != FORM:
            raise ValueError(f"its form is {facts['form']!r}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"cannot load the model {path}: {error}") from error
    return dict(facts)


@functools.cache
def load_linear(path: str) -> LinearModel:
    """Load a model once in a process.

    Raises:
        RecipeError: for a file that is no such model, or is not whole.
    """
    facts = read_header(path)
    try:
        _, _, content = Path(path).read_bytes().partition(b"\n")
        ngrams, biases, largest = Ngrams(*facts["ngrams"]), facts["biases"], facts["largest"]
        places = 1 << ngrams.bits
        if len(content) != len(biases) * places or len(largest) != len(biases):
            raise ValueError(f"{len(content)} bytes behind the first line")
        tables = np.frombuffer(content, dtype=np.int8).reshape(len(biases), places)
        weights = tuple(wide(table, float(most)) for table, most in zip(tables, largest, strict=True))
        return LinearModel(
            tuple(facts["labels"]), ngrams, tuple(float(bias) for bias in biases), weights, str(facts.get("about", ""))
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"cannot load the model {path}: {error}") from error


def write_linear(
    path: Path, labels: Sequence[str], ngrams: Ngrams, biases: Sequence[float], weights: Sequence[Floats], about: str
) -> None:
    """Write a model; the same numbers give the same bytes."""
    largest = [round(float(np.abs(table).max(initial=0.0)), 4) for table in weights]
    facts = {
        "about": about,
        "biases": [round(bias, 4) for bias in biases],
        "form": FORM,
        "labels": list(labels),
        "largest": largest,
        "ngrams": list(ngrams),
    }
    content = b"".join(narrow(table, most).tobytes() for table, most in zip(weights, largest, strict=True))
    path.write_bytes(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode() + b"\n" + content)


def fit_linear(
    text: TextBuffers, signs: Sequence[Floats], ngrams: Ngrams, *, cost: float, passes: int
) -> tuple[list[float], list[Floats]]:
    """Fit the weights of each label to texts, in one thread and without a draw.

    Args:
        text: What to learn from, in the order in which to learn.
        signs: Of each label, 1 for the texts that have it and -1 for others, shape (n,).
        ngrams: Which n-grams a window is described by.
        cost: What an error costs; more fits closer. Both sides of a label weigh the same, and so does each text,
            however many windows it has.
        passes: How often each text is seen.
    """
    windows = cut_word_windows(text)
    described = features(windows.data, windows.starts, windows.ends, ngrams, NO_WORDS)
    biases: list[float] = []
    tables: list[Floats] = []
    for of_texts in signs:
        weights = np.zeros(1 << ngrams.bits)
        signs_of_windows, costs = _of_windows(windows, of_texts, cost)
        biases.append(fit(described, signs_of_windows, costs, weights, passes))
        tables.append(weights)
    return biases, tables


def _of_windows(windows: WordWindows, signs: Floats, cost: float) -> tuple[Floats, Floats]:
    """Sign and cost of each window."""
    counts: Int64s = windows.of_document
    wanted = np.maximum(np.count_nonzero(signs > 0), 1)
    others = np.maximum(np.count_nonzero(signs < 0), 1)
    side = np.where(signs > 0, len(signs) / (2 * wanted), len(signs) / (2 * others))
    return np.repeat(signs, counts), np.repeat(cost * side / np.maximum(counts, 1), counts)
