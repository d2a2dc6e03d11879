"""What a kernel is: a plain Python function that runs as machine code.

``@kernel`` is for functions that Python calls, ``@inner`` for those that only kernels call, ``@inlined`` for such whose
body takes the place of each call. None of them makes or returns an array: whoever calls a kernel makes the arrays that
it fills. So machine code needs neither Python nor a memory manager, and calling it needs no compiler: numba is imported
only where machine code is missing (:mod:`.compiler`), which :mod:`.code_files` keeps for later processes.

A function may use other kernels, numbers, arrays, enumerations, named tuples and numpy from its module. These are part
of its fingerprint (:mod:`.source`), so that code that is out of date is never run.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np

from . import code_files
from .native import NativeFunction
from .source import Source

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_loading = threading.RLock()


class Kernel(Source, Generic[Parameters, Result]):
    """A function that runs as machine code, which is loaded, or made, when it is first called.

    A call gives up Python's lock, so nothing that it is given may change in the meantime.
    """

    def __init__(self, function: Callable[Parameters, Result], *, is_inlined: bool = False) -> None:
        super().__init__(function, is_inlined=is_inlined)
        functools.update_wrapper(self, function)
        self._native: NativeFunction | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether calling it needs neither disk nor compiler."""
        return self._native is not None

    def load(self) -> NativeFunction:
        """The machine code, ready to be called; made now where there is none yet."""
        with _loading:
            if self._native is None:
                self._native = NativeFunction(self.name, self.signature, machine_code(self))
        return self._native

    def __call__(self, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        """Run the machine code; see :class:`~.native.NativeFunction` for what it raises."""
        run = self._native or self.load()
        if kwargs:
            args = (*args, *(kwargs[name] for name in list(self.signature.parameters)[len(args) :]))  # type: ignore[assignment]
        return cast("Result", run(*args))

    def __repr__(self) -> str:
        return f"<kernel {self.name}>"


KERNELS: list[Kernel[..., Any]] = []
"""Every kernel that Python calls, of the modules imported so far."""


def kernel(function: Callable[Parameters, Result]) -> Kernel[Parameters, Result]:
    """For a function that Python calls."""
    made = Kernel(function)
    KERNELS.append(made)
    return made


def inner(function: Callable[Parameters, Result]) -> Kernel[Parameters, Result]:
    """For a function that only kernels call, and tests."""
    return Kernel(function)


def inlined(function: Callable[Parameters, Result]) -> Kernel[Parameters, Result]:
    """For a function that only kernels call: its body takes the place of each call, as passing arrays takes long."""
    return Kernel(function, is_inlined=True)


_before_compiling: list[Callable[[Source], bool]] = []


@contextmanager
def before_compiling(act: Callable[[Source], bool]) -> Iterator[None]:
    """Have something done in the block whenever a kernel is to be compiled.

    It returns whether another process may have compiled the kernel meanwhile.
    """
    _before_compiling.append(act)
    try:
        yield
    finally:
        _before_compiling.remove(act)


def machine_code(source: Source) -> code_files.MachineCode:
    """The machine code of a kernel: kept from an earlier process, else compiled and kept."""
    found = code_files.find(source)
    if found is None:
        from .compiler import compile_kernel, prepare  # a second and 60 MB, hardly ever needed

        prepare()
        if any(act(source) for act in _before_compiling):
            found = code_files.find(source)
    if found is None:
        found = compile_kernel(source)
        code_files.keep(source, found)
    return found


integer = cast("Callable[[Any], int]", np.int64)
"""``np.int64``, which the checker takes for ``int``; numba would make floats of signed and unsigned numbers."""
