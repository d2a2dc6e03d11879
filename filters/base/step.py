"""What a step is: a filter judges and never edits, a cleaner edits and never drops."""

from __future__ import annotations

import dataclasses
import functools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self, TypeAlias

import pyarrow as pa

from ...errors import RecipeError
from .evidence import Evidence
from .parameters import check_names, check_parameters
from .rules import Rule

Measurements: TypeAlias = Mapping[str, pa.Array]
"""Named columns, one value for each document of the batch."""


class Step:
    """One line of a recipe. Concrete steps are frozen dataclasses whose fields are their parameters."""

    name: ClassVar[str]
    """The step's word in a recipe file (``gopher_quality``)."""

    measurements: ClassVar[Mapping[str, pa.DataType]] = {}
    """Every measurement the step can take, with its declared type, so that schemas never depend on data."""

    reads: ClassVar[Mapping[str, str]] = {}
    """Measurements of earlier steps that this one reads from the batch, each with the name of its step."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Refuse parameters that there are not, which Python would do without naming the nearest.

        Raises:
            RecipeError: for these, and for values without a name where names are wanted.
        """
        if dataclasses.is_dataclass(cls) and (args or kwargs):
            fields = [field for field in dataclasses.fields(cls) if field.init]
            check_names(cls.name, kwargs, [field.name for field in fields])
            if len(args) > sum(not field.kw_only for field in fields):
                example = f", as in {fields[0].name}={args[0]!r}" if fields else ""
                raise RecipeError(f"{cls.name} takes its parameters by name{example}")
        return super().__new__(cls)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check = cls.__dict__.get("__post_init__")
        if check is not None:

            @functools.wraps(check)
            def checked(self: Step) -> None:
                check_parameters(self, self.name)
                check(self)

            cls.__post_init__ = checked  # type: ignore[method-assign]

    def __post_init__(self) -> None:
        """Hold the parameters against their types; classes that check more need not call this."""
        check_parameters(self, self.name)

    def setup(self) -> None:
        """Load models, once in each worker, before the first batch. Must be cheap to call again."""

    @property
    def model_files(self) -> Mapping[str, Path]:
        """Files of models and lists whose checksums decide the measurements, by name."""
        return {}

    @property
    def notices(self) -> tuple[str, ...]:
        """What whoever reads the results must be told, in whole sentences: what judged, and what was not done."""
        return ()


class Barrier(Step):
    """Compares the documents of a whole run with each other, so that a pass ends where it stands."""


class Filter(Step, ABC):
    """Measures documents; its rules then judge them in order and the first that fails removes the document."""

    expensive: ClassVar[bool] = False
    """True when measuring is costly, so that only documents still kept are measured."""

    @property
    @abstractmethod
    def rules(self) -> tuple[Rule, ...]:
        """The thresholds in the order in which they judge; those switched off by None are absent."""

    @abstractmethod
    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Measure every document of the batch; never fails on any text, and an empty text has defined values."""

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:  # noqa: ARG002
        """Lines that drive one of the rules in the one document of a batch, for people to look at.

        None where no line stands out. The batch has the columns that :meth:`measure` gets.
        """
        return ()


class Cleaner(Step, ABC):
    """Edits text and reports what it did; a text that it leaves empty is removed by the engine with that reason."""

    may_empty: ClassVar[bool] = True
    """False when it never leaves a text empty that was not."""

    @abstractmethod
    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Return the edited ``large_string`` column of the same length, and measurements of the edits."""
