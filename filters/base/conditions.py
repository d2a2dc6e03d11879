"""Steps for some documents alone, by kind or language, so that rules for prose never judge code; and names for them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import RecipeError, nearest
from ..models.languages import MACROLANGUAGES
from .batch import KINDS
from .combine import Combined
from .parameters import check_names, yaml_trap
from .step import Cleaner, Filter, Step

STEP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""What a step may be called: no dot and no ``@``, which set a parameter and a language off."""
JOINED = "+"
"""Stands between languages that share their parameters."""


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
        if len(kind) == 1:  # a recipe asks twenty times: arrays would take longer than judging the document
            return np.array([self._holds_one(kind[0].as_py(), None if language is None else language[0].as_py())])
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

    def _holds_one(self, kind: str, language: str | None) -> bool:
        return (
            (not self.kind or kind in self.kind)
            and (not self.language or language in self.language)
            and language not in self.except_language
        )

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


Overrides: TypeAlias = Mapping[str, Any] | None
"""Parameters that differ for a language; None takes no step at all."""


@dataclass(frozen=True, kw_only=True)
class PerLanguage(Step):
    """A step with other parameters for some languages; build it with :func:`per_language`."""

    name: ClassVar[str] = "per_language"

    step: Step
    overrides: tuple[tuple[str, Overrides], ...]

    def variants(self) -> Iterator[tuple[str, Step | None, Condition]]:
        """The step for all other languages under the name "", then one for each entry under the entry's name."""
        named = tuple(label for languages, _ in self.overrides for label in languages.split(JOINED))
        yield "", self.step, Condition(except_language=_each(named))
        for languages, overrides in self.overrides:
            variant = None if overrides is None else dataclasses.replace(self.step, **overrides)  # type: ignore[type-var]
            yield languages, variant, Condition(language=_each(tuple(languages.split(JOINED))))


def per_language(step: Step, overrides: Mapping[str, Overrides]) -> PerLanguage:
    """Take a step with other parameters for some languages.

    In the ledger the step for these languages is called as in ``gopher_quality@zh+ja``, and so in ``--set``. A document
    without a language label is taken as one of the other languages.

    Args:
        step: A filter or cleaner with the parameters for all other languages.
        overrides: By language, or languages joined by ``+``, what differs; None leaves documents in it alone.

    Raises:
        RecipeError: for a step without parameters, an unknown parameter, or a language that is named twice.

    Example:
        >>> from textmill import GopherQuality
        >>> step = per_language(GopherQuality(), {"zh+ja": {"words": "uax29", "min_mean_word_length": 1}, "th": None})
        >>> [name for name, _, _ in step.variants()]
        ['', 'zh+ja', 'th']
    """
    if isinstance(step, Named):
        raise RecipeError("per_language: name the whole, as in named(per_language(…), 'book_quality')")
    if not isinstance(step, (Filter, Cleaner)) or isinstance(step, Combined) or not dataclasses.is_dataclass(step):
        raise RecipeError(f"per_language: {step.name} is no filter or cleaner with parameters")
    if not overrides:
        raise RecipeError("per_language: name at least one language")
    fields = [field.name for field in dataclasses.fields(step) if field.init]
    for languages, different in overrides.items():
        if not isinstance(languages, str):
            raise RecipeError(f"per_language: a language is named by text, not {languages!r}{yaml_trap((languages,))}")
        check_names(step.name, different or {}, fields)
        if not all(languages.split(JOINED)):
            raise RecipeError(f"per_language: {languages!r} is no language, nor several joined by {JOINED}")
    labels = [label for languages in overrides for label in _each(tuple(languages.split(JOINED)))]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise RecipeError(f"per_language: {twice!r} is named twice")
    made = PerLanguage(step=step, overrides=tuple(overrides.items()))
    list(made.variants())  # refuse contradictory thresholds now
    return made


@dataclass(frozen=True, kw_only=True)
class Named(Step):
    """A step under a name of its own; build it with :func:`named`."""

    name: ClassVar[str] = "named"

    step: Step
    called: str


def named(step: Step, called: str) -> Named:
    """Give a step the name by which ledger, reports, ``retune`` and ``--set`` call it.

    Without one, a step is called by what it is (``gopher_quality``), and a second one ``gopher_quality_2``. In a recipe
    file the name stands beside the step as ``as: book_quality``.

    Raises:
        RecipeError: for a group, a step that has such a name already, or a name of other characters.

    Example:
        >>> from textmill import GopherQuality, Recipe
        >>> recipe = Recipe("r", [named(GopherQuality(max_words=None), "book_quality")])
        >>> recipe.clean("Too short.").removed_by
        'book_quality.min_words'
    """
    if not isinstance(called, str) or not STEP_NAME.fullmatch(called) or called == "read":
        raise RecipeError(
            f"a step cannot be called {called!r}: a name begins with a letter and has letters, digits, _ and - in it, "
            "and read is taken"
        )
    if isinstance(step, (OnlyIf, Named)):
        raise RecipeError(f"{called!r} names one step; name the steps within {step.name} one by one")
    return Named(step=step, called=called)


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

    Example:
        >>> from textmill import GopherQuality, Recipe
        >>> recipe = Recipe("r", [only_if(GopherQuality(), kind=["web", "book"])])
        >>> recipe.clean("x = 1", kind="code").verdict.kept, recipe.clean("x = 1", kind="web").verdict.kept
        (True, False)
    """
    kinds = _names("kind", kind)
    unknown = [name for name in kinds if name not in KINDS]
    if unknown:
        raise RecipeError(
            f"only_if: unknown kind {unknown[0]!r}{nearest(unknown[0], KINDS)}; kinds are {', '.join(KINDS)}"
        )
    languages, others = _names("language", language), _names("except_language", except_language)
    condition = Condition(kind=kinds, language=_each(languages), except_language=_each(others))
    if not condition:
        raise RecipeError("only_if: name at least one kind or language")
    if not steps:
        raise RecipeError("only_if: name at least one step")
    return OnlyIf(steps=steps, condition=condition)


def without(steps: Sequence[Step], kinds: tuple[type[Step], ...]) -> list[Step]:
    """The steps that are of none of these kinds, also within groups."""
    left: list[Step] = []
    for step in steps:
        if isinstance(step, OnlyIf):
            inner = without(step.steps, kinds)
            left += [dataclasses.replace(step, steps=tuple(inner))] if inner else []
        elif not isinstance(step.step if isinstance(step, Named) else step, kinds):
            left.append(step)
    return left


def _names(what: str, value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    names = tuple(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else (value,)
    for name in names:
        if not isinstance(name, str):
            raise RecipeError(f"only_if: {what} is named by text, not {name!r}{yaml_trap(names)}")
    return names


def _each(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Labels of languages, and of those that a label stands for: ``no`` of Bokmål and Nynorsk too."""
    return tuple(dict.fromkeys(one for label in languages for one in (label, *MACROLANGUAGES.get(label, ()))))


def _intersect(what: str, first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    if not first or not second:
        return first or second
    common = tuple(name for name in first if name in second)
    if not common:
        raise RecipeError(f"only_if: no document can be of {what} {'|'.join(first)} and {'|'.join(second)} at once")
    return common
