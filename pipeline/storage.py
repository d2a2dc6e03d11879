"""Files by path or URI: local ones by the standard library, gs://, s3:// and hdfs:// by pyarrow."""

from __future__ import annotations

import hashlib
import os
import posixpath
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import IO, Any

SCHEME_SEPARATOR = "://"
GLOB_CHARACTERS = "*?["
CHUNK_BYTES = 1 << 20


def local_path(path: str) -> Path | None:
    """The path as a local one, or None when it is a URI of another store."""
    if path.startswith("file://"):
        return Path(path[len("file://") :])
    return None if SCHEME_SEPARATOR in path else Path(path)


def join(first: str, *others: str) -> str:
    """Join parts of a path or URI with forward slashes."""
    return posixpath.join(first, *others)


def open_read(path: str) -> IO[bytes]:
    """Open a file for reading; it can seek."""
    local = local_path(path)
    if local is not None:
        return local.open("rb")
    system, name = _remote(path)
    source: IO[bytes] = system.open_input_file(name)
    return source


@contextmanager
def write_atomically(path: str) -> Iterator[IO[bytes]]:
    """Open a file for writing that appears under its name only when the block ends without an error.

    The temporary name carries the process, so that a retry on another worker does not write into the same file; both
    write the same bytes, and the later rename wins.
    """
    local = local_path(path)
    if local is None:
        system, name = _remote(path)  # object stores show an object only when its upload is complete
        with system.open_output_stream(name) as sink:
            yield sink
        return
    local.parent.mkdir(parents=True, exist_ok=True)
    partial = local.with_name(f".{local.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as sink:
            yield sink
        partial.replace(local)
    finally:
        partial.unlink(missing_ok=True)


def exists(path: str) -> bool:
    """Whether there is a file or folder."""
    local = local_path(path)
    if local is not None:
        return local.exists()
    return _kind(path) != "NotFound"


def is_folder(path: str) -> bool:
    """Whether there is a folder."""
    local = local_path(path)
    if local is not None:
        return local.is_dir()
    return _kind(path) == "Directory"


def size(path: str) -> int:
    """Bytes of a file."""
    local = local_path(path)
    if local is not None:
        return local.stat().st_size
    system, name = _remote(path)
    return int(system.get_file_info(name).size)


def list_files(folder: str) -> list[str]:
    """Every file below a folder as a full path, sorted; links to folders are not followed."""
    local = local_path(folder)
    if local is not None:
        found = (os.path.join(root, name) for root, _, names in os.walk(local) for name in names)  # noqa: PTH118
        return sorted(found)
    import pyarrow.fs as pafs

    system, name = _remote(folder)
    entries = system.get_file_info(pafs.FileSelector(name, recursive=True, allow_not_found=True))
    prefix = folder.split(SCHEME_SEPARATOR)[0] + SCHEME_SEPARATOR
    return sorted(prefix + entry.path for entry in entries if entry.type == pafs.FileType.File)


def fixed_folder(pattern: str) -> str:
    """The longest folder of a glob that has no wildcard in it."""
    parts = pattern.split("/")
    fixed = next(index for index, part in enumerate(parts) if any(c in part for c in GLOB_CHARACTERS))
    return "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else ".")


def is_glob(path: str) -> bool:
    """Whether a path has wildcards; a file of that very name is no glob."""
    return any(character in path for character in GLOB_CHARACTERS) and not exists(path)


def expand_glob(pattern: str) -> list[str]:
    """Files that a glob names, sorted: ``*`` and ``?`` stay within a folder, ``**`` reaches through folders."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    return [path for path in list_files(fixed_folder(pattern)) if _matches(path, parts)]


def _matches(path: str, pattern: list[str]) -> bool:
    return _match_parts([part for part in path.split("/") if part not in ("", ".")], pattern)


def _match_parts(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_match_parts(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _match_parts(parts[1:], pattern[1:])


def make_folder(path: str) -> None:
    """Make a folder and those above it; an object store needs none."""
    local = local_path(path)
    if local is not None:
        local.mkdir(parents=True, exist_ok=True)


def remove_tree(path: str) -> None:
    """Remove a folder with everything in it."""
    local = local_path(path)
    if local is not None:
        shutil.rmtree(local)
        return
    system, name = _remote(path)
    system.delete_dir(name)


def sha256(path: str) -> str:
    """Checksum of a file's bytes as 64 hex digits."""
    digest = hashlib.sha256()
    with open_read(path) as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _kind(path: str) -> str:
    system, name = _remote(path)
    return str(system.get_file_info(name).type.name)


def _remote(path: str) -> tuple[Any, str]:
    scheme, _, name = path.partition(SCHEME_SEPARATOR)
    return _file_system(scheme, name.split("/", 1)[0]), name


@cache
def _file_system(scheme: str, bucket: str) -> Any:
    import pyarrow.fs as pafs

    return pafs.FileSystem.from_uri(f"{scheme}{SCHEME_SEPARATOR}{bucket}")[0]
