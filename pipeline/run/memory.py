"""Memory that a worker keeps for its next batches, given back where it will not need it."""

from __future__ import annotations

import pyarrow as pa


def give_back_memory() -> None:
    """Return what Arrow holds in reserve to the system, which at the end of a pass is some 70 MB a worker.

    It takes a few milliseconds, and taking memory up again as much, so it is for the ends of stages, not of batches.
    """
    pa.default_memory_pool().release_unused()
