"""What a run takes: time here, and hours and money on Dataflow."""

from __future__ import annotations

from dataclasses import dataclass

PRICES_OF = "2025"
"""Of when these list prices are (US dollars, batch jobs in us-central1, before discounts); they change."""
VCPU_HOUR = 0.056
MEMORY_GB_HOUR = 0.003557
DISK_GB_HOUR = 0.000054
SHUFFLED_GB = 0.011
WORKER_DISK_GB = 25
"""Boot disk of a worker of a batch job that leaves its shuffle to Dataflow's service."""

MACHINES = {
    "e2-standard-4": (4, 16.0),
    "n1-standard-4": (4, 15.0),
    "n1-highmem-4": (4, 26.0),
    "n2-standard-8": (8, 32.0),
    "n2-highmem-8": (8, 64.0),
    "n2-highcpu-16": (16, 16.0),
}
"""Machine types with their vCPUs and gigabytes of memory; Dataflow bills these, whatever the family."""

HASH_BYTES_PER_DOCUMENT = 250
"""Keys of deduplication that travel and are grouped (docs/scale.md)."""
SHARD_BYTES_PER_CPU_SECOND = 60e6
"""Text that becomes final Parquet shards, with its tokens."""
START_SECONDS = 3.0
"""Starting and ending of a run with workers on this machine."""
START_CPU_SECONDS = 4.5
"""CPU time of the same, which several processes spend at once: most of a run over a few megabytes."""
WORKER_CPU_SECONDS = 1.0
"""What each worker adds to it, before it has done anything."""


@dataclass(frozen=True, kw_only=True)
class CloudCost:
    """What a run takes on Dataflow's machines of one type."""

    machine: str
    vcpu_hours: float
    dollars: float
    fits: bool
    """Whether a worker's memory holds a process for each of its vCPUs."""


def dataflow_costs(cpu_seconds: float, documents: float, process_bytes: float) -> list[CloudCost]:
    """Hours and list price by machine type, for vCPUs as fast as a core here that are busy all the time.

    Args:
        cpu_seconds: Work of the whole run.
        documents: Documents whose hashes pass through the shuffle.
        process_bytes: Memory of one worker process.
    """
    hours = cpu_seconds / 3600
    shuffled = documents * HASH_BYTES_PER_DOCUMENT / 1e9 * SHUFFLED_GB
    return [
        CloudCost(
            machine=machine,
            vcpu_hours=hours,
            dollars=hours * (VCPU_HOUR + MEMORY_GB_HOUR * memory / vcpus + DISK_GB_HOUR * WORKER_DISK_GB / vcpus)
            + shuffled,
            fits=process_bytes * vcpus <= memory * 1e9,
        )
        for machine, (vcpus, memory) in MACHINES.items()
    ]
