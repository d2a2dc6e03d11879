"""The runners that ``--runner`` knows by name."""

from __future__ import annotations

import difflib

from ...errors import InputError

LOCAL = "local"
RUNNERS = {
    "flink": "FlinkRunner",
    "spark": "SparkRunner",
    "prism": "PrismRunner",
    "dataflow": "DataflowRunner",
    "portable": "PortableRunner",
}
"""Beam's runners by the names that ``--runner`` takes; ``portable`` is whatever answers at a ``--job_endpoint``."""


def runner_names() -> str:
    """The names that ``--runner`` takes, in words."""
    return ", ".join((LOCAL, *RUNNERS))


def runner_class(runner: str) -> str:
    """The name of Beam's class for what ``--runner`` says: one of ours, or the dotted name of a class.

    Raises:
        InputError: when there is none.
    """
    if "." in runner:
        return runner
    by_lower_case = {name.lower(): name for name in RUNNERS.values()} | RUNNERS
    if found := by_lower_case.get(runner.lower()):
        return found
    near = difflib.get_close_matches(runner.lower(), (LOCAL, *RUNNERS), n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    names = f"{runner_names()}, or a class as package.module.Class"
    raise InputError(f"there is no runner {runner!r}{meant}; choose one of {names}")
