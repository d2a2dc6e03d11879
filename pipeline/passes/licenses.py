"""The licence of a document, where its metadata name one."""

from __future__ import annotations

from contextlib import suppress
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
LEVELS = 8
"""So deep it is looked for."""


def licenses(metadata: pa.Array) -> pa.Array:
    """The licence that each document's metadata name, as they write it; null where they name none or are no JSON.

    Several are joined by commas, white space is one space, and what is longer than a name is cut.
    """
    mentioned = pc.fill_null(pc.match_substring_regex(metadata, MENTIONED), False)
    found: list[str | None] = [None] * len(metadata)
    for index in pc.indices_nonzero(mentioned).to_pylist():
        with suppress(orjson.JSONDecodeError):  # users' pipelines give what text they like
            found[index] = _license(orjson.loads(metadata[index].as_py()))
    return pa.array(found, pa.string())


def _license(metadata: Any) -> str | None:
    for _ in range(LEVELS):
        if not isinstance(metadata, dict):
            return None
        lowered = {str(key).lower(): value for key, value in metadata.items()}
        for name in NAMES:
            if text := _text(lowered.get(name)):
                return text
        metadata = lowered.get(INSIDE)
    return None


def _text(value: Any) -> str:
    given = value if isinstance(value, list) else [value]
    plain = (" ".join(one.split()) for one in given if isinstance(one, str))
    text = ", ".join(filter(None, plain))
    return text if len(text) <= LONGEST_CHARS else text[: LONGEST_CHARS - 1] + "…"
