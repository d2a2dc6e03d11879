"""The compiler of every kernel: numba, cached on disk, releasing the GIL, with types kept for the checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def njit(function: Function) -> Function:
    """Compile on first use and keep the machine code on disk, so that later processes start at once."""
    compiled: Function = numba.njit(cache=True, nogil=True)(function)
    return compiled
