"""Which windows have stood before, and texts without those."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...filters.kernels.machine.buffers import Bytes, Int64s
from ...filters.kernels.machine.hashing import mix, table_size
from ...filters.kernels.machine.jit import allocating, integer, njit
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
        self._keys = np.concatenate([before, repeated]).astype(np.uint64)
        first = np.full(len(self._keys), _UNSEEN, dtype=np.int64)
        first[: len(before)] = _BEFORE
        self._slots = fill_slots(self._keys)
        self._first = first
        self._documents = np.zeros(len(self._keys), dtype=np.int64)

    def __len__(self) -> int:
        return len(self._keys)

    def mark(self, windows: Windows, offsets: Int64s, length: int, first_document: int) -> npt.NDArray[np.bool_]:
        """Tell of every piece whether it lies in a window that has stood before; batches must come in order.

        A window counts as repeated if an equal one stands before the split, in an earlier document, or earlier in its
        document without sharing a piece with it.

        Args:
            windows: Windows of the batch.
            offsets: Pieces of its documents, as in :class:`Pieces`.
            length: Pieces in a window.
            first_document: Number of the batch's first document in its split.
        """
        return _mark(
            windows.words, windows.pieces, offsets, length, first_document, self._keys, self._slots, self._first,
            self._documents,
        )  # fmt: skip

    def holds(self, words: UInt64s) -> npt.NDArray[np.bool_]:
        """Tell for each key whether it is among those given, shape (n,)."""
        return _holds(words, self._keys, self._slots)


@allocating
def fill_slots(keys: UInt64s) -> npt.NDArray[np.int32]:
    """Open-addressing table of the numbers of keys; empty slots hold -1. Of equal keys the first is found."""
    size = table_size(len(keys))
    slots = np.full(size, -1, dtype=np.int32)
    for number in range(len(keys)):
        slot = _slot(keys, number, size)
        while slots[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
    return slots


@njit
def _slot(keys: UInt64s, number: int, size: int) -> int:
    return integer(mix(keys[number, 0]) & np.uint64(size - 1))


@njit
def find_slot(keys: UInt64s, number: int, known: UInt64s, slots: npt.NDArray[np.int32]) -> int:
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


@allocating
def _holds(keys: UInt64s, known: UInt64s, slots: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(keys), dtype=np.bool_)
    for number in range(len(keys)):
        found[number] = find_slot(keys, number, known, slots) >= 0
    return found


@allocating
def _mark(
    keys: UInt64s,
    first_pieces: Int64s,
    offsets: Int64s,
    length: int,
    first_document: int,
    known: UInt64s,
    slots: npt.NDArray[np.int32],
    first: Int64s,
    documents: Int64s,
) -> npt.NDArray[np.bool_]:
    is_repeated = np.zeros(offsets[-1], dtype=np.bool_)
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
    return is_repeated


@allocating
def cut_out(
    text_offsets: Int64s, data: Bytes, offsets: Int64s, starts: Int64s, is_repeated: npt.NDArray[np.bool_]
) -> tuple[Int64s, Bytes, Int64s]:
    """Write texts without their marked pieces; returns offsets, bytes, and counts of shape (n, 3).

    A piece ends where the next begins, so separators go with the piece before them. White space (ASCII) that the loss
    of the last piece leaves at the end goes too. The counts are pieces removed, characters before, and characters
    removed.
    """
    documents = len(text_offsets) - 1
    output = np.empty(max(text_offsets[documents] - text_offsets[0], 1), dtype=np.uint8)
    output_offsets = np.zeros(documents + 1, dtype=np.int64)
    counts = np.zeros((documents, 3), dtype=np.int64)
    written = 0
    for document in range(documents):
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
    return output_offsets, output[:written].copy(), counts
