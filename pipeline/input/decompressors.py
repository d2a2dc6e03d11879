"""The decompressors of one stream of each compression, with one interface."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import zstandard

CAREFUL_BYTES = 16
"""What is decompressed at once to get at what lies before damage."""
MOST_OUTPUT_BYTES = 1 << 18
ZSTD_INPUT_BYTES = 1 << 9
"""Zstandard blows up a byte to 32 KB at most, and gives out all that its input makes: so a bomb takes 16 MB."""
MOST_XZ_MEMORY = 1 << 29
"""``xz -9`` takes 65 MB; a dictionary may claim gigabytes."""
LZ4_LEGACY = b"\x02\x21\x4c\x18"
MOST_DICTIONARY_BYTES = 1 << 26
ERRORS = (EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
"""What they raise on damaged data."""


class DecompressionError(Exception):
    """Compressed data that breaks off or is damaged; reading on goes on behind the damage, where there is more.

    Attributes:
        error: The quarantine's word for it: ``truncated``, ``corrupt`` or ``too_large``.
    """

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


@dataclass
class Allowance:
    """How many bytes may still be unpacked."""

    left: int
    outer: Allowance | None = None
    """What is taken here is taken there as well."""

    def take(self, count: int) -> bool:
        """Take so many bytes; False when there are not so many."""
        self.left -= count
        granted = self.outer is None or self.outer.take(count)
        return granted and self.left >= 0


class Decompressor(Protocol):
    """What the standard library's decompressors of bzip2 and xz have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether more input is needed before more comes out."""

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the stream's end."""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Decompress the next piece."""


def decompressor_of(compression: str, head: bytes, dictionary: bytes | None) -> Decompressor:
    """A decompressor for the stream that begins so.

    Raises:
        DecompressionError: for one that needs a dictionary which is not there.
    """
    makers: Mapping[str, Callable[[], Any]] = {
        "gz": _Gzip,
        "bz2": bz2.BZ2Decompressor,
        "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=MOST_XZ_MEMORY),
        "lz4": _lz4,
    }
    if head.startswith(LZ4_LEGACY):
        raise DecompressionError("unsupported", "the old format of LZ4 (lz4 -l); unpack it first")
    if compression == "zst":
        try:
            wanted = zstandard.get_frame_parameters(head).dict_id
        except zstandard.ZstdError:  # cut, or damaged, which comes out when it is decompressed
            wanted = 0
        if wanted and dictionary is None:
            raise DecompressionError("corrupt", f"compressed with dictionary {wanted}, which the file does not hold")
        return _Zstd(dictionary)
    made: Decompressor = makers[compression]()
    return made


class _Gzip:
    """zlib's decompressor of one gzip member with the interface of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._error is None and not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        if self._error is not None:
            raise self._error
        before = self._inner.copy()
        given = self._inner.unconsumed_tail + data
        try:
            return self._inner.decompress(given, max_length)
        except zlib.error as error:
            self._error, found = error, self._before_damage(before, given)
            if not found:
                raise
            return found

    def _before_damage(self, stream: Any, given: bytes) -> bytes:
        """What zlib throws away with its error."""
        pieces: list[bytes] = []
        step, begin = CAREFUL_BYTES, 0
        while begin < len(given):
            before = stream.copy() if step > 1 else None
            try:
                pieces += [stream.decompress(given[begin : begin + step])]
            except zlib.error:
                if before is None:
                    break
                stream, step = before, 1
            else:
                begin += step
        return b"".join(pieces)


class _Zstd:
    """Zstandard's decompressor of one frame with the interface of the others."""

    def __init__(self, dictionary: bytes | None) -> None:
        known = None if dictionary is None else zstandard.ZstdCompressionDict(dictionary)
        self._inner = zstandard.ZstdDecompressor(dict_data=known, max_window_size=1 << 31).decompressobj()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._waiting

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        waiting = memoryview(self._waiting + data if self._waiting else data)
        pieces, length, used = [], 0, 0
        while used < len(waiting) and not self._inner.eof and length < max_length:
            pieces.append(self._inner.decompress(waiting[used : used + ZSTD_INPUT_BYTES]))
            length += len(pieces[-1])
            used += ZSTD_INPUT_BYTES
        self._waiting = bytes(waiting[used:])
        return b"".join(pieces)


def _lz4() -> Any:
    import lz4.frame

    return lz4.frame.LZ4FrameDecompressor()


def unpacked_dictionary(content: bytes) -> bytes:
    """A dictionary as it is stored in a file, which may be compressed itself."""
    if not content.startswith(b"\x28\xb5\x2f\xfd"):
        return content
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content))
    unpacked: bytes = reader.read(MOST_DICTIONARY_BYTES)
    return unpacked


def is_lzma(head: bytes) -> bool:
    """Whether a head is one of an LZMA file (as before xz), whose few magic bytes text may have too."""
    try:
        return bool(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MOST_XZ_MEMORY).decompress(head, 1))
    except lzma.LZMAError:
        return False


def is_gzip(data: bytes) -> bool:
    """Whether what looks like the beginning of a gzip member is one."""
    try:
        zlib.decompressobj(wbits=31).decompress(data, MOST_OUTPUT_BYTES)
    except zlib.error:
        return False
    return True
