"""Steps that are this package's own, and what a process of ours can do without where all steps are."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa

from ...filters.base.combine import Combined
from ...filters.base.step import Step
from ...filters.base.where import Where
from .plan import Plan

PACKAGE = __name__.partition(".")[0]


def is_own(step: Step) -> bool:
    """Whether a step is this package's and calls no function of the user's."""
    return type(step).__module__.partition(".")[0] == PACKAGE and not isinstance(step, (Where, Combined))


def leave_pandas_out(plan: Plan) -> None:
    """Keep Arrow from importing pandas, for a process of ours that runs nothing but these steps.

    Arrow imports it, where it is installed, as soon as it makes an array of anything, to know pandas' objects from
    others: 0.3 s of CPU time and 50 MB. It looks once, and again when it is asked for such objects. Where a step is the
    user's own, which may use pandas, nothing is done.
    """
    if "pandas" in sys.modules or not all(is_own(planned.step) for planned in plan.steps):
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)


class _NoPandas(MetaPathFinder):
    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ImportError("not now")
