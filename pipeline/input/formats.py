"""Tell what a file is from its first bytes and its name."""

from __future__ import annotations

import bz2
import gzip
import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Literal

import orjson
import zstandard

from ...filters.lists.programming_languages import programming_language
from ..files.storage import open_read

Compression = Literal["gz", "zst", "bz2"]
HEAD_BYTES = 4096
ZSTD_INPUT_BYTES = 1 << 9
"""Zstandard blows up a byte to 32 KB at most, and gives out all that its input makes: so a bomb takes 16 MB."""

EXPANSION: Mapping[str | None, float] = {None: 1.0, "gz": 4.0, "zst": 4.0, "bz2": 4.5}
"""About how much text grows when it is decompressed; only the cutting depends on it."""

MAGIC: tuple[tuple[bytes, Compression], ...] = ((b"\x1f\x8b", "gz"), (b"\x28\xb5\x2f\xfd", "zst"), (b"BZh", "bz2"))
COMPRESSED_SUFFIXES: Mapping[str, Compression] = {".gz": "gz", ".zst": "zst", ".bz2": "bz2"}

UNREAD: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "an ELF binary"),
    (b"\xfd7zXZ\x00", "an xz file; only gzip, zstd and bzip2 are read"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
"""What is recognised only to say so."""

BY_SUFFIX: Mapping[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".epub": "epub",
    ".txt": "text",
    ".text": "text",
    ".md": "prose",
    ".markdown": "prose",
    ".rst": "prose",
    ".adoc": "prose",
    ".org": "prose",
    ".tex": "prose",
}


ONE_DOCUMENT_FORMATS = frozenset({"html", "epub", "text", "prose", "code"})


@dataclass(frozen=True)
class FileFormat:
    """What a file is."""

    name: str
    """jsonl, parquet, warc, html, epub, text, prose, code, or unsupported."""
    compression: str | None = None
    programming_language: str | None = None
    detail: str = ""
    """Of what is unsupported: what it seems to be."""


def detect_format(path: str) -> FileFormat:
    """Tell a file's format from its content first and its name second; reads only its head."""
    name = PurePosixPath(path).name
    try:
        with open_read(path) as source:
            head = source.read(HEAD_BYTES)
    except OSError:
        return FileFormat("unsupported")  # the reader tries again, and tells the reason
    compression = next((found for magic, found in MAGIC if head.startswith(magic)), None)
    named = COMPRESSED_SUFFIXES.get(PurePosixPath(name).suffix.lower())
    if named is not None:
        # The name may lie (a download that was decompressed on the way), but a file cut to its first bytes is what it
        # is called.
        if any(magic.startswith(head) for magic, found in MAGIC if found == named):
            compression = named
        name = PurePosixPath(name).stem
    if compression is not None:
        head = _inflate(head, compression)
    return _by_content(head, name, compression) or _by_name(head, name, compression)


def decompress(source: IO[bytes], compression: str | None) -> IO[bytes]:
    """Read a file through its compression; several streams one after the other are read as one."""
    if compression == "gz":
        return io.BufferedReader(_PieceByPiece(gzip.GzipFile(fileobj=source)), 1 << 18)
    if compression == "bz2":
        return io.BufferedReader(_PieceByPiece(bz2.BZ2File(source)), 1 << 18)
    if compression == "zst":
        return io.BufferedReader(_ZstdStream(source), 1 << 18)
    return source


class _Forward(io.RawIOBase):
    """A stream that is read from front to back and knows where it is, which is all that readers ask of it."""

    def __init__(self) -> None:
        self.position = 0

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if (offset, whence) != (0, io.SEEK_CUR):  # which only asks for the position
            raise io.UnsupportedOperation("seek")
        return self.position


class _PieceByPiece(_Forward):
    """Hands on what a compressed file gives in one step, so that nothing before a break is lost with it."""

    def __init__(self, source: gzip.GzipFile | bz2.BZ2File) -> None:
        super().__init__()
        self._source = source

    def readinto(self, target: Any) -> int:
        piece = self._source.read1(len(target))
        target[: len(piece)] = piece
        self.position += len(piece)
        return len(piece)


class _ZstdStream(_Forward):
    """Zstandard frames one after the other; unlike the library's own reader it notices when the last is cut short."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self._source = source
        self._frame: Any = None
        self._chunk = memoryview(b"")
        self._input = b""
        self._output = memoryview(b"")

    def _read(self) -> bytes:
        if not self._chunk:
            self._chunk = memoryview(self._source.read(1 << 18))
        taken, self._chunk = self._chunk[:ZSTD_INPUT_BYTES], self._chunk[ZSTD_INPUT_BYTES:]
        return bytes(taken)

    def readinto(self, target: Any) -> int:
        while not self._output:
            self._input = self._input or self._read()
            if not self._input:
                if self._frame is not None:
                    raise EOFError("compressed file ended before the end of its frame was reached")
                return 0
            if self._frame is None:
                self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
            self._output = memoryview(self._frame.decompress(self._input))
            self._input = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = None
        count = min(len(target), len(self._output))
        target[:count] = self._output[:count]
        self._output = self._output[count:]
        self.position += count
        return count


def _by_content(head: bytes, name: str, compression: str | None) -> FileFormat | None:
    if head.startswith(b"WARC/"):
        return FileFormat("warc", compression)
    if head.startswith(b"PAR1"):
        return FileFormat("parquet", compression)
    if head.startswith(b"PK\x03\x04"):
        is_epub = PurePosixPath(name).suffix.lower() == ".epub" or b"mimetypeapplication/epub+zip" in head
        return (
            FileFormat("epub", compression)
            if is_epub
            else FileFormat("unsupported", compression, detail="a ZIP archive")
        )
    found = next((what for magic, what in UNREAD if head.startswith(magic)), None)
    if head[257:262] == b"ustar":
        found = "a tar archive"
    return FileFormat("unsupported", compression, detail=found) if found else None


def _by_name(head: bytes, name: str, compression: str | None) -> FileFormat:
    language = programming_language(name, head)
    if language is not None:
        return FileFormat("code", compression, language)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".json":
        return _json(head, compression)
    if suffix in BY_SUFFIX:
        return FileFormat(BY_SUFFIX[suffix], compression)
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"<(!doctype\s+html|html)\b", beginning):
        return FileFormat("html", compression)
    if re.match(rb'\{\s*"', beginning):
        return _json(head, compression)
    # A name without a suffix (README, LICENSE) is prose unless its bytes say otherwise, which the reader finds out.
    return FileFormat("prose", compression)


def _json(head: bytes, compression: str | None) -> FileFormat:
    """``.json`` names JSON lines as well as one document over several lines, such as a package's settings."""
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if beginning.startswith(b"["):
        return FileFormat("unsupported", compression, detail="a JSON array; write one object a line instead")
    first, line_end, _ = beginning.partition(b"\n")
    try:
        whole_line = not line_end or isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        whole_line = False
    return FileFormat("jsonl", compression) if whole_line else FileFormat("code", compression, "JSON")


def _inflate(head: bytes, compression: str) -> bytes:
    """The beginning of what is compressed, as far as the head reaches."""
    try:
        if compression == "gz":
            return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
        if compression == "bz2":
            return bz2.BZ2Decompressor().decompress(head, HEAD_BYTES)
        return zstandard.ZstdDecompressor(max_window_size=1 << 31).stream_reader(io.BytesIO(head)).read(HEAD_BYTES)
    except (zlib.error, OSError, EOFError, zstandard.ZstdError):
        return b""
