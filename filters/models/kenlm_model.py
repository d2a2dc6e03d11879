"""KenLM's models, ARPA or binary, alone or behind a sentencepiece model as CCNet has them."""

from __future__ import annotations

import functools
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import RecipeError
from ..kernels.lines.ccnet_lines import normalize_lines
from .ngram_model import LineScores

EXTRA = "kenlm"
"""The optional dependencies that bring KenLM and sentencepiece."""


@dataclass(frozen=True)
class KenLMModel:
    """A model of KenLM, and how text is parted for it."""

    model: Any
    pieces: Any | None
    """A sentencepiece model whose pieces it knows; None for words by white space."""
    fold: bool
    """Whether text is first written as CCNet does."""

    def score(self, text: pa.Array, *, whole: bool) -> LineScores:
        """Score the lines of a text column.

        Args:
            text: Shape (n,).
            whole: Take a text as one line where there are pieces: CCNet's normalisation removes line feeds before it
                looks for pieces, and published percentiles are of what comes of that.
        """
        if whole and self.pieces is not None:
            text = pc.replace_substring(text, "\n", "")
        if self.fold:
            text = normalize_lines(text, "perplexity")[0]
        logs: list[float] = []
        tokens: list[int] = []
        unknown: list[int] = []
        lines: list[int] = []
        of_document: list[int] = []
        for one in text.to_pylist():
            before = len(logs)
            for number, line in enumerate(one.split("\n")):
                content = " ".join(self.pieces.encode(line, out_type=str)) if self.pieces is not None else line
                words = content.split()
                if not words:
                    continue
                logs.append(self.model.score(content))
                tokens.append(len(words) + 1)
                unknown.append(sum(word not in self.model for word in words))
                lines.append(number)
            of_document.append(len(logs) - before)
        return LineScores(
            np.array(logs, dtype=np.float64),
            *(np.array(column, dtype=np.int64) for column in (tokens, unknown, lines, of_document)),
        )


@functools.lru_cache(maxsize=16)
def load_kenlm(path: str, pieces: str | None, fold: bool) -> KenLMModel:
    """Load a model once in a process.

    Raises:
        RecipeError: when a package is missing, or a file is no model.
    """
    check_packages(pieces is not None)
    import kenlm

    settings = kenlm.Config()
    settings.show_progress = False
    settings.arpa_complain = kenlm.ARPALoadComplain.NONE
    try:
        model = kenlm.Model(path, settings)
    except OSError as error:
        raise RecipeError(f"cannot load the language model {path}: {str(error).splitlines()[0]}") from error
    return KenLMModel(model, _load_pieces(pieces) if pieces is not None else None, fold)


def check_packages(with_pieces: bool) -> None:
    """See that what a model needs is installed.

    Raises:
        RecipeError: otherwise.
    """
    for package in ("kenlm", *(("sentencepiece",) if with_pieces else ())):
        if package not in sys.modules and importlib.util.find_spec(package) is None:
            raise RecipeError(
                f"perplexity: this model needs the package {package}; install it: pip install 'textmill[{EXTRA}]'"
            )


def _load_pieces(path: str) -> Any:
    import sentencepiece

    try:
        return sentencepiece.SentencePieceProcessor(model_file=path)
    except (OSError, RuntimeError) as error:
        raise RecipeError(f"cannot load the sentencepiece model {path}: {error}") from error


def is_kenlm_model(path: Path) -> bool:
    """Whether a file begins like an ARPA file, maybe compressed, or like a binary one of KenLM."""
    with path.open("rb") as file:
        begin = file.read(64).lstrip()
    return begin.startswith((b"\\data\\", b"mmap lm http://kheafield.com/code", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"))
