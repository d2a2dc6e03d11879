"""What is left out of numba's front leaves machine code as it is."""

from __future__ import annotations

import operator
import subprocess
import sys

import pytest
from numba.core import types
from numba.core.typing import Context

from textmill.filters.kernels.machine.passes import TypingContext

PROGRAM = """
import hashlib, sys
from numba.core.compiler import Compiler
from numba.core.typing import Context
from textmill.filters.kernels.machine import compiler
from textmill.filters.kernels.machine.hashing import _hash_ranges
from textmill.filters.kernels.words.word_statistics import _WORD_STATISTICS
from textmill.filters.unicode_normalization import _strip

if sys.argv[1] == "numba's":
    compiler.KernelCompiler, compiler.TypingContext = Compiler, Context
for kernel in (_hash_ranges, _strip, _WORD_STATISTICS[0]):
    print(hashlib.sha256(compiler.compile_kernel(kernel).content).hexdigest())
"""


def test_numbas_whole_front_makes_the_same_machine_code() -> None:
    ours, numbas = (
        subprocess.run([sys.executable, "-c", PROGRAM, front], capture_output=True, text=True, check=True).stdout
        for front in ("ours", "numba's")
    )
    assert ours.count("\n") == 3
    assert ours == numbas


def test_the_type_of_a_call_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    resolve = Context.resolve_function_type

    def resolve_and_tell(self: Context, func: object, args: object, kws: object) -> object:
        tried.append(func)
        return resolve(self, func, args, kws)

    monkeypatch.setattr(Context, "resolve_function_type", resolve_and_tell)
    context = TypingContext()
    context.refresh()
    tried.clear()
    for _ in range(2):
        found = context.resolve_function_type(operator.add, (types.int64, types.uint8), {})
        assert found.return_type == types.int64
    assert tried.count(operator.add) == 1
    assert context.resolve_function_type(operator.add, (types.float64, types.uint8), {}).return_type == types.float64
