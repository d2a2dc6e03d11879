"""Deduplication: keys, signatures, grouping and clusters; arrays in, arrays out."""

from .base.step import Deduplicator, DocumentDeduplicator
from .documents.exact import ExactDedup
from .documents.minhash import MinHashDedup
from .documents.rehydrate import Rehydrate
from .documents.semantic import SemanticDedup
from .documents.url import UrlDedup
from .parts.decontaminate import Decontaminate
from .parts.deduplicators import LineDedup, ParagraphDedup, PartDeduplicator, SentenceDedup, SubstringDedup

__all__ = [
    "Decontaminate",
    "Deduplicator",
    "DocumentDeduplicator",
    "ExactDedup",
    "LineDedup",
    "MinHashDedup",
    "ParagraphDedup",
    "PartDeduplicator",
    "Rehydrate",
    "SemanticDedup",
    "SentenceDedup",
    "SubstringDedup",
    "UrlDedup",
]
