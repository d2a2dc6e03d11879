"""What readers yield: documents, records that could not be read, and batches of both."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
import pyarrow as pa

from ....filters.base.batch import BATCH_SCHEMA, document_id
from ..inputs import InputOptions

FIRST_BYTES = 256
"""How much of an unreadable record the quarantine keeps."""
MORE = "--max-document-mb (max_document_bytes) lets longer ones in"

MOST_DETAIL_CHARS = 300
"""How much the quarantine tells of an error."""

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")
"""Where an object that says nothing of itself lies in memory."""
METADATA_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True, kw_only=True)
class Document:
    """One text with its origin; ``text`` and ``url`` hold no unpaired surrogates."""

    position: int
    """Where it stands in its file: byte offset after decompression, row, or record offset; stable under any cutting."""
    text: str
    kind: str
    url: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    """Where it lies in an archive; else it is of the file that is read."""


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """A record that could not be read."""

    source: str
    position: int
    error: str
    """A short code: truncated, corrupt, invalid_json, not_an_object, missing_text, text_not_a_string, invalid_utf8,
    too_large, binary, unsupported, unreadable, extraction_failed."""
    detail: str
    first_bytes: bytes = b""

    def __post_init__(self) -> None:
        # What reports an error likes to quote: a whole page where a length should stand, a name that is no Unicode.
        object.__setattr__(self, "detail", without_surrogates(shorten(self.detail, MOST_DETAIL_CHARS)))


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A record that is no document by its nature, such as a WARC request; only counted."""

    reason: str


Record: TypeAlias = Document | Quarantined | Skipped


@dataclass(frozen=True)
class ReadBatch:
    """Up to a batch of documents, of one file or of many, and what else was found among them."""

    batch: pa.RecordBatch
    quarantined: list[Quarantined]
    read: Mapping[str, int]
    """Documents and quarantined records by source; a file that holds neither stands here with none."""
    skipped: Mapping[str, Counter[str]]
    """By source, where there are any."""


def batches(parts: Iterable[tuple[str, Iterable[Record]]], options: InputOptions) -> Iterator[ReadBatch]:
    """Gather the records of several sources in order.

    A batch ends where it is full, not where a file ends: what a batch costs besides its bytes, every file would.
    """
    held = _Held()
    for source, records in parts:
        held.read.setdefault(source, 0)
        for record in records:
            held.add(source, record, options.max_document_bytes)
            full = max(len(held.documents), len(held.quarantined)) >= options.batch_documents
            if full or held.bytes >= options.batch_bytes:
                yield held.packed(options)
                held = _Held()
    if held.read:
        yield held.packed(options)


class _Held:
    """Records that are gathered for a batch."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.sources: list[str] = []
        """Of each document."""
        self.quarantined: list[Quarantined] = []
        self.read: dict[str, int] = {}
        self.skipped: dict[str, Counter[str]] = {}
        self.metadata: list[str | None] = []
        self.bytes = 0
        """Of text and metadata: either may be large."""

    def add(self, source: str, record: Record, most_bytes: int) -> None:
        """Take a record of a source; a document of a longer text is one that could not be read."""
        if isinstance(record, Skipped):
            self.skipped.setdefault(source, Counter())[record.reason] += 1
            self.read.setdefault(source, 0)
            return
        source = record.source or source
        self.read[source] = self.read.get(source, 0) + 1
        text_bytes = _utf8_bytes(record.text) if isinstance(record, Document) else 0
        if isinstance(record, Document) and text_bytes > most_bytes:
            record = _too_large(source, record, text_bytes, most_bytes)
        if isinstance(record, Quarantined):
            self.quarantined.append(record)
            return
        self.documents.append(record)
        self.sources.append(source)
        metadata = metadata_json(record.metadata)
        self.metadata.append(metadata)
        self.bytes += text_bytes + len(metadata or "")

    def packed(self, options: InputOptions) -> ReadBatch:
        columns = {
            "doc_id": [
                document_id(source, document.position)
                for source, document in zip(self.sources, self.documents, strict=True)
            ],
            "text": [document.text for document in self.documents],
            "source": self.sources,
            "kind": self._kinds(options),
            "url": [document.url for document in self.documents],
            "metadata": self.metadata,
        }
        arrays = [pa.array(columns[item.name], item.type) for item in BATCH_SCHEMA]
        batch = pa.RecordBatch.from_arrays(arrays, schema=BATCH_SCHEMA)
        return ReadBatch(batch, self.quarantined, self.read, self.skipped)

    def _kinds(self, options: InputOptions) -> list[str]:
        given = {source: options.kind_of(source) for source in set(self.sources)}
        pairs = zip(self.sources, self.documents, strict=True)
        return [given[source] or document.kind for source, document in pairs]


def _too_large(source: str, document: Document, text_bytes: int, most_bytes: int) -> Quarantined:
    return Quarantined(
        source=source,
        position=document.position,
        error="too_large",
        detail=f"a text of {text_bytes} bytes; the limit is {most_bytes}: {MORE}",
        first_bytes=document.text[:FIRST_BYTES].encode()[:FIRST_BYTES],
    )


def _utf8_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def metadata_json(metadata: Mapping[str, Any]) -> str | None:
    """Metadata as JSON text with sorted keys; None where there is none, or JSON cannot hold it."""
    if not metadata:
        return None
    try:
        return orjson.dumps(metadata, default=_as_text, option=METADATA_OPTIONS).decode()
    except (orjson.JSONEncodeError, RecursionError):  # integers beyond 64 bits, unpaired surrogates, deep nesting
        pass
    try:
        return without_surrogates(
            json.dumps(metadata, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)
        )
    except (ValueError, RecursionError):
        return None


def without_addresses(text: str) -> str:
    """The text of an object without where in memory it lay, which is elsewhere each time."""
    return ADDRESS.sub("", text)


def _as_text(value: object) -> str:
    return without_addresses(str(value))


def shorten(text: str, most_chars: int) -> str:
    """The beginning of a text that is longer than so many characters."""
    return text if len(text) <= most_chars else f"{text[: most_chars - 2]} …"


def without_surrogates(text: str) -> str:
    """Replace unpaired surrogates, which UTF-8 cannot hold, by U+FFFD; pairs become the character they mean."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def is_panic(error: BaseException) -> bool:
    """Whether an error is a failed assertion of a library in Rust, which is no :class:`Exception` in Python."""
    return type(error).__name__ == "PanicException"
