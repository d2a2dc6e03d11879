"""The compiler of every kernel: numba, cached on disk, releasing the GIL, with types kept for the checker."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.cgutils import create_struct_proxy, false_bit, raw_memcpy
from numba.extending import intrinsic

from .buffers import Bytes

Function = TypeVar("Function", bound=Callable[..., Any])


def njit(function: Function) -> Function:
    """Compile on first use and keep the machine code on disk, so that later processes start at once.

    For a function that makes and returns no array, only reads and fills those that it is given: nothing counts
    references to these, which took a fifth of the time of all kernels. Where it makes one, compiling fails ("NRT
    required"); that it returns none, not even in a tuple, is for its author to see to: see :func:`allocating`.

    The code on disk is renewed when the file of the kernel changes, not when that of a function it calls does: after
    editing such a function delete ``filters/kernels/__pycache__``. It lies beside the kernel, else in the user's cache
    folder, else in a private one below the temporary folder; ``NUMBA_CACHE_DIR`` names another.
    """
    return _compiled(function, counts_references=False)


def allocating(function: Function) -> Function:
    """As :func:`njit`, for a function that makes or returns arrays; its loops over characters belong into others."""
    return _compiled(function, counts_references=True)


def _compiled(function: Function, counts_references: bool) -> Function:
    def compile_later(**options: bool) -> Function:
        return cast("Function", numba.njit(nogil=True, _nrt=counts_references, **options)(function))

    try:
        return compile_later(cache=True)
    except RuntimeError:  # neither the package's folder nor the home folder can be written
        folder = _private_folder()
        if folder is None:
            return compile_later()
        numba.config.CACHE_DIR = folder
        return compile_later(cache=True)


def _private_folder() -> str | None:
    """A folder for machine code below the temporary one; None when it is not this user's alone.

    What lies there is run, so that nobody else may have put it there.
    """
    folder = Path(tempfile.gettempdir()) / f"textmill-kernels-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return str(folder) if is_private else None


def inlined(function: Function) -> Function:
    """For a function that only kernels call: its body takes the place of each call, as passing arrays takes long."""
    compiled: Function = numba.njit(nogil=True, inline="always")(function)
    return compiled


integer = cast("Callable[[Any], int]", np.int64)
"""``np.int64``, which the checker takes for ``int``; numba would make floats of signed and unsigned numbers."""


def _load_eight(_context: Any, data: Any, _position: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = create_struct_proxy(signature.args[0])(context, builder, value=arguments[0])
        address = builder.gep(array.data, [arguments[1]])
        word = context.get_value_type(types.uint64)
        return builder.load(builder.bitcast(address, word.as_pointer()), align=1)

    return types.uint64(data, types.intp), generate


load_eight: Callable[[Bytes, int], np.uint64] = intrinsic(_load_eight)
"""Eight bytes at a position as one number, the first one lowest; nothing checks that they lie in the array.

Only for kernels. Read byte by byte instead, the same number takes ten times as long.
"""


def _copy_bytes(_context: Any, target: Any, _at: Any, source: Any, _start: Any, _count: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = create_struct_proxy(signature.args[0])(context, builder, value=arguments[0])
        given = create_struct_proxy(signature.args[2])(context, builder, value=arguments[2])
        raw_memcpy(
            builder, builder.gep(array.data, [arguments[1]]), builder.gep(given.data, [arguments[3]]), arguments[4], 1
        )
        return context.get_dummy_value()

    return types.void(target, types.intp, source, types.intp, types.intp), generate


copy_bytes: Callable[[Bytes, int, Bytes, int, int], None] = intrinsic(_copy_bytes)
"""Copy so many bytes to a position of one array from a position of another one; nothing checks that they lie in both.

Only for kernels; assigning a short slice to a slice takes longer than copying its bytes.
"""


def _trailing_zeros(_context: Any, _value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], false_bit)

    return types.int64(types.uint64), generate


trailing_zeros: Callable[[np.uint64], int] = intrinsic(_trailing_zeros)
"""How many of the lowest bits of a number are zero; 64 for zero. Only for kernels."""


def _bits_set(_context: Any, _value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


bits_set: Callable[[np.uint64], int] = intrinsic(_bits_set)
"""How many bits of a number are one. Only for kernels."""


def _unsplit(_context: Any, _condition: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8)
        same = builder.asm(ir.FunctionType(byte, [byte]), "", "=r,0", [builder.zext(arguments[0], byte)], False)
        return builder.icmp_unsigned("!=", same, byte(0))

    return types.boolean(types.boolean), generate


unsplit: Callable[[bool], bool] = intrinsic(_unsplit)
"""The same truth, of which the compiler may not know what it is made of: it makes no branches of its parts.

Only for kernels, where none of the parts could be predicted but the whole can.
"""
