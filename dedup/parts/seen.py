"""Which windows have stood before, and texts without those."""

from __future__ import annotations

import numpy as np

from ...filters.kernels.machine.buffers import Bools, Bytes, Int32s, Int64Matrix, Int64s, UInt64Matrix
from ...filters.kernels.machine.hashing import mix, table_size
from ...filters.kernels.machine.kernel import inner, integer, kernel
from ..base.step import UInt64s
from .windows import Windows

_UNSEEN = np.iinfo(np.int64).max
_BEFORE = -1


class SeenWindows:
    """The keys that occur elsewhere or more than once in a split, and which of them have stood before.

    Only these are remembered: memory grows with the repetitions of a split, not with its text.

    Args:
        before: Keys that occur before this split, shape (n, width).
        repeated: Keys that may occur more than once in this split and not before it.
    """

    def __init__(self, before: UInt64s, repeated: UInt64s) -> None:
        self.width = before.shape[1]
        self._keys = np.concatenate([before, repeated]).astype(np.uint64, order="C")
        first = np.full(len(self._keys), _UNSEEN, dtype=np.int64)
        first[: len(before)] = _BEFORE
        self._slots = fill_slots(self._keys)
        self._first = first
        self._documents = np.zeros(len(self._keys), dtype=np.int64)

    def __len__(self) -> int:
        return len(self._keys)

    def mark(self, windows: Windows, offsets: Int64s, length: int, first_document: int) -> Bools:
        """Tell of every piece whether it lies in a window that has stood before; batches must come in order.

        A window counts as repeated if an equal one stands before the split, in an earlier document, or earlier in its
        document without sharing a piece with it.

        Args:
            windows: Windows of the batch.
            offsets: Pieces of its documents, as in :class:`Pieces`.
            length: Pieces in a window.
            first_document: Number of the batch's first document in its split.
        """
        is_repeated = np.zeros(offsets[-1], dtype=np.bool_)
        _mark(
            windows.words, windows.pieces, offsets, length, first_document, self._keys, self._slots, self._first,
            self._documents, is_repeated,
        )  # fmt: skip
        return is_repeated

    def holds(self, words: UInt64s) -> Bools:
        """Tell for each key whether it is among those given, shape (n,)."""
        found = np.empty(len(words), dtype=np.bool_)
        _find(np.ascontiguousarray(words), self._keys, self._slots, found)
        return found


def fill_slots(keys: UInt64s) -> Int32s:
    """Open-addressing table of the numbers of keys; empty slots hold -1. Of equal keys the first is found."""
    slots = np.full(table_size.function(len(keys)), -1, dtype=np.int32)
    _fill(keys, slots)
    return slots


@kernel
def _fill(keys: UInt64Matrix, slots: Int32s) -> None:
    size = len(slots)
    for number in range(len(keys)):
        slot = _slot(keys, number, size)
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number


@inner
def _slot(keys: UInt64Matrix, number: int, size: int) -> int:
    return integer(mix(keys[number, 0]) & np.uint64(size - 1))


@inner
def find_slot(keys: UInt64Matrix, number: int, known: UInt64Matrix, slots: Int32s) -> int:
    """Number of the known key that equals one of ``keys``; -1 for none."""
    slot = _slot(keys, number, len(slots))
    while slots[slot] >= 0:
        is_same = True
        for column in range(keys.shape[1]):
            is_same &= known[slots[slot], column] == keys[number, column]
        if is_same:
            return integer(slots[slot])
        slot = (slot + 1) & (len(slots) - 1)
    return -1


@kernel
def _find(keys: UInt64Matrix, known: UInt64Matrix, slots: Int32s, found: Bools) -> None:
    for number in range(len(keys)):
        found[number] = find_slot(keys, number, known, slots) >= 0


@kernel
def _mark(
    keys: UInt64Matrix,
    first_pieces: Int64s,
    offsets: Int64s,
    length: int,
    first_document: int,
    known: UInt64Matrix,
    slots: Int32s,
    first: Int64s,
    documents: Int64s,
    is_repeated: Bools,
) -> None:
    document = 0
    covered = 0  # pieces before this one have been marked
    for window in range(len(keys)):
        piece = first_pieces[window]
        while offsets[document + 1] <= piece:
            document += 1
        number = find_slot(keys, window, known, slots)
        if number < 0:
            continue
        here = first_document + document
        index = piece - offsets[document]
        if first[number] == _UNSEEN:
            first[number], documents[number] = index, here
            continue
        if first[number] != _BEFORE and documents[number] == here and index - first[number] < length:
            continue
        for inside in range(max(piece, covered), piece + length):
            is_repeated[inside] = True
        covered = piece + length


def cut_out(
    text_offsets: Int64s, data: Bytes, offsets: Int64s, starts: Int64s, is_repeated: Bools
) -> tuple[Int64s, Bytes, Int64s]:
    """Write texts without their marked pieces; returns offsets, bytes, and counts of shape (n, 3).

    A piece ends where the next begins, so separators go with the piece before them. White space (ASCII) that the loss
    of the last piece leaves at the end goes too. The counts are pieces removed, characters before, and characters
    removed.
    """
    documents = len(text_offsets) - 1
    output = np.empty(text_offsets[-1] - text_offsets[0], dtype=np.uint8)
    output_offsets = np.zeros(documents + 1, dtype=np.int64)
    counts = np.zeros((documents, 3), dtype=np.int64)
    _write_without(text_offsets, data, offsets, starts, is_repeated, output, output_offsets, counts)
    return output_offsets, output[: output_offsets[-1]].copy(), counts


@kernel
def _write_without(
    text_offsets: Int64s,
    data: Bytes,
    offsets: Int64s,
    starts: Int64s,
    is_repeated: Bools,
    output: Bytes,
    output_offsets: Int64s,
    counts: Int64Matrix,
) -> None:
    written = 0
    for document in range(len(text_offsets) - 1):
        begun = written
        begin, end = text_offsets[document], text_offsets[document + 1]
        piece, last_piece = offsets[document], offsets[document + 1]
        position = begin
        while position < end:
            following = starts[piece] if piece < last_piece else end
            is_dropped = piece > offsets[document] and is_repeated[piece - 1]
            counts[document, 0] += is_dropped
            for at in range(position, following):
                is_char = data[at] & 0xC0 != 0x80
                counts[document, 1] += is_char
                if is_dropped:
                    counts[document, 2] += is_char
                else:
                    output[written] = data[at]
                    written += 1
            position = following
            piece += 1
        if last_piece > offsets[document] and is_repeated[last_piece - 1]:
            while written > begun and (output[written - 1] == 0x20 or 0x09 <= output[written - 1] <= 0x0D):
                written -= 1
                counts[document, 2] += 1
        output_offsets[document + 1] = written
