"""Kernels are compiled wherever the machine code can be kept, and also where it cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from numba.core import caching
caching.CacheImpl._locator_classes = [caching.UserProvidedCacheLocator]  # as if no folder could be written
import numpy as np
from textmill.filters.kernels.machine.jit import njit, bits_set

@njit
def ones(value):
    return bits_set(value)

print(ones(np.uint64(7)), sum(ones.stats.cache_misses.values()), ones._cache.cache_path)
"""


def run(temporary: Path) -> list[str]:
    program = temporary.parent / "program.py"
    program.write_text(PROGRAM)
    environment = {**os.environ, "TMPDIR": str(temporary)}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split(" ", 2)


def test_an_installation_that_cannot_be_written_keeps_code_in_a_private_folder(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    ones, misses, path = run(tmp_path / "tmp")
    assert (ones, misses) == ("3", "1")
    folder = tmp_path / "tmp" / f"textmill-kernels-{os.getuid()}"
    assert path.startswith(str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert run(tmp_path / "tmp")[:2] == ["3", "0"]


@pytest.mark.parametrize("mode", [0o777, 0o750])
def test_a_folder_that_others_can_write_is_not_trusted(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "tmp" / f"textmill-kernels-{os.getuid()}"
    folder.mkdir(parents=True)
    folder.chmod(mode)
    assert run(tmp_path / "tmp") == ["3", "1", "None\n"]
    assert list(folder.iterdir()) == []
