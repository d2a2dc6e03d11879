"""Documents repeated by how often the corpus had them, after deduplication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ...filters.base.rules import Rule
from ...filters.base.step import Filter, Measurements
from ..base.step import CLUSTER_SIZE

REPEATS = "rehydrate.repeats"


@dataclass(frozen=True, kw_only=True)
class Rehydrate(Filter):
    """Repeat documents by the size of the cluster that they are the survivor of.

    What many pages hold is often good, but what thousands hold is often boilerplate: so moderately large clusters are
    repeated most, and huge ones not at all. A document whose cluster has at least ``sizes[i]`` members, and less than
    ``sizes[i + 1]``, stands in the shards ``repeats[i]`` times, one copy behind the other and with the same
    ``doc_id``; shuffle before training. The ledger has it once, with the number of copies in ``rehydrate.repeats``,
    and shards have that as ``repeats``.

    Sizes are those of all deduplications of whole documents before the step (``cluster_size``); after it there may be
    none.

    Source: FineWeb2 (Penedo et al. 2025), whose README has the default table and the code: once without a duplicate, 2
    and 3 times in clusters of that size, 3 times in one of 4, 5 times from 5, 8 times from 100, and once from 1,000.

    Args:
        sizes: Smallest sizes of a cluster, ascending, from 1 on.
        repeats: How often its document is written, for each of them.
        repeat_rows: Write the copies; otherwise only the column ``repeats``, for a loader that samples by it.

    Raises:
        RecipeError: when the table does not fit together.

    Example:
        >>> from textmill import MinHashDedup, Recipe
        >>> [step.name for step in Recipe("r", [MinHashDedup(), Rehydrate()]).steps]
        ['minhash_dedup', 'rehydrate']
    """

    name: ClassVar[str] = "rehydrate"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {REPEATS: pa.int64()}
    reads: ClassVar[Mapping[str, str]] = {CLUSTER_SIZE: "deduplication of whole documents"}

    sizes: tuple[int, ...] = (1, 2, 3, 5, 100, 1000)
    repeats: tuple[int, ...] = (1, 2, 3, 5, 8, 1)
    repeat_rows: bool = True

    def __post_init__(self) -> None:
        sizes, repeats = self.sizes, self.repeats
        if len(sizes) != len(repeats):
            raise RecipeError(
                f"{self.name}: there are {len(sizes)} sizes and {len(repeats)} repeats; each needs the other"
            )
        if not sizes or sizes[0] != 1 or any(after <= before for before, after in pairwise(sizes)):
            raise RecipeError(f"{self.name}: sizes are {list(sizes)}; they must ascend from 1 on")
        if min(repeats) < 1:
            raise RecipeError(f"{self.name}: repeats are {list(repeats)}; every document is written at least once")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """None: it removes nothing."""
        return ()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """How often each document is written; once where it was not deduplicated."""
        sizes = np.ones(batch.num_rows, dtype=np.int64)
        if CLUSTER_SIZE in batch.schema.names:
            sizes = batch[CLUSTER_SIZE].fill_null(1).to_numpy(zero_copy_only=False)
        places = np.searchsorted(np.array(self.sizes), sizes, side="right") - 1
        return {REPEATS: pa.array(np.array(self.repeats, dtype=np.int64)[places])}
