"""Tell what a file is from its first bytes and its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from ...filters.lists.programming_languages import programming_language
from ..files.storage import open_read
from . import zipped_formats
from .charsets import wide_charset
from .compression import MAGIC, MOST_LAYERS, SUFFIXES, decompress, detect_compression
from .decompressors import DecompressionError
from .json_shapes import BLANKS, are_lines, is_array, json_shape
from .signatures import recognise, unread
from .warc.media_types import PAGE
from .warc.records import ARC_HEADER

HEAD_BYTES = 4096
JSON_HEAD_BYTES = 1 << 20
"""So far is looked for the end of a first line, or for a table."""
FIRST_BLOCK_BYTES = {"bz2": 1 << 20, "zst": 1 << 18, "lz4": 1 << 22}
"""Nothing comes out of these before a block is complete: of up to 900 KB, 128 KB, 4 MB."""
TAR_MAGIC_AT = 257
PALM_TYPE_AT = 60
PDF_MAGIC_WITHIN = 1024
"""As other readers do: some files have a few bytes before it."""
FICTION_BOOK = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\b[^>]{0,300}\?>\s*)?(?><!--.{0,2000}?-->\s*|<\?[^>]{0,300}\?>\s*){0,9}+<FictionBook\b",
    re.S,
)

BY_SUFFIX: Mapping[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".csv": "separated",
    ".tsv": "separated",
    ".tab": "separated",
    ".psv": "separated",
    ".warc": "warc",
    ".wet": "warc",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".epub": "epub",
    ".docx": "docx",
    ".docm": "docx",
    ".dotx": "docx",
    ".odt": "odt",
    ".ott": "odt",
    ".fodt": "odt",
    ".fb2": "fb2",
    ".rtf": "rtf",
    ".pdf": "pdf",
    ".txt": "text",
    ".text": "text",
    ".md": "prose",
    ".markdown": "prose",
    ".rst": "prose",
    ".adoc": "prose",
    ".org": "prose",
}


WIDE_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".tab"})
"""Files that are read line by line, and may be in UTF-16."""
FEWEST_OBJECTS: Mapping[str, int] = {".jl": 1, ".txt": 2, ".text": 2}
"""Names that files of JSON lines have too, and how many objects make one; ``.jl`` is Scrapy's, and Julia's."""
LINE_FORMATS = frozenset({"text", "prose"})
"""Of which each line may be a document."""
ARCHIVE_FORMATS = frozenset({"tar", "zip", "7z"})
ONE_DOCUMENT_FORMATS = frozenset(
    ["html", "epub", "docx", "odt", "fb2", "rtf", "pdf", "text", "prose", "code", "notebook", "subtitles", "latex"]
)


TAR_SUFFIXES = frozenset({".tgz", ".tbz", ".tbz2", ".txz", ".tzst"})
ARROW_STREAM = re.compile(rb"\xff\xff\xff\xff.{3}\x00\x10\x00\x00\x00", re.DOTALL)
"""How a stream of Arrow's record batches begins: a message, of which length and a table follow."""
CONTROL_BYTES = tuple(bytes([value]) for value in (*range(9), *range(14, 27), *range(28, 32)))
MOST_CONTROL_BYTES = 0.02


@dataclass(frozen=True)
class FileFormat:
    """What a file is."""

    name: str
    """jsonl, parquet, warc, html, epub, text, prose, code, mediawiki, stackexchange, reddit, mail, notebook, subtitles,
    latex, json, arrow, separated, docx, odt, fb2, rtf, pdf, an archive (tar, zip, 7z), or unsupported."""
    compression: str | None = None
    programming_language: str | None = None
    detail: str = ""
    """Of what is unsupported: what it seems to be."""


@lru_cache(maxsize=64)  # of one file it is asked again and again
def _named(name: str) -> PurePosixPath:
    return PurePosixPath(name)


def detect_format(path: str, size: int | None = None) -> FileFormat:
    """Tell a file's format from its content first and its name second; reads only its head."""
    try:
        with open_read(path, size=size) as source:
            head = source.read(HEAD_BYTES)
            head += source.read(FIRST_BLOCK_BYTES.get(detect_compression(head) or "", 0))
            found = _detect(head, _named(path).name)
            if found.name == "open":
                source.seek(0)
                found = _look_further(source, found)
    except OSError:
        return FileFormat("unsupported")  # the reader tries again, and tells the reason
    return found


def _look_further(source: IO[bytes], found: FileFormat) -> FileFormat:
    """The format of JSON whose beginning says nothing: lines can be cut into parts, what is one document is code."""
    try:
        head = decompress(source, found.compression).read(JSON_HEAD_BYTES)
    except DecompressionError:
        return replace(found, name="json")
    shape = json_shape(head, is_whole=len(head) < JSON_HEAD_BYTES)
    return json_format("json" if shape == "open" else shape, found.compression)


def detect_content(head: bytes, name: str) -> FileFormat:
    """Tell the format of a file by its first bytes, at least 4,096 where it has as many, and its name."""
    found = _detect(head, name)
    return replace(found, name="json") if found.name == "open" else found


