"""Do values fit the parameters of a step, in Python as in a recipe file, and which name was probably meant."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import types
import typing
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from ...errors import InputError, RecipeError, nearest


def fits(value: Any, expected: Any) -> bool:
    """Tell whether a YAML value fits a parameter's type hint; hints that YAML cannot spell accept anything."""
    if expected in (Any, object):
        return True
    origin = typing.get_origin(expected)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, option) for option in typing.get_args(expected))
    if origin is typing.Literal:
        return value in typing.get_args(expected)
    if origin in (tuple, list, Sequence, frozenset, set):
        inner = [argument for argument in typing.get_args(expected) if argument is not Ellipsis]
        return isinstance(value, tuple) and all(any(fits(item, option) for option in inner) for item in value)
    if expected is type(None):
        return value is None
    if expected is bool or isinstance(value, bool):
        return expected is bool and isinstance(value, bool)
    if expected is float:
        return isinstance(value, (int, float))
    return isinstance(value, expected) if isinstance(expected, type) else True


PLURALS = {str: "texts", int: "whole numbers", float: "numbers"}


def type_name(expected: Any) -> str:
    """What to call a type hint in messages."""
    origin = typing.get_origin(expected)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_name(option) for option in typing.get_args(expected))
    if origin is typing.Literal:
        return " or ".join(repr(option) for option in typing.get_args(expected))
    if origin is not None:
        items = {PLURALS.get(argument) for argument in typing.get_args(expected) if argument is not Ellipsis}
        return f"a list of {of}" if len(items) == 1 and (of := items.pop()) is not None else "a list"
    names = {type(None): "null", float: "a number", int: "a whole number", str: "text", bool: "true or false"}
    return names.get(expected, getattr(expected, "__name__", str(expected)))


def yaml_trap(value: Any) -> str:
    """What to do about a value that YAML has read as true or false where a word was meant, such as Norwegian ``no``."""
    is_meant = isinstance(value, tuple) and any(isinstance(item, bool) for item in value)
    return "; YAML reads no, yes, on and off as true or false: put them in quotes" if is_meant else ""


OF_SELECT = ("keep_fraction", "buckets")
"""Shares of a whole run, which users of other tools look for at the step that scores."""


def is_ratio(name: str) -> bool:
    """Whether a parameter is a part of a whole, by its name."""
    return name.endswith(("_ratio", "_share", "_rate"))


def check_names(owner: str, given: Iterable[str], valid: Sequence[str]) -> None:
    """Refuse parameters that there are not.

    Raises:
        RecipeError: naming the first one and the nearest valid name.
    """
    for name in given:
        if name not in valid:
            raise RecipeError(no_parameter(owner, name, valid))


def no_parameter(owner: str, name: str, valid: Sequence[str]) -> str:
    """What is told of a parameter that there is not."""
    elsewhere = f"; {name} is a parameter of select, a step behind it" if name in OF_SELECT else ""
    return f"{owner} has no parameter {name!r}{nearest(name, valid)}; it takes {', '.join(valid) or 'none'}{elsewhere}"


def fitting(owner: str, name: str, value: Any, expected: Any) -> Any:
    """A parameter's value in the form that its type hint asks for: one item or a list as a tuple, a path as text.

    Raises:
        RecipeError: for a value of another type, NaN, or a ratio outside 0..1.
    """
    given = value
    if isinstance(value, (set, frozenset)):
        value = tuple(sorted(value, key=repr))
    elif isinstance(value, (list, tuple)):
        value = tuple(value)
        if not fits(value, expected):
            value = tuple(os.fspath(item) if isinstance(item, os.PathLike) else item for item in value)
    elif isinstance(value, os.PathLike) and not fits(value, expected):
        value = os.fspath(value)
    elif isinstance(value, np.generic):
        value = value.item()
    if not fits(value, expected) and fits((value,), expected):
        value = (value,)  # one item where a list is wanted
    if not fits(value, expected):
        raise RecipeError(f"{owner}.{name} must be {type_name(expected)}, not {given!r}{yaml_trap(value)}")
    if isinstance(value, float) and math.isnan(value):
        raise RecipeError(f"{owner}.{name} is no number; null (in Python None) switches a rule off")
    if is_ratio(name) and isinstance(value, (int, float)) and not 0 <= value <= 1:
        meant = f"; for {value:g} % write {value / 100:g}" if 1 < value <= 100 else ""
        raise RecipeError(f"{owner}.{name}={value} is not between 0 and 1{meant}")
    return value


def check_parameters(step: Any, owner: str) -> None:
    """Hold the fields of a frozen dataclass against their type hints, and put values into the form that they ask for.

    Raises:
        RecipeError: for one that does not fit.
    """
    for name, expected in _hints(cast("Hashable", type(step))).items():
        given = getattr(step, name)
        choices = [option for option in _options(expected) if isinstance(option, str)]
        if isinstance(given, str) and choices and not fits(given, expected):
            known = ", ".join(choices)
            raise RecipeError(f"{owner}: {name} is {given!r}; choose one of {known}{nearest(given, choices)}")
        value = fitting(owner, name, given, expected)
        if value is not given:
            object.__setattr__(step, name, value)


def check_options(options: Any) -> None:
    """The same of options that are no step.

    Raises:
        InputError: for one that does not fit.
    """
    try:
        check_parameters(options, type(options).__name__)
    except RecipeError as error:
        raise InputError(str(error)) from error


def _options(expected: Any) -> tuple[Any, ...]:
    """The values of a type hint that names them, None aside."""
    if typing.get_origin(expected) in (typing.Union, types.UnionType):
        return tuple(option for one in typing.get_args(expected) for option in _options(one))
    return typing.get_args(expected) if typing.get_origin(expected) is typing.Literal else ()


@functools.cache
def _hints(of: Hashable) -> Mapping[str, Any]:
    """Type hints of the fields that a constructor takes; none where they cannot be told."""
    assert isinstance(of, type)
    try:
        hints = typing.get_type_hints(of)
    except (NameError, TypeError):  # of somebody's own class, which need not be importable everywhere
        return {}
    return {field.name: hints[field.name] for field in dataclasses.fields(of) if field.init and field.name in hints}
