"""Deduplication: keys, signatures, grouping and clusters; arrays in, arrays out."""

from .decontaminate import Decontaminate
from .exact import ExactDedup
from .minhash import MinHashDedup
from .parts import LineDedup, ParagraphDedup, PartDeduplicator, SentenceDedup, SubstringDedup
from .step import Deduplicator, DocumentDeduplicator
from .url import UrlDedup

__all__ = [
    "Decontaminate",
    "Deduplicator",
    "DocumentDeduplicator",
    "ExactDedup",
    "LineDedup",
    "MinHashDedup",
    "ParagraphDedup",
    "PartDeduplicator",
    "SentenceDedup",
    "SubstringDedup",
    "UrlDedup",
]
