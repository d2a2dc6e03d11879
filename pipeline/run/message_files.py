"""Packed bytes on their way through files, where the runner would hold them in memory.

Beam's local runner keeps what its stages send each other until the run ends, and while it groups it holds it three
times over: as it came, by its numbers, and as it goes out. All its workers share the disk, so there a stage writes what
it sends to a file and sends where it lies; a worker then reads what one number is sent, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from ..exchange import Message
from ..files.storage import explain_full_disk

BytesOrFile: TypeAlias = bytes | tuple[str, int, int]
"""Packed bytes, or the file that holds them, where in it they begin, and how many they are."""


def to_file(messages: Iterable[Message], path: Path) -> Iterator[tuple[int, BytesOrFile]]:
    """Write messages behind each other; a file that is there already is written anew.

    Raises:
        TextmillError: when the disk is full.
    """
    start = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with explain_full_disk(str(path)), path.open("wb") as file:
        for number, packed in messages:
            file.write(packed)
            yield number, (str(path), start, len(packed))
            start += len(packed)


def received(sent: Iterable[BytesOrFile]) -> Iterator[bytes]:
    """Packed bytes as they were sent."""
    for one in sent:
        if isinstance(one, bytes):
            yield one
        else:
            path, start, size_bytes = one
            with Path(path).open("rb") as file:
                file.seek(start)
                yield file.read(size_bytes)
