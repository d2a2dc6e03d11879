"""Evaluation sets: their passages read from files, and the n-grams of these as a table that a kernel looks up."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ...filters.kernels.machine.buffers import Bools, Floats, Int32s, Int64s, UInt64Matrix
from ...filters.kernels.machine.kernel import kernel
from ..base.step import UInt64s
from .pieces import cut_words
from .seen import fill_slots, find_slot
from .windows import window_keys

ENDINGS = (".jsonl", ".jsonl.gz")
FOLLOWED = 100
"""So many places of an n-gram, the first ones, are followed at most to see how far an overlap reaches."""

_FILTER_BITS = 21


class Passage(NamedTuple):
    """A text of an evaluation set."""

    name: str
    """Where it stands: file, line and field (``gsm8k_test:12.question``)."""
    text: str


class Ngrams(NamedTuple):
    """The n-grams of all passages; a place is an n-gram at its position in a passage, numbered in order."""

    keys: UInt64s
    """Shape (n, 1): each different n-gram once."""
    slots: Int32s
    """Open-addressing table over ``keys``."""
    is_likely: Bools
    """By the lowest bits of a key, whether there is such a key: small enough to stay in the processor's cache."""
    place_offsets: Int64s
    """Shape (n + 1,): the places of key k are ``places[place_offsets[k]:place_offsets[k + 1]]``."""
    places: Int64s
    passages: Int64s
    """The passage of each place."""
    lengths: Int64s
    """Words of each passage."""
    names: tuple[str, ...]
    """Name of each passage."""


class Overlap(NamedTuple):
    """What each of n documents has in common with the passages."""

    hits: Int64s
    """N-grams of the document, repetitions counted, that stand in some passage."""
    ratios: Floats
    """Words of the longest contiguous overlap with a passage by words of that passage, the greatest such ratio."""
    passages: Int64s
    """The passage with that ratio; -1 without any overlap."""


def set_files(sets: tuple[str, ...]) -> tuple[Path, ...]:
    """The files that make up evaluation sets: those named, and those of the known endings in folders named.

    Raises:
        RecipeError: when a path is missing, a folder has no such file, or two files have one name.
    """
    found: list[Path] = []
    for given in sets:
        path = Path(given)
        if path.is_dir():
            inside = sorted(item for item in path.rglob("*") if item.name.endswith(ENDINGS))
            if not inside:
                raise RecipeError(
                    f"decontaminate: the folder {given} holds no file that ends in {' or '.join(ENDINGS)}"
                )
            found.extend(inside)
        elif path.is_file():
            found.append(path)
        else:
            raise RecipeError(f"decontaminate: there is no evaluation set {given}")
    by_name: dict[str, Path] = {}
    for path in dict.fromkeys(found):
        if path.name in by_name:
            raise RecipeError(f"decontaminate: {by_name[path.name]} and {path} have the same name; rename one of them")
        by_name[path.name] = path
    return tuple(by_name.values())


@functools.cache
def read_passages(files: tuple[Path, ...], fields: tuple[str, ...] | None) -> tuple[Passage, ...]:
    """Read the texts of records, one JSON object a line; lists of texts are passages one by one.

    Args:
        files: JSONL files, compressed with gzip or not.
        fields: Fields to read; None reads every field that holds text.

    Raises:
        RecipeError: naming the file and line that cannot be read.
    """
    return tuple(passage for path in files for passage in _passages(path, fields))


@functools.cache
def load_ngrams(files: tuple[Path, ...], fields: tuple[str, ...] | None, ngram: int) -> Ngrams:
    """Hash every n-gram of folded words; passages of fewer words have none.

    Raises:
        RecipeError: when no passage is long enough.
    """
    passages = read_passages(files, fields)
    pieces = cut_words(pa.array([passage.text for passage in passages], pa.large_string()))
    windows = window_keys(pieces, ngram, 1)
    if not len(windows.words):
        listed = ", ".join(path.name for path in files)
        raise RecipeError(
            f"decontaminate: no passage of {listed} has {ngram} words; choose other fields or a smaller ngram"
        )
    keys, numbers, counts = np.unique(windows.words[:, 0], return_inverse=True, return_counts=True)
    places = np.argsort(numbers, kind="stable")
    is_likely = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
    is_likely[(keys & np.uint64(len(is_likely) - 1)).astype(np.int64)] = True
    return Ngrams(
        keys=keys.reshape(-1, 1),
        slots=fill_slots(keys.reshape(-1, 1)),
        is_likely=is_likely,
        place_offsets=np.cumsum([0, *counts]).astype(np.int64),
        places=places.astype(np.int64),
        passages=np.searchsorted(pieces.offsets, windows.pieces, side="right") - 1,
        lengths=np.diff(pieces.offsets),
        names=tuple(passage.name for passage in passages),
    )


