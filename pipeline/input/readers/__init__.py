"""Readers: one for each format, all yielding batches of documents and a row for whatever could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from ....errors import InputError, TextmillError
from ..formats import ARCHIVE_FORMATS, LINE_FORMATS
from ..inputs import InputOptions
from ..parts import Part
from ..splits import Split
from .records import Quarantined, ReadBatch, Record, Skipped, batches, is_panic

TEXT_SUFFIXES = frozenset({".txt", ".text"})

__all__ = ["Quarantined", "ReadBatch", "read_split"]


def read_split(split: Split, options: InputOptions) -> Iterator[ReadBatch]:
    """Read the parts of a split in order; a batch may hold documents of several."""
    return batches(((part.source, _guarded(part, options)) for part in split.parts), options)


def _read(part: Part, options: InputOptions) -> Iterator[Record]:
    if part.format.name in ARCHIVE_FORMATS:
        from .archives.archive import read_archive

        return read_archive(part, options, _guarded)
    name = part.format.name
    if options.lines and name == "jsonl" and TEXT_SUFFIXES.intersection(PurePosixPath(part.source.lower()).suffixes):
        part, name = replace(part, format=replace(part.format, name="text")), "text"  # whatever its lines look like
    if name == "code" and part.format.programming_language == "JSON":
        name = "json document"
    return _reader("lines" if options.lines and name in LINE_FORMATS else name)(part, options)


def _guarded(part: Part, options: InputOptions) -> Iterator[Record]:
    """Read a part; a file that cannot be opened or read to its end is one more quarantine row, never the run's end."""
    behind = part.start
    try:
        for record in _read(part, options):
            if not isinstance(record, Skipped):
                behind = record.position + 1
            yield record
    except OSError as error:
        yield Quarantined(source=part.source, position=behind, error="unreadable", detail=_describe(error))
    except MemoryError:
        yield Quarantined(
            source=part.source,
            position=behind,
            error="too_large",
            detail="reading it took more memory than there is; lower max_document_bytes",
        )
    except BaseException as error:  # parsers are foreign code fed with arbitrary bytes; one file must not end the run
        full_disk = isinstance(error, TextmillError) and not isinstance(error, InputError)
        if full_disk or not (isinstance(error, Exception) or is_panic(error)):
            raise
        yield Quarantined(
            source=part.source, position=behind, error="unreadable", detail=f"{type(error).__name__}: {error}"
        )


def _describe(error: OSError) -> str:
    """What an operating system error says, without the machine's path that it may carry."""
    return error.strerror or type(error).__name__


def _reader(name: str) -> Callable[[Part, InputOptions], Iterator[Record]]:
    # Imported when they are needed: cleaning one text file has no use for a WARC parser.
    if name == "jsonl":
        from .tables.jsonl import read_jsonl as reader
    elif name == "json":
        from .tables.json_array import read_json as reader
    elif name == "json document":
        from .tables.json_document import read_json_document as reader
    elif name == "lines":
        from .tables.charset_lines import read_lines as reader
    elif name == "parquet":
        from .tables.parquet import read_parquet as reader
    elif name == "arrow":
        from .tables.arrow import read_arrow as reader
    elif name == "separated":
        from .tables.separated import read_separated as reader
    elif name == "warc":
        from .warc import read_warc as reader
    elif name == "html":
        from .html import read_html as reader
    elif name == "epub":
        from .books.epub import read_epub as reader
    elif name == "mediawiki":
        from .dumps.mediawiki import read_mediawiki as reader
    elif name == "stackexchange":
        from .dumps.stackexchange import read_stackexchange as reader
    elif name == "reddit":
        from .dumps.reddit import read_reddit as reader
    elif name == "mail":
        from .dumps.mail import read_mail as reader
    elif name == "notebook":
        from .dumps.notebook import read_notebook as reader
    elif name == "subtitles":
        from .dumps.subtitles import read_subtitles as reader
    elif name == "latex":
        from .dumps.paper import read_latex as reader
    elif name == "docx":
        from .books.docx import read_docx as reader
    elif name == "odt":
        from .books.odt import read_odt as reader
    elif name == "fb2":
        from .books.fb2 import read_fb2 as reader
    elif name == "rtf":
        from .books.rtf import read_rtf as reader
    elif name == "pdf":
        from .books.pdf import read_pdf as reader
    else:
        from .text import read_text as reader
    return reader
