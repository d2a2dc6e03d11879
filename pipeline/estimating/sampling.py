"""A sample of an input before the run: documents by keyed hash, and with each its possible duplicates."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from ...dedup.base.step import DocumentDeduplicator, UInt64s
from ...dedup.packed.packing import spread
from ...errors import InputError
from ..input.inputs import InputFile, InputOptions, find_inputs
from ..input.readers import read_split
from ..input.splits import Split, cut_splits
from .intervals import Floats, Units

READ_WHOLE_BYTES = 1_000_000_000
"""Of no more input than this all is read, though not all worked on: then no partner of a duplicate stays unseen."""
FEWEST_SPLITS = 20
"""Of a larger input at least so many splits of each source are read: an interval needs them."""
MOST_PARTNERS = 100
"""Documents taken along for one key; the first ones, which are those that stay."""


@dataclass
class Stratum:
    """One source: what there is of it, and what of it was read and drawn."""

    label: str
    splits: int
    bytes: int
    """Weight of all its splits."""
    chosen: list[tuple[int, Split]]
    """Splits to be read, with their numbers among those of all sources."""
    documents_share: float
    """The chance of a document of a split that is read."""
    documents: int = 0
    """Documents read."""
    text_bytes: int = 0
    quarantined: Counter[int] = field(default_factory=Counter)
    """Records that cannot be read, by split."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it was read."""
        return len(self.chosen) == self.splits

    def units(self, split: npt.NDArray[np.int64], text_bytes: Floats) -> Units:
        """What chance has drawn, for documents of these splits and sizes: documents, or splits."""
        if self.is_whole:
            count = len(split)
            sizes = {
                "documents": (np.ones(count), float(self.documents)),
                "bytes": (text_bytes, float(self.text_bytes)),
            }
            share = count / self.documents if self.documents else 1.0
            return Units(drawn=count, there=self.documents, sizes=sizes, share=share)
        weights = np.array([float(one.bytes) for _, one in self.chosen])
        # Without a correction for the share of splits: documents within them are a sample as well.
        return Units(
            drawn=len(self.chosen), there=self.splits, sizes={"weight": (weights, float(self.bytes))}, share=0.0
        )

    def figures(self, split: npt.NDArray[np.int64], values: Floats) -> Floats:
        """Values of documents as figures of the units that chance has drawn."""
        if self.is_whole:
            return values
        numbers = np.array([number for number, _ in self.chosen], np.int64)
        return np.bincount(np.searchsorted(numbers, split), weights=values, minlength=len(numbers)) / (
            self.documents_share
        )


@dataclass
class Sample:
    """Documents in the order of the corpus: those drawn, and their possible duplicates."""

    strata: list[Stratum]
    batches: list[pa.RecordBatch]
    rows: UInt64s
    """Of each document its number: split << 32 | row."""
    drawn: npt.NDArray[np.bool_]
    """Whether chance has drawn it; the others are along because they share a key with one that was."""
    read_cpu_seconds: float
    """What reading took."""
    weight_read: int
    """Weight of the splits that were read."""

    @property
    def split(self) -> npt.NDArray[np.int64]:
        """The split of each document."""
        return (self.rows >> np.uint64(32)).astype(np.int64)

    @property
    def weight(self) -> int:
        """Weight of the whole input."""
        return sum(one.bytes for one in self.strata)

    @property
    def share_read(self) -> float:
        """Which share of the input was read."""
        return self.weight_read / self.weight if self.weight else 1.0


def draw(
    inputs: Sequence[str],
    reading: InputOptions,
    share: float,
    deduplicators: Sequence[DocumentDeduplicator],
    *,
    salt: str,
    read_whole_bytes: int = READ_WHOLE_BYTES,
) -> Sample:
    """Draw a share of an input's documents.

    An input of more than ``read_whole_bytes`` is not read whole: of each source's splits as many as hold that much, or
    the share if it is more, are chosen by the hash of ``salt`` and where they begin, and documents in them by the hash
    of ``salt`` and their ids, so that both shares multiply to the one asked for.

    Raises:
        InputError: when no document could be read.
    """
    strata = _strata(inputs, reading, share, salt, read_whole_bytes)
    limits = {stratum.label: min(int(stratum.documents_share * 2**64), 2**64 - 1) for stratum in strata}
    keys: list[list[UInt64s]] = [[] for _ in deduplicators]
    owners: list[list[UInt64s]] = [[] for _ in deduplicators]
    drawn_rows: list[UInt64s] = []
    seconds = 0.0
    found: dict[int, list[tuple[UInt64s, pa.RecordBatch]]] = {}
    for stratum, number, rows, batch, spent in _read(strata, reading):
        seconds += spent
        ids = batch["doc_id"].to_pylist()
        mask = np.array([xxhash.xxh3_64_intdigest(f"{salt}\x00{one}") <= limits[stratum.label] for one in ids], bool)
        drawn_rows.append(rows[mask])
        if mask.any():
            found.setdefault(number, []).append((rows[mask], batch.filter(pa.array(mask))))
        for index, step in enumerate(deduplicators):
            made = step.keys(batch)
            keys[index].append(spread(made.words)[:, 0])
            owners[index].append(rows[made.document])
    if not any(stratum.documents for stratum in strata):
        raise InputError(f"there is no document in {', '.join(inputs)}")
    chance = _joined(drawn_rows)
    partners = _partners(keys, owners, chance)
    wanted = partners[~np.isin(partners, chance)]
    again = {int(one) for one in np.unique(wanted >> np.uint64(32))}
    for _, number, rows, batch, _ in _read(strata, reading, only=again):
        mask = np.isin(rows, wanted)
        if mask.any():
            found.setdefault(number, []).append((rows[mask], batch.filter(pa.array(mask))))
    pieces = [piece for number in sorted(found) for piece in found[number]]
    order = np.argsort(_joined([rows for rows, _ in pieces]), kind="stable")
    rows = _joined([rows for rows, _ in pieces])[order]
    batches: list[pa.RecordBatch] = []
    if len(rows):
        table = pa.Table.from_batches([batch for _, batch in pieces]).take(pa.array(order))
        batches = table.combine_chunks().to_batches(max_chunksize=reading.batch_documents)
    return Sample(
        strata=strata,
        batches=batches,
        rows=rows,
        drawn=np.isin(rows, chance),
        read_cpu_seconds=seconds,
        weight_read=sum(split.bytes for stratum in strata for _, split in stratum.chosen),
    )


