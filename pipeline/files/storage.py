"""Files by path or URI: local ones by the standard library, those of other stores by fsspec (:mod:`.stores`)."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import posixpath
import re
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from ...errors import InputError, TextmillError
from .read_ahead import FIRST_BYTES, open_ahead
from .stores import FOLDER_REMOVING, READ_ONLY, attempt, connect, scheme_of, uri_below
from .uploads import copy_of, forget_copy, uploaded

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
REMOVERS = 16
GLOB_CHARACTERS = "*?["
CHUNK_BYTES = 1 << 20
UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors that only writing meets: no room, no quota, a file-size limit, a read-only file system."""


@lru_cache(maxsize=256)  # of one file it is asked again and again, and making paths takes long
def local_path(path: str) -> Path | None:
    """The path as a local one, or None when it is a URI of another store."""
    if path.startswith("file://"):
        return Path(path[len("file://") :])
    return None if SCHEME.match(path) else Path(path)


def local_path_or_uri(path: str) -> str:
    """An absolute local path, or a URI as it stands."""
    local = local_path(path)
    return join(str(local.absolute())) if local is not None else path


def join(first: str, *others: str) -> str:
    """Join parts of a path or URI with forward slashes."""
    return posixpath.join(first, *others)


def open_read(path: str, *, size: int | None = None, whole: bool = False) -> IO[bytes]:
    """Open a file for reading; it can seek.

    Args:
        path: Of the file.
        size: Its bytes, where they are known: other stores need not be asked then.
        whole: Whether it will be read from its beginning on, so that other stores can be asked for it at once.

    Raises:
        OSError: when it is not there, or not open to us.
        TextmillError: when its store does not answer.
    """
    local = local_path(path) or copy_of(path)
    if local is not None:
        return local.open("rb")
    system, name = connect(path)
    if size is None or scheme_of(path) in READ_ONLY:
        found = info_of(path)
        if found.get("size") is None or (scheme_of(path) in READ_ONLY and not _gives_ranges(path, found)):
            return fetched(path)
        size = int(found["size"])

    def fetch(start: int, end: int) -> bytes:
        def ask() -> bytes:
            found: bytes = system.cat_file(name, start=start, end=end)
            if len(found) != end - start:
                raise OSError(f"{len(found):,} bytes came instead of {end - start:,}")
            return found

        return attempt(path, "read", ask)

    return open_ahead(fetch, size, whole=whole)


def read_bytes(path: str) -> bytes:
    """All of a small file, in one request where it lies in another store.

    Raises:
        OSError: when it is not there, or not open to us.
        TextmillError: when its store does not answer.
    """
    local = local_path(path) or copy_of(path)
    if local is not None:
        return local.read_bytes()
    system, name = connect(path)
    content: bytes = attempt(path, "read", lambda: system.cat_file(name))
    return content


@contextmanager
def write_atomically(path: str) -> Iterator[IO[bytes]]:
    """Open a file for writing that appears under its name only when the block ends without an error.

    The temporary name carries host and process, so that a retry on another worker does not write into the same file;
    both write the same bytes, and the later rename wins. For other stores see :mod:`.uploads`.
    """
    local = local_path(path)
    with explain_full_disk(path), uploaded(path) if local is None else _write_then_rename(local) as sink:
        yield sink


