"""Second half of the shuffle: what belongs in one shard, sorted, packed and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...filters.kernels.machine.buffers import Int32s, Int64s, UInt64s
from ...filters.kernels.tokens.gathering import copy_runs, count_runs
from ..files.parquet_file import ParquetFile
from ..files.storage import join
from .definition import Packing
from .packing import Layout, lay_out
from .plan import MixPlan
from .scatter import SPILL_SCHEMA, scratch, sections

DOCUMENT = pa.struct(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("epoch", pa.int32(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("length", pa.int32(), nullable=False),
    ]
)
"""A run of tokens of a sequence: which document they come from, and from which of its tokens on."""
NUMBERS = pa.list_(pa.field("element", pa.int32(), nullable=False))
BATCH_TOKENS = 8_000_000
COMPRESSION_LEVEL = 1
"""Token ids hardly become smaller by higher ones, and take twice as long."""

_NOTHING = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class MixedShard:
    """What the manifest says of a shard."""

    name: str
    part: str
    rows: int
    tokens: int
    """Without padding."""
    padding: int
    documents: int
    """Runs of tokens of one document."""
    cuts: int
    """Places where a document goes on in another sequence."""
    sources: dict[str, int]
    """Tokens of each source."""
    file_bytes: int
    sha256: str


def output_schema(packing: Packing) -> pa.Schema:
    """Columns of a mix's shards."""
    fields = [pa.field("input_ids", NUMBERS, nullable=False)]
    if packing.positions is not None:
        fields.append(pa.field(packing.positions, NUMBERS, nullable=False))
    documents = pa.list_(pa.field("element", DOCUMENT, nullable=False))
    return pa.schema([*fields, pa.field("documents", documents, nullable=False)])


class _Sorted:
    """Pieces of documents of a shard in their order."""

    def __init__(self, spills: Sequence[Path], shard: int) -> None:
        batches = sections(spills, shard)
        table = pa.Table.from_batches(batches, schema=SPILL_SCHEMA).drop_columns(["ids"])
        columns = {name: table[name].to_numpy() for name in ("value", "rank", "source", "epoch", "start")}
        self.order = np.lexsort((columns["rank"], columns["value"]))
        self.ranks: UInt64s = columns["rank"][self.order]
        self.sources: Int64s = columns["source"][self.order]
        self.epochs: Int64s = columns["epoch"][self.order]
        self.starts: Int64s = columns["start"][self.order]
        self.names = table["doc_id"].combine_chunks()
        offsets = [batch["ids"].offsets.to_numpy().astype(np.int64) for batch in batches]
        self._begins: Int64s = np.concatenate([_NOTHING, *(one[:-1] for one in offsets)])[self.order]
        self.lengths: Int64s = np.concatenate([_NOTHING, *(np.diff(one) for one in offsets)])[self.order]
        self._batch = np.repeat(np.arange(len(batches)), [batch.num_rows for batch in batches])[self.order]
        self._ids: list[Int32s] = [batch["ids"].values.to_numpy() for batch in batches]

    def copy(self, pieces: Int64s, starts: Int64s, places: Int64s, lengths: Int64s, out: Int32s) -> None:
        """Copy runs of tokens of pieces to their places."""
        batches = self._batch[pieces]
        by_batch = np.argsort(batches, kind="stable")
        cuts = np.searchsorted(batches[by_batch], np.arange(len(self._ids) + 1))
        for number, ids in enumerate(self._ids):
            runs = by_batch[cuts[number] : cuts[number + 1]]
            copy_runs(ids, self._begins[pieces[runs]] + starts[runs], places[runs], lengths[runs], out)


class _Stream:
    """The pieces of a shard, and as many of those behind it as its last sequence needs."""

    def __init__(self, spills: Sequence[Path], shard: int, counts: Int64s, needed: int, last: int) -> None:
        self.parts = [_Sorted(spills, shard)]
        self.own = len(self.parts[0].lengths)
        while needed > 0 and shard + 1 < last:
            shard += 1
            if counts[shard]:
                self.parts.append(_Sorted(spills, shard))
                needed -= int(counts[shard])
        self._cuts = np.cumsum([0, *(len(part.lengths) for part in self.parts)])
        self.lengths = self.joined([part.lengths for part in self.parts])
        self.ranks = self.joined([part.ranks for part in self.parts])
        self.sources = self.joined([part.sources for part in self.parts])
        self.epochs = self.joined([part.epochs for part in self.parts])
        self.starts = self.joined([part.starts for part in self.parts])
        self.names = pa.concat_arrays([part.names.take(pa.array(part.order)) for part in self.parts])

    @staticmethod
    def joined(columns: Sequence[np.ndarray]) -> np.ndarray:
        """Columns of all parts as one."""
        return columns[0] if len(columns) == 1 else np.concatenate(columns)

    def copy(self, layout: Layout, places: Int64s, out: Int32s) -> None:
        """Copy the runs of a layout to their places."""
        for number, part in enumerate(self.parts):
            low, high = self._cuts[number], self._cuts[number + 1]
            runs = np.flatnonzero((layout.pieces >= low) & (layout.pieces < high))
            part.copy(layout.pieces[runs] - low, layout.starts[runs], places[runs], layout.lengths[runs], out)


