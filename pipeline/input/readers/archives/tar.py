"""Files in a tar archive, read from front to back."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import IO

from ...decompressors import DecompressionError
from .entries import ArchiveError, Budget, Entry


def tar_entries(stream: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """Regular files, each to be read before the next one; reading goes on behind headers that are none.

    Raises:
        ArchiveError: where the archive breaks off, for bombs, and at the end for what was passed over on the way.
    """
    damage: list[int] = []

    class Header(tarfile.TarInfo):
        """Notes what is no header: tarfile would take it for the archive's end."""

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
            try:
                return super().frombuf(buf, encoding, errors)
            except tarfile.InvalidHeaderError:  # type: ignore[attr-defined]
                damage.append(1)
                raise

    offset = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=Header, ignore_zeros=True) as tar:
            for member in tar:
                offset = member.offset_data
                budget.spend(member.size)
                if member.isreg():
                    yield Entry(member.name, tar.extractfile(member))
                tar.members = []  # type: ignore[attr-defined]  # which it gathers
    except DecompressionError as error:
        raise ArchiveError(error.error, f"the archive breaks off: {error}", offset + 1) from error
    except (tarfile.TarError, EOFError) as error:
        cut = "unexpected end" in str(error) or "truncated" in str(error)
        raise ArchiveError("truncated" if cut else "corrupt", f"the archive breaks off: {error}", offset + 1) from error
    if damage:
        detail = f"{len(damage)} blocks of 512 bytes stand where a file should begin; what they held is lost"
        raise ArchiveError("corrupt", detail, offset + 1)
