"""textmill: raw web, book and code text in; clean, deduplicated, scrubbed, tokenised Parquet shards out.

>>> from textmill import GopherQuality, Recipe, where
>>> recipe = Recipe("mine", [GopherQuality(min_words=2, min_stop_words=0), where(len, maximum=100)])
>>> recipe.clean("Some text.").text
'Some text.'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .dedup import (
        Decontaminate,
        ExactDedup,
        LineDedup,
        MinHashDedup,
        ParagraphDedup,
        SentenceDedup,
        SubstringDedup,
        UrlDedup,
    )
    from .errors import AccountingError, InputError, RecipeError, TextmillError
    from .filters import (
        BadWords,
        C4Lines,
        C4PageLength,
        C4Quality,
        CCNetNormalize,
        CodexQuality,
        CollapseNewlines,
        FastTextClassifier,
        FineWebQuality,
        GopherQuality,
        GopherRepetition,
        Language,
        MadladQuality,
        MC4Paragraphs,
        NemoQuality,
        NormalizeUnicode,
        OlmoRepetition,
        PIIQuality,
        RedPajamaCode,
        RefinedWebLines,
        RefinedWebQuality,
        RemoveUrls,
        ScrubPII,
        StarCoderQuality,
        Toxicity,
        UrlRules,
        all_of,
        any_of,
        named,
        only_if,
        per_language,
    )
    from .filters.base import where
    from .pipeline.input.inputs import InputOptions
    from .pipeline.recipe import Recipe
    from .pipeline.steps.tokenizing import Tokenize

_HOMES = {
    ".filters": (
        "BadWords",
        "C4Lines",
        "C4PageLength",
        "C4Quality",
        "CCNetNormalize",
        "CodexQuality",
        "CollapseNewlines",
        "FastTextClassifier",
        "FineWebQuality",
        "GopherQuality",
        "GopherRepetition",
        "Language",
        "MC4Paragraphs",
        "MadladQuality",
        "NemoQuality",
        "NormalizeUnicode",
        "OlmoRepetition",
        "RedPajamaCode",
        "RefinedWebLines",
        "RefinedWebQuality",
        "RemoveUrls",
        "PIIQuality",
        "ScrubPII",
        "StarCoderQuality",
        "Toxicity",
        "UrlRules",
        "all_of",
        "any_of",
        "named",
        "only_if",
        "per_language",
        "where",
    ),
    ".dedup": (
        "Decontaminate",
        "ExactDedup",
        "LineDedup",
        "MinHashDedup",
        "ParagraphDedup",
        "SentenceDedup",
        "SubstringDedup",
        "UrlDedup",
    ),
    ".errors": ("AccountingError", "InputError", "RecipeError", "TextmillError"),
    ".pipeline.input.inputs": ("InputOptions",),
    ".pipeline.recipe": ("Recipe",),
    ".pipeline.steps.tokenizing": ("Tokenize",),
}
__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing textmill costs nothing."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home, __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
