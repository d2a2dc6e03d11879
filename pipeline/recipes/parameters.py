"""Do the values of a recipe file fit the parameters of a step, and which name was probably meant."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from typing import Any

from ...errors import nearest as nearest


def fits(value: Any, expected: Any) -> bool:
    """Tell whether a YAML value fits a parameter's type hint; hints that YAML cannot spell accept anything."""
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
        return expected in (bool, Any, object) and isinstance(value, bool)
    if expected is float:
        return isinstance(value, (int, float))
    return isinstance(value, expected) if isinstance(expected, type) else True


def type_name(expected: Any) -> str:
    """What to call a type hint in messages."""
    origin = typing.get_origin(expected)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_name(option) for option in typing.get_args(expected))
    if origin is typing.Literal:
        return " or ".join(repr(option) for option in typing.get_args(expected))
    if origin is not None:
        return "a list"
    names = {type(None): "null", float: "a number", int: "a whole number", str: "text", bool: "true or false"}
    return names.get(expected, getattr(expected, "__name__", str(expected)))


def yaml_trap(value: Any) -> str:
    """What to do about a value that YAML has read as true or false where a word was meant, such as Norwegian ``no``."""
    is_meant = isinstance(value, tuple) and any(isinstance(item, bool) for item in value)
    return "; YAML reads no, yes, on and off as true or false: put them in quotes" if is_meant else ""
