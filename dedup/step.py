"""What a deduplicator is: a step that compares documents with each other, by keys that it hashes their text to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from ..filters.batch import Int64s
from ..filters.step import Step

UInt64s: TypeAlias = npt.NDArray[np.uint64]
Keep: TypeAlias = Literal["first", "longest"]


class Keys(NamedTuple):
    """Keys of the documents of one batch; a document has none, one or several."""

    words: UInt64s
    """Shape (keys, width): the hash that documents of one bucket share, as 64-bit words."""
    document: Int64s
    """Shape (keys,): whose key it is, as an index into the batch."""


class Deduplicator(Step, ABC):
    """Compares documents with each other, so that a pass ends where it stands."""

    def __post_init__(self) -> None:
        """Check the parameters; kinds of deduplicators add theirs."""

    @abstractmethod
    def keys(self, batch: pa.RecordBatch) -> Keys:
        """Hash every document of the batch; what has no key is compared with nothing."""


class DocumentDeduplicator(Deduplicator):
    """Finds documents that say the same; of every cluster one is kept, the others are removed in its favour.

    Documents that share a key belong together; those without a key are never removed.
    """

    keep: Keep
    """Which document of a cluster stays: the first one read, or the longest (in bytes; among equals the first)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.keep not in get_args(Keep):
            raise RecipeError(f"{self.name}: keep is {self.keep!r}; choose one of {', '.join(get_args(Keep))}")

    def priority(self, batch: pa.RecordBatch) -> UInt64s | None:
        """Rank documents by what is kept, lower is better, shape (n,); None when only their order counts."""
        if self.keep == "first":
            return None
        length_bytes = np.asarray(pc.binary_length(batch["text"])).astype(np.uint64)
        return np.iinfo(np.uint64).max - length_bytes
