"""A run's counters as Beam metrics: kept on every runner, shown by its own pages, and read back from here.

In the namespace ``textmill`` there are the counters ``documents``, ``text_bytes``, ``kept``, ``work_done``, ``shards``,
``shuffled_bytes``, ``splits_done/PASS``, ``removed/STEP.RULE``, ``documents/STEP``, ``text_bytes/STEP``,
``nanoseconds/STEP`` and ``batches/STEP``, and the distributions ``milliseconds/STEP``: how long a batch took.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from apache_beam.metrics import Metrics, MetricsFilter

from ..job.progress import Progress, ProgressWriter
from ..steps.totals import StepTotals

NAMESPACE = "textmill"
PLAIN = ("documents", "text_bytes", "kept", "work_done", "shards", "shuffled_bytes")
OF_STEP = ("documents", "text_bytes", "nanoseconds", "cpu_nanoseconds", "batches")
POLL_SECONDS = 2.0


class BeamProgress(ProgressWriter):
    """Counts in Beam's metrics as well."""

    def add(self, more: Progress) -> None:
        """Count; must be called where a bundle is processed."""
        super().add(more)
        for name in PLAIN:
            _count(name, getattr(more, name))
        for number, splits in more.splits_done.items():
            _count(f"splits_done/{number}", splits)
        for rule, documents in more.removed.items():
            _count(f"removed/{rule}", documents)
        for step, seen in more.steps.items():
            for name in OF_STEP:
                _count(f"{name}/{step}", getattr(seen, name))
            if seen.batches == 1:
                Metrics.distribution(NAMESPACE, f"milliseconds/{step}").update(seen.nanoseconds // 1_000_000)


def read_metrics(result: Any) -> Progress:
    """What Beam's metrics say of a run, while it runs or after it, as far as the runner tells."""
    progress = Progress()
    if hasattr(result, "_metrics"):
        result._metrics = None  # Beam's portable runners answer for ever what they answered first
    for counter in result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]:
        found = counter.committed if counter.committed is not None else counter.attempted
        name, _, of = counter.key.metric.name.partition("/")
        if not of:
            setattr(progress, name, getattr(progress, name) + found)
        elif name in ("splits_done", "removed"):
            getattr(progress, name)[of] += found
        else:
            step = progress.steps.setdefault(of, StepTotals())
            setattr(step, name, getattr(step, name) + found)
    return progress


def wait(result: Any, on_progress: Callable[[Progress], None] | None) -> None:
    """Wait for the end of a run on any runner and show how far it is in the meantime."""
    ended = threading.Event()

    def poll(show: Callable[[Progress], None]) -> None:
        while not ended.wait(POLL_SECONDS):
            # Not every runner tells while it runs, and a job that has just ended may be gone: the run matters more.
            with suppress(Exception):
                show(read_metrics(result))

    if on_progress is not None:
        threading.Thread(target=poll, args=(on_progress,), name="show-progress", daemon=True).start()
    try:
        result.wait_until_finish()
    finally:
        ended.set()
    if on_progress is not None:
        with suppress(LookupError, NotImplementedError):  # a runner that keeps no metrics
            on_progress(read_metrics(result))


def _count(name: str, number: int) -> None:
    if number:
        Metrics.counter(NAMESPACE, name).inc(number)
