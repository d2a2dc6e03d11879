"""Deduplication: keys, signatures, grouping and clusters; arrays in, arrays out."""

from .exact import ExactDedup
from .minhash import MinHashDedup
from .step import Deduplicator, DocumentDeduplicator

__all__ = ["Deduplicator", "DocumentDeduplicator", "ExactDedup", "MinHashDedup"]
