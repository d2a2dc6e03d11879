"""Standard input and pipes as files: what can be read only once is copied to where it can be looked at first."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import InputError
from ..files.storage import is_special

STANDARD_INPUT = "-"
STANDARD_INPUT_PATHS = frozenset({STANDARD_INPUT, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})


@contextmanager
def as_file(given: str) -> Iterator[str]:
    """The path of a file with the bytes of ``given``: itself, or a copy of standard input (``-``), a pipe or a device.

    The copy lies in the temporary folder while the block lasts, and is called ``stdin`` or as the pipe is.

    Raises:
        InputError: when standard input is a terminal, or what is to be copied cannot be read.
    """
    is_standard_input = given in STANDARD_INPUT_PATHS
    if not is_standard_input and not is_special(given):
        yield given
        return
    if is_standard_input and sys.stdin.isatty():
        raise InputError("standard input is a terminal; name a file, or pipe a text in")
    with tempfile.TemporaryDirectory(prefix="textmill-") as folder:
        copy = Path(folder) / ("stdin" if is_standard_input else Path(given).name)
        try:
            with copy.open("wb") as target:
                if is_standard_input:
                    shutil.copyfileobj(sys.stdin.buffer, target)
                else:
                    with Path(given).open("rb") as source:
                        shutil.copyfileobj(source, target)
        except OSError as error:
            raise InputError(f"cannot read {given}: {error.strerror or error}") from error
        yield str(copy)
