"""Texts through all steps of a recipe but deduplications and selections, here and now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import pyarrow as pa

from ...errors import InputError, nearest
from ...filters.base.batch import BATCH_SCHEMA, KINDS, document_id, encodable
from ..input.readers.records import metadata_json
from ..input.readers.tables.fields import plain
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents
from ..steps.engine import PassEngine
from ..steps.masks import scatter
from .cleaned import INPUT_IDS, Cleaned, Origin, Verdict

MEMORY = "memory"
"""The source of texts that come from no file."""


class TextCleaner:
    """A recipe ready to clean texts: models and tables are loaded once."""

    def __init__(self, recipe: RecipeDefinition) -> None:
        self.recipe = recipe

    @cached_property
    def _engines(self) -> tuple[PassEngine, ...]:
        return tuple(PassEngine(self.recipe.plan, number) for number in range(len(self.recipe.plan.passes)))

    def measure(self, documents: Documents) -> Documents:
        """Take a batch through every pass at once, without deduplication."""
        for engine in self._engines:
            for planned in engine.current.steps:
                engine.apply_step(planned, documents)
        return documents

    def clean(self, batch: pa.RecordBatch, language: str | None = None) -> Iterator[Cleaned]:
        """Clean every document of a batch."""
        documents = self.measure(Documents.read(batch, language))
        return outcomes(documents, self.recipe, batch)


def outcomes(documents: Documents, recipe: RecipeDefinition, given: pa.RecordBatch) -> Iterator[Cleaned]:
    """What became of each document of a batch that a recipe has been applied to.

    Args:
        documents: The batch as it is now.
        recipe: What was applied.
        given: The batch as it was.
    """
    columns = dict(documents.measurements)
    if documents.input_ids is not None:
        columns[INPUT_IDS] = scatter(documents.input_ids, documents.kept)
    for row in range(given.num_rows):
        kept = bool(documents.kept[row])
        yield Cleaned(
            documents.batch["text"][row].as_py() if kept else None,
            verdict_of(documents, row),
            columns,
            row,
            Origin(recipe, given, row, documents.language),
        )


def verdict_of(documents: Documents, row: int) -> Verdict:
    """The verdict on one document of a batch."""
    verdicts = documents.verdicts
    return Verdict(
        bool(documents.kept[row]),
        verdicts["step"][row],
        verdicts["rule"][row],
        verdicts["value"][row],
        verdicts["threshold"][row],
    )


def memory_batch(
    texts: Sequence[str],
    *,
    first: int = 0,
    kind: str = "web",
    url: str | None = None,
    metadata: Mapping[str, Any] | str | None = None,
) -> pa.RecordBatch:
    """Texts as a batch.

    Args:
        texts: What it holds.
        first: How many texts came before, which ids go on from.
        kind: What they are.
        url: Where they come from.
        metadata: What else is known of them: a mapping, or JSON text.

    Raises:
        InputError: for an unknown kind, an address that is no text, or metadata that JSON cannot hold.
    """
    check_kind(kind)
    if url is not None and not isinstance(url, str):
        raise InputError(f"url is text, as 'https://example.org/page', not {url!r}")
    count = len(texts)
    columns = [
        _ids(first, count),
        pa.array(texts, pa.large_string()),
        _repeated(MEMORY, count),
        _repeated(kind, count),
        _repeated(None if url is None else encodable(url), count),
        _repeated(_json(metadata), count),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=BATCH_SCHEMA)


@lru_cache(maxsize=8)
def _ids(first: int, count: int) -> pa.Array:
    return pa.array([document_id(MEMORY, first + position) for position in range(count)], pa.string())


@lru_cache(maxsize=16)
def _repeated(value: str | None, count: int) -> pa.Array:
    return pa.array([value] * count, pa.string())


def check_kind(kind: object) -> None:
    """Refuse what no document can be.

    Raises:
        InputError: for anything but web, book, code and other.
    """
    if kind not in KINDS:
        raise InputError(f"kind is {kind!r}; choose one of {', '.join(KINDS)}{nearest(str(kind), KINDS)}")


def check_language(language: object) -> None:
    """Refuse what is no label of a language.

    Raises:
        InputError: for anything but text.
    """
    if language is not None and (not isinstance(language, str) or not language.strip()):
        raise InputError(f"language is a label, as 'en' or 'no', not {language!r}")


def _json(metadata: Mapping[str, Any] | str | None) -> str | None:
    if metadata is None:
        return None
    if isinstance(metadata, Mapping):
        return metadata_json(plain(dict(metadata)))
    try:
        if not isinstance(metadata, str):
            raise TypeError(f"it is a {type(metadata).__name__}")
        json.loads(metadata)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"metadata is a mapping, as {{'title': 'Harbours'}}, or JSON text, not {metadata!r}: {error}"
        ) from error
    return encodable(metadata)
