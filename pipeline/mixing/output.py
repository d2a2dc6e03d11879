"""The folder of a mix or an export: it appears whole, on the local disk or in another store, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from ...errors import InputError, TextmillError
from ..files.listing import list_files
from ..files.storage import UNWRITABLE, join, local_path, remove_tree, write_atomically
from ..output.manifest import MANIFEST

UPLOADS = 8
"""So many files are sent to a store at a time."""


def check_output(output: str) -> None:
    """Refuse a folder that holds something.

    Raises:
        InputError: when there is something in it, or it is no folder.
    """
    local = local_path(output)
    if local is None:
        is_taken = bool(list_files(output))
    else:
        is_taken = local.exists() and (not local.is_dir() or any(local.iterdir()))
    if is_taken:
        raise InputError(f"{output} holds something already; name a new or empty folder")


def scratch_folder(output: str) -> Path | None:
    """Where temporary files with room for as much as the output are made: beside it, or where the system has them."""
    local = local_path(output)
    if local is None:
        return None
    beside = local.absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    return beside


@contextmanager
def written_whole(output: str) -> Iterator[Path]:
    """A new folder on the local disk that becomes the output when the block ends without an error.

    It is sent to another store at the end, the manifest last.

    Raises:
        TextmillError: when there is no room on the disk.
    """
    local = local_path(output)
    with tempfile.TemporaryDirectory(prefix=".textmill-out-", dir=scratch_folder(output)) as work:
        made = Path(work) / "out"
        made.mkdir()
        try:
            yield made
        except (OSError, TextmillError) as error:
            found = error if isinstance(error, OSError) else error.__cause__
            if not isinstance(found, OSError) or found.errno not in UNWRITABLE:
                raise
            where = output if local is not None else f"{output} (temporary files in {Path(work).parent})"
            raise TextmillError(f"cannot write {where}: {found.strerror}; make room, then begin again") from error
        if local is None:
            _send(made, output)
            return
        if local.exists():
            local.rmdir()
        shutil.move(made, local)


def _send(made: Path, output: str) -> None:
    """Send all files to a store; nothing stays there when one of them fails."""
    names = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file())

    def send(name: str) -> None:
        with (made / name).open("rb") as source, write_atomically(join(output, name)) as sink:
            shutil.copyfileobj(source, sink)

    try:
        with ThreadPoolExecutor(UPLOADS) as pool:
            list(pool.map(send, (name for name in names if name != MANIFEST)))
        send(MANIFEST)
    except BaseException:
        with suppress(Exception):  # what went wrong first is what matters
            remove_tree(output)
        raise
