"""Cut the input into numbered splits, the unit that one worker reads; they depend only on files and options."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..files.packed import TravelsPacked
from ..files.storage import local_path, open_read
from .compression import expansion
from .formats import LINE_FORMATS, FileFormat, detect_format
from .inputs import InputFile, InputOptions
from .parts import Part
from .warc.members import find_member, holds_one_record
from .wiki_streams import find_stream, is_multistream

SMALLEST_SPLIT_BYTES = 8_000_000
"""What every split costs besides its bytes is then about a twentieth of the work on it."""
LARGEST_SPLIT_BYTES = 64_000_000
SPLITS_AIMED_AT = 256
MOST_PARTS_OF_A_STREAM = 32
"""A compressed stream cannot be entered in the middle: each part decompresses what lies before it, and skips it."""
BLOCK_BYTES = 1 << 20
"""Lines are looked at together by so many bytes of a file."""
READERS = 32
"""So many files are opened at a time to see what they are and where they can be cut."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Split(TravelsPacked):
    """Parts that one worker reads in one go."""

    packed_field: ClassVar[str] = "parts"

    number: int
    parts: tuple[Part, ...]
    bytes: int
    """About how much work it is: bytes of uncompressed input."""


def cut_splits(files: Sequence[InputFile], options: InputOptions) -> list[Split]:
    """Cut files into splits of about ``split_bytes``: big files into parts, small files packed together in order."""
    remote = any(local_path(file.path) is None for file in files)
    formats = _each(lambda file: detect_format(file.path, file.size), files, remote=remote)
    weights = [_weight(file, found) for file, found in zip(files, formats, strict=True)]
    split_bytes = options.split_bytes or _default_split_bytes(sum(weights))
    splits: list[Split] = []
    waiting: list[Part] = []
    waiting_bytes = 0

    def close() -> None:
        nonlocal waiting, waiting_bytes
        if waiting:
            splits.append(Split(number=len(splits), parts=tuple(waiting), bytes=waiting_bytes))
        waiting, waiting_bytes = [], 0

    weighed = list(zip(files, formats, weights, strict=True))
    cut = _each(lambda item: _cut_file(*item, split_bytes, options), weighed, remote=remote)
    for parts, weight in zip(cut, weights, strict=True):
        if len(parts) > 1 or waiting_bytes + weight > split_bytes:
            close()
        for part, part_bytes in parts:
            waiting.append(part)
            waiting_bytes += part_bytes
            if len(parts) > 1:
                close()
    close()
    return splits


def _each(function: Callable[[Item], Result], items: Sequence[Item], *, remote: bool) -> list[Result]:
    """Apply a function that opens a file to all of them, on remote storage several at a time: each takes a while."""
    if not remote:  # threads would only get into each other's way
        return [function(item) for item in items]
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(function, items))


def weigh_files(files: Sequence[InputFile]) -> list[int]:
    """About how many bytes there are to read in each file when it is decompressed."""
    return [_weight(file, detect_format(file.path, file.size)) for file in files]


def _weight(file: InputFile, found: FileFormat) -> int:
    return round(file.size * expansion(found.compression))


def _default_split_bytes(total: int) -> int:
    return min(max(total // SPLITS_AIMED_AT, SMALLEST_SPLIT_BYTES), LARGEST_SPLIT_BYTES)


def _cut_file(
    file: InputFile, found: FileFormat, weight: int, split_bytes: int, options: InputOptions
) -> list[tuple[Part, int]]:
    """Parts of a file in order, each with its weight; one that cannot be read is left to the reader to tell of."""
    try:
        bounds = _bounds(file, found, weight, split_bytes, options)
    except OSError:
        bounds = [0]
    parts = []
    for start, stop in zip(bounds, [*bounds[1:], None], strict=True):
        part = Part(
            path=file.path,
            source=file.source,
            format=found,
            start=start,
            stop=stop,
            size=file.size,
            version=file.version,
        )
        parts.append((part, weight // len(bounds)))
    return parts


def _bounds(file: InputFile, found: FileFormat, weight: int, split_bytes: int, options: InputOptions) -> list[int]:
    """Where parts of a file begin."""
    count = math.ceil(weight / split_bytes)
    if count > 1 and found.name == "parquet" and found.compression is None:
        bounds = _row_group_bounds(file, split_bytes)
    elif count > 1 and found.name == "warc" and found.compression == "gz":
        bounds = _member_bounds(file, count)
    elif count > 1 and found.name == "warc" and found.compression is None:
        bounds = [index * weight // count for index in range(count)]
    elif count > 1 and found.name == "mediawiki" and (starts := _stream_bounds(file, found, count)):
        bounds = starts
    elif count > 1 and (found.name in ("jsonl", "mediawiki") or (options.lines and found.name in LINE_FORMATS)):
        count = count if found.compression is None else min(count, MOST_PARTS_OF_A_STREAM)
        # Bad lines are counted by the megabyte, which a cut must not divide.
        step = BLOCK_BYTES if split_bytes > BLOCK_BYTES else 1
        bounds = sorted({index * weight // count // step * step for index in range(count)})
    else:
        bounds = [0]
    return bounds


def _row_group_bounds(file: InputFile, split_bytes: int) -> list[int]:
    """Row groups at which parts begin; one part when the file's footer cannot be read, to be reported by the reader."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with open_read(file.path, size=file.size) as source:
            metadata = pq.ParquetFile(source).metadata
            sizes = [metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups)]
    except (pa.ArrowException, OSError):
        return [0]
    bounds, held = [0], 0
    for index, group_bytes in enumerate(sizes):
        if held and held + group_bytes > split_bytes:
            bounds.append(index)
            held = 0
        held += group_bytes
    return bounds


def _stream_bounds(file: InputFile, found: FileFormat, count: int) -> list[int]:
    """Beginnings of streams in a multistream dump of a wiki, evenly spread; none for another one."""
    if found.compression != "bz2":
        return []
    with open_read(file.path, size=file.size) as source:
        if not is_multistream(source):
            return []
        aims = (find_stream(source, file.size * index // count) for index in range(count))
        return sorted({aim for aim in aims if aim is not None})


def _member_bounds(file: InputFile, count: int) -> list[int]:
    """Beginnings of records in a record-compressed WARC, evenly spread; one compressed as one stream has one."""
    bounds = [0]
    with open_read(file.path, size=file.size) as source:
        if not holds_one_record(source):
            return bounds
        for index in range(1, count):
            aim = file.size * index // count
            if aim <= bounds[-1]:
                continue
            found = find_member(source, aim, file.size)
            if found is None:
                break
            if found > bounds[-1]:
                bounds.append(found)
    return bounds
