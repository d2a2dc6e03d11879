"""What stands between two passes: packed arrays go through rounds of grouping and come back as decisions for splits."""

from __future__ import annotations

from ...dedup.base.step import DocumentDeduplicator
from ...dedup.parts.deduplicators import PartDeduplicator
from ..job.job import Job
from .barrier import Barrier, Collector, Message, Round, take_rounds
from .clusters import ClusterBarrier
from .indexes import IndexBarrier
from .parts import PartBarrier

__all__ = ["Barrier", "Collector", "Message", "Round", "barrier_after", "take_rounds"]


def barrier_after(job: Job, number: int) -> Barrier | None:
    """The barrier that a pass runs into; None behind the last pass."""
    one = job.recipe.plan.passes[number]
    planned = one.deduplicator
    if planned is None:
        return None
    if one.checks_index:
        return IndexBarrier(planned, partitions=job.partitions)
    # Another kind of deduplication is another subclass of Barrier, told apart here by the class of its step.
    if isinstance(planned.step, PartDeduplicator):
        return PartBarrier(planned, job)
    assert isinstance(planned.step, DocumentDeduplicator)
    return ClusterBarrier(planned, partitions=job.partitions, component_rounds=job.component_rounds)
