"""What the readers of archives have in common: entries, errors, and how much an archive may unpack to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from ...decompressors import Allowance

BOMB_RATIO = 250
BOMB_BYTES = 1 << 30
"""An archive that unpacks to more than both is not read on: files of zeros, and files made to be bombs, do."""


class ArchiveError(Exception):
    """Why an archive, or what is left of it, cannot be read; carries the quarantine's word for it."""

    def __init__(self, error: str, detail: str, position: int = 0) -> None:
        super().__init__(detail)
        self.error = error
        self.position = position


@dataclass
class Entry:
    """A file in an archive: its name, and its bytes or why there are none."""

    name: str
    content: IO[bytes] | None = None
    error: str = ""
    detail: str = ""


class Budget(Allowance):
    """How much an archive of so many bytes may unpack to, within what is left for those beside it in another."""

    def __init__(self, packed_bytes: int, outer: Allowance | None = None) -> None:
        super().__init__(max(packed_bytes * BOMB_RATIO, BOMB_BYTES), outer)

    def spend(self, count: int) -> None:
        """Take bytes from it.

        Raises:
            ArchiveError: when there are not so many.
        """
        if not self.take(count):
            detail = "the archive, with others beside it, unpacks to far more than it holds: a bomb, or zeros"
            raise ArchiveError("too_large", f"{detail}; if not, unpack it first", 1)
