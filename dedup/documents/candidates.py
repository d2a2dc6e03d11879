"""Pairs of documents worth comparing: few for each bucket, however many documents share its key."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..base.step import UInt64s
from ..packed.packing import Records
from .clusters import bucket_starts


class Candidates(NamedTuple):
    """Pairs of documents that share a key, each once, by the lower and the higher row."""

    low: UInt64s
    high: UInt64s


def candidates(records: Records) -> Candidates:
    """Pair every document of a bucket with the smallest row of the bucket and with the one before it.

    The star finds the copies of one page, and the chain still finds pairs when the smallest row is in the bucket by
    chance. That is less than two pairs for each document, never all pairs.

    Args:
        records: What :func:`~textmill.dedup.packed.packing.join_records` gives, with whole buckets.
    """
    return distinct(*paired(records))


def paired(records: Records) -> Candidates:
    """The same pairs, not in order, and each as often as the two share a key."""
    records = _shared(records)
    words, rows = records["key"], records["row"]
    order = np.lexsort((rows, *words.T[::-1]))
    words, rows = words[order], rows[order]
    is_start = bucket_starts(words)
    first = np.flatnonzero(is_start)[np.cumsum(is_start) - 1]
    star = np.flatnonzero(~is_start)
    chain = star[star - 1 != first[star]]
    low, high = np.concatenate([rows[first[star]], rows[chain - 1]]), np.concatenate([rows[star], rows[chain]])
    is_pair = low != high
    return Candidates(low[is_pair], high[is_pair])


def _shared(records: Records) -> Records:
    """Records that agree with another in the first word of the key: most do not, and need no further sorting."""
    order = np.argsort(records["key"][:, 0])
    first = records["key"][order, 0]
    is_shared = np.zeros(len(first), dtype=np.bool_)
    is_shared[1:] = first[1:] == first[:-1]
    is_shared[:-1] |= is_shared[1:]
    return records[order[is_shared]]


def distinct(low: UInt64s, high: UInt64s) -> Candidates:
    """Pairs once each, in order; a document paired with itself is none."""
    order = np.lexsort((high, low))
    low, high = low[order], high[order]
    is_new = low != high
    is_new[1:] &= (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return Candidates(low[is_new], high[is_new])
