"""Which language model scores a document: the shipped one of its language, or one by path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from .kenlm_model import check_packages, is_kenlm_model, load_kenlm
from .loading import shipped_file
from .ngram_model import LineScores, is_ngram_model, load_model

MODEL_LANGUAGES = ("de", "en", "es", "fr", "it", "ja", "pt", "ru", "zh")
"""Those of which a model is shipped."""
LANGUAGE = "{language}"


@dataclass(frozen=True)
class PerplexityModels:
    """The models of one step."""

    owner: str
    """The step, for errors."""
    model: str | None
    pieces: str | None
    fold: bool | None

    def check(self) -> None:
        """Refuse what cannot be.

        Raises:
            RecipeError: for files that are not there or are of another kind, and settings that are not for them.
        """
        if self.model is None:
            if self.pieces is not None or self.fold is not None:
                raise RecipeError(f"{self.owner}: pieces and fold are for a KenLM model; give its path as model")
            return
        if self.pieces is not None and (LANGUAGE in self.pieces) != (LANGUAGE in self.model):
            raise RecipeError(f"{self.owner}: write {LANGUAGE} into both model and pieces, or into neither")
        for path in self._paths(self.model):
            if is_ngram_model(path):
                if self.pieces is not None or self.fold is not None:
                    raise RecipeError(f"{self.owner}: {path} says itself how text is read; leave pieces and fold out")
            elif is_kenlm_model(path):
                check_packages(self.pieces is not None)
            else:
                raise RecipeError(
                    f"{self.owner}: {path} is no language model: neither ARPA, nor KenLM's binary, nor of "
                    "`textmill train perplexity`"
                )
        if self.pieces is not None:
            self._paths(self.pieces)

    def _paths(self, pattern: str) -> list[Path]:
        """The files that a path may mean."""
        if LANGUAGE not in pattern:
            found = [Path(pattern)]
        else:
            before, _, after = pattern.partition(LANGUAGE)
            folder = Path(before + "x").parent
            if LANGUAGE in after or "/" in after:
                raise RecipeError(f"{self.owner}: {LANGUAGE} must stand once in the last part of {pattern}")
            start = before[len(str(folder)) + 1 :] if str(folder) != "." else before.removeprefix("./")
            found = sorted(path for path in folder.glob("*") if _between(path.name, start, after))
        if not found or not all(path.is_file() for path in found):
            raise RecipeError(f"{self.owner}: there is no model file {pattern}")
        return found

    @property
    def files(self) -> Mapping[str, Path]:
        """All model files, by name."""
        if self.model is None:
            return {f"perplexity.{language}.lm": _shipped(language) for language in MODEL_LANGUAGES}
        paths = [path for pattern in (self.model, self.pieces) if pattern for path in self._paths(pattern)]
        return {path.name: path for path in paths}

    @property
    def asks_for_language(self) -> bool:
        """Whether documents in different languages have different models."""
        return self.model is None or LANGUAGE in self.model

    def paths_for(self, languages: Sequence[str]) -> list[str | None]:
        """The model file of each document by its language; None where there is none."""
        paths = {language: self._path_for(language) for language in sorted({*languages})}
        return [paths[language] for language in languages]

    def _path_for(self, language: str) -> str | None:
        if self.model is None:
            return str(_shipped(language)) if language in MODEL_LANGUAGES else None
        if LANGUAGE not in self.model:
            return self.model
        path = self.model.replace(LANGUAGE, language)
        return path if language.isalnum() and Path(path).is_file() else None

    def name_of(self, path: str) -> str:
        """What a model is called in the ledger: its language or its file's name."""
        name = Path(path).name
        return name.removeprefix("perplexity.").removesuffix(".lm") if self.model is None else name

    def score(self, text: pa.Array, path: str, *, whole: bool) -> LineScores:
        """Score the lines of a text column by one model."""
        if is_ngram_model(Path(path)):
            return load_model(path).score(text, whole=whole)
        pieces = self.pieces
        if pieces is not None and LANGUAGE in pieces and self.model is not None:
            before, _, after = self.model.partition(LANGUAGE)
            pieces = pieces.replace(LANGUAGE, path[len(before) : len(path) - len(after)])
        fold = self.fold if self.fold is not None else pieces is not None
        return load_kenlm(path, pieces, fold).score(text, whole=whole)


def rows_by_path(paths: list[str | None]) -> dict[str, pa.Array]:
    """The rows that each model is for."""
    of_row = np.array([path or "" for path in paths], dtype=object)
    return {path: pa.array(np.flatnonzero(of_row == path)) for path in sorted({path for path in paths if path})}


def _between(name: str, start: str, end: str) -> bool:
    return name.startswith(start) and name.endswith(end) and name[len(start) : len(name) - len(end)].isalnum()


def _shipped(language: str) -> Path:
    return shipped_file(f"models/perplexity.{language}.lm")
