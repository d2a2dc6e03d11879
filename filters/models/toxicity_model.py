"""The shipped toxicity models: a line of JSON, keys of listed words, their weights, and those of hashed n-grams."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import RecipeError
from ..kernels.machine.buffers import Floats, Floats32, Int64s, UInt64s
from ..kernels.models.ngrams import Lexicon, Ngrams, lexicon, score
from .loading import shipped_file
from .signed_bytes import narrow, wide
from .toxicity_windows import Windows

MODEL_LANGUAGES = ("en", "zh")


class ToxicityModel(NamedTuple):
    """A model of one language."""

    ngrams: Ngrams
    bias: float
    weights: Floats32
    """Of hashed n-grams, shape (2 ** bits,)."""
    words: Lexicon

    def scores(self, windows: Windows, numbers: Int64s) -> Floats:
        """How likely some of the windows are abuse, in 0..1."""
        starts = np.where(numbers > 0, windows.ends[numbers - 1], 0)
        odds = score(windows.data, starts, windows.ends[numbers], self.weights, self.bias, self.ngrams, self.words)
        return 1.0 / (1.0 + np.exp(-odds))


@functools.cache
def model_path(language: str) -> Path:
    """The shipped model of a language.

    Raises:
        RecipeError: when the installation is not complete.
    """
    return shipped_file(f"models/toxicity.{language}.bin")


@functools.cache
def load_model(path: str) -> ToxicityModel:
    """Load a model once in a process.

    Raises:
        RecipeError: for a file that is no such model.
    """
    try:
        header, _, content = Path(path).read_bytes().partition(b"\n")
        facts = json.loads(header)
        ngrams = Ngrams(*facts["ngrams"])
        listed = int(facts["words"])
        if len(content) != 9 * listed + (1 << ngrams.bits):
            raise ValueError(f"{len(content)} bytes behind the first line")
        keys = np.frombuffer(content, dtype="<u8", count=listed)
        of_words = np.frombuffer(content, dtype=np.int8, offset=8 * listed, count=listed)
        weights = np.frombuffer(content, dtype=np.int8, offset=9 * listed)
        largest_word, largest = float(facts["largest_word"]), float(facts["largest"])
        bias = float(facts["bias"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"cannot load the toxicity model {path}: {error}; reinstall textmill") from error
    return ToxicityModel(ngrams, bias, wide(weights, largest), lexicon(keys, wide(of_words, largest_word)))


def write_model(
    path: Path, ngrams: Ngrams, bias: float, weights: Floats, keys: UInt64s, of_words: npt.NDArray[np.floating]
) -> None:
    """Write a model; the same numbers give the same bytes."""
    largest, largest_word = float(np.abs(weights).max()), float(np.abs(of_words).max(initial=0.0))
    facts = {
        "bias": round(bias, 4), "largest": round(largest, 4), "largest_word": round(largest_word, 4),
        "ngrams": list(ngrams), "words": len(keys),
    }  # fmt: skip
    parts = (narrow(of_words, float(str(facts["largest_word"]))), narrow(weights, float(str(facts["largest"]))))
    content = keys.astype("<u8").tobytes() + b"".join(part.tobytes() for part in parts)
    path.write_bytes(json.dumps(facts, sort_keys=True).encode() + b"\n" + content)
