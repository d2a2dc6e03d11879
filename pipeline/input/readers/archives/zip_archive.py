"""Files in a ZIP archive."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from typing import IO

from ..books.zipped import stored_name
from .entries import ArchiveError, Budget, Entry

ENCRYPTED = 0x1
UNIX = 3
FIRST_PART = b"PK\x07\x08"
END = b"PK\x05\x06"
LONGEST_END = 22 + 0xFFFF
"""The end of the table of contents with a comment."""
A_PART = "one of several parts of an archive; put them together first (zip -s 0)"


def zip_entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """Regular files in the order in which they are stored.

    Raises:
        ArchiveError: for an archive without a readable table of contents, for one whose files overlap, and for bombs.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        if _is_part(file):
            raise ArchiveError("unsupported", A_PART) from error
        raise ArchiveError("corrupt", f"not a readable ZIP archive: {error}") from error
    with archive:
        entries = sorted(
            (item for item in archive.infolist() if not item.is_dir() and _is_file(item)),
            key=lambda item: item.header_offset,
        )
        if sum(item.compress_size for item in entries) > file.seek(0, 2):
            if _is_part(file):
                raise ArchiveError("unsupported", A_PART)
            raise ArchiveError("unsupported", "the archive's files overlap, as only those of bombs do")
        budget.spend(sum(item.file_size for item in entries))
        for item in entries:
            name = stored_name(item)
            if item.flag_bits & ENCRYPTED:
                yield Entry(name, error="unsupported", detail="encrypted; unpack it with its password first")
                continue
            try:
                with archive.open(item) as content:
                    yield Entry(name, content)
            except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
                kind = "unsupported" if isinstance(error, NotImplementedError) else "corrupt"
                yield Entry(name, error=kind, detail=str(error))


def _is_part(file: IO[bytes]) -> bool:
    """Whether the archive is cut into several files (``.z01`` …), as the first and the last of them say."""
    file.seek(0)
    if file.read(4) == FIRST_PART:
        return True
    file.seek(max(file.seek(0, 2) - LONGEST_END, 0))
    end = file.read()
    at = end.rfind(END)
    return at >= 0 and int.from_bytes(end[at + 4 : at + 6], "little") > 0  # its number among them


def _is_file(item: zipfile.ZipInfo) -> bool:
    """Whether it is no link or device, of which an archive made on Unix holds the target as its content."""
    kind = stat.S_IFMT(item.external_attr >> 16)
    return item.create_system != UNIX or kind in (0, stat.S_IFREG)
