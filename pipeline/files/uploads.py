"""Files for other stores: written here first, then uploaded whole, so that there never is a half one under its name.

An object store has no renaming; a file there appears when its upload is completed. Written here first, an upload that
breaks off can be done again from its beginning, and its length can be compared with what has arrived.

In a local run what goes into the work folder is kept here as well, for the passes behind it, and uploads go on while
the next split is worked on: :func:`finish_uploads` waits for them. What speaks of other files, a record or a manifest,
is uploaded when all before it are where they belong, and not at all when one of them has failed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import xxhash

from ...errors import InputError
from .stores import COMPLETE, EXTRAS, READ_ONLY, RENAMING, attempt, connect, scheme_of

UPLOADS = 4
"""So many go on at a time."""
SPEAKING = (".record", "manifest.json")
"""How files end that speak of others."""
SPOOL_PREFIX = "textmill-upload-"


class _Kept:
    """Where copies are kept in this process, of which files, and the uploads that go on."""

    def __init__(self, folder: Path, below: str) -> None:
        self.folder, self.below = folder, f"{below.rstrip('/')}/"
        self.thread = ThreadPoolExecutor(UPLOADS, thread_name_prefix="uploads")
        self.going_on: list[Future[None]] = []
        self.process = os.getpid()

    def path_of(self, path: str) -> Path:
        return self.folder / xxhash.xxh3_128_hexdigest(path.encode("utf-8", "surrogateescape"))


_kept: _Kept | None = None


def keep_copies(folder: Path, below: str) -> None:
    """From now on keep copies of what is written below a folder of another store, and upload in the background."""
    global _kept
    folder.mkdir(exist_ok=True)
    if _kept is None or _kept.process != os.getpid() or (_kept.folder, _kept.below) != (folder, f"{below}/"):
        _kept = _Kept(folder, below)


def copy_of(path: str) -> Path | None:
    """The copy that is kept of a file, if there is one."""
    if _kept is None or not path.startswith(_kept.below):
        return None
    copy = _kept.path_of(path)
    return copy if copy.exists() else None


def forget_copy(path: str) -> None:
    """The file is not what it was."""
    if (copy := copy_of(path)) is not None:
        copy.unlink(missing_ok=True)


def finish_uploads() -> None:
    """Wait until all that was written is where it belongs.

    Raises:
        TextmillError: when an upload has failed.
    """
    if _kept is None or _kept.process != os.getpid():
        return
    going_on, _kept.going_on = _kept.going_on, []
    for one in going_on:
        one.result()


@contextmanager
def uploaded(path: str) -> Iterator[IO[bytes]]:
    """Open a file for writing that is uploaded when the block ends without an error."""
    if scheme_of(path) in READ_ONLY:
        raise InputError(f"cannot write {path}: https:// is for reading only; name a bucket or a folder")
    connect(path)  # a store whose library is missing is told now
    kept = _kept if _kept is not None and _kept.process == os.getpid() else None
    number, name = tempfile.mkstemp(prefix=SPOOL_PREFIX, dir=None if kept is None else kept.folder)
    spool, is_kept = Path(name), False
    try:
        with os.fdopen(number, "wb") as sink:
            yield sink
        if kept is None:
            _upload(spool, path)
            return
        is_kept = path.startswith(kept.below)
        if is_kept:
            spool = spool.rename(kept.path_of(path))
        before = tuple(kept.going_on) if path.endswith(SPEAKING) else ()
        kept.going_on.append(kept.thread.submit(_upload_behind, before, spool, path, not is_kept))
        is_kept = True  # the upload sees to it
    finally:
        if not is_kept:
            spool.unlink(missing_ok=True)


def _upload_behind(before: Sequence[Future[None]], spool: Path, path: str, remove: bool) -> None:
    try:
        for one in before:  # they were begun earlier, so that none waits for this one
            one.result()
        _upload(spool, path)
    finally:
        if remove:
            spool.unlink(missing_ok=True)


def _upload(spool: Path, path: str) -> None:
    system, name = connect(path)
    size = spool.stat().st_size

    def upload() -> None:
        if scheme_of(path) in RENAMING:
            partial = f"{name}.{os.getpid()}.partial"
            system.makedirs(system._parent(name), exist_ok=True)
            system.put_file(str(spool), partial)
            if system.exists(name):  # HDFS does not rename onto a file
                system.rm_file(name)
            system.mv(partial, name)
        else:
            system.put_file(str(spool), name)
        if EXTRAS.get(scheme_of(path)) in COMPLETE:
            return
        arrived = system.info(name)["size"]
        if arrived != size:
            raise OSError(f"{arrived:,} of {size:,} bytes have arrived")

    try:
        attempt(path, "write", upload)
    except (FileNotFoundError, PermissionError) as error:
        raise InputError(f"cannot write {path}: {error}; is the bucket there, and may you write to it?") from error
