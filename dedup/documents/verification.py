"""How alike two documents are, measured on what can travel: sketches of signatures, or whole sets of shingles."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ...filters.kernels.machine.buffers import Bytes, Int64s
from ...filters.kernels.machine.kernel import kernel
from ..base.step import UInt64s
from ..packed.coding import pack_ascending, unpack_ascending
from .signatures import UInt32s

Verification: TypeAlias = Literal["signature", "jaccard", "containment", "none"]
Floats: TypeAlias = npt.NDArray[np.float64]

SKETCH_VALUES = 512
"""At most so many signature values are kept for comparing; the standard error is then below 0.022."""

SIGNATURES, SETS = "signatures", "sets of shingles"
"""What an index can keep of its documents to compare others with."""

_EVIDENCE_HEADER = np.dtype([("rows", "<u8"), ("values", "<u8"), ("value_bits", "<u8")])


class Evidence(NamedTuple):
    """What n documents are compared by: document ``rows[i]`` has ``values[offsets[i]:offsets[i + 1]]``."""

    rows: UInt64s
    """Shape (n,), ascending."""
    offsets: Int64s
    """Shape (n + 1,), from zero."""
    values: npt.NDArray[Any]
    """Bytes of sketches, or 32-bit hashes of shingles, each document's ascending and without repeats."""


def sketches(signatures: UInt32s) -> Bytes:
    """The lowest byte of each signature value: what two documents are compared by at a quarter of the size.

    Source: Li & König 2010, b-bit minwise hashing, with b = 8. Shape (n, at most SKETCH_VALUES).
    """
    return (signatures[:, :SKETCH_VALUES] & np.uint32(0xFF)).astype(np.uint8)


def sketch_similarity(left: Bytes, right: Bytes) -> Floats:
    """Jaccard similarity of n pairs, estimated from their sketches of shape (n, width).

    Different values share their lowest byte with a chance of 1 in 256, which is taken off again.
    """
    agreement = (left == right).mean(axis=1)
    estimates: Floats = np.maximum((agreement * 256 - 1) / 255, 0.0)
    return estimates


def shingle_sets(offsets: Int64s, hashes: UInt32s, rows: UInt64s) -> Evidence:
    """Sort the shingles of every document and drop repeats."""
    values = hashes.copy()
    for begin, end in itertools.pairwise(offsets.tolist()):
        values[begin:end].sort()
    set_offsets = np.zeros(len(offsets), dtype=np.int64)
    _drop_repeats(offsets, values, set_offsets)
    return Evidence(rows, set_offsets, values[: set_offsets[-1]])


def similarity(how: Verification, left: Evidence, low: Int64s, right: Evidence, high: Int64s) -> Floats:
    """Compare n pairs.

    Args:
        how: "signature" compares sketches; "jaccard" is shared shingles by all shingles of the two, "containment" by
            those of the smaller set.
        left: Evidence of the first document of each pair.
        low: Index of each pair's first document in ``left``.
        right: Evidence of the second.
        high: Index of each pair's second document in ``right``.
    """
    if how == "signature":
        width = int(left.offsets[1]) if len(left.rows) else 0
        return sketch_similarity(left.values.reshape(-1, width)[low], right.values.reshape(-1, width)[high])
    shared = count_shared(left, low, right, high)
    first, second = np.diff(left.offsets)[low], np.diff(right.offsets)[high]
    whole = np.minimum(first, second) if how == "containment" else first + second - shared
    shares: Floats = shared / np.maximum(whole, 1)
    return shares


def count_shared(left: Evidence, low: Int64s, right: Evidence, high: Int64s) -> Int64s:
    """Number of shingles that both documents of each of n pairs have, shape (n,)."""
    shared = np.empty(len(low), dtype=np.int64)
    _count_shared(left.offsets, left.values, low, right.offsets, right.values, high, shared)
    return shared


def pack_evidence(evidence: Evidence, bits: int = 32) -> bytes:
    """Evidence as bytes: a header, rows, lengths, values; sets as their gaps, with so many upper bits of each hash."""
    values = evidence.values
    is_sketch = values.itemsize == 1
    header = np.array((len(evidence.rows), len(values), 8 if is_sketch else bits), dtype=_EVIDENCE_HEADER)
    lengths = np.diff(evidence.offsets).astype("<u4")
    packed = b"".join(part.tobytes() for part in (header, evidence.rows.astype("<u8"), lengths))
    if is_sketch:
        return packed + values.tobytes()
    # Sets ascend, and with the number of their document above them all values do: only the gaps are written.
    numbers = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    return packed + pack_ascending((numbers << np.uint64(bits)) | (values >> np.uint32(32 - bits)))


def unpack_evidence(packed: bytes) -> Evidence:
    """Evidence from bytes that :func:`pack_evidence` wrote."""
    (header,) = np.frombuffer(packed, dtype=_EVIDENCE_HEADER, count=1)
    position = _EVIDENCE_HEADER.itemsize
    count = int(header["rows"])
    rows = np.frombuffer(packed, dtype="<u8", count=count, offset=position)
    lengths = np.frombuffer(packed, dtype="<u4", count=count, offset=position + 8 * count)
    position += 12 * count
    values: npt.NDArray[Any]
    if header["value_bits"] == 8:
        values = np.frombuffer(packed, dtype=np.uint8, count=int(header["values"]), offset=position)
    else:
        below = (np.uint64(1) << header["value_bits"]) - np.uint64(1)
        values = (unpack_ascending(packed, position)[0] & below).astype(np.uint32)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return Evidence(rows, offsets, values)


def packed_bits(packed: bytes) -> int:
    """How many upper bits of each hash :func:`pack_evidence` has written."""
    return int(np.frombuffer(packed, dtype=_EVIDENCE_HEADER, count=1)["value_bits"][0])


def join_evidence(parts: Sequence[Evidence]) -> Evidence:
    """Evidence of several batches, in the order of their rows."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Evidence(
        np.concatenate([part.rows for part in parts]), offsets, np.concatenate([part.values for part in parts])
    )


def choose(evidence: Evidence, rows: UInt64s) -> Evidence:
    """Evidence of some of the documents; ``rows`` ascend and are all there."""
    index = np.searchsorted(evidence.rows, rows)
    begins, lengths = evidence.offsets[index], np.diff(evidence.offsets)[index]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    positions = np.arange(offsets[-1]) + np.repeat(begins - offsets[:-1], lengths)
    return Evidence(rows, offsets, evidence.values[positions])


@kernel
def _drop_repeats(offsets: Int64s, values: UInt32s, set_offsets: Int64s) -> None:
    """Move the different ones among each document's sorted values to the front, and say where those of each end."""
    written = 0
    for document in range(len(offsets) - 1):
        begin = offsets[document]
        last = np.uint32(0)
        for index in range(begin, offsets[document + 1]):
            value = values[index]
            if index == begin or value != last:
                values[written] = last = value
                written += 1
        set_offsets[document + 1] = written


@kernel
def _count_shared(
    left_offsets: Int64s,
    left: UInt32s,
    low: Int64s,
    right_offsets: Int64s,
    right: UInt32s,
    high: Int64s,
    shared: Int64s,
) -> None:
    """Number of values that both sets of each pair have."""
    for pair in range(len(low)):
        first, first_end = left_offsets[low[pair]], left_offsets[low[pair] + 1]
        second, second_end = right_offsets[high[pair]], right_offsets[high[pair] + 1]
        count = 0
        while first < first_end and second < second_end:
            if left[first] == right[second]:
                count += 1
                first += 1
                second += 1
            elif left[first] < right[second]:
                first += 1
            else:
                second += 1
        shared[pair] = count
