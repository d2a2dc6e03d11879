"""What users do with a recipe: load it, try it on a text, run it, or put it into a pipeline of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from .passes.single import Cleaned, clean_text
from .recipes.definition import RecipeDefinition
from .recipes.recipe_file import load_recipe
from .recipes.settings import Settings
from .run.run import RunOptions, run_recipe


class Recipe(RecipeDefinition):
    """A named list of steps, to run over a corpus or to try on one text.

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

    @classmethod
    def load(cls, name_or_path: str, settings: Settings | None = None, *, code: bool | None = None) -> Self:
        """Load a preset by its name (``fineweb``) or a recipe file by its path or URL (``mine.yaml``).

        Args:
            name_or_path: Of the preset or the file.
            settings: Parameters in place of those in the file, by step and name; steps are
                called as in the ledger: ``{"gopher_quality.min_words": 30, "gopher_quality_2.max_words": None}``.
            code: Whether functions and steps that the file names as ``package.module:name`` are imported, which runs
                what their modules say; by default those of local files are, those of URLs are not.

        Raises:
            RecipeError: naming the line and the nearest valid name.
        """
        loaded = load_recipe(name_or_path, settings, code=code)
        return cls(loaded.name, loaded.steps)

    def clean(self, text: str, *, kind: str = "web") -> Cleaned:
        """Clean one text, without deduplication: the text or None, the verdict, and every measurement.

        Raises:
            TypeError: for what is no ``str``.
        """
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
        from .transform import RecipeTransform  # imports Beam

        return RecipeTransform(self, temp=temp, elements=elements, kind=kind, measure_all=measure_all)
