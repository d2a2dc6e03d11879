"""The source of a kernel: a Python function, its signature, and a fingerprint of everything that decides its code."""

from __future__ import annotations

import enum
import functools
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .instructions import Instruction
from .signatures import Signature, signature_of


class Source:
    """A function that kernels are compiled from."""

    def __init__(self, function: Callable[..., Any], *, is_inlined: bool) -> None:
        self.function: Any = function
        self.is_inlined = is_inlined
        """Whether its body takes the place of each call."""

    @property
    def name(self) -> str:
        """Module and name within the package: ``filters.kernels.words.repetition._repetition``."""
        module = self.function.__module__.removeprefix(f"{__package__.partition('.')[0]}.")
        return f"{module}.{self.function.__name__}"

    @functools.cached_property
    def signature(self) -> Signature:
        """What it takes and returns."""
        return signature_of(self.function)

    @functools.cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 of its byte code and of everything that it uses, other functions included."""
        written = hashlib.sha256()
        for part in self._parts():
            written.update(part)
        return written.digest()

    def _parts(self) -> Iterator[bytes]:
        code = self.function.__code__
        yield code.co_code
        constants = code.co_consts[1:] if self.function.__doc__ else code.co_consts
        yield repr((constants, code.co_varnames, code.co_names, sorted(self.function.__annotations__.items()))).encode()
        for name, value in self.uses():
            yield name.encode() + self._of_used(name, value)

    def uses(self) -> Iterator[tuple[str, Any]]:
        """What the function takes from its module and from the function that it is made in, by name."""
        code = self.function.__code__
        names = self.function.__globals__
        yield from ((name, names[name]) for name in code.co_names if name in names)
        cells = self.function.__closure__ or ()
        yield from ((name, cell.cell_contents) for name, cell in zip(code.co_freevars, cells, strict=True))

    def _of_used(self, name: str, value: Any) -> bytes:
        if isinstance(value, Source):
            return bytes([value.is_inlined]) + value.fingerprint
        if isinstance(value, Instruction):
            return value.name.encode()
        if isinstance(value, type) and issubclass(value, enum.IntEnum):
            return repr([(member.name, int(member)) for member in value]).encode()
        if isinstance(value, type) and issubclass(value, tuple):
            return repr([*value.__annotations__.items()]).encode()
        if isinstance(value, np.ndarray):
            return f"{value.dtype} {value.shape}".encode() + value.tobytes()
        if value is np or value is np.int64:
            return b""
        if isinstance(value, (bool, int, float, str, bytes, np.generic)):
            return f"{type(value).__name__} {value!r}".encode()
        if isinstance(value, tuple) and all(isinstance(item, (bool, int, float, str, bytes)) for item in value):
            return repr(value).encode()
        raise TypeError(
            f"the kernel {self.name} uses {name}, a {type(value).__name__}, whose changes nobody would notice; kernels "
            "use numbers, arrays, enumerations, named tuples, numpy and other kernels"
        )
