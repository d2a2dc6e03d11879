"""For which processors machine code is made: levels that many of them share, so that one set of files serves all."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import NamedTuple


class CpuLevel(NamedTuple):
    """A set of instructions that many processors have."""

    name: str
    """What its files lie under."""
    llvm_name: str
    """What LLVM calls it; empty for whatever every processor of the architecture has."""
    features: frozenset[str] = frozenset()
    """What a processor must have, as LLVM names it."""


X86_64_V2 = frozenset({"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"})
X86_64_V3 = X86_64_V2 | {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"}

X86_64_LEVELS = (
    CpuLevel("x86-64-v3", "x86-64-v3", X86_64_V3),
    CpuLevel("x86-64-v2", "x86-64-v2", X86_64_V2),
    CpuLevel("x86-64", "x86-64"),
)
"""From the best down, as the x86-64 psABI has them; servers since 2015 have the best."""


@cache
def cpu_level() -> CpuLevel:
    """The best level that this processor has."""
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64"):
        return CpuLevel(machine, "")
    has = _features()
    return next(level for level in X86_64_LEVELS if level.features <= has)


LINUX_NAMES = {"lahf_lm": "sahf", "pni": "sse3", "sse4_1": "sse4.1", "sse4_2": "sse4.2", "bmi1": "bmi", "abm": "lzcnt"}
"""What Linux calls by another name than LLVM."""


def _features() -> frozenset[str]:
    """What this processor has and its system lets be used, as LLVM names it."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    except OSError:
        import llvmlite.binding as llvm  # 40 MB

        return frozenset(name for name, present in llvm.get_host_cpu_features().items() if present)
    return frozenset(LINUX_NAMES.get(flag, flag) for flag in flags)
