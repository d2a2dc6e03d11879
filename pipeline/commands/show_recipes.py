"""What ``textmill recipes`` prints: the presets, or one recipe as the file that it is."""

from __future__ import annotations

import json
import shutil
import textwrap

import yaml

from ..recipes.presets import preset_names, recipe_source
from ..recipes.recipe_file import load_recipe


def show_presets(*, as_json: bool) -> None:
    """Print names and descriptions of all presets."""
    described = {name: str(yaml.safe_load(recipe_source(name)[0])["description"]).strip() for name in preset_names()}
    if as_json:
        listed = [{"name": name, "description": description} for name, description in described.items()]
        print(json.dumps({"recipes": listed}, ensure_ascii=False))
        return
    width = max(40, shutil.get_terminal_size().columns)
    wide = max(map(len, described)) + 1
    for name, description in described.items():
        print(textwrap.fill(f"{name:{wide}}{description}", width, subsequent_indent=" " * wide))


def show_recipe(name: str, *, as_json: bool) -> None:
    """Print a recipe as it is written; below a preset, what its steps have to tell."""
    source = recipe_source(name)[0]
    notices: list[str] = []
    if name in preset_names():
        notices = [notice for item in load_recipe(name).plan.steps for notice in item.step.notices]
    if as_json:
        print(json.dumps({"name": name, "yaml": source, "notices": notices}, ensure_ascii=False))
    else:
        print(source, end="")
        print(*(f"# Note: {notice}\n" for notice in notices), sep="", end="")
