"""Object files loaded into this process, and called by the convention of their entries (:mod:`.entry`).

An entry takes the address of a block of memory: room for the result and for the address of what the kernel raises, then
its arguments, arrays and tuples taken apart into what they consist of. It returns 0 when all went well.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from ....errors import TextmillError, describe_error
from .code_files import MachineCode
from .placing import place
from .signatures import PART_BYTES, ScalarOf, Signature, TupleOf

NOTHING = object()
MOST_KEPT_BYTES = 1 << 22
"""Of the arrays of a tuple that is kept: a long text's room to work in must not outlive the text."""


class NativeFunction:
    """A kernel in this process's memory."""

    def __init__(self, name: str, signature: Signature, code: MachineCode) -> None:
        self._name = name
        # Tables and models are named tuples that are passed again and again: the last one is kept taken apart.
        self._parameters = [
            (passed.flattener(f"{name}: {parameter}"), isinstance(passed, TupleOf))
            for parameter, passed in signature.parameters.items()
        ]
        self._last: list[tuple[object, bytes]] = [(NOTHING, b"") for _ in self._parameters]
        address = place(code.content, code.symbol) or _link(code)
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32)(address)
        self._room = bytes(PART_BYTES * (signature.result_parts + 1))
        arguments = sum(passed.parts for passed in signature.parameters.values())
        self._block = (ctypes.c_char * (len(self._room) + PART_BYTES * arguments)).from_buffer_copy
        self._result = signature.result.unpack_from if signature.returns is not None else None
        self._is_single = isinstance(signature.returns, ScalarOf)

    def __call__(self, *args: Any) -> Any:
        """Run it.

        Raises:
            TypeError: for arguments of other types than declared.
            ArithmeticError: for what would be an exception in Python.
        """
        if len(args) != len(self._parameters):
            raise TypeError(f"{self._name} takes {len(self._parameters)} arguments, not {len(args)}")
        parts = [self._room]
        for number, (flatten, is_kept) in enumerate(self._parameters):
            value = args[number]
            if not is_kept:
                flatten(value, parts)
                continue
            last, known = self._last[number]  # read once: other threads may replace it
            if value is not last:
                members: list[bytes] = []
                flatten(value, members)
                known = b"".join(members)
                self._last[number] = (value, known) if _bytes_of(value) <= MOST_KEPT_BYTES else (NOTHING, b"")
            parts.append(known)
        block = self._block(b"".join(parts))
        if self._function(block):
            raise ArithmeticError(f"the kernel {self._name} failed: a division by zero, or an assertion")
        if self._result is None:
            return None
        found = self._result(block)
        return found[0] if self._is_single else found


def _bytes_of(value: Any) -> int:
    """Bytes of all arrays in a tuple."""
    if isinstance(value, tuple):
        return sum(map(_bytes_of, value))
    return value.nbytes if isinstance(value, np.ndarray) else 0


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
