"""What users do with a recipe: load it, try it on a text, run it, or put it into a pipeline of their own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, Self, TypeAlias, TypeVar, overload

from ..errors import InputError
from ..filters.base.batch import encodable
from .recipes.definition import RecipeDefinition
from .recipes.recipe_file import load_recipe
from .recipes.settings import Settings
from .run.run import run_options, run_recipe
from .texts.cleaned import Cleaned
from .texts.cleaning import TextCleaner, check_language, memory_batch
from .texts.many import Many, clean_many

Table = TypeVar("Table")
Inputs: TypeAlias = Iterable[str | os.PathLike[str]] | str | os.PathLike[str]


def _path(given: object, what: str) -> str:
    if not isinstance(given, (str, os.PathLike)) or isinstance(given, bytes):
        raise InputError(f"{what} is a path, as 'crawl/*.warc.gz' or pathlib.Path('crawl'), not {given!r}")
    return str(os.fspath(given))


def _paths(given: object) -> list[str]:
    if not isinstance(given, Iterable):
        return [_path(given, "inputs")]
    return [_path(one, "each of inputs") for one in given]


class Recipe(RecipeDefinition):
    """A named list of steps, to run over a corpus or to try on one text.

    Args:
        name: Names the recipe in the manifest and the data card.
        steps: Filters, cleaners, deduplicators, selections and at most one tokenizer, in the order in which they act.
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
    def load(
        cls, name_or_path: str | os.PathLike[str], settings: Settings | None = None, *, code: bool | None = None
    ) -> Self:
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
        loaded = load_recipe(_path(name_or_path, "a recipe"), settings, code=code)
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
            >>> cleaned = Recipe("c4", [C4Lines()]).clean("A full line ends with a mark.\\nMenu")
            >>> cleaned.text, [(edit.step, edit.before) for edit in cleaned.edits]
            ('A full line ends with a mark.', [('c4_lines', '\\nMenu')])
        """
        if not isinstance(text, str):
            raise TypeError(f"a text is a str, not {type(text).__name__}")
        check_language(language)
        batch = memory_batch([encodable(text)], kind=kind, url=url, metadata=metadata)
        return next(self._cleaner.clean(batch, language))

    @overload
    def clean_many(
        self, texts: Iterable[str], *, workers: int = ..., kind: str = ..., language: str | None = ...
    ) -> Iterator[Cleaned]: ...

    @overload
    def clean_many(
        self,
        texts: Table,
        *,
        workers: int = ...,
        kind: str = ...,
        language: str | None = ...,
        text_column: str = ...,
        measurements: bool = ...,
    ) -> Table: ...

    def clean_many(
        self,
        texts: Any,
        *,
        workers: int = 1,
        kind: str = "web",
        language: str | None = None,
        text_column: str = "text",
        measurements: bool = False,
    ) -> Any:
        """Clean many texts at the speed of a run, a batch at a time, without deduplication.

        Of texts (a list, a generator, a column) comes an iterator of :class:`Cleaned`, in the same order, which asks
        for texts as it goes. A table of Arrow, pandas, Polars or ``datasets`` comes back with the same rows in the same
        order: its texts are the cleaned ones, null where they were removed, and beside them stand ``verdict`` (kept or
        removed), ``step``, ``rule``, ``value`` and ``threshold`` as in the ledger, ``language``, ``language_score``,
        ``input_ids`` and ``token_count`` where the recipe has them. Columns of these names are replaced. Columns
        ``url``, ``kind``, ``metadata``, ``source`` and ``doc_id`` are read where they hold text.

        Args:
            texts: What to clean.
            workers: Processes to start for it; the results are the same for any number.
            kind: What the texts are: web, book, code or other.
            language: Their language where it is known and they have one.
            text_column: Of a table, the column of the texts.
            measurements: Whether a table gets a column for each measurement too.

        Raises:
            TypeError: for a text that is no ``str``, naming its number.
            InputError: for an unknown kind, or a table without such a column.
            TextmillError: when a worker process dies.

        Example:
            >>> import pyarrow as pa
            >>> from textmill import where
            >>> recipe = Recipe("long", [where(len, minimum=5)])
            >>> [cleaned.text for cleaned in recipe.clean_many(["long enough", "no"])]
            ['long enough', None]
            >>> recipe.clean_many(pa.table({"text": ["long enough", "no"]}))["verdict"].to_pylist()
            ['kept', 'removed']
        """
        many = Many(
            cleaner=self._cleaner,
            workers=workers,
            kind=kind,
            language=language,
            text_column=text_column,
            measurements=measurements,
        )
        return clean_many(many, texts, self.map_batch)

    def map_batch(
        self,
        batch: Any,
        *,
        kind: str = "web",
        language: str | None = None,
        text_column: str = "text",
        measurements: bool = False,
    ) -> Any:
        """Clean a batch of columns, for ``dataset.map(recipe.map_batch, batched=True)``, with ``num_proc`` if you like.

        The columns are those that :meth:`clean_many` gives for a table; all rows stay, so that removed ones can be
        looked at before ``dataset.filter(lambda row: row["verdict"] == "kept")``.

        Args:
            batch: Columns by name, or an Arrow table or data frame, as the data set's format has them.
            kind: What the texts are: web, book, code or other.
            language: Their language where it is known.
            text_column: The column of the texts.
            measurements: Whether there is a column for each measurement too.

        Example:
            >>> from textmill import where
            >>> Recipe("long", [where(len, minimum=5)]).map_batch({"text": ["long enough", "no"]})["text"]
            ['long enough', None]
        """
        return self.clean_many(batch, kind=kind, language=language, text_column=text_column, measurements=measurements)

    @cached_property
    def _cleaner(self) -> TextCleaner:
        return TextCleaner(self)

    def run(
        self,
        inputs: Inputs,
        *,
        output: str | os.PathLike[str],
        workers: int = 1,
        **options: Any,
    ) -> Mapping[str, Any]:
        """Run over files and write the output folder; returns its manifest.

        Args:
            inputs: Files, folders, globs, or ``label=path``; one or several.
            output: An empty or new folder.
            workers: Local processes; the output is the same for any number.
            **options: Fields of :class:`~textmill.pipeline.run.run.RunOptions`.

        Raises:
            InputError: for an unknown option or a value that does not fit, a missing input, or an output folder that is
                not empty, unless ``resume`` goes on with it.
            AccountingError: when the documents do not add up.
        """
        given = [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs
        return run_recipe(self, _paths(given), _path(output, "output"), run_options(workers=workers, **options))

    def transform(
        self,
        *,
        temp: str | os.PathLike[str] | None = None,
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

        folder = None if temp is None else _path(temp, "temp")
        return RecipeTransform(self, temp=folder, elements=elements, kind=kind, measure_all=measure_all)
