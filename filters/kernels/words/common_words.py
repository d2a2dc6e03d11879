"""Common English words, counted at hardly any cost."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes, UInt64s
from ..machine.hashing import ALL
from ..machine.instructions import load_eight
from ..machine.kernel import inner, integer

COMMON = ("the", "be", "to", "of", "and", "that", "have", "with")
LONGEST_COMMON = 4
COMMON_FACTOR = np.uint64(0xAECC12E92A1CAF35)
"""A multiplier that gives each of the common words a place of its own among sixteen."""


def _common_table() -> UInt64s:
    table = np.zeros(16, dtype=np.uint64)
    for word in COMMON:
        packed = np.frombuffer(word.encode().ljust(8, b"\0"), dtype="<u8")
        table[(packed * COMMON_FACTOR) >> np.uint64(60)] = packed
    return table


COMMON_TABLE = _common_table()


@inner
def is_common(text: Bytes, start: int, length: int, common: UInt64s) -> bool:
    """Whether a word is a common one: hardly any branches, because no processor can predict these."""
    packed = np.uint64(0)
    if start + 8 <= len(text):
        packed = load_eight(text, start) & (ALL >> np.uint64(8 * (8 - min(max(length, 1), 8))))
    else:
        for at in range(start, min(start + length, len(text))):
            packed |= np.uint64(text[at]) << np.uint64(8 * (at - start) & 63)
    # A word that ends with zero bytes is packed like the one without them.
    ends_well = (packed >> np.uint64(8 * (min(max(length, 1), 8) - 1))) != np.uint64(0)
    is_short = 2 <= length <= LONGEST_COMMON
    return bool((common[integer((packed * COMMON_FACTOR) >> np.uint64(60))] == packed) & ends_well & is_short)