def write_shard(plan: MixPlan, spills: Sequence[Path], counts: Int64s, shard: int, folder: str) -> MixedShard:
    """Sort, pack and write one shard; ``counts`` are the tokens of all shards.

    The file is the same however the tokens came into the spill files.
    """
    packing = plan.mix.packing
    part = next(part for part in reversed(plan.parts) if part.first <= shard)
    ends = [one for one in plan.parts if one.folder == part.folder]
    first, last = ends[0].first, ends[-1].first + ends[-1].shards
    before = int(counts[first:shard].sum())
    needed = -(before + int(counts[shard])) % packing.length if packing.method == "concat" else 0
    stream = _Stream(spills, shard, counts, needed, last)
    layout = lay_out(packing, stream.lengths, stream.ranks, before, stream.own, is_shuffled=part.order is None)
    rows = layout.in_rows()
    tokens = np.add.reduceat(np.append(layout.lengths, 0), rows[:-1]) if len(rows) > 1 else rows[:0]
    widths = np.full(len(tokens), packing.length) if packing.pad is not None else tokens
    begins = np.cumsum(widths) - widths
    inside = np.cumsum(layout.lengths) - layout.lengths
    places = inside - (inside[rows[:-1]] - begins)[layout.sequences] if len(tokens) else inside
    out = scratch(int(widths.sum()))
    if packing.pad is not None:
        out.fill(packing.pad)
    stream.copy(layout, places, out)
    number, of = shard - first, last - first
    name = f"part-{number:05d}-of-{of:05d}.parquet"
    file = ParquetFile(
        join(folder, part.folder, name),
        output_schema(packing),
        dictionary=("documents.list.element.source",),
        encodings={"input_ids.list.element": "BYTE_STREAM_SPLIT"},  # a fifth smaller, and written in half the time
        compression_level=COMPRESSION_LEVEL,
    )
    with file:
        for batch in _batches(plan, packing, stream, layout, rows, tokens, widths, places, out):
            file.write(batch)
    by_source = np.bincount(stream.sources[layout.pieces], weights=layout.lengths, minlength=len(plan.sources))
    return MixedShard(
        name=name,
        part=part.name,
        rows=file.rows,
        tokens=int(tokens.sum()),
        padding=int((widths - tokens).sum()),
        documents=len(layout.pieces),
        cuts=int((layout.starts > 0).sum()),
        sources={source.name: int(found) for source, found in zip(plan.sources, by_source, strict=True) if found},
        file_bytes=file.file_bytes,
        sha256=file.sha256,
    )


def _batches(
    plan: MixPlan,
    packing: Packing,
    stream: _Stream,
    layout: Layout,
    rows: Int64s,
    tokens: Int64s,
    widths: Int64s,
    places: Int64s,
    out: Int32s,
) -> Iterator[pa.RecordBatch]:
    """The rows of a shard, some millions of tokens at a time."""
    names = pa.array([source.name for source in plan.sources])
    bounds = np.concatenate([[0], np.cumsum(widths)])
    first = 0
    while first < len(tokens):
        end = max(first + 1, int(np.searchsorted(bounds, bounds[first] + BATCH_TOKENS, side="right")) - 1)
        low, high = int(rows[first]), int(rows[end])
        pieces, lengths = layout.pieces[low:high], layout.lengths[low:high]
        in_batch = (bounds[first : end + 1] - bounds[first]).astype(np.int32)
        ids = out[bounds[first] : bounds[end]]
        columns = [pa.ListArray.from_arrays(pa.array(in_batch), pa.array(ids), type=NUMBERS)]
        run_places = places[low:high] - bounds[first]
        gaps = widths[first:end] - tokens[first:end]
        padded = np.flatnonzero(gaps)
        if packing.positions == "position_ids":
            positions = np.empty(len(ids), dtype=np.int32)
            count_runs(run_places, lengths, positions)
            count_runs((in_batch[1:].astype(np.int64) - gaps)[padded], gaps[padded], positions)
            columns.append(pa.ListArray.from_arrays(pa.array(in_batch), pa.array(positions), type=NUMBERS))
        elif packing.positions == "cu_seqlens":
            here = slice(first, end)
            columns.append(
                _lengths_summed(run_places, rows[first : end + 1] - low, in_batch[:-1], tokens[here], widths[here])
            )
        documents = pa.StructArray.from_arrays(
            [
                stream.names.take(pa.array(pieces)),
                names.take(pa.array(stream.sources[pieces])),
                pa.array(stream.epochs[pieces].astype(np.int32)),
                pa.array((stream.starts[pieces] + layout.starts[low:high]).astype(np.int32)),
                pa.array(lengths.astype(np.int32)),
            ],
            fields=list(DOCUMENT),
        )
        offsets = pa.array((rows[first : end + 1] - low).astype(np.int32))
        columns.append(
            pa.ListArray.from_arrays(offsets, documents, type=output_schema(packing).field("documents").type)
        )
        yield pa.RecordBatch.from_arrays(columns, schema=output_schema(packing))
        first = end


def _lengths_summed(places: Int64s, rows: Int64s, begins: Int64s, tokens: Int64s, widths: Int64s) -> pa.ListArray:
    """Where each run begins in its sequence, and the sequence's length; padding is a run of its own."""
    row = np.repeat(np.arange(len(widths)), np.diff(rows))
    is_padded = tokens < widths
    offsets = np.concatenate([[0], np.cumsum(np.diff(rows) + 1 + is_padded)])
    values = np.empty(int(offsets[-1]), dtype=np.int32)
    values[offsets[row] + np.arange(len(row)) - rows[row]] = places - begins[row]
    values[(offsets[1:] - 2)[is_padded]] = tokens[is_padded]
    values[offsets[1:] - 1] = widths
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values), type=NUMBERS)
