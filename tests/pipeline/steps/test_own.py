"""Which steps are this package's own, and that Arrow looks for pandas only where somebody else's might want it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from textmill import ExactDedup, GopherQuality, any_of, where
from textmill.pipeline.steps.own import is_own


@dataclass(frozen=True, kw_only=True)
class Mine(GopherQuality):
    """A step of somebody else's."""


def test_own_steps_call_no_function_of_others() -> None:
    assert is_own(GopherQuality())
    assert is_own(ExactDedup())
    assert not is_own(Mine())
    assert not is_own(where(len))
    assert not is_own(any_of(GopherQuality(), where(len, minimum=1)))


PROGRAM = """
import sys
import pyarrow as pa
from textmill import GopherQuality, Recipe, where
from textmill.pipeline.steps.own import leave_pandas_out

leave_pandas_out(Recipe("r", {steps}).plan)
assert "_NoPandas" not in [type(one).__name__ for one in sys.meta_path]
pa.array([1, 2])
print("pandas" in sys.modules)
"""


@pytest.mark.parametrize(("steps", "imported"), [("[GopherQuality()]", False), ("[GopherQuality(), where(len)]", True)])
def test_pandas_is_left_out_where_all_steps_are_own(steps: str, imported: bool) -> None:
    pytest.importorskip("pandas")
    ran = subprocess.run([sys.executable, "-c", PROGRAM.format(steps=steps)], capture_output=True, text=True)
    assert (ran.stdout.strip(), ran.stderr) == (str(imported), "")
