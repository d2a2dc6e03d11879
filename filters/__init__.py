"""Measurements, rules and cleaners; one file for each published rule set."""

from .bad_words import BadWords
from .base.combine import all_of, any_of
from .base.conditions import named, only_if, per_language
from .base.rules import Rule
from .base.step import Cleaner, Filter, Step
from .base.where import where
from .books import Books
from .c4 import C4Lines, C4PageLength, C4Quality
from .ccnet import CCNetNormalize
from .character_folding import FoldCharacters
from .chinese_conversion import ConvertChinese
from .codex import CodexQuality
from .dclm import CollapseNewlines, RemoveUrls
from .embed import Embed
from .fasttext_classifier import FastTextClassifier
from .fineweb import FineWebQuality
from .fineweb2 import FineWeb2Language, FineWeb2Quality
from .gopher_quality import GopherQuality
from .gopher_repetition import GopherRepetition
from .importance import Importance
from .inserted_readings import RemoveReadings
from .language import Language
from .language_lines import LanguageLines
from .madlad import MadladQuality
from .mc4 import MC4Paragraphs
from .nemo import NemoQuality
from .olmo import OlmoRepetition
from .onnx_classifier import OnnxClassifier
from .page_lines import PageLines
from .perplexity import Perplexity, PerplexityLines
from .pii import PIIQuality, ScrubPII
from .redpajama_code import RedPajamaCode
from .refinedweb import RefinedWebLines, RefinedWebQuality
from .select import Select
from .starcoder import StarCoderQuality
from .text_repair import RepairText
from .toxicity import Toxicity
from .unicode_normalization import NormalizeUnicode
from .url import UrlRules

__all__ = [
    "BadWords",
    "Books",
    "C4Lines",
    "C4PageLength",
    "C4Quality",
    "CCNetNormalize",
    "Cleaner",
    "CodexQuality",
    "CollapseNewlines",
    "ConvertChinese",
    "Embed",
    "FastTextClassifier",
    "Filter",
    "FineWeb2Language",
    "FineWeb2Quality",
    "FineWebQuality",
    "FoldCharacters",
    "GopherQuality",
    "GopherRepetition",
    "Importance",
    "Language",
    "LanguageLines",
    "MC4Paragraphs",
    "MadladQuality",
    "NemoQuality",
    "NormalizeUnicode",
    "OlmoRepetition",
    "OnnxClassifier",
    "PIIQuality",
    "PageLines",
    "Perplexity",
    "PerplexityLines",
    "RedPajamaCode",
    "RefinedWebLines",
    "RefinedWebQuality",
    "RemoveReadings",
    "RemoveUrls",
    "RepairText",
    "Rule",
    "ScrubPII",
    "Select",
    "StarCoderQuality",
    "Step",
    "Toxicity",
    "UrlRules",
    "all_of",
    "any_of",
    "named",
    "only_if",
    "per_language",
    "where",
]
