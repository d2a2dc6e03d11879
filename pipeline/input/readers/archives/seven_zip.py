"""Files in a 7z archive, by py7zr where it is installed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from typing import IO, Any, cast

from .entries import ArchiveError, Budget, Entry

ENCRYPTED = "an encrypted 7z archive; unpack it with its password first"


def seven_zip_entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """Regular files; all are unpacked into one temporary file first, because one depends on those before it.

    Raises:
        ArchiveError: where py7zr is missing, for an archive that cannot be read, and for bombs.
    """
    try:
        import py7zr
        from py7zr.io import Py7zIO, WriterFactory
    except ImportError as error:
        raise ArchiveError("unsupported", 'a 7z archive; install its reader: pip install "textmill[7z]"') from error

    class Target(Py7zIO):
        """One unpacked file: a part of the temporary one, so that an archive may hold more than can be open."""

        def __init__(self, unpacked: IO[bytes]) -> None:
            self.unpacked = unpacked
            self.begin = unpacked.seek(0, 2)
            self.length = 0

        def write(self, s: bytes | bytearray) -> int:
            budget.spend(len(s))
            if self.length == 0:
                self.begin = self.unpacked.seek(0, 2)
            self.length += len(s)
            return self.unpacked.write(s)

        def read(self, size: int | None = None) -> bytes:  # noqa: ARG002  # py7zr only writes
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002
            return self.length

        def flush(self) -> None:
            self.unpacked.flush()

        def size(self) -> int:
            return self.length

    class Targets(WriterFactory):
        """All unpacked files by their names, in the order in which they lie in the archive."""

        def __init__(self, unpacked: IO[bytes]) -> None:
            self.unpacked = unpacked
            self.files: dict[str, Target] = {}

        def create(self, filename: str) -> Any:
            self.files[filename] = Target(self.unpacked)
            return self.files[filename]

    with tempfile.TemporaryFile(prefix="textmill-") as unpacked:
        yield from _unpacked(py7zr, file, Targets(unpacked))


def _unpacked(py7zr: Any, file: IO[bytes], targets: Any) -> Iterator[Entry]:
    try:
        with py7zr.SevenZipFile(file, "r") as archive:
            if archive.needs_password():
                raise ArchiveError("unsupported", ENCRYPTED)
            links = {entry.filename for entry in archive.files if entry.is_symlink or entry.is_junction}
            archive.extractall(factory=targets)
    except ArchiveError:
        raise
    except Exception as error:
        if isinstance(error, py7zr.PasswordRequired):  # for its table of contents too
            raise ArchiveError("unsupported", ENCRYPTED) from error
        if isinstance(error, py7zr.UnsupportedCompressionMethodError):
            detail = "a 7z archive that is compressed by a method which is not read; unpack it first"
            raise ArchiveError("unsupported", detail) from error
        # What was unpacked before the damage may be damaged too: the checksum is that of a file.
        raise ArchiveError("corrupt", f"not a readable 7z archive: {type(error).__name__}: {error}") from error
    for name, target in targets.files.items():
        if name not in links:
            section = _Section(target.unpacked, target.begin, target.length)
            yield Entry(name, cast("IO[bytes]", io.BufferedReader(section)))


class _Section(io.RawIOBase):
    """A part of a file, read as if it were one by itself."""

    def __init__(self, file: IO[bytes], begin: int, length: int) -> None:
        super().__init__()
        self._file = file
        self._at = begin
        self._end = begin + length

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        self._file.seek(self._at)
        found = self._file.read(min(len(target), self._end - self._at))
        target[: len(found)] = found
        self._at += len(found)
        return len(found)
