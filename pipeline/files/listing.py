"""Which files there are, with their bytes and versions."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError
from .storage import fetched, info_of, local_path
from .stores import READ_ONLY, attempt, connect, scheme_of, uri_below

VERSION_NAMES = (
    "generation",
    "ETag",
    "etag",
    "blob_id",
    "xet_hash",
    "Content-MD5",
    "LastModified",
    "Last-Modified",
    "last_modified",
    "mtime",
    "modificationTime",
    "created",
)
"""What stores call that which is another whenever a file has changed, the surest first."""


class Entry(NamedTuple):
    """A file that was found."""

    path: str
    size: int
    version: str
    """Another one whenever the file has changed; a store may not tell it."""


def size(path: str) -> int:
    """Bytes of a file."""
    local = local_path(path)
    return local.stat().st_size if local is not None else entry(path).size


def entry(path: str) -> Entry:
    """Bytes and version of a file."""
    local = local_path(path)
    if local is not None:
        return _local_entry(path, local.stat())
    found = info_of(path)
    if found.get("size") is None:
        with fetched(path) as source:
            return Entry(path, source.seek(0, os.SEEK_END), version_of(found))
    return _remote_entry(path, found)


def list_files(folder: str) -> list[str]:
    """Every file below a folder as a full path, sorted; see :func:`list_entries`."""
    return [found.path for found in list_entries(folder)]


def list_entries(folder: str) -> list[Entry]:
    """Every file below a folder, sorted by path; none when there is no such folder.

    Links to folders are not followed. A link that leads nowhere counts as a file of no bytes, so that reading it tells
    what is wrong; pipes, sockets and devices are no files.

    Raises:
        OSError: for a folder below that may not be listed: leaving it out in silence would lose documents.
    """
    local = local_path(folder)
    if local is not None:
        if not local.is_dir():
            return []
        found = (Path(root, name) for root, _, names in os.walk(local, onerror=_raise) for name in names)
        return sorted(known for path in found if (known := _file_entry(path)) is not None)
    if scheme_of(folder) in READ_ONLY:
        raise InputError(f"cannot list {folder}: web servers tell only of single files; name them")
    system, name = connect(folder)
    try:
        listed = attempt(folder, "list", lambda: system.find(name, detail=True))
    except FileNotFoundError:
        return []
    return sorted(
        _remote_entry(uri_below(folder, name, found_name), found)
        for found_name, found in listed.items()
        if found["type"] == "file" and found_name != name
    )


def _file_entry(path: Path) -> Entry | None:
    try:
        found = path.stat()
    except OSError:
        return Entry(str(path), 0, "")
    return _local_entry(str(path), found) if stat.S_ISREG(found.st_mode) else None


def _local_entry(path: str, found: os.stat_result) -> Entry:
    """The time of a file's last change can be set to any; that of the last change of its entry cannot."""
    return Entry(path, found.st_size, f"{found.st_mtime_ns}-{found.st_ctime_ns}")


def _raise(error: OSError) -> None:
    raise error


def version_of(found: Mapping[str, Any]) -> str:
    """What tells versions of a file apart, as its store calls it; nothing where it does not."""
    return next((str(found[name]) for name in VERSION_NAMES if found.get(name)), "")


def _remote_entry(path: str, found: Mapping[str, Any]) -> Entry:
    return Entry(path, int(found.get("size") or 0), version_of(found))
