"""How much of a page is its text."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Extraction: TypeAlias = Literal["main", "precise", "all"]
"""The main content, that part of it which is beyond doubt, or all that a reader sees."""
EXTRACTIONS: tuple[Extraction, ...] = get_args(Extraction)
