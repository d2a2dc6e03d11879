"""Turn a plain function into a filter: no base class, no registration."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import sys
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import pyarrow as pa

from ...errors import RecipeError, describe_error
from .parameters import yaml_trap
from .rules import Rule
from .step import Filter, Measurements

CONVERSION_ERRORS = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""What Arrow raises for values that are not of the declared type."""

Returned: TypeAlias = Literal["float", "int", "bool", "str"]

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "float": pa.float64(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "str": pa.string(),
}


@dataclass(frozen=True, kw_only=True)
class Where(Filter):
    """Measure with a user's function and judge its value; build it with :func:`where`."""

    name: ClassVar[str] = "where"

    function: Callable[..., Any]
    measurement: str
    returns: Returned = "float"
    per: Literal["document", "batch"] = "document"
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str | bool, ...] | None = None
    expensive: bool = False  # type: ignore[misc]  # a user's function may be costly or cheap: only they know

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]  # named by the user
        """One measurement, named after the function."""
        return {self.measurement: ARROW_TYPES[self.returns]}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One rule for each bound that is set."""
        named: list[Rule] = []
        if self.minimum is not None:
            named.append(Rule(name="minimum", measurement=self.measurement, minimum=self.minimum))
        if self.maximum is not None:
            named.append(Rule(name="maximum", measurement=self.measurement, maximum=self.maximum))
        if self.allowed is not None:
            named.append(Rule(name="allowed", measurement=self.measurement, allowed=self.allowed))
        return tuple(named)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Call the function once for the batch, or once for each text in it."""
        declared = ARROW_TYPES[self.returns]
        if self.per == "batch":
            values = self.function(batch)
            is_of_pandas = type(values).__module__.partition(".")[0] == "pandas"
            column = (
                values
                if isinstance(values, (pa.Array, pa.ChunkedArray))
                else pa.array(values, from_pandas=is_of_pandas or None)
            )
            if isinstance(column, pa.ChunkedArray):
                column = column.combine_chunks()
            if len(column) != batch.num_rows:
                raise RecipeError(
                    f"where({self.measurement}): the function returned {len(column)} values for "
                    f"{batch.num_rows} documents; return one value for each document of the batch"
                )
            column = column.cast(declared)
        else:
            values = [self._called_with(batch, row, text) for row, text in enumerate(batch["text"].to_pylist())]
            try:
                column = pa.array(values, declared)
            except CONVERSION_ERRORS:
                column = pa.array([self._converted(batch, row, value) for row, value in enumerate(values)], declared)
        return {self.measurement: column}

    def _called_with(self, batch: pa.RecordBatch, row: int, text: str) -> Any:
        try:
            return self.function(text)
        except (Exception, SystemExit) as error:
            raise RecipeError(
                f"where({self.measurement}): the function raised {describe_error(error)} for document "
                f"{batch['doc_id'][row]} of {batch['source'][row]}; let it return None where it knows nothing"
            ) from error

    def _converted(self, batch: pa.RecordBatch, row: int, value: Any) -> Any:
        try:
            return pa.scalar(value, ARROW_TYPES[self.returns]).as_py()
        except CONVERSION_ERRORS as error:
            raise RecipeError(
                f"where({self.measurement}): the function returned {repr(value)[:100]} for document "
                f"{batch['doc_id'][row]} of {batch['source'][row]}, which is no {self.returns}; say what it returns "
                f"by its annotation or by returns, one of {', '.join(ARROW_TYPES)}"
            ) from error


