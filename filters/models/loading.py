"""Find models that came with an installed package, and load each once in a process."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import RecipeError

Floats: TypeAlias = npt.NDArray[np.float64]

LABEL_PREFIX = "__label__"
SCORE_DIGITS = 6
"""Scores are rounded to this many decimals, so that the last bits of another processor never reach an output."""


class Prediction(NamedTuple):
    """The most likely label of each of n texts."""

    labels: list[str]
    """Without the ``__label__`` in front."""
    scores: Floats
    """Probabilities in 0..1, shape (n,), rounded to :data:`SCORE_DIGITS`."""


@functools.cache
def installed_file(package: str, relative: str) -> Path:
    """Path of a data file of an installed package, found without importing the package.

    Raises:
        RecipeError: when the package or the file is not there.
    """
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / relative
        if path.is_file():
            return path
    distribution = package.replace("_", "-")
    raise RecipeError(f"{relative} of the package {package} is missing; reinstall it: pip install {distribution}")


def shipped_file(name: str) -> Path:
    """Path of a file of models or lists that this package carries, below ``filters/``.

    Raises:
        RecipeError: when the installation is not complete.
    """
    path = Path(__file__).parents[1] / name
    if not path.is_file():
        raise RecipeError(f"the file {name} is missing from this installation of textmill; reinstall it")
    return path


@functools.cache
def load_fasttext(path: str) -> Any:
    """Load a fastText ``.bin`` or ``.ftz`` file once in this process.

    The models live here and never in a step, so a pickled step carries a path and no weights.

    Raises:
        RecipeError: when the file is missing or is not a fastText model.
    """
    import fasttext_new

    try:
        return fasttext_new.load_model(path)
    except (ValueError, OSError) as error:
        raise RecipeError(f"cannot load the fastText model {path}: {error}") from error


def predict_top(model: Any, lines: list[str]) -> Prediction:
    """Predict the most likely label of each line; lines must not hold newlines.

    One call for each line and not ``predict_batch``: that one starts a thread pool, which hangs in a worker that was
    forked after its parent had predicted, and with one thread it is no faster.
    """
    labels: list[str] = []
    scores = np.zeros(len(lines), dtype=np.float64)
    for row, line in enumerate(lines):
        found, probabilities = model.predict(line)
        labels.append(found[0].removeprefix(LABEL_PREFIX) if found else "")
        scores[row] = probabilities[0] if found else 0.0
    return Prediction(labels, np.clip(scores, 0.0, 1.0).round(SCORE_DIGITS))
