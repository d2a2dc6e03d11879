"""A second process that compiles, where a recipe's kernels have no machine code yet."""

from __future__ import annotations

import mmap
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pyarrow as pa

from ...dedup.packed import coding
from ...filters.base.step import Cleaner, Filter
from ...filters.kernels.machine.code_files import find
from ...filters.kernels.machine.kernel import KERNELS, before_compiling
from ...filters.kernels.machine.source import Source
from .own import is_own
from .plan import Plan

POLL_SECONDS = 0.005
FINGERPRINT = 32


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
        wait: At the end, let the other process go on until it has compiled what is no step's, which is needed behind
            the block, and what it is at. What is left then may be needed by no document.
    """
    beside = _Beside(plan, batch, first)
    try:
        with before_compiling(beside.before):
            yield
    finally:
        beside.end(wait=wait)


class _Taken(Exception):  # noqa: N818  # no error: the process goes on with another step
    """The other process compiles this kernel, or is done."""


class _Beside:
    """Two processes, and what each of them compiles at the moment, so that none is compiled twice."""

    def __init__(self, plan: Plan, batch: pa.RecordBatch, first: Callable[[], object] | None) -> None:
        self._plan = plan
        self._batch = batch
        self._first = first
        self._process: int | None = None
        self._is_copy = False
        self._is_at_steps = False
        """Whether the copy has compiled what is no step's."""
        self._shared = mmap.mmap(-1, 2 * FINGERPRINT + 1)
        """Fingerprints of the kernels that this process and the copy compile, and whether this process is done."""

    def before(self, source: Source) -> bool:
        """Start the copy, once; wait for it where it compiles this very kernel.

        Returns:
            Whether it may have compiled the kernel.

        Raises:
            _Taken: in the copy, when the kernel is not for it.
        """
        if self._is_copy:
            self._shared[FINGERPRINT:-1] = source.fingerprint
            is_over = self._is_at_steps and self._shared[-1]
            if is_over or self._shared[:FINGERPRINT] == source.fingerprint:
                self._shared[FINGERPRINT:-1] = bytes(FINGERPRINT)  # or else the other might wait for this one
                raise _Taken
            return False
        self._shared[:FINGERPRINT] = source.fingerprint
        if self._process is None:
            self._start()
        if self._shared[FINGERPRINT:-1] != source.fingerprint:
            return False
        while self._shared[FINGERPRINT:-1] == source.fingerprint and find(source) is None and not self._has_ended():
            time.sleep(POLL_SECONDS)
        return True

    def end(self, *, wait: bool) -> None:
        """Have the copy end soon, or now."""
        self._shared[-1] = 1
        if not self._has_ended():
            assert self._process
            if not wait:
                os.kill(self._process, signal.SIGTERM)
            os.waitpid(self._process, 0)
        self._shared.close()

    def _has_ended(self) -> bool:
        """Whether there is no copy (any more)."""
        if self._process and os.waitpid(self._process, os.WNOHANG)[0]:
            self._process = 0
        return not self._process

    def _start(self) -> None:
        if threading.active_count() > 1:  # a process with threads cannot be copied
            self._process = 0
            return
        parent = os.getpid()
        self._process = os.fork()
        if not self._process:
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                self._compile_from_the_end(parent)
            finally:
                os._exit(0)

    def _compile_from_the_end(self, parent: int) -> None:
        """In the copy: run every step by itself on the batch, the last one first."""
        self._is_copy = True
        if self._first is not None:
            with suppress(Exception):
                self._first()
        if len(self._plan.passes) > 1:
            for kernel in KERNELS:
                if kernel.function.__module__ == coding.__name__:
                    kernel.load()
        self._is_at_steps = True
        for planned in reversed(self._plan.steps):
            step = planned.step
            if self._shared[-1] or os.getppid() != parent:
                return
            # What fails here fails again in the process that is to report it.
            with suppress(Exception):
                if is_own(step) and isinstance(step, Cleaner):
                    step.clean(self._batch)
                elif is_own(step) and isinstance(step, Filter):
                    step.measure(self._batch)