def where(
    function: Callable[..., Any] | str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    allowed: Sequence[str | bool] | str | bool | None = None,
    measurement: str | None = None,
    returns: Returned | None = None,
    per: Literal["document", "batch"] | None = None,
    expensive: bool = False,
) -> Where:
    """Make a filter of a function ``text -> number, bool or str``, or of one that takes a whole record batch.

    Args:
        function: The function, or where to import it from as ``package.module:function``.
        minimum: Remove documents whose value is lower.
        maximum: Remove documents whose value is higher.
        allowed: Remove documents whose value is none of these, or not this one.
        measurement: Name of the value in the ledger; by default the function's own name, of an object that can be
            called that of its class.
        returns: Type of the value; by default the function's return annotation, else str or bool when ``allowed``
            holds such values, else float.
        per: ``"document"`` to call it with one text, ``"batch"`` to call it once with a ``pyarrow.RecordBatch`` and
            get an array back; by default "batch" when the first parameter is annotated as a RecordBatch.
        expensive: True when it is costly, so that only documents still kept are measured.

    Raises:
        RecipeError: when the function cannot be imported or the bounds contradict each other.

    Example:
        >>> def exclamation_ratio(text: str) -> float:
        ...     return text.count("!") / max(len(text), 1)
        >>> where(exclamation_ratio, maximum=0.02).rules[0].maximum
        0.02
    """
    loaded = import_by_path(function, "where") if isinstance(function, str) else function
    if not callable(loaded):
        raise RecipeError(f"where needs a function, not {type(loaded).__name__}")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise RecipeError(f"where: minimum={minimum} is above maximum={maximum}, so nothing could pass")
    if allowed is not None:
        allowed = tuple(allowed) if isinstance(allowed, Iterable) and not isinstance(allowed, str) else (allowed,)
    takes, gives = _annotations(loaded)
    called, returned = measurement or _called(loaded), returns or gives or _type_of(allowed)
    _check_bounds(called, returned, has_bounds=minimum is not None or maximum is not None, allowed=allowed)
    return Where(
        function=loaded,
        measurement=called,
        returns=returned,
        per=per or ("batch" if "RecordBatch" in takes else "document"),
        minimum=minimum,
        maximum=maximum,
        allowed=allowed,
        expensive=expensive,
    )


def _check_bounds(called: str, returned: str, *, has_bounds: bool, allowed: Sequence[object] | None) -> None:
    """Refuse a minimum of labels, and allowed values that the function never returns: every document would go."""
    if returned == "str" and has_bounds:
        raise RecipeError(f"where({called}): it returns text, which has no minimum or maximum; name allowed=[…] labels")
    if not allowed:
        return
    kept, wanted = {"str": (str, "texts"), "bool": (bool, "true or false")}.get(returned, (None, ""))
    if kept is None:
        raise RecipeError(
            f"where({called}): it returns numbers, which are held against minimum and maximum, not allowed; if it "
            "returns text, say so by its annotation or by returns='str'"
        )
    wrong = [one for one in allowed if not isinstance(one, kept)]
    if wrong:
        raise RecipeError(
            f"where({called}): allowed are {wanted}, as it returns, not {wrong[0]!r}{yaml_trap((wrong[0],))}"
        )


def _called(function: Callable[..., Any]) -> str:
    """What to call the measurement of a function: its own name, of a partial that of what it calls."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", type(function).__name__)).strip("<>")


def stand_in(path: str) -> Callable[..., Any]:
    """Stand for a function that is only to be named, as when the recipe of a finished run is read."""

    def function(*_: Any) -> None:
        raise RecipeError(f"where: {path} stands here by its name only")

    function.__module__, _, function.__qualname__ = path.partition(":")
    return function


def import_by_path(path: str, owner: str, folder: Path | None = None) -> Any:
    """Import what ``package.module:name`` says; a module that is not found elsewhere is looked for in ``folder``.

    The folder is then on Python's path for good, at its end, so that worker processes find the module as well.

    Raises:
        RecipeError: when the path is written otherwise or cannot be imported; ``owner`` begins the message.
    """
    module, separator, attribute = path.partition(":")
    top = module.partition(".")[0]
    is_known = not top or top in sys.modules or importlib.util.find_spec(top) is not None
    if folder is not None and not is_known and any(folder.glob(f"{top}*")):
        sys.path.append(str(folder.absolute()))
        importlib.invalidate_caches()
    if not separator or not module or not attribute:
        raise RecipeError(f"{owner}: write it as package.module:name, not {path!r}")
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise RecipeError(
            f"{owner}: cannot import {path!r} ({error}); is it beside the recipe, installed, or on PYTHONPATH?"
        ) from error
    return found


def _annotations(function: Callable[..., Any]) -> tuple[str, Returned | None]:
    """Names of the types of the first parameter and of the result, as far as they are written down."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return "", None
    first = next(iter(signature.parameters.values()), None)
    takes = str(first.annotation) if first is not None else ""
    result = signature.return_annotation
    name = result if isinstance(result, str) else getattr(result, "__name__", "")
    return takes, next((known for known in typing.get_args(Returned) if known == name), None)


def _type_of(allowed: Sequence[str | bool] | None) -> Literal["float", "bool", "str"]:
    if not allowed or not isinstance(allowed[0], bool | str):
        return "float"
    return "bool" if isinstance(allowed[0], bool) else "str"
