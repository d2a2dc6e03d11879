"""Limit steps to documents of a kind or language, so that rules for prose never judge code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .batch import KINDS
from .step import Step


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Which documents a step concerns; an empty tuple means all."""

    kind: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    except_language: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kind or self.language or self.except_language)

    @property
    def needs_language(self) -> bool:
        """Whether it reads the label of a language step."""
        return bool(self.language or self.except_language)

    def excludes(self, other: Condition) -> bool:
        """Tell whether no document can meet both."""
        if self.kind and other.kind and not set(self.kind) & set(other.kind):
            return True
        if self.language and other.language and not set(self.language) & set(other.language):
            return True
        return any(
            bool(one.language) and set(one.language) <= set(two.except_language)
            for one, two in ((self, other), (other, self))
        )

    def holds(self, kind: pa.Array, language: pa.Array | None) -> npt.NDArray[np.bool_]:
        """Tell for each document whether it is concerned; shape (n,). An unknown language is not."""
        concerned = np.ones(len(kind), dtype=np.bool_)
        if self.kind:
            concerned &= np.asarray(pc.is_in(kind, value_set=pa.array(self.kind)))
        if self.language:
            if language is None:
                return np.zeros(len(kind), dtype=np.bool_)
            concerned &= np.asarray(pc.is_in(language, value_set=pa.array(self.language)))
        if self.except_language and language is not None:
            concerned &= ~np.asarray(pc.is_in(language, value_set=pa.array(self.except_language)))
        return concerned

    def both(self, other: Condition) -> Condition:
        """Join two conditions, as when groups are nested.

        Raises:
            RecipeError: when no document could meet both.
        """
        return Condition(
            kind=_intersect("kind", self.kind, other.kind),
            language=_intersect("language", self.language, other.language),
            except_language=tuple(sorted({*self.except_language, *other.except_language})),
        )


@dataclass(frozen=True, kw_only=True)
class OnlyIf(Step):
    """A group of steps under one condition; build it with :func:`only_if`."""

    name: ClassVar[str] = "only_if"

    steps: tuple[Step, ...]
    condition: Condition


def only_if(
    *steps: Step,
    kind: str | Sequence[str] | None = None,
    language: str | Sequence[str] | None = None,
    except_language: str | Sequence[str] | None = None,
) -> OnlyIf:
    """Apply steps only to documents of these kinds (web, book, code, other), of these languages or of all but these.

    A language condition reads the label that an earlier :class:`~textmill.filters.Language` step has given; a document
    without a label is of no language, and so among "all but these".

    Raises:
        RecipeError: for an unknown kind, no condition, or no steps.
    """
    condition = Condition(kind=_names(kind), language=_names(language), except_language=_names(except_language))
    unknown = [name for name in condition.kind if name not in KINDS]
    if unknown:
        raise RecipeError(f"only_if: unknown kind {unknown[0]!r}; kinds are {', '.join(KINDS)}")
    if not condition:
        raise RecipeError("only_if: name at least one kind or language")
    if not steps:
        raise RecipeError("only_if: name at least one step")
    return OnlyIf(steps=steps, condition=condition)


def _names(value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _intersect(what: str, first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    if not first or not second:
        return first or second
    common = tuple(name for name in first if name in second)
    if not common:
        raise RecipeError(f"only_if: no document can be of {what} {'|'.join(first)} and {'|'.join(second)} at once")
    return common
