"""tar, ZIP and 7z: every readable file in them is read as if it lay in a folder of the archive's name."""

from __future__ import annotations

import lzma
import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, TypeAlias

from ...compression import decompress
from ...decompressors import Allowance, DecompressionError
from ...formats import detect_content
from ...inputs import PASSED_OVER, InputOptions
from ...parts import Part, open_part
from ..records import Document, Quarantined, Record, Skipped, without_surrogates
from .entries import ArchiveError, Budget, Entry
from .papers import FoundPaper, paper_in
from .seven_zip import seven_zip_entries
from .tar import tar_entries
from .zip_archive import zip_entries

HELD_BYTES = 1 << 25
"""A longer member lies in a temporary file while it is read."""
DEEPEST_ARCHIVE = 3
"""Archives in archives are read so deep."""
CHUNK_BYTES = 1 << 20
LEADS_OUT = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:[/\\]")

READ_ERRORS = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)

Reader: TypeAlias = Callable[[Part, InputOptions], Iterator[Record]]


def read_archive(part: Part, options: InputOptions, read_member: Reader) -> Iterator[Record]:
    """Records of the files in an archive, in its order; the source of each is the archive's and the path in it.

    Hidden files are passed over as in folders, links and devices too. A file that cannot be read is one row, and costs
    no other.

    Args:
        part: The archive.
        options: How to read its files.
        read_member: Reads a part of any format.
    """
    if part.depth >= DEEPEST_ARCHIVE:
        detail = f"an archive in {DEEPEST_ARCHIVE} others; unpack them first"
        yield Quarantined(source=part.source, position=0, error="unsupported", detail=detail)
        return
    seen: Counter[str] = Counter()
    found = _paper(part, options)
    if found is not None:
        yield found.record
    with open_part(part) as source:
        budget = _budget(part, source)
        inside = replace(part, allowance=Allowance(budget.left, part.allowance))
        try:
            for entry in _entries(part, source, budget):
                if found is not None and entry.name in found.members:
                    yield Skipped(reason="part of a paper in LaTeX")
                    continue
                yield from _read_entry(entry, inside, options, read_member, seen)
        except ArchiveError as error:
            yield Quarantined(source=part.source, position=error.position, error=error.error, detail=str(error))


def _budget(part: Part, source: IO[bytes]) -> Budget:
    packed_bytes = source.seek(0, 2)
    source.seek(0)
    return Budget(packed_bytes, part.allowance)


def _entries(part: Part, source: IO[bytes], budget: Budget) -> Iterator[Entry]:
    if part.format.name == "tar":
        yield from tar_entries(decompress(source, part.format.compression), budget)
        return
    with tempfile.TemporaryFile() as copy:  # both have their table of contents at the end
        if part.format.compression is not None:
            stream = decompress(source, part.format.compression)
            try:
                while piece := stream.read1(CHUNK_BYTES):  # type: ignore[attr-defined]  # keeps what precedes damage
                    budget.spend(len(piece))
                    copy.write(piece)
            except DecompressionError as error:
                raise ArchiveError(error.error, f"the archive breaks off: {error}") from error
            source = copy
        if part.format.name == "zip":
            yield from zip_entries(source, budget)
        else:
            yield from seven_zip_entries(source, budget)


def _paper(part: Part, options: InputOptions) -> FoundPaper | None:
    """The paper that an archive is; one that cannot be read to its end is read file by file, which tells why."""
    if part.format.name == "7z":
        return None
    with open_part(part) as source:
        try:
            return paper_in(_entries(part, source, _budget(part, source)), part.source, options)
        except (ArchiveError, DecompressionError, NotImplementedError, RuntimeError, OSError, *READ_ERRORS):
            return None


def _read_entry(
    entry: Entry, part: Part, options: InputOptions, read_member: Reader, seen: Counter[str]
) -> Iterator[Record]:
    pieces = without_surrogates(entry.name).replace("\\", "/").split("/")
    name = "/".join(piece for piece in pieces if piece != ".")  # as in archives of the folder "."
    if LEADS_OUT.search(name):
        entry.error, entry.detail = "unsupported", "its path leads out of the archive"
    elif any(PASSED_OVER.fullmatch(piece) or piece == "__MACOSX" for piece in name.split("/")):
        yield Skipped(reason="hidden file in an archive")
        return
    seen[name] += 1
    source = f"{part.source}/{name.lstrip('/')}" + (f"#{seen[name]}" if seen[name] > 1 else "")
    if entry.content is None or entry.error:
        yield Quarantined(source=source, position=0, error=entry.error, detail=entry.detail)
        return
    member = replace(part, source=source, start=0, stop=None, depth=part.depth + 1, path="", content=None)
    try:
        with _held(entry.content) as (head, content, path):
            found = detect_content(head, name.rsplit("/", 1)[-1])
            for record in read_member(replace(member, format=found, content=content, path=path), options):
                if isinstance(record, Document) and record.source is None:
                    yield replace(record, source=source)
                else:
                    yield record
    except DecompressionError as error:
        yield Quarantined(source=source, position=0, error=error.error, detail=str(error))
    except READ_ERRORS as error:
        cut = isinstance(error, EOFError) or "unexpected end" in str(error)
        yield Quarantined(source=source, position=0, error="truncated" if cut else "corrupt", detail=f"{error}")
    except OSError as error:
        if error.errno is not None:
            raise
        yield Quarantined(source=source, position=0, error="corrupt", detail=f"{error}")  # bzip2's word for damage
    except (NotImplementedError, RuntimeError) as error:  # a compression method that is not known, a password
        yield Quarantined(source=source, position=0, error="unsupported", detail=str(error))


@contextmanager
def _held(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes | None, str]]:
    """The first bytes of a stream, then all of them, or the path of a temporary file that holds them."""
    content = stream.read(HELD_BYTES + 1)
    if len(content) <= HELD_BYTES:
        yield content, content, ""
        return
    with tempfile.NamedTemporaryFile(prefix="textmill-") as copy:
        copy.write(content)
        shutil.copyfileobj(stream, copy, CHUNK_BYTES)
        copy.flush()
        yield content, None, copy.name
