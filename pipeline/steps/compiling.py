"""A second process that compiles, where a recipe's kernels have no machine code yet."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pyarrow as pa

from ...dedup.packed import coding
from ...filters.base.step import Cleaner, Filter
from ...filters.kernels.machine.kernel import KERNELS, before_compiling
from .own import is_own
from .plan import Plan


@contextmanager
def compiling_beside(
    plan: Plan, batch: pa.RecordBatch, *, first: Callable[[], object] | None = None, wait: bool
) -> Iterator[None]:
    """Let a copy of this process begin with what is compiled last, as soon as anything is compiled in the block.

    Kernels are compiled one at a time in a process. Where machine code is there already, nothing is done.

    Args:
        plan: Steps whose kernels are needed; the user's own are left out.
        batch: A few documents.
        first: What is not a step but needs kernels too.
        wait: At the end, let the other process go on to its own end, since what it makes is needed behind the block.
    """
    started: list[int] = []

    def start() -> None:
        if threading.active_count() == 1:  # a process with threads cannot be copied
            started.append(_compile_from_the_end(plan, batch, first))

    before_compiling(start)
    try:
        yield
    finally:
        before_compiling(None)
        for process in started:
            if not wait:
                os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)


def _compile_from_the_end(plan: Plan, batch: pa.RecordBatch, first: Callable[[], object] | None) -> int:
    """The number of a new process that runs every step by itself on the batch, the last one first."""
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if first is not None:
            with suppress(Exception):
                first()
        if len(plan.passes) > 1:
            for kernel in KERNELS:
                if kernel.function.__module__ == coding.__name__:
                    kernel.load()
        steps = [planned.step for planned in reversed(plan.steps) if is_own(planned.step)]
        for step in steps:
            if os.getppid() != parent:
                break
            # What fails here fails again in the process that is to report it.
            with suppress(Exception):
                if isinstance(step, Cleaner):
                    step.clean(batch)
                elif isinstance(step, Filter):
                    step.measure(batch)
    finally:
        os._exit(0)
