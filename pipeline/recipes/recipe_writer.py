"""Write a recipe as the file that a person would write: one step a line, with what differs from the defaults."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from .definition import OUTPUT_KEYS, RecipeDefinition, step_as_dict


def recipe_yaml(recipe: RecipeDefinition, *, name: str | None = None, description: str = "") -> str:
    """The recipe file; loading it gives the same recipe.

    Args:
        recipe: What to write.
        name: Its name in the file; its own by default.
        description: A sentence on what it does.
    """
    lines = [f"name: {_flow(name or recipe.name)}"]
    if description:
        lines += ["description: >-", *textwrap.wrap(description, 118, initial_indent="  ", subsequent_indent="  ")]
    lines += [f"{key}: {_flow(list(getattr(recipe, key)))}" for key in OUTPUT_KEYS if getattr(recipe, key)]
    steps = [step_as_dict(step, defaults=False) for step in recipe.steps]
    return "\n".join([*lines, "steps:", *_steps(steps, "  ")]) + "\n"


def _steps(steps: Sequence[Mapping[str, Any]], indent: str) -> Iterator[str]:
    for step in steps:
        for number, (key, value) in enumerate(step.items()):
            start = f"{indent}{'  ' if number else '- '}{_flow(key)}"
            if _holds_steps(value):
                yield f"{start}:"
                yield from _steps(value, f"{indent}    ")
            elif value:
                yield f"{start}: {_flow(value)}"
            else:
                yield f"{start}:" if len(step) > 1 else start


def _holds_steps(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _flow(value: Any) -> str:
    written = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf"))
    return written.removesuffix("\n").removesuffix("\n...")