def _strata(
    inputs: Sequence[str], reading: InputOptions, share: float, salt: str, read_whole_bytes: int
) -> list[Stratum]:
    files: dict[str, list[InputFile]] = {}
    for file in find_inputs(inputs):
        files.setdefault(file.source.partition("/")[0], []).append(file)
    cut = {label: cut_splits(of_label, reading) for label, of_label in sorted(files.items())}
    whole = sum(split.bytes for splits in cut.values() for split in splits)
    aim = min(1.0, max(share, read_whole_bytes / max(whole, 1)))
    strata, first = [], 0
    for label, splits in cut.items():
        count = len(splits) if aim >= 1 else min(max(math.ceil(aim * len(splits)), FEWEST_SPLITS), len(splits))
        ranked = sorted(range(len(splits)), key=lambda index: _rank(splits[index], salt))
        chosen = sorted(ranked[:count])
        strata.append(
            Stratum(
                label=label,
                splits=len(splits),
                bytes=sum(split.bytes for split in splits),
                chosen=[(first + index, splits[index]) for index in chosen],
                documents_share=min(1.0, share * len(splits) / count),
            )
        )
        first += len(splits)
    return strata


def _rank(split: Split, salt: str) -> int:
    begin = split.parts[0]
    return xxhash.xxh3_64_intdigest(f"{salt}\x00{begin.source}\x00{begin.start}")


def _read(
    strata: Sequence[Stratum], reading: InputOptions, *, only: set[int] | None = None
) -> Iterator[tuple[Stratum, int, UInt64s, pa.RecordBatch, float]]:
    """Batches of the chosen splits with the numbers of their documents, and the CPU seconds that reading took.

    What is in them is counted, unless only some are read again.
    """
    for stratum in strata:
        for number, split in stratum.chosen:
            if only is not None and number not in only:
                continue
            row = 0
            stream = read_split(replace(split, number=number), reading)
            while True:
                begun = time.process_time()
                part = next(stream, None)
                spent = time.process_time() - begun
                if part is None:
                    break
                count = part.batch.num_rows
                if only is None:
                    stratum.documents += count
                    stratum.quarantined[number] += len(part.quarantined)
                    stratum.text_bytes += int(pc.sum(pc.binary_length(part.batch["text"])).as_py() or 0)
                if count:
                    yield (
                        stratum,
                        number,
                        np.arange(row, row + count, dtype=np.uint64) | np.uint64(number << 32),
                        part.batch,
                        spent,
                    )
                row += count


def _partners(keys: Sequence[Sequence[UInt64s]], owners: Sequence[Sequence[UInt64s]], drawn: UInt64s) -> UInt64s:
    """Documents that share a key with one that was drawn, in order; of each key the first ones."""
    found: list[UInt64s] = []
    for of_step, of_documents in zip(keys, owners, strict=True):
        words, rows = _joined(of_step), _joined(of_documents)
        shared = np.isin(words, np.unique(words[np.isin(rows, drawn)]))
        words, rows = words[shared], rows[shared]
        order = np.lexsort((rows, words))
        words, rows = words[order], rows[order]
        _, begins, counts = np.unique(words, return_index=True, return_counts=True)
        place = np.arange(len(words)) - np.repeat(begins, counts)
        found.append(np.unique(rows[place < MOST_PARTNERS]))
    return np.unique(_joined(found))


def _joined(arrays: Sequence[UInt64s]) -> UInt64s:
    return np.concatenate(arrays) if arrays else np.empty(0, np.uint64)
