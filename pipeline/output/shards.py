"""Final shards: kept documents cut into Parquet files of even size, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import AccountingError, InputError
from ..files.parquet_file import ParquetFile
from ..files.storage import join, open_read
from ..job.results import Piece
from ..steps.totals import StepTotals, Stopwatch

SHARD_BYTES = 256_000_000
FEW_SHARDS = 8
SMALL_SHARD_BYTES = 32_000_000
NO_DICTIONARY = ("doc_id", "text", "url", "metadata", "language_score", "repeats", "input_ids", "token_count")
NO_STATISTICS = ("text", "url", "metadata", "repeats", "input_ids")


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Documents of a piece, one behind the other."""

    path: str
    batches: tuple[int, ...]
    """Numbers of the record batches that hold them."""
    first_row: int
    """Where to begin within the first batch."""
    row_count: int


@dataclass(frozen=True, kw_only=True)
class ShardPlan:
    """What goes into one shard."""

    number: int
    of: int
    slices: tuple[Slice, ...]
    folder: str = ""
    """Where the shard lies below that of all, in partitioned runs."""

    @property
    def name(self) -> str:
        """File name of the shard, with its folder."""
        name = f"part-{self.number:05d}-of-{self.of:05d}.parquet"
        return f"{self.folder}/{name}" if self.folder else name


@dataclass(frozen=True, kw_only=True)
class ShardFacts:
    """What the manifest says of a shard."""

    name: str
    rows: int
    tokens: int
    text_bytes: int
    file_bytes: int
    sha256: str
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    """Documents, text bytes and tokens of each kind."""
    totals: StepTotals = field(default_factory=StepTotals, compare=False)
    """How long writing took; the rest is the same every time."""


class _Batch(NamedTuple):
    """A record batch of a piece."""

    path: str
    number: int
    rows: int
    bytes: int


