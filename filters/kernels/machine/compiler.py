"""From a kernel to an object file: numba's front and middle, without its run time.

numba compiles for a target of our own, whose code runs on any processor of a level (:mod:`.cpu_levels`), not only on
the one at hand. It differs from numba's own in what it leaves out: the wrappers that make each function callable from
Python and from C, machine code for functions that only other kernels call, copies of a function for literal numbers and
for read-only arrays, the memory manager, and passes (:mod:`.passes`). That leaves a quarter of the time. What is used
of numba beyond its documented interface stands in this file, in :mod:`.passes`, :mod:`.entry` and :mod:`.native`.
"""

from __future__ import annotations

import gc
import types as python_types
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from numba.core import codegen, cpu, registry, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.runtime import rtsys
from numba.core.target_extension import (
    CPU,
    dispatcher_registry,
    jit_registry,
    target_override,
    target_registry,
)
from numba.core.types.containers import BaseTuple
from numba.core.types.misc import unliteral

from .code_files import MachineCode
from .cpu_levels import cpu_level
from .entry import add_entry
from .instructions import Instruction
from .lowering import INTRINSICS
from .passes import KernelCompiler, TypingContext
from .signatures import ArrayOf, Passed, ScalarOf
from .source import Source

TARGET = "textmill"


class _Context(cpu.CPUContext):  # type: ignore[misc]
    """Lowers functions for any processor of a level."""

    def init(self) -> None:
        self.is32bit = False
        self._sizes: dict[str, int] = {}
        self._internal_codegen = codegen.AOTCPUCodegen("textmill.kernels", cpu_name=cpu_level().llvm_name)

    def load_additional_registries(self) -> None:
        rtsys.initialize(registry.cpu_target.target_context)  # numba's own; it would take this context for it
        super().load_additional_registries()

    def get_abi_sizeof(self, ty: Any) -> int:
        """Have LLVM find the size of a type once: numba has it parse a module for each variable."""
        name = str(ty)
        if name not in self._sizes:
            self._sizes[name] = super().get_abi_sizeof(ty)
        return self._sizes[name]

    def post_lowering(self, *_: Any) -> None:
        """Link nothing: there is no memory manager."""

    def get_executable(self, *_: Any) -> Any:
        """Nothing runs here; numba knows functions by what this returns, so it must be one of its own."""
        return object()


class _Target(registry.CPUTarget):  # type: ignore[misc]
    @property
    def target_context(self) -> Any:
        return _context()

    @property
    def typing_context(self) -> Any:
        return _typing_context()


_target = _Target(TARGET)


@cache
def _typing_context() -> Any:
    return TypingContext()


@cache
def _context() -> Any:
    return _Context(_typing_context(), TARGET)


@cache
def prepare() -> None:
    """Load what every kernel is compiled with, so that copies of this process have it."""
    _typing_context().refresh()
    _context().refresh()


class _Dispatcher(Dispatcher):
    """A function of ours as numba sees it; literal numbers are numbers to it."""

    targetdescr = _target

    def add_overload(self, cres: Any) -> None:
        self.overloads[tuple(cres.signature.args)] = cres

    def get_call_template(self, args: Any, kws: Any) -> Any:
        plain = {name: unliteral(kind) for name, kind in kws.items()}
        return super().get_call_template([unliteral(kind) for kind in args], plain)


class _Textmill(CPU):  # type: ignore[misc]
    """The name of the target."""


target_registry[TARGET] = _Textmill
dispatcher_registry[_Textmill] = _Dispatcher


def _jit(**options: Any) -> Any:
    """What numba compiles its own functions for this target with."""
    kept: dict[str, Any] = {name: options[name] for name in ("inline", "forceinline", "error_model") if name in options}
    return lambda function: _Dispatcher(function, targetoptions={**OPTIONS, **kept})


jit_registry[_Textmill] = _jit

OPTIONS: dict[str, Any] = {
    "nopython": True,
    "boundscheck": None,
    "nogil": True,
    "_nrt": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


@cache
def _dispatcher(source: Source) -> Any:
    """The function with numba's own objects in place of the kernels and instructions that it calls."""
    function = source.function
    names = {name: _known_to_numba(value) for name, value in source.uses()}
    cells = tuple(python_types.CellType(names[name]) for name in function.__code__.co_freevars)
    copy = python_types.FunctionType(
        function.__code__, {**function.__globals__, **names}, function.__name__, function.__defaults__, cells
    )
    copy.__annotations__ = function.__annotations__
    copy.__qualname__ = function.__qualname__
    options = {**OPTIONS, "forceinline": True} if source.is_inlined else OPTIONS
    return _Dispatcher(copy, targetoptions=options, pipeline_class=KernelCompiler)


def _known_to_numba(value: Any) -> Any:
    if isinstance(value, Instruction):
        return INTRINSICS[value.name]
    return _dispatcher(value) if isinstance(value, Source) else value


def _numba_type(passed: Passed) -> Any:
    if isinstance(passed, ScalarOf):
        return getattr(types, passed.name)
    if isinstance(passed, ArrayOf):
        return types.Array(getattr(types, passed.dtype.name), passed.dimensions, "C")
    return BaseTuple.from_types([_numba_type(member) for member in passed.members], passed.kind)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Python's collector of cycles rests: it would take a tenth of the time, and most of what it looks at stays."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def compile_kernel(source: Source) -> MachineCode:
    """Compile a kernel and everything that it calls into one object file."""
    dispatcher = _dispatcher(source)
    arguments = tuple(_numba_type(passed) for passed in source.signature.parameters.values())
    with target_override(TARGET), global_compiler_lock, _without_collecting():
        dispatcher.compile(arguments)
        compiled = dispatcher.overloads[arguments]
        returned = types.void if source.signature.returns is None else _numba_type(source.signature.returns)
        if compiled.signature.return_type not in (returned, types.none):
            raise TypeError(
                f"{source.name} returns {compiled.signature.return_type}, but its annotation says {returned}"
            )
        library = compiled.library
        entry = add_entry(library._final_module, compiled.fndesc.llvm_func_name, source.signature.result_parts)
        return MachineCode(entry, library.emit_native_object())
