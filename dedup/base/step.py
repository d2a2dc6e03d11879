"""What a deduplicator is: a step that compares documents with each other, by keys that it hashes their text to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import pyarrow as pa

from ...errors import RecipeError
from ...filters.base.step import Barrier
from ...filters.kernels.machine.buffers import Bytes, Floats, Int64s
from .keep import Keep, UInt64s, extreme_first, longest_first, newest_first

__all__ = ["CLUSTER_SIZE", "Deduplicator", "DocumentDeduplicator", "Keep", "Keys", "UInt64s"]


CLUSTER_SIZE = "cluster_size"
"""How many documents one stands for, itself among them: one measurement, which all deduplications add to."""


class Keys(NamedTuple):
    """Keys of the documents of one batch; a document has none, one or several."""

    words: UInt64s
    """Shape (keys, width): the hash that documents of one bucket share, as 64-bit words."""
    document: Int64s
    """Shape (keys,): whose key it is, as an index into the batch."""


class Deduplicator(Barrier, ABC):
    """Compares documents with each other by keys."""

    def __post_init__(self) -> None:
        """Check the parameters; kinds of deduplicators add theirs."""

    @abstractmethod
    def keys(self, batch: pa.RecordBatch) -> Keys:
        """Hash every document of the batch; what has no key is compared with nothing."""


@dataclass(frozen=True, kw_only=True)
class DocumentDeduplicator(Deduplicator):
    """Finds documents that say the same; of every cluster one is kept, the others are removed in its favour.

    Documents that share a key belong together; those without a key are never removed.

    All such steps of a recipe share the measurement ``cluster_size``: how many documents one stands for, itself among
    them. It is 1 for a document that has no duplicate; the survivor of a cluster takes over the sizes of all its
    members, so that they add up from one deduplication to the next. A removed duplicate keeps the size that it had
    when it was removed, so that always ``cluster_size = 1 + sum(cluster_size of those with this kept_instead)``.

    Args:
        keep: Which document of a cluster stays, and among equals always the first read: "first"; "longest" in bytes;
            "newest" by the date in ``by`` of the metadata; or "highest" or "lowest" by the measurement ``by``.
        by: For "newest" a field of the metadata with an ISO 8601 date (by default ``warc_date``, ``date`` or
            ``timestamp``, whichever is there first); for "highest" and "lowest" a measurement of an earlier step, as
            ``language.score``. Documents without the date or the measurement stay only if no other has it.
    """

    measurements: ClassVar[Mapping[str, pa.DataType]] = {CLUSTER_SIZE: pa.int64()}
    similarity: ClassVar[float | None] = None
    """How alike documents of one cluster are, where that is known without measuring."""

    keep: Keep = "first"
    by: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.keep in ("highest", "lowest") and not self.by:
            raise RecipeError(f"{self.name}: keep is {self.keep!r}, so 'by' must name a measurement")
        if self.keep in ("first", "longest") and self.by:
            raise RecipeError(f"{self.name}: 'by' says nothing when keep is {self.keep!r}; leave it out")

    @property
    def ranking_measurement(self) -> str | None:
        """The measurement that decides which document stays, if one does."""
        return self.by if self.keep in ("highest", "lowest") else None

    def priority(self, batch: pa.RecordBatch) -> UInt64s | None:
        """Rank documents by what is kept, lower is better, shape (n,); None when only their order counts."""
        if self.keep == "first":
            return None
        if self.keep == "longest":
            return longest_first(batch["text"])
        if self.keep == "newest":
            return newest_first(batch["metadata"], self.by)
        column = batch[self.by] if self.by in batch.schema.names else pa.nulls(batch.num_rows, pa.float64())
        return extreme_first(column, highest=self.keep == "highest")

    def keys_and_sketches(self, batch: pa.RecordBatch) -> tuple[Keys, Bytes | None]:
        """Keys, and what documents are compared by, shape (n, width), where the step compares them."""
        return self.keys(batch), None

    @property
    def sketch_bytes(self) -> int:
        """Width of a sketch, 0 for steps that have none, -1 where only the data tells."""
        return 0

    def sketch_similarity(self, left: Bytes, right: Bytes) -> Floats:
        """How alike n pairs of documents are by their sketches of shape (n, width), for steps that have some."""
        raise NotImplementedError(f"{self.name} has no sketches")
