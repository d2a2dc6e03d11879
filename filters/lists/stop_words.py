"""Stop words of many languages, for rules that ask whether a text has the small words of prose."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa

from ..base.document_language import document_languages
from ..kernels.machine.buffers import Int64s
from ..kernels.words.stop_word_table import StopWords, stop_words_table
from ..models.loading import installed_file

StopWordList: TypeAlias = Literal["english", "language"]
"""Gopher's eight English words, or those of each document's language."""
ALIASES = {"nb": "no", "nn": "no", "fil": "tl"}
"""Labels of lid.176 and others that the lists know by another name."""


def stop_words_file() -> Path:
    """Where the lists are.

    Raises:
        RecipeError: when the package stopwordsiso is missing.
    """
    return installed_file("stopwordsiso", "stopwords-iso.json")


@cache
def stop_word_lists() -> dict[str, tuple[str, ...]]:
    """Stop words by ISO 639-1 code, those that hold a letter: the lists of the package stopwordsiso (MIT licence).

    Raises:
        RecipeError: when the package is missing.
    """
    lists: dict[str, list[str]] = json.loads(stop_words_file().read_text(encoding="utf-8"))
    return {
        language: tuple(word for word in sorted(lists[language]) if any(map(str.isalpha, word)))
        for language in sorted(lists)
    }


def language_stop_words(batch: pa.RecordBatch, mode: int) -> tuple[StopWords, Int64s]:
    """The table of all languages, and the number in it of each document's language; -1 where there is no list."""
    lists = stop_word_lists()
    numbers = {language: number for number, language in enumerate(lists)}
    numbers |= {alias: numbers[language] for alias, language in ALIASES.items()}
    languages = np.array([numbers.get(language, -1) for language in document_languages(batch)], dtype=np.int64)
    return stop_words_table(tuple(lists.values()), mode), languages
