"""What a run takes, from what its sample took."""

from __future__ import annotations

from .costs import (
    HASH_BYTES_PER_DOCUMENT,
    SHARD_BYTES_PER_CPU_SECOND,
    START_CPU_SECONDS,
    START_SECONDS,
    WORKER_CPU_SECONDS,
    dataflow_costs,
)
from .results import Kept, Resources
from .sampling import Sample
from .trial import Trial

START = "start"
"""What starting and ending takes, in a run here, before and behind all steps."""


def resources_of(sample: Sample, trial: Trial, kept: Kept, workers: int, deduplicates: bool) -> Resources:
    """Time, disk, memory and money of the whole run."""
    worked_on = float(trial.text_bytes.sum())
    read = sum(stratum.text_bytes for stratum in sample.strata)
    text_bytes = read / sample.share_read if sample.weight_read else 0.0
    factor = text_bytes / worked_on if worked_on else 0.0
    reading = sample.read_cpu_seconds * sample.weight / max(sample.weight_read, 1)
    steps = {step: seconds * factor for step, seconds in trial.cpu_seconds.items() if step != "read"}
    work = {"read": reading, **steps, "shards": kept.bytes.value / SHARD_BYTES_PER_CPU_SECOND}
    cpu = sum(work.values())
    start = START_CPU_SECONDS + workers * WORKER_CPU_SECONDS
    process = _peak_memory()
    hashes = kept.read.value * HASH_BYTES_PER_DOCUMENT if deduplicates else 0.0
    return Resources(
        cpu_seconds=start + cpu,
        wall_seconds=cpu / workers + START_SECONDS,
        workers=workers,
        seconds_by_step={START: start, **work},
        work_bytes=trial.work_bytes * factor,
        # Shards are compressed better than what is staged: this is more than they will be.
        output_bytes=(trial.work_bytes + trial.ledger_bytes) * factor,
        memory_bytes=process * workers + hashes,
        dataflow=tuple(dataflow_costs(cpu, kept.read.value if deduplicates else 0.0, process)),
    )


def _peak_memory() -> float:
    """The most that this process has held, as a worker's memory: it has done a worker's work."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)
