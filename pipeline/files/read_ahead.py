"""A file of another store as one that can seek, read by ranges: the next are fetched while one is worked on."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import IO

FIRST_BYTES = 1 << 18
"""What the first reading fetches: often only the head of a file is looked at."""
MOST_BYTES = 1 << 23
GROWTH = 4
AHEAD = 2
"""So many ranges are fetched before they are asked for."""
RANGES_HELD = 4
BUFFER_BYTES = 1 << 16
THREADS = 16

Fetch = Callable[[int, int], bytes]


def open_ahead(fetch: Fetch, size: int, *, whole: bool = False) -> IO[bytes]:
    """A file of so many bytes.

    Args:
        fetch: Gives the bytes from a place to another.
        size: Bytes of the file.
        whole: Whether it will be read from its beginning on, which is fetched at once then.
    """
    return io.BufferedReader(_Ranges(fetch, size, whole=whole), BUFFER_BYTES)


class _Ranges(io.RawIOBase):
    """Ranges grow as long as one is read behind the other, and begin small again elsewhere."""

    def __init__(self, fetch: Fetch, size: int, *, whole: bool) -> None:
        self._fetch, self._size = fetch, size
        self._position = 0
        self._held: OrderedDict[int, tuple[int, Future[bytes]]] = OrderedDict()
        """Where a range begins, where it ends, and its bytes once they are here."""
        if whole and size:
            self._ask(0, GROWTH * FIRST_BYTES)
            self._ask_ahead(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._position = base + offset
        return self._position

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        if self._position >= self._size or not len(target):
            return 0
        start = self._range_of(self._position)
        coming = self._held[start][1]
        found = coming.result()[self._position - start : self._position - start + len(target)]
        target[: len(found)] = found
        self._position += len(found)
        return len(found)

    def close(self) -> None:
        for _, coming in self._held.values():
            coming.cancel()
        self._held.clear()
        super().close()

    def _range_of(self, position: int) -> int:
        """The range that has a position; one that is read behind another has the next ones fetched."""
        for start, (end, _) in self._held.items():
            if start <= position < end:
                self._held.move_to_end(start)
                if start and position == start:
                    self._ask_ahead(start)
                return start
        before = next((start for start, (end, _) in self._held.items() if end == position), None)
        length = FIRST_BYTES if before is None else self._longer(before)
        self._ask(position, length)
        if before is not None:
            self._ask_ahead(position)
        return position

    def _longer(self, start: int) -> int:
        return min(MOST_BYTES, GROWTH * (self._held[start][0] - start))

    def _ask_ahead(self, start: int) -> None:
        for _ in range(AHEAD):
            end = self._held[start][0]
            if end >= self._size:
                return
            if end not in self._held:
                self._ask(end, self._longer(start))
            start = end

    def _ask(self, start: int, length: int) -> None:
        end = min(self._size, start + length)
        self._held[start] = (end, _threads(os.getpid()).submit(self._fetch, start, end))
        while len(self._held) > RANGES_HELD + AHEAD:
            _, (_, dropped) = self._held.popitem(last=False)
            dropped.cancel()


@cache
def _threads(_process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="read-ahead")
