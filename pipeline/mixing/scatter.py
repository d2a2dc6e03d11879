"""First half of the shuffle: the tokens of one task, in files on disk, by the shard that they belong in.

A spill file holds for each shard one Arrow record batch (no more, often fewer), and where it stands is kept in a list
beside it, so that whoever writes a shard reads from each spill file one piece, mapped into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import AccountingError, InputError
from ...filters.kernels.machine.buffers import Bools, Floats, Int32s, Int64s, UInt64s
from ...filters.kernels.tokens.gathering import copy_runs
from ..files.storage import local_path, open_read
from .catalog import Catalog, document_ids, in_epoch, spread
from .plan import MixPlan, Part, Task, sort_values
from .sources import IDS

SPILL_SCHEMA = pa.schema(
    [
        pa.field("value", pa.float64()),
        pa.field("rank", pa.uint64()),
        pa.field("source", pa.int32()),
        pa.field("epoch", pa.int32()),
        pa.field("start", pa.int32()),
        pa.field("doc_id", pa.string()),
        pa.field("ids", pa.list_(pa.int32())),
    ]
)
"""A piece of a document: what sorts it, where it comes from, and its tokens."""


class Pieces(NamedTuple):
    """What a task takes of its documents; a document may be taken several times, and in part."""

    documents: Int64s
    """Numbers in the catalog."""
    epochs: Int64s
    starts: Int64s
    lengths: Int64s
    shards: Int64s
    values: Floats
    ranks: UInt64s


def select(plan: MixPlan, catalog: Catalog, epochs: Sequence[int]) -> Pieces:
    """Pieces of the documents of a catalog, in the order of shards."""
    found = [piece for epoch in epochs for piece in _of_epoch(plan, catalog, epoch)]
    pieces = Pieces._make(np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(pieces.shards, kind="stable")
    return Pieces._make(column[order] for column in pieces)


def _of_epoch(plan: MixPlan, catalog: Catalog, epoch: int) -> Iterator[Pieces]:
    index, keys = in_epoch(catalog, epoch)
    strata, tokens, held_out = catalog.strata[index], catalog.tokens[index], catalog.is_held_out[index]
    borders = plan.borders
    for number, part in enumerate(plan.parts):
        starts, ends = np.zeros_like(tokens), tokens.copy()
        if part.folder == "held_out":
            taken = held_out & (_first_of(index) if epoch == 0 else False)
        else:
            taken = ~held_out
            for border, is_start in ((number, True), (number + 1, False)):
                at, key = borders.epochs[border][strata], borders.keys[border][strata]
                offset = borders.offsets[border][strata]
                is_holder = (epoch == at) & (key == keys) & (offset > 0)
                before = (epoch < at) | ((epoch == at) & (keys < key))
                if is_start:
                    taken &= ~before
                    starts[is_holder] = offset[is_holder]
                else:
                    taken &= before | is_holder
                    ends[is_holder] = offset[is_holder]
            taken &= starts < ends
        chosen = np.flatnonzero(taken)
        ranks = spread(keys[chosen] + np.uint64(number + 1))
        values = np.zeros(len(chosen))
        if part.order is not None:
            values = sort_values(catalog.orders[index[chosen], part.order], part.descending)
        yield Pieces(
            documents=index[chosen],
            epochs=np.full(len(chosen), epoch, dtype=np.int64),
            starts=starts[chosen],
            lengths=(ends - starts)[chosen],
            shards=part.first + _shard_of(part, values, ranks),
            values=values,
            ranks=ranks,
        )


def _first_of(index: Int64s) -> Bools:
    """Where a number differs from the one before: the first copy of each document."""
    is_first: Bools = np.diff(index, prepend=-1) != 0
    return is_first


def _shard_of(part: Part, values: Floats, ranks: UInt64s) -> Int64s:
    """Number of the shard within a part: of ranks a range each, of ordered values that between its bounds."""
    if part.order is None:
        return ((ranks >> np.uint64(32)) * np.uint64(part.shards) >> np.uint64(32)).astype(np.int64)
    result = np.zeros(len(values), dtype=np.int64)
    for value, rank in part.bounds:
        result += (values > value) | ((values == value) & (ranks >= np.uint64(rank)))
    return result


def scatter(plan: MixPlan, task: Task, path: Path) -> tuple[Int64s, int]:
    """Take the tokens of a task to a spill file; returns tokens by shard, and the highest id.

    Raises:
        AccountingError: when a file has other rows than its catalog says.
        InputError: for ids that are no whole numbers from 0 to 2**31 - 1.
    """
    catalog = Catalog.load(task.catalog)
    catalog = catalog.part(*np.searchsorted(catalog.rows, [task.first_row, task.end_row]).tolist())
    counts = np.zeros(plan.shards, dtype=np.int64)
    pieces = select(plan, catalog, task.epochs)
    if not len(pieces.documents):
        return counts, 0
    np.add.at(counts, pieces.shards, pieces.lengths)
    of = pieces.documents
    out = scratch(int(pieces.lengths.sum()))
    places = np.cumsum(pieces.lengths) - pieces.lengths
    eos = plan.mix.packing.eos
    is_ended = (pieces.starts + pieces.lengths == catalog.tokens[of]) & (eos is not None)
    copied = pieces.lengths - is_ended
    by_document = np.argsort(of, kind="stable")
    names = []
    for group in _read(task, catalog):
        lengths = group.ends - group.begins
        if not np.array_equal(lengths + (eos is not None), catalog.tokens[group.first : group.first + len(lengths)]):
            raise AccountingError(f"{task.file.path}: input_ids and token_count differ; textmill verify tells where")
        cuts = np.searchsorted(of[by_document], [group.first, group.first + len(lengths)])
        here = by_document[cuts[0] : cuts[1]]
        begins = group.begins[of[here] - group.first] + pieces.starts[here]
        copy_runs(group.ids, begins, places[here], copied[here], out)
        names.append(group.names)
    if eos is not None:
        out[(places + copied)[is_ended]] = eos
    if int(out.min()) < 0:
        raise InputError(f"{task.file.path} has token ids below 0")
    columns: dict[str, npt.NDArray[Any]] = {
        "value": pieces.values,
        "rank": pieces.ranks,
        "source": np.full(len(of), task.source, dtype=np.int32),
        "epoch": pieces.epochs.astype(np.int32),
        "start": pieces.starts.astype(np.int32),
    }
    _write(path, plan.shards, pieces, columns, pa.concat_arrays(names).take(pa.array(of)), out)
    return counts, int(out.max())


_scratch: list[Int32s] = []


def scratch(count: int) -> Int32s:
    """Room for so many token ids, which the next call gives away again: fresh memory costs as much as copying does."""
    if not _scratch or len(_scratch[0]) < count:
        _scratch[:] = []
        _scratch.append(np.empty(count, dtype=np.int32))
    return _scratch[0][:count]


def _write(
    path: Path,
    shards: int,
    pieces: Pieces,
    columns: dict[str, npt.NDArray[Any]],
    names: pa.Array,
    ids: Int32s,
) -> None:
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(pieces.shards)) + 1, [len(pieces.shards)]])
    where = np.zeros((shards, 2), dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(pieces.lengths)])
    with path.open("wb") as sink:
        for first, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
            offsets = (before[first : end + 1] - before[first]).astype(np.int32)
            values = pa.array(ids[before[first] : before[end]])
            batch = pa.RecordBatch.from_arrays(
                [
                    *(pa.array(column[first:end]) for column in columns.values()),
                    names.slice(first, end - first),
                    pa.ListArray.from_arrays(pa.array(offsets), values),
                ],
                schema=SPILL_SCHEMA,
            )
            content = batch.serialize()
            where[pieces.shards[first]] = sink.tell(), content.size
            sink.write(content)
            sink.write(bytes(-sink.tell() % 64))
    np.save(path.with_suffix(".npy"), where)


class _Group(NamedTuple):
    """What a row group holds of a catalog's documents."""

    first: int
    """Number of the first of them in the catalog."""
    names: pa.Array
    ids: Int32s
    begins: Int64s
    ends: Int64s


