"""Kernels in which nothing counts references return no array, which would be freed while still in use."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_args, get_type_hints

import numpy as np
from numba.core.dispatcher import Dispatcher

import textmill.dedup
import textmill.filters


def modules() -> Iterator[ModuleType]:
    for package in (textmill.filters, textmill.dedup):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield importlib.import_module(found.name)


def holds_array(hint: Any) -> bool:
    """Whether a type is an array or a tuple, of any kind, with one in it."""
    if hint is np.ndarray or getattr(hint, "__origin__", None) is np.ndarray:
        return True
    parts = get_type_hints(hint).values() if hasattr(hint, "_fields") else get_args(hint)
    return any(holds_array(part) for part in parts)


def kernels() -> dict[str, tuple[bool, Any]]:
    """Whether each counts references, and what it returns."""
    found = {}
    for module in modules():
        for value in vars(module).values():
            if isinstance(value, Dispatcher) and "_nrt" in value.targetoptions:
                hint = get_type_hints(value.py_func)["return"]
                found[f"{value.py_func.__module__}.{value.py_func.__name__}"] = (value.targetoptions["_nrt"], hint)
    return found


def test_what_returns_arrays_counts_references() -> None:
    found = kernels()
    assert len(found) > 150
    assert [name for name, (counts, hint) in found.items() if holds_array(hint) and not counts] == []
    # The check sees arrays, also in tuples with names and without.
    assert all(
        holds_array(found[f"textmill.filters.kernels.{name}"][1])
        for name in ("lines.c4_lines.clean_lines", "words.uax29_words.new_words")
    )
