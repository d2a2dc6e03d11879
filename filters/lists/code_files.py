"""What the code rules know of a source file besides its text: its name and its language."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from .programming_languages import (
    BY_INTERPRETER,
    DATA_LANGUAGES,
    PROGRAMMING_LANGUAGES,
    PROGRAMMING_NAMES,
    programming_language,
)

LANGUAGES = frozenset(
    language.lower()
    for languages in (PROGRAMMING_LANGUAGES, PROGRAMMING_NAMES, BY_INTERPRETER, DATA_LANGUAGES)
    for language in languages.values()
)
"""Every language that a file name or an interpreter tells, lower case."""

LANGUAGE_KEYS = ("programming_language", "lang")
PATH_KEYS = ("path", "max_stars_repo_path", "file_path", "filename", "file_name")
EXTENSION_KEYS = ("ext", "extension")


class CodeFile(NamedTuple):
    """A source file."""

    name: str
    """Lower case, without folders."""
    language: str | None
    """Lower case (``c++``); None when unknown."""


def code_files(batch: pa.RecordBatch) -> list[CodeFile]:
    """Name and language of each document.

    The language is the metadata's ``programming_language`` (which the reader of source files writes) or ``lang``, else
    what the name tells. The name is that of the metadata's ``path``, ``max_stars_repo_path`` (The Stack),
    ``file_path``, ``filename`` or ``file_name``, else ``*.`` and its ``ext`` or ``extension``, else that of the source.
    """
    return [
        _code_file(source, _fields(metadata))
        for source, metadata in zip(batch["source"].to_pylist(), batch["metadata"].to_pylist(), strict=True)
    ]


def _code_file(source: str, fields: dict[str, Any]) -> CodeFile:
    path = _first(fields, PATH_KEYS)
    extension = _first(fields, EXTENSION_KEYS)
    if path is None:
        path = source if extension is None else f"*.{extension.lstrip('.')}"
    name = PurePosixPath(path).name
    language = (
        _first(fields, LANGUAGE_KEYS)
        or programming_language(name, b"")
        or DATA_LANGUAGES.get(PurePosixPath(name).suffix.lower())
    )
    return CodeFile(name.lower(), None if language is None else language.lower())


def _fields(metadata: str | None) -> dict[str, Any]:
    if metadata is None:
        return {}
    try:
        fields = orjson.loads(metadata)
    except orjson.JSONDecodeError:  # numbers beyond 64 bits
        return {}
    return fields if isinstance(fields, dict) else {}


def _first(fields: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((value for key in keys if isinstance(value := fields.get(key), str) and value), None)
