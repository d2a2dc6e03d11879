"""Machine code on disk, one file for each kernel: read by every later process, on any machine of the same level.

A file is known by the kernel's name and a key of its fingerprint, the compiler and its versions. It is looked for
beside this module, where wheels and container images carry it, and in the user's cache folder; what is compiled goes
to the first of these that can be written, else to a private folder below the temporary one.
``TEXTMILL_KERNELS`` names another folder in place of all of them.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from .cpu_levels import cpu_level
from .source import Source

FOLDER_VARIABLE = "TEXTMILL_KERNELS"
SUFFIX = ".kernel"
COMPILER_FILES = ("compiler.py", "entry.py", "passes.py", "lowering.py", "instructions.py", "signatures.py")


class MachineCode(NamedTuple):
    """A kernel as the loader takes it."""

    symbol: str
    """What the function is called in the object file."""
    content: bytes
    """An object file with everything that the kernel calls."""


def find(source: Source) -> MachineCode | None:
    """The machine code of a kernel; None where there is none, or none that is whole."""
    for folder in _folders():
        if (found := read(path_in(folder, source))) is not None:
            return found
    return None


def keep(source: Source, code: MachineCode) -> None:
    """Keep machine code in the first folder that can be written; if none can, later processes compile it again."""
    for folder in _folders():
        try:
            write(path_in(folder, source), code)
        except OSError:
            continue
        return


def read(path: Path) -> MachineCode | None:
    """A file of machine code; None where there is none, or it is damaged."""
    try:
        checksum, _, rest = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(rest).hexdigest().encode() != checksum:
        return None
    symbol, _, content = rest.partition(b"\n")
    return MachineCode(symbol.decode(), content)


def write(path: Path, code: MachineCode) -> None:
    """Write a file of machine code, whole or not at all.

    Raises:
        OSError: when it cannot be written.
    """
    content = code.symbol.encode() + b"\n" + code.content
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        partial.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def path_in(folder: Path, source: Source) -> Path:
    """Where the machine code of a kernel for this processor lies in a folder."""
    # Annotations are names in the source: a named tuple that gets another member changes no line of the kernel.
    key = hashlib.sha256(source.fingerprint + source.signature.layout() + _compiler()).hexdigest()[:16]
    return folder / cpu_level().name / f"{source.name}-{key}{SUFFIX}"


def files_in(folder: Path) -> list[Path]:
    """All files of machine code for this processor in a folder."""
    return sorted((folder / cpu_level().name).glob(f"*{SUFFIX}"))


def _folders() -> Iterator[Path]:
    """Where machine code may lie, the best place first."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        yield Path(named)
        return
    yield packaged_folder()
    if (cache_home := os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")).startswith("/"):  # noqa: PTH111
        yield Path(cache_home) / "textmill" / "kernels"  # a user of a container may have no home
    if (private := _private_folder()) is not None:
        yield private


def packaged_folder() -> Path:
    """The folder that comes with the package."""
    return Path(__file__).resolve().parents[1] / "machine_code"


def _private_folder() -> Path | None:
    """A folder below the temporary one; None when it is not this user's alone.

    What lies there is run, so that nobody else may have put it there.
    """
    try:
        folder = Path(tempfile.gettempdir()) / f"textmill-kernels-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return folder if is_private else None


@cache
def _compiler() -> bytes:
    """What makes machine code of a kernel besides its source."""
    here = Path(__file__).parent
    python = ".".join(map(str, sys.version_info[:2]))
    versions = f"{_version('numba')} {_version('llvmlite')} {python}".encode()
    return hashlib.sha256(versions + b"".join((here / file).read_bytes() for file in COMPILER_FILES)).digest()


def _version(package: str) -> str:
    """Version of an installed package, by the name of the folder beside it: reading what is in it takes longer."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return ""
    return " ".join(sorted(found.name for found in Path(spec.origin).parents[1].glob(f"{package}-*.*-info")))