def overlap(text: pa.Array, known: Ngrams, ngram: int) -> Overlap:
    """Compare every document of a column with all passages at once."""
    pieces = cut_words(text)
    windows = window_keys(pieces, ngram, 1)
    documents = len(text)
    found = Overlap(np.zeros(documents, np.int64), np.zeros(documents, np.float64), np.full(documents, -1, np.int64))
    # For each place where it was last met in the documents, and how many n-grams before it were met in a row.
    met, rows = np.full(len(known.passages), -2, dtype=np.int64), np.zeros(len(known.passages), dtype=np.int64)
    _find_overlaps(
        pieces.offsets, windows.words, windows.pieces, ngram, known.keys, known.slots, known.is_likely,
        known.place_offsets, known.places, known.passages, known.lengths, met, rows, *found,
    )  # fmt: skip
    return found


def _passages(path: Path, fields: tuple[str, ...] | None) -> Iterator[Passage]:
    name = path.name[: -len(next((ending for ending in reversed(ENDINGS) if path.name.endswith(ending)), ""))]
    opened = gzip.open if path.name.endswith(".gz") else open
    number = 0
    try:
        with opened(path, "rb") as source:
            for number, line in enumerate(source, 1):
                if line.strip():
                    yield from _of_record(json.loads(line), f"{name or path.name}:{number}", fields)
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise RecipeError(f"decontaminate: cannot read line {max(number, 1)} of {path}: {error}") from error


def _of_record(record: Any, where: str, fields: tuple[str, ...] | None) -> Iterator[Passage]:
    if not isinstance(record, dict):
        raise ValueError("a line must be a JSON object")
    present = list(record) if fields is None else [field for field in fields if field in record]
    if not present:
        raise ValueError(f"there is no field {' or '.join(fields or ('of any name',))}, only {', '.join(record)}")
    for field in present:
        value = record[field]
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield Passage(f"{where}.{field}", text.encode("utf-8", "replace").decode())


@kernel
def _find_overlaps(
    offsets: Int64s,
    words: UInt64Matrix,
    first_pieces: Int64s,
    ngram: int,
    keys: UInt64Matrix,
    slots: Int32s,
    is_likely: Bools,
    place_offsets: Int64s,
    places: Int64s,
    passages: Int64s,
    lengths: Int64s,
    met: Int64s,
    rows: Int64s,
    hits: Int64s,
    ratios: Floats,
    best: Int64s,
) -> None:
    mask = np.uint64(len(is_likely) - 1)
    document = 0
    for window in range(len(words)):
        if not is_likely[words[window, 0] & mask]:
            continue
        number = find_slot(words, window, keys, slots)
        if number < 0:
            continue
        piece = first_pieces[window]
        while offsets[document + 1] <= piece:
            document += 1
        hits[document] += 1
        # Descending, so that the place before is still as the n-gram before has left it.
        first = place_offsets[number]
        for index in range(min(place_offsets[number + 1], first + FOLLOWED) - 1, first - 1, -1):
            place = places[index]
            passage = passages[place]
            row = 1
            if place > 0 and passages[place - 1] == passage and met[place - 1] == piece - 1:
                row = rows[place - 1] + 1
            met[place], rows[place] = piece, row
            ratio = (row + ngram - 1) / lengths[passage]
            if ratio > ratios[document] or (ratio == ratios[document] and passage < best[document]):
                ratios[document], best[document] = ratio, passage
