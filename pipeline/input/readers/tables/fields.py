"""From the fields of a record, whatever held them, to a document: text, address and kind taken out, the rest kept."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import numpy as np

from .....filters.base.batch import KINDS
from ...inputs import InputOptions
from ...parts import Part
from ..html import page
from ..records import Document, Quarantined, Record, without_surrogates

MOST_NAMES_TOLD = 20
UNREADABLE = "unreadable_values"
"""Metadata that counts values which stand as text, or as null, because JSON or Python have none such."""
DEEPEST_FIELD = 100
HIVE_FOLDER = re.compile(r"([A-Za-z_][\w.-]*)=(.*)")
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"


class Odd:
    """A value that Python has not: a date beyond the year 9999, a time in an unknown zone."""

    def __init__(self, text: str | None) -> None:
        self.text = text


def record_of(
    fields: dict[str, Any],
    position: int,
    part: Part,
    options: InputOptions,
    what: str = "field",
    *,
    is_plain: bool = False,
) -> Record:
    """A document of a record's fields, or why it is none.

    ``url`` and ``kind`` become those of the document where they can be; else they stay in the metadata, as all other
    fields do. Folders named as ``key=value`` (Hive) add to it.

    Args:
        fields: The record; what is taken out of it is removed.
        position: Where it stands in its file.
        part: Of which file it is.
        options: Which fields hold the text or the HTML.
        what: What the format calls a field.
        is_plain: Whether all values are such as JSON has.
    """

    def bad(error: str, detail: str) -> Quarantined:
        return Quarantined(source=part.source, position=position, error=error, detail=detail)

    name = options.html_field or options.text_field
    found, text = take(fields, name)
    if not found:
        names = ", ".join(str(key) for key in list(fields)[:MOST_NAMES_TOLD])
        nested = next((str(key) for key, value in fields.items() if isinstance(value, dict) and name in value), None)
        hint = f"; give --text-field {nested}.{name}" if nested else ""
        return bad("missing_text", f"no {what} {name!r}; {what}s are {names}{hint}")
    if isinstance(text, UnicodeDecodeError):
        return bad("invalid_utf8", f"byte {text.start} of {what} {name!r}: {text.reason}")
    if isinstance(text, bytes) and options.html_field is None:
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return bad("invalid_utf8", f"byte {error.start} of {what} {name!r}: {error.reason}")
    if text is None:
        return bad("missing_text", f"{what} {name!r} is null")
    if not isinstance(text, str | bytes):
        return bad("text_not_a_string", f"{what} {name!r} is a {type(text).__name__}")
    metadata = hive_folders(part.source) | fields
    url = _as_text(metadata.get(options.url_field))
    if isinstance(url, str):
        del metadata[options.url_field]
        url = without_surrogates(url)
    else:
        url = None
        if metadata.get(options.url_field, 0) is None:
            del metadata[options.url_field]
    kind = _as_text(metadata.get("kind"))
    if kind is None or (isinstance(kind, str) and kind in KINDS):
        metadata.pop("kind", None)
    else:
        kind = None
    metadata = metadata if is_plain else plain(metadata)
    if not isinstance(text, str) or options.html_field is not None:
        charset = "utf-8" if isinstance(text, str) else options.encoding
        record = page(
            part.source, position, _as_bytes(text), charset=charset, url=url, metadata={}, extraction=options.extraction
        )
        if isinstance(record, Document):
            # What a record says of itself comes before what its page says.
            return replace(record, kind=kind or record.kind, metadata={**record.metadata, **metadata})
        return record
    return Document(position=position, text=without_surrogates(text), kind=kind or "web", url=url, metadata=metadata)


def _as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else without_surrogates(text).encode()


def _as_text(value: Any) -> Any:
    """Bytes as text where they are: many a writer does not say which of its columns are."""
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value


def take(fields: dict[str, Any], name: str) -> tuple[bool, Any]:
    """Take a field out, ``outer.inner`` from the record in it; a field that is called so itself comes first."""
    if name in fields:
        return True, fields.pop(name)
    outer, dot, inner = name.partition(".")
    if dot and isinstance(fields.get(outer), dict):
        within = dict(fields[outer])
        found, value = take(within, inner)
        if found:
            fields[outer] = within
            if not within:
                del fields[outer]
            return True, value
    return False, None


def hive_folders(source: str) -> dict[str, str | None]:
    """Columns that are written as names of folders: ``lang=en/year=2020``."""
    if "=" not in source:
        return {}
    found: dict[str, str | None] = {}
    for folder in source.split("/")[1:-1]:
        match = HIVE_FOLDER.fullmatch(folder)
        if match is not None:
            found[match[1]] = None if match[2] == HIVE_NULL else unquote(match[2])
    return found


def may_be_rounded(value: Any) -> bool:
    """Whether a number in what orjson gave may have been an integer beyond 64 bits, which it rounds."""
    if isinstance(value, float):
        return abs(value) >= 2**63
    if isinstance(value, dict):
        return any(not isinstance(inner, str) and may_be_rounded(inner) for inner in value.values())
    return isinstance(value, list) and any(not isinstance(inner, str) and may_be_rounded(inner) for inner in value)


def plain(metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata in which values that JSON has not are text or null, and counted."""
    odd = itertools.count()
    found = {
        name: value if type(value) is str or value is None else _plain(value, odd, 0)
        for name, value in metadata.items()
    }
    if total := next(odd):
        before = found.get(UNREADABLE, 0)
        found[UNREADABLE] = total + (before if isinstance(before, int) else 0)
    return found


def _plain(value: Any, odd: Iterator[int], depth: int) -> Any:
    """A value as JSON has it; each that JSON has not counts ``odd`` on."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    elif isinstance(value, set | frozenset):
        value = sorted(value, key=repr)  # sets have no order that lasts
    if isinstance(value, float) and not math.isfinite(value):
        next(odd)
        return None
    if isinstance(value, Odd | UnicodeDecodeError):
        next(odd)
        return value.text if isinstance(value, Odd) else value.object.decode("utf-8", "replace")
    if isinstance(value, bytes):
        text = _as_text(value)
        if text is not value:
            return text
        next(odd)
        return None
    if isinstance(value, dict | list | tuple):
        if depth > DEEPEST_FIELD:
            next(odd)
            return None
        if isinstance(value, dict):
            return {name: _plain(inner, odd, depth + 1) for name, inner in value.items()}
        return [_plain(inner, odd, depth + 1) for inner in value]
    return value
