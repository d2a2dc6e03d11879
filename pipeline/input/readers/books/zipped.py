"""Books and office documents that are ZIP archives: their parts, found as reading systems find them, and bounded."""

from __future__ import annotations

import io
import posixpath
import unicodedata
import zipfile
import zlib
from urllib.parse import unquote

from ...charsets import decode
from ...decompressors import Allowance

ENCRYPTED = 0x1
UTF8_NAME = 0x800
MOST_PARTS = 100_000
"""A table of contents of more entries would take hundreds of megabytes."""
ENTRY_MAGIC = b"PK\x01\x02"


class BookError(Exception):
    """Why a book, or a part of it, cannot be read; carries the quarantine's word for it."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class BookTooLargeError(BookError):
    """A book that unpacks to more than is allowed; no part of it is read any more."""

    def __init__(self, detail: str) -> None:
        super().__init__("too_large", detail)


class ZippedBook:
    """The parts of a book by name."""

    def __init__(self, content: bytes, what: str, limit: int, allowance: Allowance | None = None) -> None:
        """Open a book.

        Args:
            content: Its bytes.
            what: What it is called in messages.
            limit: How many bytes of it may be unpacked in all.
            allowance: How many may be of all that is beside it in an archive.

        Raises:
            BookError: for bytes that are no such archive.
        """
        if content.count(ENTRY_MAGIC) > MOST_PARTS:
            raise BookError("too_large", f"{what} of more than {MOST_PARTS} parts")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except Exception as error:  # zipfile fails in many ways on bytes that are no archive
            raise BookError("corrupt", f"{what} cannot be read: {error}") from error
        self._what = what
        self._limit = limit
        self._left = limit
        self._allowance = allowance
        self._by_name = {name: name for name in self._archive.namelist()}
        for info in self._archive.infolist():
            for spelt in (info.filename, stored_name(info), unquote(info.filename)):
                self._by_name.setdefault(_folded(spelt), info.filename)

    @property
    def names(self) -> list[str]:
        """Names of all parts, as they are stored."""
        return self._archive.namelist()

    def find(self, name: str) -> str | None:
        """The stored name of a part, in whatever case, with escapes, backslashes or letters taken apart."""
        for spelt in (name, unquote(name), _folded(name), _folded(unquote(name))):
            if spelt in self._by_name:
                return self._by_name[spelt]
        return None

    def read(self, name: str) -> bytes:
        """Unpack a part.

        Raises:
            BookError: when it is missing, damaged or encrypted, or when the book unpacks to more than the limit.
        """
        stored = self.find(name)
        if stored is None:
            raise BookError("corrupt", f"{self._what} has no {name}")
        info = self._archive.getinfo(stored)
        if info.flag_bits & ENCRYPTED:
            raise BookError("unsupported", f"encrypted: {name}")
        try:
            with self._archive.open(info) as entry:
                content = entry.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise BookError("corrupt", f"{name}: {error or type(error).__name__}") from error
        self._left -= len(content)
        if self._left < 0:
            raise BookTooLargeError(f"unpacked, {self._what} is longer than the limit of {self._limit} bytes")
        if self._allowance is not None and not self._allowance.take(len(content)):
            detail = f"{self._what}, with others beside it in an archive, unpacks to far more than it holds"
            raise BookTooLargeError(f"{detail}: a bomb, or zeros; if not, unpack the archive first")
        return content


def stored_name(info: zipfile.ZipInfo) -> str:
    """The name of a file in a ZIP archive, which many hold in whatever charset their system had."""
    if info.flag_bits & UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        return decode(info.filename.encode("cp437")).text
    except UnicodeEncodeError:
        return info.filename


def _folded(name: str) -> str:
    spelt = posixpath.normpath(unicodedata.normalize("NFC", name.replace("\\", "/").lstrip("/")))
    while spelt.startswith("../"):  # above the root there is nothing but the root
        spelt = spelt[3:]
    return spelt.casefold()
