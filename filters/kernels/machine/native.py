"""Object files loaded into this process, and called by the convention of numba's native functions.

A native function takes the address of its result, the address of a pointer to what it raises, and its arguments, arrays
and tuples taken apart into what they consist of; it returns 0 when all went well.
"""

from __future__ import annotations

import ctypes
from ctypes import byref, c_void_p
from typing import Any

from ....errors import TextmillError, describe_error
from .code_files import MachineCode
from .placing import place
from .signatures import C_TYPES, ScalarOf, Signature, TupleOf

NOTHING = object()


class NativeFunction:
    """A kernel in this process's memory."""

    def __init__(self, name: str, signature: Signature, code: MachineCode) -> None:
        self._name = name
        # Tables and models are named tuples that are passed again and again: the last one is kept taken apart.
        self._parameters = [
            (passed.flattener(f"{name}: {parameter}"), isinstance(passed, TupleOf))
            for parameter, passed in signature.parameters.items()
        ]
        self._last: list[tuple[object, list[Any]]] = [(NOTHING, []) for _ in self._parameters]
        address = place(code.content, code.symbol) or _link(code)
        # It is not told the types: arguments come converted.
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32)(address)
        returns = signature.returns
        self._is_single = isinstance(returns, ScalarOf)
        members = () if returns is None else (returns,) if isinstance(returns, ScalarOf) else returns.members
        fields = [(f"_{number}", C_TYPES[member.name]) for number, member in enumerate(members)]
        self._names = [field for field, _ in fields]
        self._result_type = type("Result", (ctypes.Structure,), {"_fields_": fields or [("_0", ctypes.c_int64)]})

    def __call__(self, *args: Any) -> Any:
        """Run it.

        Raises:
            TypeError: for arguments of other types than declared.
            ArithmeticError: for what would be an exception in Python.
        """
        if len(args) != len(self._parameters):
            raise TypeError(f"{self._name} takes {len(self._parameters)} arguments, not {len(args)}")
        result, raised = self._result_type(), c_void_p()
        flat: list[Any] = [byref(result), byref(raised)]
        for number, (flatten, is_kept) in enumerate(self._parameters):
            value = args[number]
            if not is_kept:
                flatten(value, flat)
                continue
            last, known = self._last[number]  # read once: other threads may replace it
            if value is not last:
                known = []
                flatten(value, known)
                self._last[number] = value, known
            flat += known
        if self._function(*flat):
            raise ArithmeticError(f"the kernel {self._name} failed: a division by zero, or an assertion")
        if self._is_single:
            return getattr(result, "_0")  # noqa: B009  # a field of ctypes
        return tuple([getattr(result, name) for name in self._names]) if self._names else None


_linked: list[Any] = []
"""LLVM's linker, and what it has linked, which stays as long as this is kept."""


def _link(code: MachineCode) -> int:
    """Where a kernel lies, once LLVM has linked it."""
    import llvmlite.binding as llvm  # 40 MB; needed only for what is refused above

    if not _linked:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        _linked.append(llvm.create_lljit_compiler())
    builder = llvm.JITLibraryBuilder().add_object_img(code.content).add_current_process().export_symbol(code.symbol)
    try:
        library = builder.link(_linked[0], f"textmill {len(_linked)}")
    except RuntimeError as error:
        raise TextmillError(
            f"the kernel {code.symbol} cannot be loaded: {describe_error(error)}; its memory must be made executable, "
            "which the system may forbid (SELinux' execmem, systemd's MemoryDenyWriteExecute): allow it for Python"
        ) from error
    _linked.append(library)
    return int(library[code.symbol])
