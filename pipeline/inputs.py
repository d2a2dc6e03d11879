"""From what the user names to a sorted list of files, each with a name that does not depend on the machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..errors import InputError
from .storage import exists, expand_glob, fixed_folder, is_folder, is_glob, list_files, local_path, size

PASSED_OVER = frozenset({"node_modules", "__pycache__"})
"""Folders that hold nothing of a corpus; hidden files and folders (``.git``) are passed over as well."""

LABELLED = re.compile(r"([A-Za-z0-9][\w.-]*)=(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """How to read; part of what decides the output."""

    text_field: str = "text"
    """Field or column of the text in JSONL and Parquet."""
    url_field: str = "url"
    kind: str | None = None
    """Take every document for this kind (web, book, code, other) instead of telling by its format."""
    max_document_bytes: int = 100_000_000
    """A longer document is quarantined."""
    split_bytes: int | None = None
    """How much input one worker takes at a time; by default by the size of the whole input."""
    batch_documents: int = 1000
    batch_bytes: int = 8_000_000
    """A batch ends at whichever comes first."""


@dataclass(frozen=True)
class InputFile:
    """A file to read."""

    path: str
    source: str
    """Label of the input and the path below it."""
    size: int


def absolute_input(given: str) -> str:
    """An input with its path made absolute, so that workers elsewhere on the machine find it; a label stays."""
    label, path = split_label(given)
    local = local_path(path)
    absolute = path if local is None else os.path.abspath(local)  # noqa: PTH100  # resolve() would follow links
    return absolute if label is None else f"{label}={absolute}"


def split_label(given: str) -> tuple[str | None, str]:
    """Take ``label=path`` apart; a path that exists as it is written has no label."""
    match = LABELLED.fullmatch(given)
    if match is None or exists(given):
        return None, given
    return match[1], match[2]


def find_inputs(inputs: Sequence[str]) -> list[InputFile]:
    """Find the files of all inputs, sorted by source, so that the order of the inputs never matters.

    Args:
        inputs: Files, folders (with all that is below), globs, or ``label=path`` of any of these.

    Raises:
        InputError: for a missing path, a glob that names nothing, two roots with one label, or a file reached twice.
    """
    if not inputs:
        raise InputError("no input; name files, folders or globs")
    roots: dict[str, str] = {}
    found: dict[str, InputFile] = {}
    for given in inputs:
        label, path = split_label(given)
        root, files = _resolve(path)
        label = label or _last_part(root)
        if roots.setdefault(label, root) != root:
            raise InputError(
                f"{roots[label]} and {root} would both be called {label!r}; give one another label, as in other={root}"
            )
        for file in files:
            below = file[len(root) :].lstrip("/")
            source = f"{label}/{below}" if below else label
            if file in found:
                raise InputError(f"{file} is named twice (as {found[file].source} and {source}); name it once")
            found[file] = InputFile(file, source, size(file))
    ordered = sorted(found.values(), key=lambda file: file.source)
    for first, second in pairwise(ordered):
        if first.source == second.source:
            raise InputError(f"{first.path} and {second.path} would both be called {first.source!r}; label one input")
    return ordered


def _resolve(path: str) -> tuple[str, list[str]]:
    """Root of an input and its files."""
    if is_glob(path):
        files = [file for file in expand_glob(path) if not _passed_over(file, fixed_folder(path))]
        if not files:
            raise InputError(f"no file matches {path}")
        return fixed_folder(path), files
    if not exists(path):
        raise InputError(f"no such file or folder: {path}")
    if not is_folder(path):
        return path, [path]
    root = path.rstrip("/") or "/"
    files = list(_walk(root))
    if not files:
        raise InputError(f"no files in {path}")
    return root, files


def _walk(root: str) -> Iterator[str]:
    for file in list_files(root):
        if not _passed_over(file, root):
            yield file


def _passed_over(file: str, root: str) -> bool:
    parts = file[len(root) :].lstrip("/").split("/")
    return any(part.startswith(".") or part in PASSED_OVER for part in parts)


def _last_part(root: str) -> str:
    local = local_path(root)
    name = local.absolute().name if local is not None else root.rstrip("/").rsplit("/", 1)[-1]
    return name or "root"
