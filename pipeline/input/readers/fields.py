"""From the fields of a record, whatever held them, to a document: text, address and kind taken out, the rest kept."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ....filters.base.batch import KINDS
from ..inputs import InputOptions
from ..parts import Part
from .html import page
from .records import Document, Quarantined, Record, without_surrogates

MOST_NAMES_TOLD = 20
DEEPEST_FIELD = 100
HIVE_FOLDER = re.compile(r"([A-Za-z_][\w.-]*)=(.*)")
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"


def record_of(fields: dict[str, Any], position: int, part: Part, options: InputOptions, what: str = "field") -> Record:
    """A document of a record's fields, or why it is none.

    ``url`` and ``kind`` become those of the document where they can be; else they stay in the metadata, as all other
    fields do. Folders named as ``key=value`` (Hive) add to it.

    Args:
        fields: The record; what is taken out of it is removed.
        position: Where it stands in its file.
        part: Of which file it is.
        options: Which fields hold the text or the HTML.
        what: What the format calls a field.
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
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return bad("invalid_utf8", f"byte {error.start} of {what} {name!r}: {error.reason}")
    if text is None:
        return bad("missing_text", f"{what} {name!r} is null")
    if not isinstance(text, str):
        return bad("text_not_a_string", f"{what} {name!r} is a {type(text).__name__}")
    if (
        len(text) > options.max_document_bytes // 4
        and len(text.encode("utf-8", "replace")) > options.max_document_bytes
    ):
        return bad("too_large", f"a text of {len(text)} characters")
    metadata = hive_folders(part.source) | fields
    url = metadata.get(options.url_field)
    if isinstance(url, str):
        del metadata[options.url_field]
        url = without_surrogates(url)
    else:
        url = None
        if metadata.get(options.url_field, 0) is None:
            del metadata[options.url_field]
    kind = metadata.get("kind")
    if kind is None or (isinstance(kind, str) and kind in KINDS):
        metadata.pop("kind", None)
    else:
        kind = None
    if options.html_field is not None:
        content = text.encode("utf-8", "replace")
        return page(part.source, position, content, charset="utf-8", url=url, metadata=metadata)
    return Document(position=position, text=without_surrogates(text), kind=kind or "web", url=url, metadata=metadata)


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


def finite(value: Any, depth: int = 0) -> Any:
    """A value of JSON with null for the numbers that JSON has not (NaN and infinities)."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth > DEEPEST_FIELD:
        return None
    if isinstance(value, Mapping):
        return {key: finite(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner, depth + 1) for inner in value]
    return value
