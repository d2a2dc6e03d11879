"""Make the machine code of every kernel, for wheels and container images that carry it."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pkgutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ... import dedup, filters
from ...errors import InputError
from ...filters.kernels.machine import code_files
from ...filters.kernels.machine.compiler import prepare
from ...filters.kernels.machine.cpu_levels import cpu_level
from ...filters.kernels.machine.kernel import KERNELS, Kernel, machine_code


class Built(NamedTuple):
    """What was done."""

    folder: Path
    level: str
    """The processors that it is for."""
    kernels: int
    compiled: int
    """How many of them were not there before."""
    removed: int
    """Files of other versions."""


def build_kernels(folder: Path | None = None, *, workers: int | None = None) -> Built:
    """Compile what is missing in a folder, on all cores, and remove what is out of date there.

    Args:
        folder: By default that in the package, which its wheel carries.
        workers: Processes; as many as there are cores by default.

    Raises:
        InputError: when the folder cannot be written.
    """
    target = code_files.packaged_folder() if folder is None else folder
    kernels = all_kernels()
    missing = [kernel for kernel in kernels if not code_files.path_in(target, kernel).is_file()]
    # Kernels of a module share functions, which are compiled once where one process compiles them all.
    groups = [list(group) for _, group in groupby(missing, key=lambda kernel: kernel.function.__module__)]
    try:
        code_files.path_in(target, kernels[0]).parent.mkdir(parents=True, exist_ok=True)
        if missing:
            prepare()
        with ProcessPoolExecutor(workers or os.cpu_count(), multiprocessing.get_context("fork")) as pool:
            for _ in pool.map(
                _compile, [[KERNELS.index(kernel) for kernel in group] for group in groups], [target] * len(groups)
            ):
                pass
        wanted = {code_files.path_in(target, kernel) for kernel in kernels}
        stale = [path for path in code_files.files_in(target) if path not in wanted]
        for path in stale:
            path.unlink()
    except OSError as error:
        raise InputError(f"cannot write machine code to {target}: {error}; name a folder with --output") from error
    return Built(target, cpu_level().name, len(kernels), len(missing), len(stale))


def all_kernels() -> Sequence[Kernel[..., Any]]:
    """Every kernel of the package that Python calls, in the order of their names."""
    for package in (filters, dedup):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    return sorted(KERNELS, key=lambda kernel: (kernel.name, kernel.fingerprint))


def _compile(numbers: Sequence[int], folder: Path) -> None:
    for number in numbers:
        kernel = KERNELS[number]
        code_files.write(code_files.path_in(folder, kernel), machine_code(kernel))
