"""Files by path or URI: local ones by the standard library, gs://, s3:// and hdfs:// by pyarrow."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from ...errors import InputError, TextmillError

SCHEME_SEPARATOR = "://"
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
PATHS_WITH_ROOT = frozenset({"hdfs", "viewfs"})
"""Stores whose file names do not begin with the bucket, as those of s3:// and gs:// do."""
GOOGLE_RETRY_SECONDS = 60
"""How long Google's library tries again before an error is raised; by itself it goes on for a quarter of an hour."""
CHUNK_BYTES = 1 << 20
UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Errors that only writing meets: no room, no quota, a file-size limit, a read-only file system."""


class Entry(NamedTuple):
    """A file that was found."""

    path: str
    size: int
    version: str
    """Another one whenever the file has changed; a store may not tell it."""


def local_path(path: str) -> Path | None:
    """The path as a local one, or None when it is a URI of another store."""
    if path.startswith("file://"):
        return Path(path[len("file://") :])
    return None if SCHEME.match(path) else Path(path)


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

    The temporary name carries host and process, so that a retry on another worker does not write into the same file;
    both write the same bytes, and the later rename wins. In other stores too the file is written under the temporary
    name: closing a half-written upload would publish it, and pyarrow offers no way to abandon one.
    """
    with explain_full_disk(path), _write_then_rename(path) as sink:
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
def _write_then_rename(path: str) -> Iterator[IO[bytes]]:
    local = local_path(path)
    mark = f"{socket.gethostname()}.{os.getpid()}"
    if local is None:
        system, name = _remote(path)
        folder, _, last = name.rpartition("/")
        partial_name = f"{folder}/.{last}.{mark}.partial"
        try:
            with system.open_output_stream(partial_name) as sink:
                yield sink
            if scheme_of(path) in PATHS_WITH_ROOT and exists(path):  # HDFS does not rename onto a file
                system.delete_file(name)
            system.move(partial_name, name)
        except BaseException:
            _delete_quietly(system, partial_name)
            raise
        return
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
    return _kind(path) != "NotFound"


def is_folder(path: str) -> bool:
    """Whether there is a folder."""
    local = local_path(path)
    if local is not None:
        return local.is_dir()
    return _kind(path) == "Directory"


def is_special(path: str) -> bool:
    """Whether a path names a pipe, socket or device, which can be read once at most and have no size."""
    local = local_path(path)
    return local is not None and local.exists() and not local.is_file() and not local.is_dir()


def size(path: str) -> int:
    """Bytes of a file."""
    local = local_path(path)
    if local is not None:
        return local.stat().st_size
    system, name = _remote(path)
    return int(system.get_file_info(name).size)


def entry(path: str) -> Entry:
    """Bytes and version of a file."""
    local = local_path(path)
    if local is not None:
        return _local_entry(path, local.stat())
    system, name = _remote(path)
    info = system.get_file_info(name)
    return Entry(path, int(info.size), str(info.mtime_ns))


def remove_file(path: str) -> None:
    """Remove a file; one that is gone already is no error."""
    local = local_path(path)
    if local is not None:
        local.unlink(missing_ok=True)
        return
    system, name = _remote(path)
    _delete_quietly(system, name)


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
    import pyarrow.fs as pafs

    system, name = _remote(folder)
    entries = system.get_file_info(pafs.FileSelector(name, recursive=True, allow_not_found=True))
    files = (found for found in entries if found.type == pafs.FileType.File)
    return sorted(Entry(_uri(folder, found.path), int(found.size), str(found.mtime_ns)) for found in files)


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
    system, name = _remote(path)
    system.delete_dir(name)


def sha256(path: str) -> str:
    """Checksum of a file's bytes as 64 hex digits."""
    digest = hashlib.sha256()
    with open_read(path) as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def scheme_of(path: str) -> str:
    """The scheme of a URI of another store."""
    return path.partition(SCHEME_SEPARATOR)[0].lower()


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


def _delete_quietly(system: Any, name: str) -> None:
    with contextlib.suppress(OSError):
        system.delete_file(name)


def _kind(path: str) -> str:
    system, name = _remote(path)
    return str(system.get_file_info(name).type.name)


def _remote(path: str) -> tuple[Any, str]:
    """File system of a URI, and the name of the file in it."""
    _, _, name = path.partition(SCHEME_SEPARATOR)
    authority, slash, below = name.partition("/")
    system = _file_system(scheme_of(path), authority)
    return system, slash + below if scheme_of(path) in PATHS_WITH_ROOT else name


def _uri(folder: str, name: str) -> str:
    """The URI of a file that was found below a folder."""
    scheme, _, rest = folder.partition(SCHEME_SEPARATOR)
    if scheme_of(folder) in PATHS_WITH_ROOT:
        return f"{scheme}{SCHEME_SEPARATOR}{rest.partition('/')[0]}/{name.lstrip('/')}"
    return f"{scheme}{SCHEME_SEPARATOR}{name}"


@cache
def _file_system(scheme: str, authority: str) -> Any:
    import pyarrow as pa
    import pyarrow.fs as pafs

    uri = f"{scheme}{SCHEME_SEPARATOR}{authority}"
    try:
        options = f"?retry_limit_seconds={GOOGLE_RETRY_SECONDS}" if scheme == "gs" else ""
        return pafs.FileSystem.from_uri(uri + options)[0]
    except pa.ArrowInvalid as error:
        known = "a local path, or one of gs://, s3:// and hdfs://"
        raise InputError(f"cannot open {uri}: give {known} ({error})") from error
    except OSError as error:
        raise InputError(f"cannot reach {uri}: {error}") from error