@contextmanager
def explain_full_disk(path: str) -> Iterator[None]:
    """What keeps a file from being written comes out of the block as an error of ours that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in UNWRITABLE:  # it may come from reading what is to be written
            raise
        raise TextmillError(
            f"cannot write {path}: {error.strerror}; make room, then give the same command with --resume"
        ) from error


@contextmanager
def _write_then_rename(local: Path) -> Iterator[IO[bytes]]:
    mark = f"{socket.gethostname()}.{os.getpid()}"
    local.parent.mkdir(parents=True, exist_ok=True)
    partial = local.with_name(f".{local.name}.{mark}.partial")
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
    try:
        return copy_of(path) is not None or bool(info_of(path))
    except FileNotFoundError:
        return False


def is_folder(path: str) -> bool:
    """Whether there is a folder."""
    local = local_path(path)
    if local is not None:
        return local.is_dir()
    try:
        return scheme_of(path) not in READ_ONLY and info_of(path)["type"] == "directory"
    except FileNotFoundError:
        return False


def is_special(path: str) -> bool:
    """Whether a path names a pipe, socket or device, which can be read once at most and have no size."""
    local = local_path(path)
    return local is not None and local.exists() and not local.is_file() and not local.is_dir()


def remove_file(path: str) -> None:
    """Remove a file; one that is gone already is no error."""
    local = local_path(path)
    if local is not None:
        local.unlink(missing_ok=True)
        return
    forget_copy(path)
    system, name = connect(path)
    with contextlib.suppress(FileNotFoundError):
        attempt(path, "remove", lambda: system.rm_file(name))


def remove_empty_folders(path: str) -> None:
    """Remove the folders below this one that hold no file; an object store has none."""
    local = local_path(path)
    if local is not None:
        for root, _, _ in os.walk(local, topdown=False):
            if Path(root) != local and not any(Path(root).iterdir()):
                Path(root).rmdir()


def make_folder(path: str) -> None:
    """Make a folder and those above it; an object store needs none."""
    local = local_path(path)
    if local is not None:
        local.mkdir(parents=True, exist_ok=True)


def make_own_folder(path: str) -> None:
    """Make a folder that nobody else can look or write into; one that is there must be our own.

    Raises:
        InputError: when it belongs to somebody else, who could have put anything into it.
    """
    local = local_path(path)
    if local is None:
        return
    try:
        local.mkdir(mode=0o700)
    except FileExistsError:
        found = local.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise InputError(f"{path} is no folder; delete it") from None
        if found.st_uid != os.geteuid():
            raise InputError(
                f"{path} belongs to another user (number {found.st_uid}), who may have put anything into it; delete "
                "the output folder, name another, or go on as that user"
            ) from None
        local.chmod(0o700)


def remove_tree(path: str) -> None:
    """Remove a folder with everything in it."""
    local = local_path(path)
    if local is not None:
        shutil.rmtree(local)
        return
    system, name = connect(path)
    if scheme_of(path) in FOLDER_REMOVING:
        attempt(path, "remove", lambda: system.rm(name, recursive=True))
        return
    listed = list(attempt(path, "list", lambda: system.find(name)))
    if hasattr(system, "_bulk_delete") and not any(set(GLOB_CHARACTERS) & set(one) for one in listed):
        attempt(path, "remove", lambda: system.rm(listed))  # a thousand in one request, but it would expand globs
    else:
        with ThreadPoolExecutor(REMOVERS) as pool:
            list(pool.map(lambda one: remove_file(uri_below(path, name, one)), listed))


def sha256(path: str, size: int | None = None) -> str:
    """Checksum of a file's bytes as 64 hex digits; their number need not be asked for where it is given."""
    digest = hashlib.sha256()
    with open_read(path, size=size, whole=True) as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def info_of(path: str) -> Mapping[str, Any]:
    """What another store says of a file or folder."""
    system, name = connect(path)
    found: Mapping[str, Any] = attempt(path, "look at", lambda: system.info(name))
    return found


def _gives_ranges(path: str, found: Mapping[str, Any]) -> bool:
    """Whether a web server sends a part of a file when asked for one; asked of files that have several."""
    if found.get("partial") is False:
        return False
    if found["size"] <= FIRST_BYTES:
        return True
    system, name = connect(path)
    try:
        return len(attempt(path, "read", lambda: system.cat_file(name, start=1, end=2))) == 1
    except TextmillError:
        return False


def fetched(path: str) -> IO[bytes]:
    """A file of which nothing can be told beforehand, copied here."""
    system, name = connect(path)

    def fetch() -> IO[bytes]:
        copy = tempfile.TemporaryFile(prefix="textmill-")  # noqa: SIM115  # the caller closes it
        with system.open(name, "rb") as source:
            shutil.copyfileobj(source, copy)
        copy.seek(0)
        return copy

    return attempt(path, "read", fetch)
