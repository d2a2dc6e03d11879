"""Room to work in, made once in each thread for texts of usual length: new memory costs more than most of them."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TypeVar

Room = TypeVar("Room")

LEAST, MOST = 1 << 10, 1 << 16
"""Sizes of room that is kept; more is made anew."""

_local = threading.local()


def kept(make: Callable[[int], Room]) -> Callable[[int], Room]:
    """For a function that makes room for so many items: whoever asks it again in this thread gets the same room.

    So the room serves one caller at a time, holds whatever the last one has left in it, and may be twice as large as
    was asked for.
    """

    @functools.wraps(make)
    def give(size: int) -> Room:
        if not 0 < size <= MOST:
            return make(size)
        rooms: dict[tuple[Callable[[int], Room], int], Room] = _local.__dict__.setdefault("rooms", {})
        rounded = max(LEAST, 1 << (size - 1).bit_length())
        found = rooms.get((make, rounded))
        if found is None:
            found = rooms[make, rounded] = make(rounded)
        return found

    return give