def _read(task: Task, catalog: Catalog) -> Iterator[_Group]:
    """The row groups of a task, one by one."""
    has_names = "doc_id" in task.file.columns
    row = 0
    local = local_path(task.file.path)
    with pa.memory_map(str(local)) if local is not None else open_read(task.file.path) as source:
        file = pq.ParquetFile(source)
        for number, count in enumerate(task.file.group_rows):
            first, end = np.searchsorted(catalog.rows, [row, row + count]).tolist()
            rows = catalog.rows[first:end] - row
            row += count
            if number not in task.groups:
                continue
            table = file.read_row_group(number, columns=[IDS, *(["doc_id"] if has_names else [])], use_threads=False)
            column = table[IDS].combine_chunks()
            values, offsets = column.values, column.offsets.to_numpy().astype(np.int64)
            if values.type != pa.int32():
                try:
                    values = values.cast(pa.int32())
                except pa.ArrowInvalid as error:
                    raise InputError(f"{task.file.path}: token ids must be below 2**31 ({error})") from error
            if values.null_count:
                raise InputError(f"{task.file.path} has token ids that are null")
            if has_names:
                names = pc.cast(table["doc_id"].combine_chunks(), pa.string()).take(pa.array(rows))
            else:
                names = pa.array(document_ids(task.file, catalog.rows[first:end]), pa.string())
            yield _Group(first, names, values.to_numpy(), offsets[rows], offsets[rows + 1])


def sections(spills: Sequence[Path], shard: int) -> list[pa.RecordBatch]:
    """What the spill files hold for a shard, mapped into memory."""
    found = []
    for path in spills:
        beside = path.with_suffix(".npy")
        if not beside.exists():
            continue
        start, count = np.load(beside, mmap_mode="r")[shard].tolist()
        if count:
            mapped = pa.memory_map(str(path))
            mapped.seek(start)
            found.append(pa.ipc.read_record_batch(mapped.read_buffer(count), SPILL_SCHEMA))
    return found
