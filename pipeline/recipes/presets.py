"""Where recipes come from: the presets that come with textmill, and files."""

from __future__ import annotations

import importlib.resources

from ...errors import RecipeError, nearest
from ..files.storage import local_path, open_read


def preset_names() -> list[str]:
    """Names of the presets that come with textmill, sorted."""
    folder = importlib.resources.files(__package__)
    return sorted(entry.name[: -len(".yaml")] for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def recipe_source(name_or_path: str) -> tuple[str, str]:
    """Text of a preset or recipe file, and what to call it in messages.

    Raises:
        RecipeError: when there is neither a preset nor a file of that name.
    """
    presets = preset_names()
    if name_or_path in presets:
        entry = importlib.resources.files(__package__) / f"{name_or_path}.yaml"
        return entry.read_text(encoding="utf-8"), f"preset {name_or_path}"
    local = local_path(name_or_path)
    if local is None or local.is_file():
        try:
            with open_read(name_or_path) as source:
                return source.read().decode(), name_or_path
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(f"cannot read the recipe {name_or_path}: {error}") from error
    raise RecipeError(
        f"no preset or recipe file {name_or_path!r}{nearest(name_or_path, presets)}; presets are {', '.join(presets)}"
    )
