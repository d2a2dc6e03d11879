"""A second process compiles where there is no machine code yet, and none is started where there is."""

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
