"""Where in the keys of a stream a stage ends: found from histograms, in two looks through the catalogs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ...errors import InputError
from ...filters.kernels.machine.buffers import Int64Matrix, Int64s, UInt64Matrix, UInt64s
from .catalog import Cataloger, in_epoch

HISTOGRAM_ENTRIES = 1 << 24


class Borders(NamedTuple):
    """Where stages begin in the streams, and the last one ends: each shape (stages + 1, strata)."""

    positions: Int64Matrix
    """In tokens."""
    epochs: Int64Matrix
    keys: UInt64Matrix
    """Key of the document that holds the border."""
    offsets: Int64Matrix
    """Tokens of it before the border."""


def find_borders(catalogs: Cataloger, positions: Int64Matrix, there: Int64s) -> Borders:
    """Find the documents that hold borders, which stand at these positions in streams of so many tokens an epoch.

    Raises:
        InputError: when ids of documents are not unique.
    """
    epochs, rest = np.divmod(positions, np.maximum(there, 1))
    keys, offsets = np.zeros(positions.shape, dtype=np.uint64), np.zeros_like(positions)
    inside = [(int(b), int(s)) for b, s in zip(*np.nonzero(rest), strict=True)]
    needed = sorted({(int(epochs[border]), border[1]) for border in inside})
    if needed:
        bits = min(16, (HISTOGRAM_ENTRIES // len(needed)).bit_length() - 1)
        shift = np.uint64(64 - bits)
        sums = {one: np.zeros(1 << bits, dtype=np.int64) for one in needed}
        for stratum, epoch, found, tokens in _epochs(catalogs, needed):
            sums[epoch, stratum] += np.bincount(found >> shift, weights=tokens, minlength=1 << bits).astype(np.int64)
        ends = {one: np.cumsum(found) for one, found in sums.items()}
        bins = {
            border: int(np.searchsorted(ends[int(epochs[border]), border[1]], rest[border], side="right"))
            for border in inside
        }
        near: dict[tuple[int, int], list[tuple[UInt64s, Int64s]]] = {border: [] for border in inside}
        for stratum, epoch, found, tokens in _epochs(catalogs, needed):
            for border in inside:
                if border[1] == stratum and epochs[border] == epoch:
                    here = (found >> shift) == bins[border]
                    near[border].append((found[here], tokens[here]))
        for border in inside:
            one = (int(epochs[border]), border[1])
            before = int(ends[one][bins[border] - 1]) if bins[border] else 0
            keys[border], offsets[border] = _holder(near[border], int(rest[border]) - before)
    return Borders(positions, epochs, keys, offsets)


def _holder(found: list[tuple[UInt64s, Int64s]], wanted: int) -> tuple[int, int]:
    """The key of the document in which so many tokens of a run of documents end, and how many of its own."""
    keys, tokens = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(keys, kind="stable")
    keys, tokens = keys[order], tokens[order]
    place = int(np.searchsorted(np.cumsum(tokens), wanted, side="right"))
    if np.count_nonzero(keys == keys[place]) > 1:
        raise InputError(
            "the ids of documents (doc_id) in a source are not unique; give each document an id of its own"
        )
    return int(keys[place]), wanted - int(tokens[:place].sum())


def _epochs(catalogs: Cataloger, needed: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, UInt64s, Int64s]]:
    """Stratum, epoch, and keys and tokens of its documents in each file."""
    for catalog in catalogs.all():
        present = set(np.unique(catalog.strata).tolist())
        for epoch in sorted({epoch for epoch, stratum in needed if stratum in present}):
            index, keys = in_epoch(catalog, epoch)
            taken = ~catalog.is_held_out[index]
            for stratum in (stratum for one, stratum in needed if one == epoch and stratum in present):
                here = taken & (catalog.strata[index] == stratum)
                yield stratum, epoch, keys[here], catalog.tokens[index[here]]
