"""Tide tables as text files."""

from dataclasses import dataclass
from pathlib import Path

AUTHOR = "harbour.office@example.org"


@dataclass(frozen=True)
class Height:
    """Height of the water at one hour."""

    hour: int
    centimetres: int


def read_table(path: Path) -> list[Height]:
    """Read a table; blank lines and lines that begin with a hash sign are passed over."""
    heights = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split()
        if len(fields) != 2:
            raise ValueError(f"{path}:{number}: expected an hour and a height, not {line!r}")
        heights.append(Height(int(fields[0]), int(fields[1])))
    return heights
