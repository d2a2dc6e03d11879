"""Read files through their compression: gzip, Zstandard, bzip2, xz and LZ4, also one inside the other."""

from __future__ import annotations

import codecs
import io
import re
import struct
from collections.abc import Mapping
from typing import IO, Any

from .decompressors import (
    ERRORS,
    MOST_DICTIONARY_BYTES,
    MOST_OUTPUT_BYTES,
    Allowance,
    DecompressionError,
    Decompressor,
    decompressor_of,
    is_gzip,
    is_lzma,
    unpacked_dictionary,
)

CHUNK_BYTES = 1 << 17
MOST_INPUT_BYTES = 1 << 14
"""What is decompressed at once."""
CR = "cr"
"""A layer of line feeds in place of carriage returns."""
MAGIC_BYTES = 10
HEADER_BYTES = 32
PROOF_BYTES = 1 << 15
"""The three magic bytes of gzip also stand by chance in compressed data; behind damage, so much must decompress."""

MOST_LAYERS = 3
BOMB_RATIO = 250
BOMB_BYTES = 1 << 32
"""A file that unpacks to more than both is not read on: text is packed to a hundredth at best."""

EXPANSION: Mapping[str | None, float] = {None: 1.0, "gz": 4.0, "zst": 4.0, "bz2": 4.5, "xz": 5.0, "lz4": 2.5}
"""About how much text grows when it is decompressed; only the cutting depends on it."""

SUFFIXES: Mapping[str, str] = {
    ".gz": "gz",
    ".gzip": "gz",
    ".zst": "zst",
    ".zstd": "zst",
    ".bz2": "bz2",
    ".xz": "xz",
    ".lzma": "xz",
    ".lz4": "lz4",
}
"""Compressions by the end of a file's name."""

BEGINNINGS: Mapping[str, re.Pattern[bytes]] = {
    "gz": re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL),
    "zst": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", re.DOTALL),
    "bz2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL),
    "xz": re.compile(rb"\xfd7zXZ\x00|\x5d\x00(?:\x00[\x00-\x80][\x00-\x01]|[\x10\x20\x40\x80]\x00\x00)", re.DOTALL),
    "lz4": re.compile(rb"\x04\x22\x4d\x18|[\x50-\x5f]\x2a\x4d\x18|\x02\x21\x4c\x18", re.DOTALL),
}
"""How a stream of each compression begins; Zstandard and LZ4 share frames that are skipped."""
MAGIC: Mapping[str, bytes] = {
    "gz": b"\x1f\x8b\x08",
    "zst": b"\x28\xb5\x2f\xfd",
    "bz2": b"BZh91AY&SY",
    "xz": b"\xfd7zXZ\x00",
    "lz4": b"\x04\x22\x4d\x18",
}
"""Of which a file that was cut to its first bytes holds the first."""
NOT_ZERO = re.compile(rb"[^\x00]")
SKIPPED_FRAME = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18", re.DOTALL)
DICTIONARY_FRAME = b"\x5d\x2a\x4d\x18"
"""Before the first record of a crawl that is compressed with a dictionary of its own (IIPC, warc-zstd)."""


def detect_compression(head: bytes) -> str | None:
    """The compression with which a file begins."""
    behind, skips = head, False
    while SKIPPED_FRAME.match(behind) and len(behind) >= 8:
        behind, skips = behind[8 + struct.unpack("<I", behind[4:8])[0] :], True
    for name, beginning in BEGINNINGS.items():
        if beginning.match(behind) and (not behind.startswith(b"\x5d") or is_lzma(behind)):
            return name
    return "zst" if skips else None


def decompress(source: IO[bytes], compression: str | None, allowance: Allowance | None = None) -> IO[bytes]:
    """Read a file through its compression (``zst+gz``: a gzip file in a Zstandard one, and so on).

    A last layer ``utf-16-le`` and the like is no compression: the bytes are those of the same text in UTF-8. Behind
    all, :data:`CR` makes line feeds of carriage returns.

    Several streams one after the other are read as one, with zeros between them passed over. What is unpacked is taken
    from an allowance, if there is one.
    """
    for layer in compression.split("+") if compression else ():
        if layer == CR:
            stream: io.RawIOBase = _LineFeeds(source)
        else:
            is_text = layer.startswith("utf-")
            stream = _Transcoded(source, layer) if is_text else CompressedStream(source, layer, allowance)
        source = io.BufferedReader(stream, MOST_OUTPUT_BYTES)
    return source


def expansion(compression: str | None) -> float:
    """About how much a file grows when it is decompressed."""
    factor = 1.0
    for layer in compression.split("+") if compression else ():
        factor *= EXPANSION.get(layer, 0.5)
    return factor


