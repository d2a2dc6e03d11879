"""textmill: raw web, book and code text in; clean, deduplicated, scrubbed, tokenised Parquet shards out.

>>> from textmill import GopherQuality, Recipe, where
>>> recipe = Recipe("mine", [GopherQuality(min_words=2, min_stop_words=0), where(len, maximum=100)])
>>> recipe.clean("Some text.").text
'Some text.'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .version import __version__ as __version__

__all__ = [
    "AccountingError",
    "BadWords",
    "Books",
    "C4Lines",
    "C4PageLength",
    "C4Quality",
    "CCNetNormalize",
    "Cleaned",
    "CodexQuality",
    "CollapseNewlines",
    "ConvertChinese",
    "Decontaminate",
    "Embed",
    "ExactDedup",
    "FastTextClassifier",
    "FineWeb2Language",
    "FineWeb2Quality",
    "FineWebQuality",
    "FoldCharacters",
    "GopherQuality",
    "GopherRepetition",
    "Importance",
    "InputError",
    "InputOptions",
    "Language",
    "LanguageLines",
    "LineDedup",
    "MC4Paragraphs",
    "MadladQuality",
    "MinHashDedup",
    "NemoQuality",
    "NormalizeUnicode",
    "OlmoRepetition",
    "OnnxClassifier",
    "PIIQuality",
    "PageLines",
    "ParagraphDedup",
    "Perplexity",
    "PerplexityLines",
    "Recipe",
    "RecipeError",
    "RedPajamaCode",
    "RefinedWebLines",
    "RefinedWebQuality",
    "Rehydrate",
    "RemoveReadings",
    "RemoveUrls",
    "RepairText",
    "ScrubPII",
    "Select",
    "SemanticDedup",
    "SentenceDedup",
    "StarCoderQuality",
    "SubstringDedup",
    "TextmillError",
    "Tokenize",
    "Toxicity",
    "UrlDedup",
    "UrlRules",
    "all_of",
    "any_of",
    "named",
    "only_if",
    "per_language",
    "where",
]
"""What users import from here; ``filters`` and ``dedup`` list the same steps, and what one needs to write new ones."""

if TYPE_CHECKING:
    from .dedup import *
    from .errors import AccountingError, InputError, RecipeError, TextmillError
    from .filters import *
    from .pipeline.input.inputs import InputOptions
    from .pipeline.recipe import Recipe
    from .pipeline.steps.tokenizing import Tokenize
    from .pipeline.texts.cleaned import Cleaned
else:  # so that type checkers do not take every name for one that exists

    def __getattr__(name: str) -> Any:
        """Load a public name when it is first used, so that importing textmill costs nothing."""
        if name in __all__:
            for home in _HOMES:
                module = importlib.import_module(home, __name__)
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_HOMES = (
    ".errors",
    ".filters",
    ".dedup",
    ".pipeline.input.inputs",
    ".pipeline.steps.tokenizing",
    ".pipeline.texts.cleaned",
    ".pipeline.recipe",
)
"""Where the names come from; what loads most comes last."""
