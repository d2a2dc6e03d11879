"""What a kernel takes and returns, read from its annotations, and how that is passed to machine code.

Every kernel has one signature. Arrays are C-contiguous, and taken for writable whatever they are: what a kernel only
reads it does not write to, and a second copy of its machine code for read-only arrays would be the same. They may begin
at any address (as those in a file do that is mapped into memory): the processors that we compile for read them there.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeAlias, get_args, get_origin, get_type_hints

import numpy as np
import pyarrow as pa

Flattener: TypeAlias = Callable[[Any, list[bytes]], None]
"""Appends what an argument consists of, eight bytes for each part, or raises TypeError for one of another type."""

PART_BYTES = 8


class ArrayOf(NamedTuple):
    """An array."""

    dtype: np.dtype[Any]
    dimensions: int

    @property
    def parts(self) -> int:
        """Of how many parts it consists."""
        return 5 + 2 * self.dimensions

    def flattener(self, where: str) -> Flattener:
        """For arguments called so: what appends nobody's memory, size, item size, address, shape and strides."""
        dtype, dimensions = self
        item, pack = dtype.itemsize, struct.Struct(f"{self.parts}q").pack

        def flatten(value: Any, into: list[bytes]) -> None:
            if (
                type(value) is not np.ndarray
                or (value.dtype is not dtype and value.dtype != dtype)
                or value.ndim != dimensions
            ):
                found = f"{value.dtype} of {value.ndim} dimensions" if isinstance(value, np.ndarray) else type(value)
                raise TypeError(f"{where} takes an array of {dtype} of {dimensions} dimensions, not {found}")
            if not value.flags.c_contiguous:
                raise TypeError(f"{where} takes a contiguous array; np.ascontiguousarray makes one")
            # Arrow tells the address ten times as fast as ``value.ctypes``, and a page takes a hundred of them.
            address, size = pa.py_buffer(value).address, value.size
            if dimensions == 1:
                into.append(pack(0, 0, size, item, address, size, item))
            else:
                into.append(pack(0, 0, size, item, address, *value.shape, *value.strides))

        return flatten


class ScalarOf(NamedTuple):
    """A number or a truth value."""

    name: str
    """As numba calls it: int64, uint64, float64, float32, boolean."""

    @property
    def parts(self) -> int:
        """Of how many parts it consists."""
        return 1

    def flattener(self, where: str) -> Flattener:
        """For arguments called so: what appends the number."""
        code = FORMATS[self.name]
        pack = struct.Struct(f"{code}{PART_BYTES - struct.calcsize(code)}x").pack

        def flatten(value: Any, into: list[bytes]) -> None:
            try:
                into.append(pack(value))
            except struct.error as error:
                raise TypeError(f"{where} takes {self.name}, not {value!r}, which is {type(value)}") from error

        return flatten


class TupleOf(NamedTuple):
    """A named tuple, or several results."""

    kind: type[Any] | None
    """The class; None for a plain tuple."""
    members: tuple[Any, ...]

    @property
    def parts(self) -> int:
        """Of how many parts it consists."""
        return sum(member.parts for member in self.members)

    def flattener(self, where: str) -> Flattener:
        """For arguments called so: what appends the members in order."""
        kind = self.kind
        names = range(len(self.members)) if kind is None else kind._fields
        members = [member.flattener(f"{where}.{name}") for name, member in zip(names, self.members, strict=True)]

        def flatten(value: Any, into: list[bytes]) -> None:
            if kind is not None and type(value) is not kind:
                raise TypeError(f"{where} takes {kind.__name__}, not {type(value)}")
            for flatten_member, member in zip(members, value, strict=True):
                flatten_member(member, into)

        return flatten


Passed: TypeAlias = ArrayOf | ScalarOf | TupleOf

SCALARS: dict[Any, str] = {
    int: "int64",
    bool: "boolean",
    float: "float64",
    np.int64: "int64",
    np.uint64: "uint64",
    np.int32: "int32",
    np.uint32: "uint32",
    np.uint8: "uint8",
    np.float32: "float32",
}
FORMATS = {
    "int64": "q",
    "uint64": "Q",
    "int32": "i",
    "uint32": "I",
    "uint8": "B",
    "boolean": "?",
    "float64": "d",
    "float32": "f",
}
"""As :mod:`struct` has them."""


class Signature(NamedTuple):
    """What a function takes, by the names of its parameters, and what it returns; None for nothing."""

    parameters: dict[str, Passed]
    returns: ScalarOf | TupleOf | None

    @property
    def result(self) -> struct.Struct:
        """What is returned, as it lies in memory."""
        returns = self.returns
        members = () if returns is None else (returns,) if isinstance(returns, ScalarOf) else returns.members
        return struct.Struct("".join(FORMATS[member.name] for member in members))

    @property
    def result_parts(self) -> int:
        """How many parts of eight bytes it takes."""
        return -(-self.result.size // PART_BYTES)

    def layout(self) -> bytes:
        """All that decides what is passed where, with the names and the order of the members of named tuples."""
        return (
            repr([(name, _layout(one)) for name, one in self.parameters.items()]).encode()
            + repr(None if self.returns is None else _layout(self.returns)).encode()
        )


def _layout(one: Passed) -> Any:
    if isinstance(one, TupleOf):
        names = one.kind._fields if one.kind is not None else ()
        return names, [_layout(member) for member in one.members]
    return repr(one)


def signature_of(function: Callable[..., Any]) -> Signature:
    """Read the annotations.

    Raises:
        TypeError: for one that machine code has no way to take, or to return.
    """
    hints = get_type_hints(function, include_extras=True)
    returns = hints.pop("return")
    result = None if returns is type(None) else passed(returns, f"{function.__qualname__} returns")
    if isinstance(result, ArrayOf) or (isinstance(result, TupleOf) and not _holds_scalars_only(result)):
        raise TypeError(f"{function.__qualname__} returns an array; let its caller make it and pass it to be filled")
    return Signature({name: passed(hint, f"{function.__qualname__}: {name}") for name, hint in hints.items()}, result)


def passed(hint: Any, where: str) -> Passed:
    """How a value with this type hint is passed."""
    dimensions = 1
    if get_origin(hint) is Annotated:
        hint, dimensions = get_args(hint)
    if hint in SCALARS:
        return ScalarOf(SCALARS[hint])
    if get_origin(hint) is np.ndarray:
        (dtype,) = get_args(get_args(hint)[1])
        return ArrayOf(np.dtype(dtype), dimensions)
    if get_origin(hint) is tuple:
        return TupleOf(None, tuple(passed(member, where) for member in get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        hints = get_type_hints(hint, include_extras=True)
        return TupleOf(hint, tuple(passed(hints[name], f"{where}.{name}") for name in hint._fields))
    if isinstance(hint, type) and issubclass(hint, enum.IntEnum):
        return ScalarOf("int64")
    raise TypeError(f"{where}: machine code takes no {hint}")


def _holds_scalars_only(result: TupleOf) -> bool:
    return all(isinstance(member, ScalarOf) for member in result.members)
