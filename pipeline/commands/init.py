"""``textmill init``: a recipe to begin with, every parameter of every step in it as a comment."""

from __future__ import annotations

import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ...errors import InputError
from ..files.storage import local_path, write_atomically
from ..recipes.presets import recipe_source
from ..recipes.recipe_file import parse_recipe
from ..recipes.registry import STEPS

STARTER: tuple[tuple[str, str], ...] = (
    ("language", "keep: [en], min_score: 0.65"),
    ("gopher_repetition", ""),
    ("gopher_quality", "min_words: 50"),
    ("c4_quality", ""),
    ("exact_dedup", ""),
    ("minhash_dedup", ""),
    ("scrub_pii", ""),
    ("tokenize", "tokenizer: cl100k"),
)
"""Steps with what is set of their parameters: rules from cheap to costly, duplicates of what is left, then its text."""
WIDTH = 110
HEAD = """\
# A recipe of textmill: its steps, in order. Every parameter stands below its step, as a comment with its default.
#
#   textmill clean FILE --recipe {file}              try it on one file
#   textmill explain FILE --recipe {file}            why it keeps or drops a document
#   textmill run {file} FOLDER --output OUT          run it
#   textmill retune OUT --set gopher_quality.min_words=30   what another threshold would change
#
# Other steps, and what each does: docs and `textmill recipes`. null switches a rule off.
"""


def write_recipe(path: Path, preset: str | None) -> None:
    """Write a commented recipe: a small one for English web text, or a copy of a preset or recipe file.

    Raises:
        InputError: when the file exists or cannot be written.
        RecipeError: when there is no such preset or file, or it is no recipe.
    """
    if path.exists():
        raise InputError(f"{path} exists; name another file, or delete it")
    text = starter_recipe(path.name, path.stem) if preset is None else _checked(preset)
    try:
        with write_atomically(str(path)) as sink:
            sink.write(text.encode())
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


def _checked(name: str) -> str:
    """The text of a preset or recipe file, which is a recipe; no Python that it names is run."""
    text, called = recipe_source(name)
    local = local_path(name)
    parse_recipe(text, called, folder=None if local is None else local.parent, by_name_only=True)
    return text


def starter_recipe(file: str, name: str) -> str:
    """The text of a recipe file."""
    lines = [HEAD.format(file=file), f"name: {_scalar(name)}", "steps:"]
    for step, given in STARTER:
        lines += ["", *_commented(_summary(STEPS[step]), "  "), f"  - {step}{': {' + given + '}' if given else ''}"]
        lines += _parameters(STEPS[step], yaml.safe_load("{" + given + "}"))
    return "\n".join(lines) + "\n"


def _parameters(step: type[Any], given: dict[str, Any]) -> Iterator[str]:
    """Every parameter that is not set, with its default and what it means."""
    described = _described(step)
    for name, parameter in inspect.signature(step).parameters.items():
        if name not in given:
            default = parameter.default
            shown = "" if default is inspect.Parameter.empty else f" {_scalar(default)}"
            yield from _commented(f"  {name}:{shown}", "    ", described.get(name, ""))


def _commented(text: str, indent: str, meaning: str = "") -> Iterator[str]:
    whole = f"{text}  ({meaning})" if meaning else text
    yield from textwrap.wrap(
        whole, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#     " if meaning else f"{indent}# "
    )


ROLE = re.compile(r":\w+:`~?[\w.]*?(\w+)`")
"""Another class or function in a docstring, which here is its last name."""


def _plain(text: str) -> str:
    return ROLE.sub(r"\1", " ".join(text.split())).replace("``", "")


def _summary(step: type[Any]) -> str:
    """The first sentence of a step's docstring."""
    return _plain(inspect.cleandoc(step.__doc__ or "").split("\n\n")[0])


def _described(step: type[Any]) -> dict[str, str]:
    """What the section Args of a docstring says of each parameter, its first sentence."""
    _, _, section = inspect.cleandoc(step.__doc__ or "").partition("\nArgs:\n")
    section = re.split(r"\n(?=\S)", section, maxsplit=1)[0]
    found = {}
    for block in re.split(r"\n(?= {4}\S)", "\n" + section):
        name, colon, meaning = block.strip().partition(":")
        if colon:
            first = re.split(r"(?<=[a-z)]\.)\s|;", _plain(meaning), maxsplit=1)[0].rstrip(".")
            for one in name.split(","):
                found[one.strip()] = "" if first == "See above" else first
    return found


def _scalar(value: Any) -> str:
    if dataclasses.is_dataclass(value) or callable(value):
        return str(value)
    if isinstance(value, (tuple, set, frozenset)):
        value = list(value)
    written = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return written.removesuffix("\n").removesuffix("\n...")
