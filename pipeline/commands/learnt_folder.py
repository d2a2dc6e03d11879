"""What all ``train`` commands do alike: a folder that comes to be whole or not at all, and what is told meanwhile."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ...errors import InputError
from .printable import tell

Tell = Callable[[str], None]


def teller(*, quiet: bool) -> Tell:
    """What says on standard error how far the command is; nothing when it is to be quiet."""

    def told(message: str) -> None:
        if not quiet:
            tell(f"textmill: {message}")

    return told


def check_new(output: Path) -> None:
    """Refuse a folder that holds something, before any text is read.

    Raises:
        InputError: when it does, or is a file.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"{output} is there already; give --output a new name, or remove it")


@contextmanager
def whole_folder(output: Path) -> Iterator[Path]:
    """A folder to write to, which gets its name when the block has ended without an error."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as name:
        folder = Path(name) / "whole"
        folder.mkdir()
        yield folder
        if output.exists():
            output.rmdir()
        shutil.move(folder, output)


def write_text(path: Path, content: str) -> None:
    """The same bytes on every system."""
    path.write_text(content, encoding="utf-8", newline="\n")


def bytes_by_source(strata: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Bytes of each source, whatever their language."""
    found: dict[str, int] = {}
    for (source, _), size in strata.items():
        found[source] = found.get(source, 0) + size
    return found
