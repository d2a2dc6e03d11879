"""Parameters given beside a recipe, as on the command line: ``--set gopher_quality.min_words=30``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import yaml

from ...errors import RecipeError

Settings: TypeAlias = Mapping[str, Any]
"""Values by ``step.parameter``; steps are called as in the ledger: by their given name, or what they are."""

OFF = ("none", "None")
"""Beside what YAML itself takes for nothing: ``null``, ``~`` and an empty value."""


def parse_settings(given: Iterable[str]) -> dict[str, Any]:
    """Read what stands behind ``--set``: ``step.parameter=value``, the value as in a recipe file, ``none`` for off.

    Raises:
        RecipeError: for text of another form, and for a parameter that is given twice.

    Example:
        >>> parse_settings(["gopher_quality.min_words=30", "language.keep=[en, de]", "toxicity.max_score=none"])
        {'gopher_quality.min_words': 30, 'language.keep': ['en', 'de'], 'toxicity.max_score': None}
    """
    settings: dict[str, Any] = {}
    for text in given:
        key, separator, written = text.partition("=")
        key, written = key.strip(), written.strip()
        if not separator or not all(key.rpartition(".")):
            raise RecipeError(f"--set {text}: write it as step.parameter=value, as in gopher_quality.min_words=30")
        if key in settings:
            raise RecipeError(f"--set {text}: {key} is set twice; keep one of them")
        try:
            settings[key] = None if written in OFF else yaml.safe_load(written)
        except yaml.YAMLError as error:
            raise RecipeError(f"--set {text}: cannot read the value ({error})") from error
    return settings
