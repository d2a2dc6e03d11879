"""Files in a tar archive, read from front to back."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import IO, cast

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
                if (mended := _without_numbers(bytes(buf))) is not None:
                    return super().frombuf(mended, encoding, errors)
                damage.append(1)
                raise

    offset = 0
    source = cast("IO[bytes]", _UpToDamage(stream))
    try:
        with tarfile.open(fileobj=source, mode="r|", tarinfo=Header, ignore_zeros=True) as tar:
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


NUMBERS = (slice(108, 116), slice(116, 124), slice(136, 148), slice(329, 337), slice(337, 345))
"""Where a header has owner, group, time and device, which some programs write in ways of their own."""
CHECKSUM = slice(148, 156)


def _without_numbers(header: bytes) -> bytes | None:
    """A header with zeros for numbers that nothing depends on; None where it is not the one that was written."""
    written = header[CHECKSUM].strip(b"\x00 ")
    if not written.isdigit() or int(written) == 0 or set(written) - set(b"01234567"):
        return None
    if _checksum(header) != int(written, 8):
        return None
    mended = bytearray(header)
    for field in NUMBERS:
        mended[field] = b"0" * (field.stop - field.start - 1) + b"\x00"
    mended[CHECKSUM] = b"%06o\x00 " % _checksum(mended)
    return bytes(mended)


def _checksum(header: bytes | bytearray) -> int:
    """The sum of its bytes, with blanks for the sum itself."""
    return sum(header) - sum(header[CHECKSUM]) + 8 * ord(" ")


class _UpToDamage:
    """A stream that gives all that comes before damage, where a longer read would lose it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._error: DecompressionError | None = None

    def read(self, size: int) -> bytes:
        """So many bytes, fewer before the end or damage."""
        pieces: list[bytes] = []
        while size > 0:
            if self._error is not None and not pieces:
                raise self._error
            try:
                piece = b"" if self._error is not None else self._stream.read1(size)  # type: ignore[attr-defined]
            except DecompressionError as error:
                self._error = error
                continue
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)
