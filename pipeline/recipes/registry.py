"""Every step that a recipe file can name: those that ``filters`` and ``dedup`` list in ``__all__``, and Tokenize."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from ... import dedup, filters
from ...filters.base.step import Step
from ..steps.tokenizing import Tokenize


def _is_step(listed: object) -> bool:
    """Whether a listed name is a step, and no base class of steps or function."""
    return inspect.isclass(listed) and issubclass(listed, Step) and hasattr(listed, "name")


_LISTED = (getattr(package, name) for package in (filters, dedup) for name in package.__all__)

STEPS: Mapping[str, type[Any]] = {step.name: step for step in (*filter(_is_step, _LISTED), Tokenize)}
"""Step classes by the name that recipe files use."""
