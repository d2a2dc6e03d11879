"""Machine code of all kernels in a folder: made once, of this version only, and enough where there is no compiler."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from textmill.errors import InputError
from textmill.filters.kernels.machine import code_files
from textmill.filters.kernels.machine.cpu_levels import X86_64_LEVELS, cpu_level
from textmill.pipeline.commands import build_kernels
from textmill.pipeline.commands.build_kernels import all_kernels

FEW = ("filters.kernels.machine.hashing._hash_ranges", "filters.kernels.unicode.code_points._search")
RUN = """
import sys
from textmill.filters.kernels.machine.hashing import hashes_of
print(len(hashes_of([b"a", b"b"])), "numba" in sys.modules)
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small kernels instead of all: these take a minute."""
    chosen = [kernel for kernel in all_kernels() if kernel.name in FEW]
    assert len(chosen) == len(FEW)
    monkeypatch.setattr(build_kernels, "all_kernels", lambda: chosen)


@pytest.mark.usefixtures("few")
def test_kernels_are_built_once_and_what_is_out_of_date_goes(tmp_path: Path) -> None:
    built = build_kernels.build_kernels(tmp_path, workers=2)
    assert built == (tmp_path, cpu_level().name, 2, 2, 0)
    files = sorted((tmp_path / cpu_level().name).iterdir())
    assert [file.name.rpartition("-")[0] for file in files] == list(FEW)
    old = files[0].with_name("filters.kernels.machine.hashing._hash_ranges-0123456789abcdef.kernel")
    old.write_bytes(b"")
    assert build_kernels.build_kernels(tmp_path) == (tmp_path, cpu_level().name, 2, 0, 1)
    assert sorted((tmp_path / cpu_level().name).iterdir()) == files


@pytest.mark.usefixtures("few")
def test_another_process_needs_no_compiler_and_nothing_but_the_folder(tmp_path: Path) -> None:
    build_kernels.build_kernels(tmp_path / "built", workers=1)
    moved = (tmp_path / "built").rename(tmp_path / "moved")
    environment = {**os.environ, code_files.FOLDER_VARIABLE: str(moved)}
    done = subprocess.run([sys.executable, "-c", RUN], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("2 False\n", "")


@pytest.mark.usefixtures("few")
def test_a_folder_that_cannot_be_written_is_an_error_that_says_so() -> None:
    with pytest.raises(InputError, match=r"cannot write machine code to /dev/null/kernels.*--output"):
        build_kernels.build_kernels(Path("/dev/null/kernels"))


def test_levels_of_x86_64_contain_each_other() -> None:
    best, middle, least = X86_64_LEVELS
    assert best.features > middle.features > least.features == frozenset()
