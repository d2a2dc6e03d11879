"""Eight numbers or bytes by one instruction inside kernels, which the compiler does not find by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.core.cgutils import create_struct_proxy
from numba.extending import intrinsic

from .buffers import Bytes
from .jit import inlined

LANES = 8

Floating: TypeAlias = npt.NDArray[np.floating]


def _add_lanes(_context: Any, result: Any, _at: Any, vectors: Any, _start: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, source = (
            builder.bitcast(
                builder.gep(create_struct_proxy(kind)(context, builder, value=array).data, [first]),
                ir.VectorType(context.get_value_type(kind.dtype), LANES).as_pointer(),
            )
            for kind, array, first in (
                (signature.args[0], arguments[0], arguments[1]),
                (signature.args[2], arguments[2], arguments[3]),
            )
        )
        added = builder.load(source, align=1)
        if result.dtype != vectors.dtype:
            added = builder.fpext(added, target.type.pointee)
        builder.store(builder.fadd(builder.load(target, align=1), added), target, align=1)
        return context.get_dummy_value()

    return types.void(result, types.intp, vectors, types.intp), generate


add_lanes: Callable[[Floating, int, Floating, int], None] = intrinsic(_add_lanes)
"""Add eight numbers of one array, from a position on, to those of another; nothing checks that they lie in both."""


@inlined
def add_row(result: Floating, vectors: Floating, row: int) -> None:
    """Add a row of a matrix without gaps to a vector of the same or twice the precision."""
    dim = len(result)
    start = row * dim
    whole = dim & -LANES
    for at in range(0, whole, LANES):
        add_lanes(result, at, vectors, start + at)
    for at in range(whole, dim):
        result[at] += vectors[row, at]


def _store_eight(_context: Any, data: Any, _position: Any, _value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = create_struct_proxy(signature.args[0])(context, builder, value=arguments[0])
        word = context.get_value_type(types.uint64)
        address = builder.bitcast(builder.gep(array.data, [arguments[1]]), word.as_pointer())
        builder.store(arguments[2], address, align=1)
        return context.get_dummy_value()

    return types.void(data, types.intp, types.uint64), generate


store_eight: Callable[[Bytes, int, np.uint64], None] = intrinsic(_store_eight)
"""Write eight bytes from a position on, the lowest one first; nothing checks that there is room."""
