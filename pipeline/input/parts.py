"""A file, a range of one, or a member of an archive: what a reader reads."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from ..files.storage import open_read
from .decompressors import Allowance
from .formats import FileFormat


@dataclass(frozen=True, kw_only=True)
class Part:
    """A file or a range of one."""

    path: str
    source: str
    format: FileFormat
    start: int = 0
    """First byte (row group in Parquet; byte after decompression in a compressed stream) of the range."""
    stop: int | None = None
    """Where the range ends; None for the end of the file. A record belongs to the part in which it begins."""
    depth: int = 0
    """In how many archives it lies."""
    allowance: Allowance | None = None
    """Of all archives in the one in which it lies: or else archives in archives could unpack to any amount."""
    content: bytes | None = None
    """Bytes of a member of an archive, which is no file by itself."""
    size: int | None = None
    """Bytes of the whole file, as it was found."""
    version: str = ""
    """Of the file, as it was found."""


def open_part(part: Part) -> IO[bytes]:
    """Open what a part is of, at its beginning; it can seek."""
    if part.content is not None:
        return io.BytesIO(part.content)
    return open_read(part.path, size=part.size, whole=part.start == 0)
