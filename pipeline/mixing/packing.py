"""Documents laid out in sequences: cut across, fitted in, or one for one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...filters.kernels.machine.buffers import Int64s, UInt64s
from ...filters.kernels.tokens.best_fit import best_fit
from .catalog import spread
from .definition import Packing

_ROW = np.uint64(0x9E3779B97F4A7C15)


class Layout(NamedTuple):
    """Runs of tokens in the order in which they are written: by sequence, and within it from left to right."""

    sequences: Int64s
    """Number of the sequence, ascending from 0 without gaps."""
    pieces: Int64s
    """Number of the piece of a document."""
    starts: Int64s
    """Where the run begins in the piece."""
    lengths: Int64s

    def in_rows(self) -> Int64s:
        """Shape (sequences + 1,): where each sequence's runs begin."""
        count = int(self.sequences[-1]) + 1 if len(self.sequences) else 0
        return np.searchsorted(self.sequences, np.arange(count + 1))


def lay_out(packing: Packing, lengths: Int64s, ranks: UInt64s, before: int, own: int, *, is_shuffled: bool) -> Layout:
    """Lay out pieces of documents.

    Args:
        packing: Method and length of a sequence.
        lengths: Tokens of each piece, in their order; for ``concat`` those of the next shard too, as far as the last
            sequence reaches.
        ranks: A key of each piece.
        before: Tokens in the shards before this one.
        own: How many pieces are this shard's own.
        is_shuffled: Put sequences into an order of their own, so that the parts of a long document are no neighbours.
    """
    if packing.method == "concat":
        layout = _concat(lengths, before, int(lengths[:own].sum()), packing.length)
        keys = spread(np.uint64(before + 1) + np.arange(len(layout.in_rows()) - 1, dtype=np.uint64) * _ROW)
    elif packing.method == "best_fit":
        layout, keys = _fitted(lengths, ranks, packing.length)
    else:
        count = np.arange(len(lengths), dtype=np.int64)
        return Layout(count, count, np.zeros_like(count), lengths)
    return _reordered(layout, keys) if is_shuffled else layout


def _concat(lengths: Int64s, before: int, own_tokens: int, length: int) -> Layout:
    """Sequences that begin in this shard: one stream of tokens, cut every ``length``."""
    ends = np.cumsum(lengths)
    skipped = -before % length
    count = max(0, -(-(own_tokens - skipped) // length))
    last = min(skipped + count * length, int(ends[-1]) if len(ends) else 0)
    begins = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    cuts = np.union1d(begins, skipped + np.arange(count + 1) * length)
    cuts = cuts[(cuts >= skipped) & (cuts < last)] if count else cuts[:0]
    starts = cuts.astype(np.int64)
    pieces = np.searchsorted(ends, starts, side="right")
    return Layout((starts - skipped) // length, pieces, starts - begins[pieces], np.diff(starts, append=last))


def _fitted(lengths: Int64s, ranks: UInt64s, length: int) -> tuple[Layout, UInt64s]:
    """Pieces that are too long are cut into whole sequences and a rest; nothing else is cut."""
    parts = -(-lengths // length)
    pieces = np.repeat(np.arange(len(lengths), dtype=np.int64), parts)
    starts = (np.arange(len(pieces)) - np.repeat(np.cumsum(parts) - parts, parts)) * length
    runs = np.minimum(lengths[pieces] - starts, length)
    sequences = best_fit(runs, length)
    order = np.argsort(sequences, kind="stable")
    firsts = np.flatnonzero(np.diff(sequences[order], prepend=-1))
    # Sequences stand where the first document in them stands.
    places = np.empty(len(firsts), dtype=np.int64)
    places[np.argsort(order[firsts], kind="stable")] = np.arange(len(firsts))
    sequences = places[sequences]
    order = np.argsort(sequences, kind="stable")
    layout = Layout(sequences[order], pieces[order], starts[order], runs[order])
    firsts = layout.in_rows()[:-1]
    keys = spread(ranks[layout.pieces[firsts]] + layout.starts[firsts].astype(np.uint64) * _ROW)
    return layout, keys


def _reordered(layout: Layout, keys: UInt64s) -> Layout:
    places = np.empty(len(keys), dtype=np.int64)
    places[np.argsort(keys, kind="stable")] = np.arange(len(keys))
    sequences = places[layout.sequences]
    order = np.argsort(sequences, kind="stable")
    return Layout(sequences[order], *(column[order] for column in layout[1:]))
