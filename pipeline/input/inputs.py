"""From what the user names to a sorted list of files, each with a name that does not depend on the machine."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any, Self

from ...errors import InputError, nearest
from ...filters.base.batch import KINDS
from ...filters.base.parameters import check_options
from ..files.globs import expand_glob, fixed_folder, is_glob
from ..files.listing import Entry, entry, list_entries
from ..files.storage import exists, is_folder, is_special, local_path
from .charset_detection import codec_of
from .pages.modes import EXTRACTIONS, Extraction

PASSED_OVER = re.compile(
    r"\..*|node_modules|__pycache__|_SUCCESS|_metadata|_common_metadata|_(?:committed|started)_.*|.*\.crc"
    r"|_delta_log|_temporary|_spark_metadata",
    re.DOTALL,
)
"""Folders and files that hold nothing of a corpus: hidden ones, and what Spark and Hadoop put beside theirs."""

ACCOUNTS = ("manifest.json", "croissant.json", "report.html", "README.md")
FOLDERS_OF_ACCOUNTS = ("ledger", "removed", "quarantine")
"""What an earlier run has written beside its shards."""

RECORD_OF_DOCUMENT = 5
"""So many times as long as the text of a document may be what holds it."""

LABELLED = re.compile(r"([A-Za-z0-9][\w.-]*)=(.+)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """How to read; part of what decides the output.

    Example:
        >>> InputOptions(text_field="body", kind="book").text_field
        'body'
    """

    text_field: str = "text"
    """Field or column of the text in JSONL and Parquet."""
    html_field: str | None = None
    """Field or column of HTML, whose main content is the text; instead of ``text_field``."""
    lines: bool = False
    """Whether plain text files hold a document in each line."""
    wiki_namespaces: tuple[int, ...] = (0,)
    """Of dumps of wikis, the namespaces whose pages are documents; 0 holds the articles."""
    url_field: str = "url"
    kind: str | None = None
    """Take every document for this kind (web, book, code, other) instead of telling by its format."""
    kinds: tuple[tuple[str, str], ...] = ()
    """Kinds by source, each with a source, a folder of sources or a glob: ``("crawl", "web")``. The first that fits
    counts, before ``kind``."""
    encoding: str | None = None
    """Charset of all files of text, HTML, lines and JSON lines, instead of telling it by their bytes."""
    extraction: Extraction = "main"
    """What of a page of HTML is its text: its main content, that part of it which is beyond doubt (precise), or all."""
    max_document_bytes: int = 20_000_000
    """A document of a longer text is quarantined: its n-grams would take gigabytes."""
    split_bytes: int | None = None
    """How much input one worker takes at a time; by default by the size of the whole input."""
    batch_documents: int = 1000
    batch_bytes: int = 8_000_000
    """A batch ends at whichever comes first."""

    def __new__(cls, **given: Any) -> Self:
        """Refuse options that there are not, which Python would do without naming the nearest.

        Raises:
            InputError: for these.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        if unknown := [name for name in given if name not in names]:
            first = unknown[0]
            raise InputError(
                f"no option {first!r} of InputOptions{nearest(first, names)}; there are {', '.join(names)}"
            )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        check_options(self)
        for kind in (*((self.kind,) if self.kind is not None else ()), *(kind for _, kind in self.kinds)):
            if kind not in KINDS:
                raise InputError(f"no kind {kind!r}; kinds are {', '.join(KINDS)}")
        if self.extraction not in EXTRACTIONS:
            raise InputError(f"no extraction {self.extraction!r}; there are {', '.join(EXTRACTIONS)}")
        if self.encoding is not None:
            found = codec_of(self.encoding)
            if found is None:
                raise InputError(
                    f"no charset {self.encoding!r}; give a name as utf-8, windows-1251, shift_jis or gb18030"
                )
            object.__setattr__(self, "encoding", found)
        for name in ("max_document_bytes", "split_bytes", "batch_documents", "batch_bytes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}; it must be at least 1")

    @property
    def max_record_bytes(self) -> int:
        """How long a file or a record may be that holds more than the text of a document: markup, pictures, films."""
        return RECORD_OF_DOCUMENT * self.max_document_bytes

    def kind_of(self, source: str) -> str | None:
        """The kind that documents of a source are to be taken for; None leaves it to their format."""
        for pattern, kind in self.kinds:
            if source == pattern or source.startswith(f"{pattern}/") or fnmatchcase(source, pattern):
                return kind
        return self.kind


@dataclass(frozen=True)
class InputFile:
    """A file to read."""

    path: str
    source: str
    """Label of the input and the path below it."""
    size: int
    version: str = ""
    """Another one whenever the file has changed, where its store tells."""


def absolute_input(given: str) -> str:
    """An input with its path made absolute, so that workers elsewhere on the machine find it; a label stays."""
    label, path = split_label(given)
    absolute = _absolute(path)
    return absolute if label is None else f"{label}={absolute}"


def split_label(given: str) -> tuple[str | None, str]:
    """Take ``label=path`` apart; a path that exists as it is written has no label.

    Raises:
        InputError: when it is empty.
    """
    if not given:  # a variable of the shell that is not set, and not the folder where the command stands
        raise InputError("an input is empty; give a file, a folder (. is this one), a glob, or label=path")
    match = LABELLED.fullmatch(given)
    if match is None or exists(given):
        return None, given
    return match[1], match[2]


