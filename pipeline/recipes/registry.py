"""Every step that a recipe file can name. A new rule set adds one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dedup.documents.exact import ExactDedup
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.documents.url import UrlDedup
from ...dedup.parts.decontaminate import Decontaminate
from ...dedup.parts.deduplicators import LineDedup, ParagraphDedup, SentenceDedup, SubstringDedup
from ...filters.bad_words import BadWords
from ...filters.c4 import C4Lines, C4PageLength, C4Quality
from ...filters.ccnet import CCNetNormalize
from ...filters.codex import CodexQuality
from ...filters.dclm import CollapseNewlines, RemoveUrls
from ...filters.fasttext_classifier import FastTextClassifier
from ...filters.fineweb import FineWebQuality
from ...filters.gopher_quality import GopherQuality
from ...filters.gopher_repetition import GopherRepetition
from ...filters.language import Language
from ...filters.madlad import MadladQuality
from ...filters.mc4 import MC4Paragraphs
from ...filters.nemo import NemoQuality
from ...filters.olmo import OlmoRepetition
from ...filters.pii import PIIQuality, ScrubPII
from ...filters.redpajama_code import RedPajamaCode
from ...filters.refinedweb import RefinedWebLines, RefinedWebQuality
from ...filters.starcoder import StarCoderQuality
from ...filters.toxicity import Toxicity
from ...filters.unicode_normalization import NormalizeUnicode
from ...filters.url import UrlRules
from ..steps.tokenizing import Tokenize

STEPS: Mapping[str, type[Any]] = {
    step.name: step
    for step in (
        NormalizeUnicode,
        CCNetNormalize,
        Language,
        GopherQuality,
        GopherRepetition,
        C4PageLength,
        C4Lines,
        C4Quality,
        FineWebQuality,
        MC4Paragraphs,
        MadladQuality,
        BadWords,
        RefinedWebLines,
        RefinedWebQuality,
        CollapseNewlines,
        RemoveUrls,
        RedPajamaCode,
        StarCoderQuality,
        CodexQuality,
        UrlRules,
        NemoQuality,
        OlmoRepetition,
        Toxicity,
        FastTextClassifier,
        ExactDedup,
        UrlDedup,
        MinHashDedup,
        LineDedup,
        ParagraphDedup,
        SentenceDedup,
        SubstringDedup,
        Decontaminate,
        ScrubPII,
        PIIQuality,
        Tokenize,
    )
}
"""Step classes by the name that recipe files use."""
