"""Rows of a mix or a run, as every writer takes them, and what writers have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import AccountingError, InputError
from ...filters.kernels.machine.buffers import Int32s, Int64s
from ..files.storage import join, open_read
from ..mixing.gather import DOCUMENT

SMALL_VOCABULARY = 1 << 16
BATCH_ROWS = 1000


class Rows(NamedTuple):
    """Some rows of a shard: sequences, or documents where nothing was packed."""

    ids: Int32s
    """Of all rows."""
    offsets: Int64s
    """Shape (rows + 1,): row i is ``ids[offsets[i]:offsets[i + 1]]``."""
    documents: pa.Array
    """List column of :data:`~..mixing.gather.DOCUMENT`."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of(self, row: int) -> Int32s:
        """Token ids of a row."""
        return self.ids[self.offsets[row] : self.offsets[row + 1]]

    def document_ends(self) -> Int64s:
        """Where documents end in ``ids``; what pads a row ends with the row."""
        lengths = self.documents.flatten().field("length").to_numpy().astype(np.int64)
        counts = np.diff(self.documents.offsets.to_numpy())
        before = np.cumsum(lengths) - lengths
        row = np.repeat(np.arange(len(self)), counts)
        firsts = np.cumsum(counts) - counts
        in_row = before - before[np.minimum(firsts[row], max(0, len(before) - 1))] if len(before) else before
        ends = self.offsets[row] + in_row + lengths
        return np.union1d(ends, self.offsets[1:][np.diff(self.offsets) > 0])


@dataclass(frozen=True, kw_only=True)
class Data:
    """What is exported."""

    folder: str
    part: str
    """Its folder of shards: shards, or held_out of a mix."""
    shards: tuple[Mapping[str, Any], ...]
    tokenizer: Mapping[str, Any] | None
    length: int | None
    """Of every sequence; None where rows are of any length."""
    is_packed: bool
    dtype: str
    """uint16 where all ids fit, else int32."""

    def read(self, shard: Mapping[str, Any]) -> Iterator[Rows]:
        """The rows of a shard.

        Raises:
            InputError: when a file is missing or damaged.
        """
        path = join(self.folder, self.part, shard["name"])
        try:
            with open_read(path) as source:
                file = pq.ParquetFile(source)
                is_mix = "documents" in file.schema_arrow.names
                columns = ["input_ids", "documents"] if is_mix else ["input_ids", "doc_id", "source"]
                for batch in file.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
                    yield _rows(batch, is_mix=is_mix)
        except (OSError, pa.ArrowInvalid) as error:
            raise InputError(f"cannot read {path}: {error}; textmill verify tells what is damaged") from error


def _rows(batch: pa.RecordBatch, *, is_mix: bool) -> Rows:
    ids = batch["input_ids"]
    offsets = ids.offsets.to_numpy().astype(np.int64)
    values = ids.values.to_numpy()[offsets[0] : offsets[-1]]
    if is_mix:
        return Rows(values, offsets - offsets[0], batch["documents"])
    count = batch.num_rows
    zeros = pa.array(np.zeros(count, dtype=np.int32))
    documents = pa.StructArray.from_arrays(
        [
            batch["doc_id"],
            batch["source"],
            zeros,
            zeros,
            pc.list_value_length(ids).cast(pa.int32()),
        ],
        fields=list(DOCUMENT),
    )
    listed = pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32)), documents)
    return Rows(values, offsets - offsets[0], listed)


class Writer(ABC):
    """Writes rows in the format of a framework into a folder; the same rows, the same bytes."""

    needs_full_rows = False
    """Whether the framework finds sequences by their length alone."""

    def __init__(self, folder: Path, data: Data) -> None:
        self.folder = folder
        self.data = data
        self.dtype = np.dtype(data.dtype)
        self.files = ExitStack()
        """Files that are open, to be closed whatever happens."""

    def begin_shard(self, name: str) -> None:  # noqa: B027  # most formats cut shards of their own
        """Begin a shard, called so without a suffix."""

    @abstractmethod
    def add(self, rows: Rows) -> None:
        """Append rows."""

    def end_shard(self) -> None:  # noqa: B027
        """All rows of the shard are there."""

    def finish(self) -> None:  # noqa: B027
        """All shards are there."""

    def cast(self, ids: Int32s) -> npt.NDArray[Any]:
        """Token ids in the type that is written.

        Raises:
            AccountingError: when one has no room in it.
        """
        if self.dtype.itemsize == 2 and len(ids) and int(ids.max()) >= SMALL_VOCABULARY:
            raise AccountingError(
                f"{self.data.folder} has the token id {ids.max():,}, which its manifest does not know"
            )
        return ids.astype(self.dtype, copy=False)
