"""What a mix knows of each document before it reads tokens: how many there are, and a key for its lots.

For each file of a source there is one small catalog on disk; DuckDB joins ledger and shards and sorts on disk where
memory does not suffice. Everything that is drawn comes from one key, xxh3 of seed, source and document.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from ...errors import InputError
from ...filters.base.batch import document_id
from ...filters.base.draw import draw
from ...filters.kernels.machine.buffers import Bools, Int64s, UInt64s
from ..files.tables import MEMORY_LIMIT
from .definition import Mix, Source
from .question import Question, first_line
from .sources import Origin, SourceFile

_FACTORS = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_EPOCH, _COPY = 0x9E3779B97F4A7C15, np.uint64(0xD1B54A32D192ED03)

FloatMatrix: TypeAlias = npt.NDArray[np.float64]


class Catalog(NamedTuple):
    """The documents of one file that may be taken, in the order of its rows."""

    rows: Int64s
    keys: UInt64s
    tokens: Int64s
    """With the token at the end, where one is appended."""
    strata: Int64s
    """Number of source and language."""
    copies: Int64s
    """How often in each epoch."""
    orders: FloatMatrix
    """Shape (documents, ordered stages): what each ordered stage sorts by."""
    is_held_out: Bools

    def save(self, path: Path) -> None:
        """Write to a file."""
        with path.open("wb") as sink:
            np.savez(sink, **self._asdict())

    def part(self, first: int, end: int) -> Catalog:
        """Some of the documents."""
        return Catalog._make(column[first:end] for column in self)

    @classmethod
    def load(cls, path: Path) -> Catalog:
        """Read from a file."""
        with np.load(path) as found:
            return cls(**{name: found[name] for name in cls._fields})


def spread(values: UInt64s) -> UInt64s:
    """Spread 64-bit values over all their bits (the finaliser of MurmurHash3), one to one."""
    values = (values ^ (values >> np.uint64(32))) * _FACTORS[0]
    values = (values ^ (values >> np.uint64(29))) * _FACTORS[1]
    return values ^ (values >> np.uint64(32))


def in_epoch(catalog: Catalog, epoch: int) -> tuple[Int64s, UInt64s]:
    """What an epoch consists of: numbers of documents, each as often as its copies, and their keys in this epoch."""
    index = np.arange(len(catalog.rows), dtype=np.int64)
    copy = np.zeros(len(index), dtype=np.uint64)
    if len(index) and (catalog.copies.min() != 1 or catalog.copies.max() != 1):
        index = np.repeat(index, catalog.copies)
        firsts = np.cumsum(catalog.copies) - catalog.copies
        copy = (np.arange(len(index)) - np.repeat(firsts, catalog.copies)).astype(np.uint64)
    return index, spread(catalog.keys[index] + np.uint64((epoch + 1) * _EPOCH % 2**64) + copy * _COPY)


class SourceTotals(NamedTuple):
    """What was found of a source, in documents and tokens."""

    documents: int
    tokens: int
    filtered_documents: int
    filtered_tokens: int
    held_out_documents: int
    held_out_tokens: int


class Cataloger:
    """Makes the catalogs of a mix's sources."""

    def __init__(self, mix: Mix, folder: Path) -> None:
        self._mix = mix
        self._folder = folder
        self._ends = 1 if mix.packing.eos is not None else 0
        self._orders = [stage.order for stage in mix.stages if stage.order is not None]
        self._before, self._copy = "", 0
        self.strata: list[tuple[int, str | None]] = []
        """Source and language of each stratum, by number."""
        self.files: list[tuple[int, SourceFile, Path]] = []
        """Source, file and catalog."""
        self.totals: list[SourceTotals] = []

    def all(self) -> Iterator[Catalog]:
        """The catalogs, one by one."""
        for _, _, path in self.files:
            yield Catalog.load(path)

    def add(self, number: int, source: Source, origins: Sequence[Origin]) -> None:
        """Make catalogs of all files of a source.

        Raises:
            InputError: when a column is missing that the mix needs, or documents have no tokens at all.
            RecipeError: when the source's condition is wrong.
        """
        import duckdb

        totals = SourceTotals(0, 0, 0, 0, 0, 0)
        for origin in origins:
            with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
                settings: dict[str, str | bool | int | float | list[str]] = {
                    "memory_limit": MEMORY_LIMIT,
                    "temp_directory": scratch,
                }
                try:
                    with duckdb.connect(config=settings) as tables:
                        found = Question(tables, self._mix, source, origin, Path(scratch)).ask()
                        more = self._catalogs(number, source, origin, found)
                        totals = SourceTotals._make(map(sum, zip(totals, more, strict=True)))
                except duckdb.Error as error:
                    raise InputError(f"source {source.name}: cannot read {origin.path}: {first_line(error)}") from error
        self.totals.append(totals)

    def _catalogs(self, number: int, source: Source, origin: Origin, found: Iterator[pa.Table]) -> SourceTotals:
        documents = tokens = filtered = filtered_tokens = held = held_tokens = 0
        for position, rows in _by_file(found):
            is_wanted = rows["wanted"].to_numpy()
            counts = rows["tokens"].to_numpy()
            counts = np.where(counts > 0, counts + self._ends, 0)
            documents += len(counts)
            tokens += int(counts.sum())
            filtered += int((~is_wanted).sum())
            filtered_tokens += int(counts[~is_wanted].sum())
            taken = is_wanted & (counts > 0)
            catalog = self._catalog(number, source, origin.files[position], rows.filter(pa.array(taken)), counts[taken])
            held += int(catalog.is_held_out.sum())
            held_tokens += int(catalog.tokens[catalog.is_held_out].sum())
            path = self._folder / f"catalog-{len(self.files):06d}.npz"
            catalog.save(path)
            self.files.append((number, origin.files[position], path))
        return SourceTotals(documents, tokens, filtered, filtered_tokens, held, held_tokens)

    def _catalog(self, number: int, source: Source, file: SourceFile, rows: pa.Table, tokens: Int64s) -> Catalog:
        row_numbers = rows["row"].to_numpy()
        if "doc_id" in file.columns and rows["doc_id"].null_count:
            raise InputError(f"source {source.name}: {file.path} has documents without doc_id; give each an id")
        ids = rows["doc_id"].to_pylist() if "doc_id" in file.columns else document_ids(file, row_numbers)
        prefix = f"{self._mix.seed}\0{source.name}\0"
        keys = np.array([xxhash.xxh3_64_intdigest(prefix + name) for name in self._told_apart(ids)], dtype=np.uint64)
        held_out = np.zeros(len(ids), dtype=np.bool_)
        if (wanted := self._mix.held_out) is not None:
            clusters = rows["cluster"].to_pylist()
            salt = f"held out\0{self._mix.seed}"
            held_out[:] = [
                draw(cluster or name, salt) <= wanted.share for name, cluster in zip(ids, clusters, strict=True)
            ]
        return Catalog(
            rows=row_numbers,
            keys=keys,
            tokens=tokens,
            strata=self._strata_of(number, rows["language"].to_pylist() if source.temperature else [None] * len(ids)),
            copies=_copies(source, rows),
            orders=_order_values(rows, len(self._orders)),
            is_held_out=held_out,
        )

    def _told_apart(self, ids: Sequence[str]) -> Iterator[str]:
        """Ids of which no two are the same: copies of a document stand in shards one behind the other."""
        for name in ids:
            self._copy = self._copy + 1 if name == self._before else 0
            self._before = name
            yield f"{name}\0{self._copy}" if self._copy else name

    def _strata_of(self, number: int, languages: Sequence[str | None]) -> Int64s:
        known = {stratum: index for index, stratum in enumerate(self.strata)}
        for language in dict.fromkeys(languages):
            if (number, language) not in known:
                known[number, language] = len(self.strata)
                self.strata.append((number, language))
        return np.array([known[number, language] for language in languages], dtype=np.int64)


