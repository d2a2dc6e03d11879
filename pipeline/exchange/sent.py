"""What a split remembers of the keys that it has sent, in a file beside its staged documents: answers name numbers.

The file is a function of what is staged and of the messages so far, so a bundle that is tried again writes it again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...dedup.base.step import UInt64s
from ...dedup.parts.part_keys import Mask, SplitKeys, pack_split_keys
from ..files.storage import open_read, write_atomically


class Sent(NamedTuple):
    """Keys of a split, spread and in order."""

    words: UInt64s
    """Shape (n, width)."""
    is_repeated: Mask
    """Whether a key occurs in the split more than once."""
    is_sent: Mask
    """Whether the other splits were asked about it."""
    splits: int
    """How many splits there are."""


def send(
    path: str,
    name: str,
    keys: Sent,
    split: int,
    partitions: int,
    *,
    key_bits: int,
    more_bits: int = 0,
) -> dict[int, bytes]:
    """Remember keys under a name, and pack those to be sent by :mod:`~textmill.dedup.parts.part_keys`."""
    with write_atomically(_path(path, name)) as sink:
        np.savez(sink, **keys._asdict())
    return pack_split_keys(keys.words[keys.is_sent], split, partitions, key_bits=key_bits, more_bits=more_bits)


def all_of(keys: SplitKeys, splits: int) -> Sent:
    """All of these keys are to be sent."""
    return Sent(keys.words, keys.is_repeated, np.ones(len(keys.words), dtype=np.bool_), splits)


def recall_sent(path: str, name: str) -> Sent:
    """What :func:`send` has remembered."""
    with open_read(_path(path, name)) as source, np.load(source) as held:
        return Sent(held["words"], held["is_repeated"], held["is_sent"], int(held["splits"]))


def _path(path: str, name: str) -> str:
    return f"{path.removesuffix('.arrow')}.{name}"
