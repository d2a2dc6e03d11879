"""The licence of a document, where its metadata name one."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

NAMES = ("license", "licence", "licenses", "licences", "content_license", "license_spdx", "license_type", "rights")
"""How metadata call it, whatever the case; the first that is there counts."""
MENTIONED = r'(?i)"[^"]*(?:licen[sc]es?|rights)[^"]*"\s*:'
LONGEST_CHARS = 200
"""A licence is named; what is longer is its text, of which this much stays."""
INSIDE = "metadata"
"""Many corpora have what is told of a document under this key, in one of their own."""


def licenses(metadata: pa.Array) -> pa.Array:
    """The licence that each document's metadata name, as they write it; null where they name none.

    Several are joined by commas, white space is one space, and what is longer than a name is cut.
    """
    mentioned = pc.fill_null(pc.match_substring_regex(metadata, MENTIONED), False)
    found: list[str | None] = [None] * len(metadata)
    for index in pc.indices_nonzero(mentioned).to_pylist():
        found[index] = _license(orjson.loads(metadata[index].as_py()))
    return pa.array(found, pa.string())


def _license(metadata: Any) -> str | None:
    if not isinstance(metadata, dict):
        return None
    lowered = {str(key).lower(): value for key, value in metadata.items()}
    for name in NAMES:
        if text := _text(lowered.get(name)):
            return text
    return _license(lowered.get(INSIDE))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return _cut(", ".join(filter(None, map(_text, value))))
    return _cut(" ".join(value.split())) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CHARS else text[: LONGEST_CHARS - 1] + "…"
