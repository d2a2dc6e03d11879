"""A second process compiles where there is no machine code yet, none twice, and none is started where there is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys
from pathlib import Path
from textmill import Recipe
from textmill.filters import NormalizeUnicode
from textmill.filters.base.batch import make_batch
from textmill.pipeline.steps.compiling import compiling_beside

told = Path(sys.argv[1])
plan = Recipe("one", [NormalizeUnicode()]).plan
batch = make_batch(["A few words."])
with compiling_beside(plan, batch, first=lambda: told.write_text(str(os.getpid())), wait=True):
    NormalizeUnicode().clean(batch)
print(os.getpid())
"""


def test_the_first_kernel_starts_a_second_process_once(tmp_path: Path) -> None:
    told = tmp_path / "told"
    environment = {**os.environ, "TEXTMILL_KERNELS": str(tmp_path / "kernels")}
    command = [sys.executable, "-c", PROGRAM, str(told)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert int(told.read_text()) != int(ran.stdout)
    names = [path.name.partition("-")[0] for path in (tmp_path / "kernels").rglob("*.kernel")]
    assert "filters.unicode_normalization._inspect" in names
    told.unlink()
    subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert not told.exists()


TWICE = """
import os, sys
from pathlib import Path
from textmill import Recipe
from textmill.filters import NormalizeUnicode
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine import compiler
from textmill.filters.kernels.machine.kernel import Kernel
from textmill.filters.kernels.machine.scanning import count_line_feeds
from textmill.filters.unicode_normalization import _inspect, _strip
from textmill.pipeline.steps.compiling import compiling_beside

log = Path(sys.argv[1])
compile_kernel = compiler.compile_kernel

def compile_and_tell(source):
    with log.open("a") as told:
        told.write(f"{os.getpid()} {source.name}\\n")
    return compile_kernel(source)

def load(*kernels):
    for kernel in kernels:
        kernel.load()

compiler.compile_kernel = compile_and_tell
plan = Recipe("one", [NormalizeUnicode()]).plan
with compiling_beside(plan, make_batch(["A few words."]), first=lambda: load(_strip, _inspect), wait=True):
    load(count_line_feeds, _strip, _inspect)
print(os.getpid())
"""


def test_two_processes_compile_no_kernel_twice(tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = {**os.environ, "TEXTMILL_KERNELS": str(tmp_path / "kernels")}
    command = [sys.executable, "-c", TWICE, str(log)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    compiled = [line.split() for line in log.read_text().splitlines()]
    names = [name.rpartition(".")[2] for _, name in compiled]
    assert sorted(names) == ["_inspect", "_strip", "count_line_feeds"]
    (parent,) = (process for process, name in compiled if name.endswith("count_line_feeds"))
    assert parent == ran.stdout.strip()
    (other,) = (process for process, name in compiled if name.endswith("_strip"))
    assert other != parent