def _detect(head: bytes, name: str) -> FileFormat:
    layers: list[str] = []
    is_whole = len(head) < HEAD_BYTES
    while len(layers) < MOST_LAYERS:
        named = SUFFIXES.get(_named(name).suffix.lower())
        found = detect_compression(head)
        if found is None and named is not None and not layers and MAGIC[named].startswith(head[: len(MAGIC[named])]):
            found = named  # cut to its first bytes, it is what it is called
        if found is None and named is not None and not layers and _is_no_text(head):
            return FileFormat("unsupported", detail=f"called {named}, but the file is not compressed so")
        if named is not None and (found is not None or not layers):
            name = _named(name).stem  # it may lie: many a download is decompressed on its way
        elif named is None and found is not None and _named(name).suffix.lower() in TAR_SUFFIXES:
            name = f"{_named(name).stem}.tar"
        if found is None:
            break
        layers.append(found)
        head = _inflate(head, found)
    if _named(name).suffix.lower() in WIDE_SUFFIXES and (charset := wide_charset(head)) is not None:
        layers.append(charset)
        head = head.decode(charset, "ignore").removeprefix("\ufeff").encode()
    compression = "+".join(layers) or None
    is_whole &= compression is None  # of what is compressed the end is not seen
    known = recognise(head, name)
    found_format = FileFormat(known, compression) if known is not None else None
    return _by_content(head, name, compression) or found_format or _by_name(head, name, compression, is_whole=is_whole)


def _is_no_text(head: bytes) -> bool:
    """Whether bytes are those of no text, in whatever charset."""
    control = sum(head.count(byte) for byte in CONTROL_BYTES)
    return control > len(head) * MOST_CONTROL_BYTES


def _by_content(head: bytes, name: str, compression: str | None) -> FileFormat | None:
    if head.startswith(b"WARC/"):
        return FileFormat("warc", compression)
    if head.startswith(b"PAR1"):
        return FileFormat("parquet", compression)
    if head.startswith((b"ARROW1", b"FEA1")) or ARROW_STREAM.match(head):
        return FileFormat("arrow", compression)
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return FileFormat("unsupported", compression, detail="a Git LFS pointer; fetch its file by git lfs pull")
    if head.startswith(b"/annex/objects/"):
        return FileFormat("unsupported", compression, detail="a git-annex pointer; fetch its file by git annex get")
    if zipped_formats.BEGINNING.match(head):
        return _zipped(head, name, compression)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return FileFormat("rtf", compression)
    if head.startswith(b"%PDF-") or (
        b"%PDF-" in head[:PDF_MAGIC_WITHIN] and _named(name).suffix.lower() in (".pdf", "")
    ):
        return FileFormat("pdf", compression)
    if head[PALM_TYPE_AT : PALM_TYPE_AT + 8] in (b"BOOKMOBI", b"TEXtREAd"):
        return FileFormat("unsupported", compression, detail="a Kindle or Mobipocket book; convert it to EPUB first")
    if FICTION_BOOK.match(head):
        return FileFormat("fb2", compression)
    if head[TAR_MAGIC_AT : TAR_MAGIC_AT + 5] == b"ustar":
        return FileFormat("tar", compression)
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return FileFormat("7z", compression)
    if ARC_HEADER.match(head):
        return FileFormat("warc", compression)
    found = unread(head, name)
    if found is None and _named(name).suffix.lower() == ".zip" and _is_no_text(head):
        return FileFormat("zip", compression)  # something may stand before it; its table of contents is at its end
    return FileFormat("unsupported", compression, detail=found) if found else None


def _zipped(head: bytes, name: str, compression: str | None) -> FileFormat:
    found = zipped_formats.zipped_format(head, _named(name).suffix.lower())
    if " " in found or found == "slides":
        return FileFormat("unsupported", compression, detail=found)
    return FileFormat(found, compression)


def _by_name(head: bytes, name: str, compression: str | None, *, is_whole: bool) -> FileFormat:
    suffix = _named(name).suffix.lower()
    fewest = FEWEST_OBJECTS.get(suffix)
    if fewest is not None and are_lines(head, is_whole=is_whole, fewest=fewest):
        return FileFormat("jsonl", compression)
    language = programming_language(name, head)
    if language is not None:
        return FileFormat("code", compression, language)
    if suffix == ".tar" and _is_old_tar(head):
        return FileFormat("tar", compression)
    if suffix == ".json":
        return json_format(json_shape(head, is_whole=is_whole), compression)
    if suffix in (".jsonl", ".ndjson") and is_array(head):
        return FileFormat("json", compression)
    named = BY_SUFFIX.get(suffix)
    if named in (None, "text") and PAGE.match(head):
        return FileFormat("html", compression)
    if named is not None:
        return FileFormat(named, compression)
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip(BLANKS).lower()
    if beginning.startswith(b"<?xml"):
        return FileFormat("code", compression, "XML")
    if re.match(rb'\{\s*"|\[\s*\{\s*"', beginning):
        return json_format(json_shape(head, is_whole=is_whole), compression)
    # A name without a suffix (README, LICENSE) is prose unless its bytes say otherwise, which the reader finds out.
    return FileFormat("prose", compression)


def _is_old_tar(head: bytes) -> bool:
    """Whether a head is that of a tar archive from before 1988, which has no magic bytes but a checksum."""
    import tarfile

    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def json_format(shape: str, compression: str | None) -> FileFormat:
    """The format of JSON of a shape; what is one document is code."""
    return FileFormat(shape, compression, "JSON" if shape == "code" else None)


def _inflate(head: bytes, compression: str) -> bytes:
    """The beginning of what is compressed, as far as the head reaches."""
    found = b""
    stream = decompress(BytesIO(head), compression)
    try:
        while len(found) < HEAD_BYTES and (piece := stream.read1(HEAD_BYTES)):  # type: ignore[attr-defined]
            found += piece
    except DecompressionError:  # where the head ends
        pass
    return found
