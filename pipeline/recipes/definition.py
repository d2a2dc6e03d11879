"""What a recipe is: a named list of steps, laid out in passes. What one does with it stands in :mod:`..recipe`."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...errors import RecipeError
from ...filters.base.combine import Combined
from ...filters.base.conditions import Named, OnlyIf, PerLanguage
from ...filters.base.step import Step
from ..steps.plan import Plan, lay_out
from .shard_columns import with_columns

OUTPUT_KEYS = ("columns", "partition")
"""What of a recipe is about its shards, not its steps."""


@dataclass(frozen=True)
class RecipeDefinition:
    """A named list of steps, as every room of the pipeline knows it; users have a :class:`~textmill.Recipe`.

    Args:
        name: Names the recipe in the manifest and the data card.
        steps: Filters, cleaners, deduplicators, selections and at most one tokenizer, in the order in which they act.
        columns: Measurements that shards have as columns, by name or glob (``gopher.*``); also ``license``, as the
            metadata of documents name it, and ``input_label``, the label of the input.
        partition: Columns of few values by which shards lie in folders, as in ``shards/language=en/``.

    Raises:
        RecipeError: when the steps contradict each other, or for columns that are not there.
    """

    name: str
    steps: Sequence[Step]
    columns: Sequence[str] = ()
    partition: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise RecipeError("a recipe needs a name, as in Recipe('mine', [...])")
        for name in ("columns", "partition"):
            given = getattr(self, name)
            if isinstance(given, str) or not all(isinstance(one, str) for one in given):
                raise RecipeError(f"{name} takes a list of names, not {given!r}")
            object.__setattr__(self, name, tuple(given))
        if isinstance(self.steps, (str, Step)) or not isinstance(self.steps, Iterable):
            raise RecipeError(f"the steps of a recipe are a list, as in [GopherQuality()], not {self.steps!r}")
        object.__setattr__(self, "steps", tuple(self.steps))
        _ = self.plan  # refuse contradictions now, not in a worker

    @cached_property
    def plan(self) -> Plan:
        """The steps laid out in passes."""
        return with_columns(lay_out(self.steps), self.columns, self.partition)

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "steps": self.steps, "columns": self.columns, "partition": self.partition}

    def as_dict(self) -> dict[str, Any]:
        """The recipe with every parameter spelled out, as the manifest records it."""
        given = {name: list(getattr(self, name)) for name in OUTPUT_KEYS if getattr(self, name)}
        return {"name": self.name, **given, "steps": [step_as_dict(step) for step in self.steps]}


def step_as_dict(step: Step, *, defaults: bool = True) -> dict[str, Any]:
    """A step as a recipe file writes it: its name and its parameters, also those left at their defaults if wanted."""
    if isinstance(step, OnlyIf):
        condition = {key: list(value) for key, value in dataclasses.asdict(step.condition).items() if value}
        return {"only_if": condition, "steps": [step_as_dict(inner, defaults=defaults) for inner in step.steps]}
    if isinstance(step, Named):
        return {**step_as_dict(step.step, defaults=defaults), "as": step.called}
    if isinstance(step, PerLanguage):
        different = {languages: _plain(given) for languages, given in step.overrides}
        return {**step_as_dict(step.step, defaults=defaults), "per_language": different}
    if isinstance(step, Combined):
        return {step.name: [step_as_dict(inner, defaults=defaults) for inner in step.filters]}
    if not dataclasses.is_dataclass(step):
        return {step.name: {}}
    written = step.name if _is_ours(step) else f"{type(step).__module__}:{type(step).__qualname__}"
    values = ((field, getattr(step, field.name)) for field in dataclasses.fields(step))
    return {written: {field.name: _plain(value) for field, value in values if defaults or value != field.default}}


def _is_ours(step: Step) -> bool:
    """Whether a recipe file knows the step by its name; others are named by where they are imported from."""
    return type(step).__module__.startswith(f"{__name__.split('.', maxsplit=1)[0]}.")


def _plain(value: Any) -> Any:
    if isinstance(value, functools.partial):
        return {"partial": _plain(value.func), "args": _plain(value.args), "keywords": _plain(value.keywords)}
    if callable(value):
        named = value if hasattr(value, "__qualname__") else type(value)
        return f"{getattr(named, '__module__', None) or 'builtins'}:{named.__qualname__}"
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
