"""Dataclasses as JSON and back, by their declared types: what is read can be nothing but what was declared."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeVar

Declared = TypeVar("Declared")

MAPPINGS = (dict, Counter, Mapping)
PLAIN = (bool, int, float, str)


def to_json(value: Any) -> Any:
    """A value as what JSON can hold; mappings become lists of pairs, because their keys may be tuples."""
    if value is None or isinstance(value, PLAIN):
        return value
    if dataclasses.is_dataclass(value):
        return {item.name: to_json(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return [[to_json(key), to_json(item)] for key, item in value.items()]
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    raise TypeError(f"no JSON for {type(value).__name__}")


def from_json(declared: type[Declared], value: Any) -> Declared:
    """What :func:`to_json` has made of a dataclass.

    Raises:
        ValueError: when it is not of the declared types throughout.
    """
    found: Declared = _read(declared, value)
    return found


def _read(declared: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (declared,) = (one for one in arguments if one is not type(None))
        return _read(declared, value)
    if declared is float and type(value) is int:
        return float(value)
    if declared in PLAIN:
        if type(value) is not declared:
            raise ValueError(f"{value!r} is no {declared.__name__}")
        return value
    if dataclasses.is_dataclass(declared):
        return _read_dataclass(typing.cast(type, declared), value)
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list")
    made = origin or declared
    if made is tuple:
        each = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_read(one, item) for one, item in zip(each, value, strict=True))
    keys, values = (arguments[0], int) if made is Counter else arguments
    pairs = [(_read(keys, key), _read(values, item)) for key, item in value]
    return Counter(dict(pairs)) if made is Counter else dict(pairs)


def _read_dataclass(declared: type, value: Any) -> Any:
    names = [item.name for item in dataclasses.fields(declared)]
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        raise ValueError(f"not the fields of {declared.__name__}")
    hints = typing.get_type_hints(declared)
    return declared(**{name: _read(hints[name], value[name]) for name in names})
