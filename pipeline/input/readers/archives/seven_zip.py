"""Files in a 7z archive, by py7zr where it is installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from .entries import ArchiveError, Budget, Entry


def seven_zip_entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """Regular files; all are unpacked into temporary files first, because one depends on those before it.

    Raises:
        ArchiveError: where py7zr is missing, for an archive that cannot be read, and for bombs.
    """
    try:
        import py7zr
        from py7zr.io import Py7zIO, WriterFactory
    except ImportError as error:
        raise ArchiveError("unsupported", 'a 7z archive; install its reader: pip install "textmill[7z]"') from error

    class Target(Py7zIO):
        """One unpacked file."""

        def __init__(self) -> None:
            self.file = tempfile.TemporaryFile(prefix="textmill-")  # noqa: SIM115  # closed when it was read

        def write(self, s: bytes | bytearray) -> int:
            budget.spend(len(s))
            return self.file.write(s)

        def read(self, size: int | None = None) -> bytes:
            return self.file.read(-1 if size is None else size)

        def seek(self, offset: int, whence: int = 0) -> int:
            return self.file.seek(offset, whence)

        def flush(self) -> None:
            self.file.flush()

        def size(self) -> int:
            return self.file.seek(0, 2)

    class Targets(WriterFactory):
        """All unpacked files by their names."""

        def __init__(self) -> None:
            self.files: dict[str, Target] = {}

        def create(self, filename: str) -> Any:
            self.files[filename] = Target()
            return self.files[filename]

    targets = Targets()
    try:
        yield from _unpacked(py7zr, file, targets)
    finally:
        for target in targets.files.values():
            target.file.close()


def _unpacked(py7zr: Any, file: IO[bytes], targets: Any) -> Iterator[Entry]:
    try:
        with py7zr.SevenZipFile(file, "r") as archive:
            if archive.needs_password():
                raise ArchiveError("unsupported", "an encrypted 7z archive; unpack it with its password first")
            archive.extractall(factory=targets)
    except ArchiveError:
        raise
    except Exception as error:
        # What was unpacked before the damage may be damaged too: the checksum is that of a file.
        raise ArchiveError("corrupt", f"not a readable 7z archive: {type(error).__name__}: {error}") from error
    for name, target in targets.files.items():
        target.file.seek(0)
        yield Entry(name, target.file)