def find_inputs(inputs: Sequence[str], *, output: str | None = None) -> list[InputFile]:
    """Find the files of all inputs, sorted by source, so that the order of the inputs never matters.

    Args:
        inputs: Files, folders (with all that is below), globs, or ``label=path`` of any of these.
        output: The folder that a run writes to; what lies in it is no input.

    Raises:
        InputError: for a missing path, a pipe or device, a glob that names nothing, two roots with one label, or a file
            reached twice.
    """
    if not inputs:
        raise InputError("no input; name files, folders or globs")
    roots: dict[str, str] = {}
    found: dict[str, InputFile] = {}
    for given in inputs:
        try:
            label, path = split_label(given)
            root, files = _resolve(path, output)
        except OSError as error:
            raise InputError(f"cannot look into {given}: {error.strerror or error}") from error
        label = _printable(label or _last_part(root))
        if roots.setdefault(label, root) != root:
            raise InputError(
                f"{roots[label]} and {root} would both be called {label!r}; give one another label, as in other={root}"
            )
        for file, size_bytes, version in files:
            below = file[len(root) :].lstrip("/")
            source = f"{label}/{_printable(below)}" if below else label
            if file in found:
                raise InputError(f"{file} is named twice (as {found[file].source} and {source}); name it once")
            found[file] = InputFile(file, source, size_bytes, version)
    ordered = sorted(found.values(), key=lambda file: file.source)
    for first, second in pairwise(ordered):
        if first.source == second.source:
            raise InputError(f"{first.path} and {second.path} would both be called {first.source!r}; label one input")
    return ordered


def find_roots(inputs: Sequence[str]) -> list[tuple[str, str]]:
    """Label and absolute root of each input; nothing is looked into."""
    roots = []
    for given in inputs:
        label, path = split_label(given)
        path = _absolute(path)
        root = (fixed_folder(path) if is_glob(path) else path).rstrip("/") or "/"
        roots.append((_printable(label or _last_part(root)), root))
    return roots


def _absolute(path: str) -> str:
    local = local_path(path)
    # resolve() would follow links, and so change the names of a corpus that is laid out with them.
    return path if local is None else os.path.abspath(local)  # noqa: PTH100


def _resolve(given: str, output: str | None) -> tuple[str, list[Entry]]:
    """Root of an input, and its files."""
    path = _absolute(given)
    if is_glob(path):
        root = fixed_folder(path)
        files = _wanted(expand_glob(path), root, output)
        if not files:
            raise InputError(f"no file matches {given}")
        return root, files
    if is_special(path):
        raise InputError(f"{given} is a pipe or a device; write what comes from it to a file first")
    if not is_folder(path):
        try:
            return path, [entry(path)]
        except OSError:
            if exists(path):
                raise
            raise InputError(f"no such file or folder: {given}") from None
    root = path.rstrip("/") or "/"
    files = _wanted(list_entries(root), root, output)
    if not files:
        raise InputError(f"no files in {given}")
    return root, files


def _wanted(found: list[Entry], root: str, output: str | None) -> list[Entry]:
    """Files that are neither passed over nor written by the run itself."""
    own = None if output is None else _below(output, root)
    runs = _runs_among(found)
    return [
        file
        for file in found
        if not _passed_over(file.path, root)
        and not (own is not None and file.path.startswith(own))
        and not (runs and _is_beside_shards(file.path, runs))
    ]


def _runs_among(found: list[Entry]) -> set[str]:
    """Folders that earlier runs have written."""
    paths = {file.path for file in found}
    folders = {path.rpartition("/ledger/part-")[0] for path in paths}
    return {folder for folder in folders if f"{folder}/manifest.json" in paths}


def _is_beside_shards(file: str, runs: set[str]) -> bool:
    """Whether a file is an account of an earlier run, or what that has removed."""
    folder, _, name = file.rpartition("/")
    run, _, part = folder.rpartition("/")
    return (folder in runs and name in ACCOUNTS) or (run in runs and part in FOLDERS_OF_ACCOUNTS)


def _below(folder: str, root: str) -> str | None:
    """A folder as the beginning of the paths below a root, links resolved; None when it does not lie there."""
    if local_path(root) is None or local_path(folder) is None:
        return f"{folder.rstrip('/')}/"
    real_root, real = os.path.realpath(root), os.path.realpath(folder)
    if os.path.commonpath([real_root, real]) != real_root:
        return None
    below = os.path.relpath(real, real_root)
    return f"{root.rstrip('/')}/" if below == "." else f"{root.rstrip('/')}/{below}/"


def _passed_over(file: str, root: str) -> bool:
    parts = file[len(root) :].lstrip("/").split("/")
    return any(PASSED_OVER.fullmatch(part) for part in parts)


def _last_part(root: str) -> str:
    return root.rstrip("/").rsplit("/", 1)[-1] or "root"


def _printable(name: str) -> str:
    """A file name as text: bytes that are not UTF-8 are written as ``\\xff``, because a source must be storable."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