def plan_shards(pieces: Sequence[Piece], target_bytes: int | None) -> list[ShardPlan]:
    """Cut the pieces, in the order given, into shards of even text bytes and at most about ``target_bytes``.

    Without a target they are of 256 MB; where these would be fewer than eight, they are smaller, down to 32 MB, as a
    shard is written by one worker while the others wait. Each folder of a partitioned run has shards of its own.

    Cuts may fall within a batch, where bytes are taken to be spread evenly over its documents. No shard is empty,
    save that without any document there is one empty shard, so that readers find a schema instead of no files.

    Raises:
        InputError: when ``target_bytes`` is not positive.
    """
    if target_bytes is not None and target_bytes < 1:
        raise InputError(f"the size of a shard must be at least 1 byte, not {target_bytes}")
    folders: dict[str, list[_Batch]] = {}
    all_bytes = 0
    for piece in pieces:
        names = piece.batch_folders or ("",) * len(piece.batch_rows)
        for number, (rows, size, name) in enumerate(zip(piece.batch_rows, piece.batch_bytes, names, strict=True)):
            if rows:
                folders.setdefault(name, []).append(_Batch(piece.path, number, rows, size))
                all_bytes += size
    if not folders:
        return [ShardPlan(number=0, of=1, slices=())]
    if target_bytes is None:
        target_bytes = min(SHARD_BYTES, max(SMALL_SHARD_BYTES, -(-all_bytes // FEW_SHARDS)))
    return [plan for name in sorted(folders) for plan in _plan_folder(name, folders[name], target_bytes)]


def _plan_folder(folder: str, batches: Sequence[_Batch], target_bytes: int) -> Iterator[ShardPlan]:
    all_rows = sum(batch.rows for batch in batches)
    count = min(all_rows, max(1, -(-sum(batch.bytes for batch in batches) // target_bytes)))
    cuts = _cuts([(batch.rows, batch.bytes) for batch in batches], count)
    ends = np.cumsum([batch.rows for batch in batches])
    for number in range(count):
        slices = []
        row, end = cuts[number], cuts[number + 1]
        index = int(np.searchsorted(ends, row, side="right"))
        while row < end:
            path, first_row, start = batches[index].path, row - int(ends[index]) + batches[index].rows, row
            numbers = []
            while row < end and batches[index].path == path:
                numbers.append(batches[index].number)
                row = min(end, int(ends[index]))
                if row < end:
                    index += 1
            slices.append(Slice(path=path, batches=tuple(numbers), first_row=first_row, row_count=row - start))
        yield ShardPlan(number=number, of=count, slices=tuple(slices), folder=folder)


def _cuts(batches: Sequence[tuple[int, int]], count: int) -> list[int]:
    """Row numbers where shards begin, and the number of rows: strictly ascending, in whole numbers throughout."""
    all_rows, all_bytes = (sum(column) for column in zip(*batches, strict=True))
    cuts = [0]
    rows_before = bytes_before = index = 0
    for number in range(1, count):
        wanted = all_bytes * number // count
        while bytes_before + batches[index][1] < wanted:
            rows_before += batches[index][0]
            bytes_before += batches[index][1]
            index += 1
        rows, size = batches[index]
        inside = ((wanted - bytes_before) * rows * 2 + size) // (2 * size) if size else 0
        cuts.append(min(max(rows_before + inside, cuts[-1] + 1), all_rows - (count - number)))
    return [*cuts, all_rows]


def write_shard(plan: ShardPlan, folder: str, schema: pa.Schema) -> ShardFacts:
    """Write a shard, batch by batch; the file appears when it is complete, and a retry writes the same bytes.

    Raises:
        AccountingError: when a piece holds fewer documents than planned.
    """
    watch = Stopwatch()
    kinds: dict[str, Counter[str]] = {}
    repeating = [one.name for one in schema if one.name not in NO_DICTIONARY and not pa.types.is_floating(one.type)]
    ordered = [name for name in schema.names if name not in NO_STATISTICS]
    file = ParquetFile(join(folder, plan.name), schema, dictionary=repeating, statistics=ordered)
    with file:
        for part in plan.slices:
            for batch in _read_slice(part):
                file.write(batch)
                for kind, found in _by_kind(batch):
                    kinds.setdefault(kind, Counter()).update(found)
    text_bytes = sum(found["bytes"] for found in kinds.values())
    return ShardFacts(
        name=plan.name,
        rows=file.rows,
        tokens=sum(found["tokens"] for found in kinds.values()),
        text_bytes=text_bytes,
        file_bytes=file.file_bytes,
        sha256=file.sha256,
        kinds={kind: dict(found) for kind, found in kinds.items()},
        totals=StepTotals(documents=file.rows, text_bytes=text_bytes, batches=1, **watch.spent()._asdict()),
    )


def _by_kind(batch: pa.RecordBatch) -> Iterator[tuple[str, dict[str, int]]]:
    """Documents, text bytes and tokens of each kind in a batch of a shard."""
    tokens = batch["token_count"] if "token_count" in batch.schema.names else pa.repeat(0, batch.num_rows)
    counted = (
        pa.table({"kind": batch["kind"], "bytes": pc.binary_length(batch["text"]), "tokens": tokens})
        .group_by("kind", use_threads=False)
        .aggregate([([], "count_all"), ("bytes", "sum"), ("tokens", "sum")])
    )
    for row in counted.to_pylist():
        yield row["kind"], {"documents": row["count_all"], "bytes": row["bytes_sum"], "tokens": row["tokens_sum"]}


def _read_slice(part: Slice) -> Iterator[pa.RecordBatch]:
    missing, start = part.row_count, part.first_row
    with open_read(part.path) as source, pa.ipc.open_file(source) as reader:
        for index in part.batches:
            if index >= reader.num_record_batches:
                break
            batch = reader.get_batch(index).slice(start, missing)
            start = 0
            missing -= batch.num_rows
            yield batch
            if missing == 0:
                return
    raise AccountingError(f"{part.path} ends {missing} documents early; it was not written by this run")
