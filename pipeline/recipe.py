"""What users do with a recipe: load it, try it on a text, run it, or put it into a pipeline of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Self

from ..filters.base.batch import encodable
from .recipes.definition import RecipeDefinition
from .recipes.recipe_file import load_recipe
from .recipes.settings import Settings
from .run.run import RunOptions, run_recipe
from .texts.cleaned import Cleaned
from .texts.cleaning import TextCleaner, check_language, memory_batch


class Recipe(RecipeDefinition):
    """A named list of steps, to run over a corpus or to try on one text.

    Args:
        name: Names the recipe in the manifest and the data card.
        steps: Filters, cleaners, deduplicators and at most one tokenizer, in the order in which they act.
        columns: Measurements that shards have as columns, by name or glob (``gopher.*``); also ``license``, as the
            metadata of documents name it, and ``input_label``, the label of the input.
        partition: Columns of few values by which shards lie in folders, as in ``shards/language=en/``.

    Raises:
        RecipeError: when the steps contradict each other, or for columns that are not there.

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
        return cls(loaded.name, loaded.steps, columns=loaded.columns, partition=loaded.partition)

    def clean(
        self,
        text: str,
        *,
        kind: str = "web",
        url: str | None = None,
        metadata: Mapping[str, Any] | str | None = None,
        language: str | None = None,
    ) -> Cleaned:
        """Clean one text, without deduplication and selection: the text or None, the verdict, and every measurement.

        Args:
            text: The text.
            kind: What it is: web, book, code or other.
            url: Where it comes from, for rules that judge addresses.
            metadata: What else is known of it: a mapping, or JSON text.
            language: Its language where it is known; a language step then says this one, with a score of 1.

        Raises:
            TypeError: for what is no ``str``.
            InputError: for an unknown kind, or values of other types.

        Example:
            >>> from textmill import C4Lines
            >>> cleaned = Recipe("c4", [C4Lines()]).clean("A full line ends with a mark.\nMenu")
            >>> cleaned.text, [(edit.step, edit.before) for edit in cleaned.edits]
            ('A full line ends with a mark.', [('c4_lines', '\nMenu')])
        """
        if not isinstance(text, str):
            raise TypeError(f"a text is a str, not {type(text).__name__}")
        check_language(language)
        batch = memory_batch([encodable(text)], kind=kind, url=url, metadata=metadata)
        return next(self._cleaner.clean(batch, language))

    @cached_property
    def _cleaner(self) -> TextCleaner:
        return TextCleaner(self)

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
            temp: A folder that all workers can reach, of this pipeline alone; needed by recipes that deduplicate or
                select. Their documents are shuffled once, by a hash of their ids, and staged there; delete it
                afterwards.
            elements: Whether dictionaries, Beam rows or Arrow record batches come out.
            kind: What documents without ``kind`` are: web, book, code or other.
            measure_all: Take costly measurements of removed documents too.

        Raises:
            RecipeError: when the recipe deduplicates or selects and ``temp`` is missing.
        """
        from .transform import RecipeTransform  # imports Beam

        return RecipeTransform(self, temp=temp, elements=elements, kind=kind, measure_all=measure_all)
