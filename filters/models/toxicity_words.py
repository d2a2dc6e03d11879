"""Words whose weights the English toxicity model is given: those of alt-profanity-check, and those of ``cuss``."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..kernels.machine.buffers import Floats32, UInt64s
from ..kernels.machine.hashing import hashes_of
from . import toxicity_templates
from .harmless_words import HARMLESS
from .toxicity_sources import Example
from .toxicity_windows import normalised

Words: TypeAlias = tuple[UInt64s, Floats32]
"""Keys of listed words, and their weights."""

WORD_SHARE = 0.2
"""From a word's coefficient and mean idf to log-odds.

Two fifths of the slope of the package's calibration, 2.7, by a typical norm, 5: the texts judged by the network tell as
much.
"""
WORD_FLOOR = 0.05
HARMLESS_SHARE = 0.7
"""What is left of weights that speak for harmlessness: what talk pages are about tells little of other places."""
CUSS_RATING, CUSS_WEIGHT = "2", 4.0
"""Which words of ``cuss`` are taken, those "unlikely in clean text", and their weight where they have no other."""
SPARED = 0.4
"""What is left of the weights of words for groups of people and of medicine and law."""


def no_words() -> Words:
    """A list without a word."""
    return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.float32)


def english_words(cuss: Path, clean: Sequence[Example]) -> Words:
    """Listed words with their weights: those of alt-profanity-check, then those of ``cuss`` that it lacks.

    Words of ``cuss`` that stand in clean text, name a group of people or have harmless senses are left out.
    """
    groups = (*toxicity_templates.GROUPS, *toxicity_templates.PLURALS)
    spared = {*HARMLESS["en"]} | {word for group in groups for word in group.lower().split()}
    found = {
        word: weight * (SPARED if word in spared else 1.0) * (1.0 if weight > 0 else HARMLESS_SHARE)
        for word, weight in profanity_words().items()
    }
    harmless = toxicity_templates.clean("en")
    seen = {word for text in normalised([*(e.text for e in clean), *harmless]) for word in text.split()}
    for word in cuss_words(cuss):
        if word not in spared and word not in seen:
            found.setdefault(word, CUSS_WEIGHT)
    return hashes_of([word.encode() for word in found]) | np.uint64(1), np.array([*found.values()], dtype=np.float32)


def profanity_words() -> dict[str, float]:
    """Words of alt-profanity-check (MIT) with their weights in log-odds: mean coefficient by inverse frequency."""
    joblib = importlib.import_module("joblib")
    folder = Path(str(importlib.import_module("profanity_check").__file__)).parent / "data"
    vectorizer, model = joblib.load(folder / "vectorizer.joblib"), joblib.load(folder / "model.joblib")
    coefficients = np.mean([each.estimator.coef_[0] for each in model.calibrated_classifiers_], axis=0)
    found: dict[str, float] = {}
    columns = sorted(vectorizer.vocabulary_.items())
    for (_, column), as_read in zip(columns, normalised([word for word, _ in columns]), strict=True):
        word = as_read.strip()
        if word and " " not in word and abs(coefficients[column]) > WORD_FLOOR:
            found.setdefault(word, WORD_SHARE * float(coefficients[column] * vectorizer.idf_[column]))
    return found


def cuss_words(package: Path) -> list[str]:
    """Single English words of the npm package ``cuss`` (MIT) that it rates as unlikely in clean text."""
    source = (package / "index.js").read_text(encoding="utf-8")
    found = re.findall(r"^ +(?:'([^'\n]+)'|(\w+)): " + CUSS_RATING + ",$", source, re.MULTILINE)
    words = (word.strip() for word in normalised(sorted(quoted or plain for quoted, plain in found)))
    return [word for word in words if word and " " not in word]
