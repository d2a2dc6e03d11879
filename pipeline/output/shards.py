"""Final shards: kept documents cut into Parquet files of even size, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
DICTIONARY_COLUMNS = ("source", "kind", "language", "cluster_size")
STATISTICS_COLUMNS = ("doc_id", "source", "kind", "language", "language_score", "cluster_size", "token_count")


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Consecutive documents of a piece."""

    path: str
    first_batch: int
    first_row: int
    """Where to begin within the first batch."""
    row_count: int


@dataclass(frozen=True, kw_only=True)
class ShardPlan:
    """What goes into one shard."""

    number: int
    of: int
    slices: tuple[Slice, ...]

    @property
    def name(self) -> str:
        """File name of the shard."""
        return f"part-{self.number:05d}-of-{self.of:05d}.parquet"


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


def plan_shards(pieces: Sequence[Piece], target_bytes: int | None) -> list[ShardPlan]:
    """Cut the pieces, in the order given, into shards of even text bytes and at most about ``target_bytes``.

    Without a target they are of 256 MB; where these would be fewer than eight, they are smaller, down to 32 MB, as a
    shard is written by one worker while the others wait.

    Cuts may fall within a batch, where bytes are taken to be spread evenly over its documents. No shard is empty,
    save that without any document there is one empty shard, so that readers find a schema instead of no files.

    Raises:
        InputError: when ``target_bytes`` is not positive.
    """
    if target_bytes is not None and target_bytes < 1:
        raise InputError(f"the size of a shard must be at least 1 byte, not {target_bytes}")
    batches = [(rows, size) for piece in pieces for rows, size in zip(piece.batch_rows, piece.batch_bytes, strict=True)]
    all_rows = sum(rows for rows, _ in batches)
    if all_rows == 0:
        return [ShardPlan(number=0, of=1, slices=())]
    all_bytes = sum(size for _, size in batches)
    if target_bytes is None:
        target_bytes = min(SHARD_BYTES, max(SMALL_SHARD_BYTES, -(-all_bytes // FEW_SHARDS)))
    count = min(all_rows, max(1, -(-all_bytes // target_bytes)))
    cuts = _cuts(batches, count)
    piece_ends = np.cumsum([sum(piece.batch_rows) for piece in pieces])
    batch_ends = [np.cumsum(piece.batch_rows) for piece in pieces]
    plans = []
    for number in range(count):
        slices = []
        row, end = cuts[number], cuts[number + 1]
        while row < end:
            index = int(np.searchsorted(piece_ends, row, side="right"))
            piece = pieces[index]
            piece_start = int(piece_ends[index]) - sum(piece.batch_rows)
            batch = int(np.searchsorted(batch_ends[index], row - piece_start, side="right"))
            batch_start = int(batch_ends[index][batch]) - piece.batch_rows[batch]
            taken = min(end, int(piece_ends[index])) - row
            first_row = row - piece_start - batch_start
            slices.append(Slice(path=piece.path, first_batch=batch, first_row=first_row, row_count=taken))
            row += taken
        plans.append(ShardPlan(number=number, of=count, slices=tuple(slices)))
    return plans


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
    file = ParquetFile(join(folder, plan.name), schema, dictionary=DICTIONARY_COLUMNS, statistics=STATISTICS_COLUMNS)
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
        for index in range(part.first_batch, reader.num_record_batches):
            batch = reader.get_batch(index).slice(start, missing)
            start = 0
            missing -= batch.num_rows
            yield batch
            if missing == 0:
                return
    raise AccountingError(f"{part.path} ends {missing} documents early; it was not written by this run")
