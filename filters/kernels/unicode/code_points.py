"""Which texts hold a character of a set."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ..machine.buffers import Bytes, Int64s, TextBuffers
from ..machine.eight_bytes import HIGH
from ..machine.instructions import load_eight
from ..machine.kernel import kernel
from .unicode_table import decode

LOWEST = 0x800
"""A set holds no code points of two bytes or fewer, so that these can be passed over."""


def code_point_set(ranges: Iterable[tuple[int, int]]) -> Bytes:
    """A bit for every code point up to the last one; ranges include their ends and begin at :data:`LOWEST` or later."""
    listed = list(ranges)
    members = np.zeros(max(last for _, last in listed) + 1, dtype=np.bool_)
    for first, last in listed:
        members[first : last + 1] = True
    return np.packbits(members, bitorder="little")


def holding_any(text: TextBuffers, members: Bytes) -> npt.NDArray[np.bool_]:
    """Which of n texts hold a code point of the set, shape (n,)."""
    result = np.zeros(len(text.offsets) - 1, dtype=np.bool_)
    _search(text.offsets, text.data, members, result)
    return result


@kernel
def _search(offsets: Int64s, data: Bytes, members: Bytes, result: npt.NDArray[np.bool_]) -> None:
    for document in range(len(offsets) - 1):
        position, end = offsets[document], offsets[document + 1]
        while position < end and not result[document]:
            if position + 8 <= end and not load_eight(data, position) & HIGH:
                position += 8
            elif data[position] < 0xE0:
                position += 1
            else:
                code_point, width = decode(data, position)
                position += width
                if code_point >> 3 < len(members):
                    result[document] = (members[code_point >> 3] >> (code_point & 7)) & 1
