"""What a recipe made of one text: the text, the verdict with its reasons, what was measured, and what was edited."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa

from ..recipes.definition import RecipeDefinition
from .shown import as_html
from .tracing import Edit, Reason, Trace, trace

INPUT_IDS = "input_ids"


class Verdict(NamedTuple):
    """Why a document is kept or not."""

    kept: bool
    step: str | None = None
    rule: str | None = None
    value: str | None = None
    threshold: str | None = None

    def __str__(self) -> str:
        if self.kept:
            return "kept"
        return f"removed by {self.step}.{self.rule}: {self.value} against {self.threshold}"


class Origin(NamedTuple):
    """What was cleaned, and by which recipe."""

    recipe: RecipeDefinition
    documents: pa.RecordBatch
    """As they were given, the text among them."""
    row: int
    language: str | None

    def trace(self) -> Trace:
        """What happens to the text, step by step."""
        return trace(self.recipe, self.documents.slice(self.row, 1), self.language)


class Cleaned:
    """What a recipe made of one text; notebooks show it with what was cut, and the lines that broke a rule, marked.

    Edits and reasons are found when they are first asked for, by taking the text through the recipe once more.

    Example:
        >>> from textmill import GopherQuality, Recipe
        >>> cleaned = Recipe("short", [GopherQuality(min_words=3, min_stop_words=0)]).clean("too short")
        >>> cleaned.text, str(cleaned.verdict)
        (None, 'removed by gopher_quality.min_words: 2 against 3')
        >>> cleaned.measurements["gopher.words"]
        2
    """

    text: str | None
    """The cleaned text, or None when a rule removed it."""
    verdict: Verdict

    def __init__(
        self, text: str | None, verdict: Verdict, columns: Mapping[str, pa.Array], row: int, origin: Origin
    ) -> None:
        self.text, self.verdict = text, verdict
        self._columns, self._row, self._origin = columns, row, origin

    @property
    def removed_by(self) -> str | None:
        """The rule that removed the text, as ``step.rule``; None when it was kept."""
        return None if self.verdict.kept else f"{self.verdict.step}.{self.verdict.rule}"

    @cached_property
    def measurements(self) -> dict[str, Any]:
        """Every measurement that was taken, by name."""
        found = ((name, column[self._row].as_py()) for name, column in self._columns.items() if name != INPUT_IDS)
        return {name: value for name, value in found if value is not None}

    @cached_property
    def input_ids(self) -> list[int] | None:
        """Token ids of the text; None when it was removed, or the recipe does not tokenise."""
        ids = self._columns.get(INPUT_IDS)
        return None if ids is None else ids[self._row].as_py()

    @property
    def token_count(self) -> int | None:
        """How many tokens the text has; None when it was removed, or the recipe does not tokenise."""
        return None if self.input_ids is None else len(self.input_ids)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every rule that the text breaks, the one that removed it first, each with the lines that drive it."""
        return self._trace.reasons

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What each cleaner changed, in order."""
        return self._trace.edits

    @cached_property
    def _trace(self) -> Trace:
        return self._origin.trace()

    def _repr_html_(self) -> str:
        return as_html(str(self.verdict), self._trace)

    def __repr__(self) -> str:
        return f"Cleaned(text={self.text!r}, verdict=<{self.verdict}>)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cleaned):
            return NotImplemented
        mine, theirs = ((one.text, one.verdict, one.measurements, one.input_ids) for one in (self, other))
        return mine == theirs

    def __hash__(self) -> int:
        return hash((self.text, self.verdict))

    def __reduce__(self) -> tuple[Any, ...]:
        # A slice would take the whole batch with it.
        columns = {name: pa.array([column[self._row].as_py()], column.type) for name, column in self._columns.items()}
        given = pa.RecordBatch.from_pylist(
            self._origin.documents.slice(self._origin.row, 1).to_pylist(), schema=self._origin.documents.schema
        )
        origin = self._origin._replace(documents=given, row=0)
        return Cleaned, (self.text, self.verdict, columns, 0, origin)
