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

import zstandard

from .storage import open_read

Compression = Literal["gz", "zst", "bz2"]
HEAD_BYTES = 4096
CHUNK_BYTES = 1 << 16

EXPANSION: Mapping[str | None, float] = {None: 1.0, "gz": 4.0, "zst": 4.0, "bz2": 4.5}
"""About how much text grows when it is decompressed; only the cutting depends on it."""

MAGIC: tuple[tuple[bytes, Compression], ...] = ((b"\x1f\x8b", "gz"), (b"\x28\xb5\x2f\xfd", "zst"), (b"BZh", "bz2"))
COMPRESSED_SUFFIXES: Mapping[str, Compression] = {".gz": "gz", ".zst": "zst", ".bz2": "bz2"}

BY_SUFFIX: Mapping[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
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

PROGRAMMING_LANGUAGES: Mapping[str, str] = {
    suffix: language
    for language, suffixes in {
        "Ada": ".adb .ads", "Assembly": ".asm .s", "C": ".c .h", "C#": ".cs", "C++": ".cc .cpp .cxx .hh .hpp .hxx",
        "CMake": ".cmake", "CSS": ".css .scss .sass .less", "Clojure": ".clj .cljs .cljc", "Cuda": ".cu .cuh",
        "Cython": ".pyx .pxd", "D": ".d", "Dart": ".dart", "Elixir": ".ex .exs", "Elm": ".elm", "Erlang": ".erl .hrl",
        "F#": ".fs .fsx", "Fortran": ".f .f90 .f95 .f03", "GLSL": ".glsl .vert .frag", "Go": ".go",
        "GraphQL": ".graphql .gql", "Groovy": ".groovy .gradle", "HCL": ".tf .hcl", "Haskell": ".hs .lhs",
        "INI": ".ini .cfg", "Java": ".java", "JavaScript": ".js .jsx .mjs .cjs", "Julia": ".jl", "Jupyter": ".ipynb",
        "Kotlin": ".kt .kts", "Lean": ".lean", "Lisp": ".lisp .el .scm", "Lua": ".lua", "Makefile": ".mk",
        "Mathematica": ".wl .nb", "Nim": ".nim", "Nix": ".nix", "OCaml": ".ml .mli", "Objective-C": ".m .mm",
        "PHP": ".php", "Pascal": ".pas", "Perl": ".pl .pm", "PowerShell": ".ps1 .psm1", "Prolog": ".pro",
        "Protocol Buffers": ".proto", "Python": ".py .pyi", "R": ".r", "Racket": ".rkt", "Ruby": ".rb .rake",
        "Rust": ".rs", "SQL": ".sql", "Scala": ".scala .sc", "Shell": ".sh .bash .zsh .fish", "Solidity": ".sol",
        "Svelte": ".svelte", "Swift": ".swift", "SystemVerilog": ".sv .svh", "TOML": ".toml", "Tcl": ".tcl",
        "TypeScript": ".ts .tsx", "VHDL": ".vhd .vhdl", "Verilog": ".v", "Vue": ".vue", "XML": ".xml .xsd .xsl",
        "YAML": ".yaml .yml", "Zig": ".zig",
    }.items()
    for suffix in suffixes.split()
}  # fmt: skip
"""Programming language by a source file's suffix."""

PROGRAMMING_NAMES: Mapping[str, str] = {
    "Dockerfile": "Dockerfile",
    "Makefile": "Makefile",
    "GNUmakefile": "Makefile",
    "CMakeLists.txt": "CMake",
    "Rakefile": "Ruby",
    "Gemfile": "Ruby",
    "Jenkinsfile": "Groovy",
    "BUILD": "Starlark",
    "WORKSPACE": "Starlark",
}
"""Programming language by a source file's whole name."""


@dataclass(frozen=True)
class FileFormat:
    """What a file is."""

    name: str
    """jsonl, parquet, warc, html, epub, text, prose, code, or unsupported."""
    compression: str | None = None
    programming_language: str | None = None


def detect_format(path: str) -> FileFormat:
    """Tell a file's format from its content first and its name second; reads only its head."""
    name = PurePosixPath(path).name
    try:
        with open_read(path) as source:
            head = source.read(HEAD_BYTES)
    except OSError:
        return FileFormat("unsupported")  # the reader tries again, and quarantines it with the reason
    compression = next((found for magic, found in MAGIC if head.startswith(magic)), None)
    if compression is not None:
        head = _inflate(head, compression)
        if PurePosixPath(name).suffix.lower() in COMPRESSED_SUFFIXES:
            name = PurePosixPath(name).stem
    return _by_content(head, name, compression) or _by_name(head, name, compression)


def decompress(source: IO[bytes], compression: str | None) -> IO[bytes]:
    """Read a file through its compression; several streams one after the other are read as one."""
    if compression == "gz":
        return io.BufferedReader(gzip.GzipFile(fileobj=source), 1 << 18)
    if compression == "bz2":
        return io.BufferedReader(bz2.BZ2File(source), 1 << 18)
    if compression == "zst":
        return io.BufferedReader(_ZstdStream(source), 1 << 18)
    return source


class _ZstdStream(io.RawIOBase):
    """Zstandard frames one after the other; unlike the library's own reader it notices when the last is cut short."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._frame: Any = None
        self._input = b""
        self._output = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._output:
            self._input = self._input or self._source.read(CHUNK_BYTES)
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
        return count


def _by_content(head: bytes, name: str, compression: str | None) -> FileFormat | None:
    suffix = PurePosixPath(name).suffix.lower()
    if head.startswith(b"WARC/"):
        return FileFormat("warc", compression)
    if head.startswith(b"PAR1"):
        return FileFormat("parquet", compression)
    if head.startswith(b"PK\x03\x04"):
        is_epub = suffix == ".epub" or b"mimetypeapplication/epub+zip" in head
        return FileFormat("epub" if is_epub else "unsupported", compression)
    return None


def _by_name(head: bytes, name: str, compression: str | None) -> FileFormat:
    suffix = PurePosixPath(name).suffix.lower()
    language = PROGRAMMING_NAMES.get(name) or PROGRAMMING_LANGUAGES.get(suffix)
    if language is not None:
        return FileFormat("code", compression, language)
    if suffix in BY_SUFFIX:
        return FileFormat(BY_SUFFIX[suffix], compression)
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"<(!doctype\s+html|html)\b", beginning):
        return FileFormat("html", compression)
    if re.match(rb'\{\s*"', beginning):
        return FileFormat("jsonl", compression)
    # A name without a suffix (README, LICENSE) is prose unless its bytes say otherwise, which the reader finds out.
    return FileFormat("prose" if b"\x00" not in head else "unsupported", compression)


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
