"""A recipe: a named list of steps, to run over a corpus or to try on one text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ...errors import RecipeError
from ...filters.base.combine import Combined
from ...filters.base.conditions import Named, OnlyIf, PerLanguage
from ...filters.base.step import Step
from ..steps.plan import Plan, lay_out

if TYPE_CHECKING:
    from ..passes.single import Cleaned
    from .settings import Settings


@dataclass(frozen=True)
class Recipe:
    """A named list of steps.

    Args:
        name: Names the recipe in the manifest and the data card.
        steps: Filters, cleaners, deduplicators and at most one tokenizer, in the order in which they act.

    Raises:
        RecipeError: when the steps contradict each other.

    Example:
        >>> from textmill import GopherQuality, Recipe
        >>> Recipe("short", [GopherQuality(min_words=3, min_stop_words=0)]).clean("too short").removed_by
        'gopher_quality.min_words'
    """

    name: str
    steps: Sequence[Step]

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise RecipeError("a recipe needs a name, as in Recipe('mine', [...])")
        object.__setattr__(self, "steps", tuple(self.steps))
        _ = self.plan  # refuse contradictions now, not in a worker

    @cached_property
    def plan(self) -> Plan:
        """The steps laid out in passes."""
        return lay_out(self.steps)

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "steps": self.steps}

    @classmethod
    def load(cls, name_or_path: str, settings: Settings | None = None) -> Recipe:
        """Load a preset by its name (``fineweb``) or a recipe file by its path (``mine.yaml``).

        Args:
            name_or_path: Of the preset or the file.
            settings: Parameters in place of those in the file, by step and name; steps are
                called as in the ledger: ``{"gopher_quality.min_words": 30, "gopher_quality_2.max_words": None}``.

        Raises:
            RecipeError: naming the line and the nearest valid name.
        """
        from .recipe_file import load_recipe

        return load_recipe(name_or_path, settings)

    def clean(self, text: str, *, kind: str = "web") -> Cleaned:
        """Clean one text, without deduplication: the text or None, the verdict, and every measurement.

        Raises:
            TypeError: for what is no ``str``.
        """
        from ..passes.single import clean_text

        return clean_text(self, text, kind=kind)

    def run(self, inputs: Sequence[str] | str, *, output: str, workers: int = 1, **options: Any) -> Mapping[str, Any]:
        """Run over files and write the output folder; returns its manifest.

        Args:
            inputs: Files, folders, globs, or ``label=path``.
            output: An empty or new folder.
            workers: Local processes; the output is the same for any number.
            **options: Fields of :class:`~textmill.pipeline.run.run.RunOptions`.

        Raises:
            InputError: for a missing input or an output folder that is not empty, unless ``resume`` goes on with it.
            AccountingError: when the documents do not add up.
        """
        from ..run.run import RunOptions, run_recipe

        given = [inputs] if isinstance(inputs, str) else list(inputs)
        return run_recipe(self, given, output, RunOptions(workers=workers, **options))

    def transform(
        self,
        *,
        temp: str | None = None,
        elements: Literal["dicts", "rows", "batches"] = "dicts",
        kind: str = "web",
        measure_all: bool = False,
    ) -> Any:
        """A Beam transform of documents in a PCollection, for a pipeline of your own; imports Beam.

        ``outputs = documents | recipe.transform()`` gives a dictionary of the PCollections ``kept``, ``removed``,
        ``ledger`` and ``quarantine``; see :class:`~textmill.pipeline.transform.RecipeTransform` for what comes in.

        Args:
            temp: A folder that all workers can reach, of this pipeline alone; needed by recipes that deduplicate. Their
                documents are shuffled once, by a hash of their ids, and staged there; delete it afterwards.
            elements: Whether dictionaries, Beam rows or Arrow record batches come out.
            kind: What documents without ``kind`` are: web, book, code or other.
            measure_all: Take costly measurements of removed documents too.

        Raises:
            RecipeError: when the recipe deduplicates and ``temp`` is missing.
        """
        from ..transform import RecipeTransform

        return RecipeTransform(self, temp=temp, elements=elements, kind=kind, measure_all=measure_all)

    def as_dict(self) -> dict[str, Any]:
        """The recipe with every parameter spelled out, as the manifest records it."""
        return {"name": self.name, "steps": [step_as_dict(step) for step in self.steps]}


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
    if callable(value):
        return f"{getattr(value, '__module__', None) or 'builtins'}:{value.__qualname__}"
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(item) for item in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
