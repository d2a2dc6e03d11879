"""The exchange between two passes: what elsewhere is called a shuffle, of keys instead of documents.

While a pass goes over a split, it collects packed keys of what a deduplication compares. Between the passes these go
through rounds: each groups packed arrays by a number (of a partition of the keys, or of a split) and turns each group
into arrays for the next round. Out of the last round come decisions for each split: which documents to remove, or what
to cut out of them. Text stays where it is staged.
"""

from __future__ import annotations

from ...dedup.base.step import CLUSTER_SIZE, DocumentDeduplicator
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.documents.semantic import SemanticDedup
from ...dedup.parts.deduplicators import PartDeduplicator
from ...filters.select import Select
from ..job.job import Job
from .clusters import ClusterExchange
from .exchange import Collector, Exchange, Message, Round, take_rounds
from .indexes import IndexExchange
from .parts import PartExchange
from .selection import SelectionExchange
from .semantic import SemanticExchange
from .verified_index import VerifiedIndexExchange

__all__ = ["Collector", "Exchange", "Message", "Round", "exchange_after", "take_rounds"]


def exchange_after(job: Job, number: int) -> Exchange | None:
    """The exchange that a pass runs into; None behind the last pass."""
    one = job.recipe.plan.passes[number]
    planned = one.deduplicator
    if planned is None:
        return None
    if one.checks_index:
        if isinstance(planned.step, MinHashDedup) and planned.step.verify != "none":
            return VerifiedIndexExchange(planned, partitions=job.partitions)
        return IndexExchange(planned, partitions=job.partitions)
    if isinstance(planned.step, Select):
        measurements = job.recipe.plan.measurements_until(number)
        return SelectionExchange(planned, partitions=job.partitions, measurements=measurements)
    # Another kind of deduplication is another subclass of Exchange, recognised here by the class of its step.
    if isinstance(planned.step, PartDeduplicator):
        return PartExchange(planned, job)
    assert isinstance(planned.step, DocumentDeduplicator)
    kind = SemanticExchange if isinstance(planned.step, SemanticDedup) else ClusterExchange
    return kind(
        planned,
        partitions=job.partitions,
        component_rounds=job.component_rounds,
        has_size=CLUSTER_SIZE in job.recipe.plan.measurements_until(number),
    )