def document_ids(file: SourceFile, rows: Int64s) -> list[str]:
    """Ids of documents in a file that has none: by where they stand."""
    return [document_id(file.name, int(row)) for row in rows]


def _copies(source: Source, rows: pa.Table) -> Int64s:
    sizes = rows["size"].fill_null(1).to_numpy()
    if source.rehydrate is None:
        return np.ones(len(sizes), dtype=np.int64)
    often = np.array(source.rehydrate.repeats, dtype=np.int64)
    copies: Int64s = often[np.searchsorted(source.rehydrate.sizes, np.maximum(sizes, 1), side="right") - 1]
    return copies


def _order_values(rows: pa.Table, count: int) -> FloatMatrix:
    values = np.empty((rows.num_rows, count), dtype=np.float64)
    for number in range(count):
        values[:, number] = rows[f"order_{number}"].to_numpy()
    return values


def _by_file(found: Iterator[pa.Table]) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each file together."""
    waiting: list[pa.Table] = []
    current = -1
    for table in found:
        numbers = table["number"].to_numpy()
        cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        for start, end in pairwise(cuts):
            if end == start:
                continue
            if numbers[start] != current and waiting:
                yield current, pa.concat_tables(waiting).combine_chunks()
                waiting = []
            current = int(numbers[start])
            waiting.append(table.slice(start, end - start))
    if waiting:
        yield current, pa.concat_tables(waiting).combine_chunks()