class CompressedStream(io.RawIOBase):
    """What compressed data holds, read from front to back; it knows where it is.

    An error is raised once, behind all that comes before the damage. Whoever reads on gets what the next whole stream
    of the file holds; ``position`` has then grown by one, so that nothing behind stands where the damage does.
    """

    def __init__(self, source: IO[bytes], compression: str, allowance: Allowance | None = None) -> None:
        super().__init__()
        self.position = 0
        self._allowance = allowance
        self._source = source
        self._compression = compression
        self._beginning = BEGINNINGS[compression]
        self._decompressor: Decompressor | None = None
        self._dictionary: bytes | None = None
        self._input = b""
        self._next = 0
        """Of the input, the first byte that was not used."""
        self._taken_at = 0
        self._output = memoryview(b"")
        self._begun = False
        self._damaged = False
        self._taken_bytes = 0

    def readable(self) -> bool:  # noqa: D102
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:  # noqa: D102
        if (offset, whence) != (0, io.SEEK_CUR):  # which only asks for the position
            raise io.UnsupportedOperation("seek")
        return self.position

    def readinto(self, target: Any) -> int:  # noqa: D102
        while not self._output:
            if self._damaged and not self._pass_damage():
                return 0
            try:
                if not self._advance():
                    return 0
            except DecompressionError:
                self._decompressor, self._damaged = None, True
                raise
        count = min(len(target), len(self._output))
        target[:count] = self._output[:count]
        self._output = self._output[count:]
        self.position += count
        return count

    def _advance(self) -> bool:
        """Decompress a piece; False at the end of the file."""
        if self._decompressor is None and not self._next_stream():
            return False
        stream = self._decompressor
        assert stream is not None
        taken = b""
        if stream.needs_input:
            if not self._fill(1):
                raise DecompressionError("truncated", f"the file ends inside its {self._compression} data")
            self._taken_at = self._next
            taken = self._input[self._next : self._next + MOST_INPUT_BYTES]
        try:
            self._output = memoryview(stream.decompress(taken, MOST_OUTPUT_BYTES))
        except ERRORS as error:
            self._next = self._taken_at  # behind it another stream may begin
            raise DecompressionError("corrupt", f"damaged {self._compression} data: {error}") from error
        self._next += len(taken)
        self._taken_bytes += len(taken)
        granted = self._allowance is None or self._allowance.take(len(self._output))
        if not granted or self.position > max(BOMB_BYTES, self._taken_bytes * BOMB_RATIO):
            self._input, self._next, self._output = b"", 0, memoryview(b"")
            self._source = io.BytesIO()
            raise DecompressionError("too_large", "the file unpacks to far more than it holds: a bomb, or zeros")
        if stream.eof:
            self._next -= len(stream.unused_data or b"")  # None in lz4
            self._decompressor = None
        return True

    def _next_stream(self) -> bool:
        """Begin the next stream of the file; False where there is none."""
        while True:
            if self._begun and not self._pass_zeros():
                return False
            if not self._fill(MAGIC_BYTES) and self._next == len(self._input):
                return False
            if self._beginning.match(self._input, self._next) is None:
                if MAGIC[self._compression].startswith(self._input[self._next : self._next + MAGIC_BYTES]):
                    raise DecompressionError("truncated", f"the file ends inside its {self._compression} data")
                raise DecompressionError("corrupt", f"other bytes where {self._compression} data should begin")
            self._begun = True
            if SKIPPED_FRAME.match(self._input, self._next):
                self._skip_frame()
                continue
            self._fill(HEADER_BYTES)
            head = self._input[self._next : self._next + HEADER_BYTES]
            self._decompressor = decompressor_of(self._compression, head, self._dictionary)
            return True

    def _pass_zeros(self) -> bool:
        """Pass over zeros between streams; False where nothing comes behind."""
        while self._fill(1):
            behind = NOT_ZERO.search(self._input, self._next)
            if behind is not None:
                self._next = behind.start()
                return True
            self._next = len(self._input)
        return False

    def _fill(self, count: int) -> bool:
        """Have so many bytes of input, where the file has them."""
        while len(self._input) - self._next < count:
            more = self._source.read(CHUNK_BYTES)
            if not more:
                return False
            self._input = self._input[self._next :] + more
            self._next = 0
        return True

    def _skip_frame(self) -> None:
        ends = DecompressionError("truncated", "the file ends inside a frame that is to be skipped")
        if not self._fill(8):
            raise ends
        (length,) = struct.unpack_from("<I", self._input, self._next + 4)
        if self._input.startswith(DICTIONARY_FRAME, self._next) and length <= MOST_DICTIONARY_BYTES:
            self._fill(8 + length)
            self._dictionary = unpacked_dictionary(self._input[self._next + 8 : self._next + 8 + length])
        left = 8 + length
        while left > len(self._input) - self._next:
            left -= len(self._input) - self._next
            self._next = len(self._input)
            if not self._fill(1):
                raise ends
        self._next += left

    def _pass_damage(self) -> bool:
        """Go to where the next stream begins; False where none does."""
        self._damaged = False
        self.position += 1
        self._next += 1
        while True:
            found = self._beginning.search(self._input, self._next)
            if found is None:
                self._next = max(len(self._input) - MAGIC_BYTES + 1, self._next)
                if not self._fill(len(self._input) - self._next + 1):
                    self._next = len(self._input)
                    return False
                continue
            self._next = found.start()
            self._fill(PROOF_BYTES)
            if self._compression != "gz" or is_gzip(self._input[self._next : self._next + PROOF_BYTES]):
                self._begun = True
                return True
            self._next += 1


class _LineFeeds(io.RawIOBase):
    """A stream with line feeds in place of carriage returns."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self._source = source

    @property
    def position(self) -> int:
        """Where the stream stands in which the damage is."""
        return int(self._source.raw.position)  # type: ignore[attr-defined]

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        piece = self._source.read1(min(len(target), CHUNK_BYTES)).replace(b"\r", b"\n")  # type: ignore[attr-defined]
        target[: len(piece)] = piece
        return len(piece)


class _Transcoded(io.RawIOBase):
    """UTF-8 of a stream in UTF-16 or UTF-32, without its byte order mark."""

    def __init__(self, source: IO[bytes], charset: str) -> None:
        super().__init__()
        self.position = 0
        self._source = source
        self._decoder = codecs.getincrementaldecoder(charset)("replace")
        self._output = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._output and not self._ended:
            piece = self._source.read(CHUNK_BYTES)
            self._ended = not piece
            text = self._decoder.decode(piece, final=self._ended)
            if self.position == 0:
                text = text.removeprefix("\ufeff")
            self._output = memoryview(text.encode("utf-8", "replace"))
        count = min(len(target), len(self._output))
        target[:count] = self._output[:count]
        self._output = self._output[count:]
        self.position += count
        return count
