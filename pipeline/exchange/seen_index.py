"""Indexes of deduplication keys on disk, for runs that must not keep what earlier ones have seen.

A folder of one file for each partition that has keys, ``keys-00003-of-00032.bin``: the keys, spread
(:func:`~textmill.dedup.packed.packing.spread`), in ascending order as little-endian 64-bit words, one or two for each.
Where documents are compared before they count as seen, a word with the row of a document stands behind each key, and
``evidence-00012.bin`` has what those of a split are compared by: signatures, or sets of shingles.
``index.json`` comes last and makes the folder an index: it names the step and the parameters that decide the keys, and
every file with its checksum.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from ...dedup.base.indexed import Indexed
from ...dedup.base.step import UInt64s
from ...dedup.documents.verification import Evidence, join_evidence, pack_evidence, unpack_evidence
from ...dedup.packed.packing import first_of_partition, partition_numbers
from ...dedup.parts.part_keys import distinct_rows
from ...errors import InputError, RecipeError
from ..files.ledger import INDEX_PREFIX
from ..files.listing import list_entries
from ..files.storage import exists, join, open_read, sha256, write_atomically
from ..job.job import Job
from ..steps.plan import Plan

INDEX = "index.json"
FORMAT = 2
"""Raised whenever the same text would give other keys."""


def indexed_steps(plan: Plan) -> Iterator[Indexed]:
    """The steps of a plan that read or write an index."""
    for planned in plan.steps:
        if isinstance(planned.step, Indexed) and planned.step.has_index:
            yield planned.step


def check_indexes(plan: Plan) -> None:
    """Refuse what would go wrong later.

    Raises:
        RecipeError: when an index is missing or was made with other parameters, or two steps write to one folder.
        InputError: when there is a finished index where one is to be written.
    """
    written: set[str] = set()
    for step in indexed_steps(plan):
        for folder in step.indexes:
            _described(step, folder)
        if step.write_index is None:
            continue
        if step.write_index in written:
            raise RecipeError(f"two steps write an index to {step.write_index}; name another folder for one of them")
        written.add(step.write_index)
        if exists(join(step.write_index, INDEX)):
            raise InputError(f"{step.write_index} holds an index already; delete it or name another in write_index")


def index_name(folder: str) -> str:
    """What the ledger calls an index."""
    return f"{INDEX_PREFIX}{PurePosixPath(folder).name}"


def read_partition(step: Indexed, folder: str, partition: int, partitions: int) -> UInt64s:
    """Keys of one partition of an index, spread, ascending, shape (n, width), with a row behind each where it has them.

    Partitions are shares of the range of keys. In an index divided into another number of partitions than the
    run, files whose share lies elsewhere are left out.
    """
    described = _described(step, folder)
    divided_into = described["partitions"]
    begin, end = first_of_partition(partition, partitions), first_of_partition(partition + 1, partitions)
    parts = [np.empty((0, described["width"]), dtype=np.uint64)]
    for file in sorted(described["files"], key=lambda file: str(file["name"])):
        number = int(file["name"].split("-")[1])
        if first_of_partition(number, divided_into) >= end or first_of_partition(number + 1, divided_into) <= begin:
            continue
        with open_read(join(folder, file["name"])) as source:
            words = np.frombuffer(source.read(), dtype="<u8")
        if words.nbytes != file["bytes"]:
            raise InputError(f"{join(folder, file['name'])} is cut off; write the index again")
        keys = words.astype(np.uint64, copy=False).reshape(-1, described["width"])
        parts.append(keys[partition_numbers(keys, partitions) == partition])
    return np.concatenate(parts)


def write_partition(folder: str, partition: int, partitions: int, words: UInt64s) -> None:
    """Write the keys of one partition, spread."""
    if not len(words):
        return
    with write_atomically(join(folder, f"keys-{partition:05d}-of-{partitions:05d}.bin")) as sink:
        sink.write(distinct_rows(words).astype("<u8", copy=False).tobytes())


def write_evidence(folder: str, parts: Sequence[Evidence]) -> None:
    """Write what the documents of one split are compared by."""
    evidence = join_evidence(parts)
    with write_atomically(_evidence_path(folder, int(evidence.rows[0] >> np.uint64(32)))) as sink:
        sink.write(pack_evidence(evidence))


def index_evidence(step: Indexed, folder: str) -> str | None:
    """What an index keeps of its documents; None for their keys alone."""
    kept = _described(step, folder).get("evidence")
    return None if kept is None else str(kept)


def read_evidence(folder: str, split: int) -> Evidence:
    """What documents of one split of an earlier run are compared by.

    Raises:
        InputError: when the file is not there any more, or is cut off.
    """
    path = _evidence_path(folder, split)
    if not exists(path):
        raise InputError(f"{path} is missing, to which keys of the index refer; write the index again")
    with open_read(path) as source:
        content = source.read()
    try:
        return unpack_evidence(content)
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}); write the index again") from error


def _evidence_path(folder: str, split: int) -> str:
    return join(folder, f"evidence-{split:05d}.bin")


def seal_indexes(job: Job) -> None:
    """Complete the indexes that a run has written, so that others can use them."""
    for step in indexed_steps(job.recipe.plan):
        if step.write_index is None:
            continue
        ending = f"-of-{job.partitions:05d}.bin"
        listed = list_entries(step.write_index) if exists(step.write_index) else []
        sizes = [found for found in listed if found.path.endswith(ending)]
        files = [{"name": PurePosixPath(path).name, "bytes": count, "sha256": sha256(path)} for path, count, _ in sizes]
        described = {
            **_identity(step),
            "partitions": job.partitions,
            "width": step.index_width,
            "keys": sum(found.size for found in sizes) // (8 * step.index_width),
            "files": files,
        }
        if step.index_width > step.key_width:
            described["evidence"] = step.kept_evidence
            described["evidence_files"] = [
                {"name": PurePosixPath(path).name, "bytes": count, "sha256": sha256(path)}
                for path, count, _ in listed
                if PurePosixPath(path).name.startswith("evidence-")
            ]
        with write_atomically(join(step.write_index, INDEX)) as sink:
            sink.write((json.dumps(described, indent=2, sort_keys=True) + "\n").encode())


def _identity(step: Indexed) -> dict[str, Any]:
    return {"format": FORMAT, "step": step.name, "parameters": dict(step.key_parameters())}


def _described(step: Indexed, folder: str) -> dict[str, Any]:
    path = join(folder, INDEX)
    if not exists(path):
        raise RecipeError(f"{step.name}: there is no index in {folder}; a finished run with write_index makes one")
    try:
        with open_read(path) as source:
            described: dict[str, Any] = json.loads(source.read())
        made = {key: described[key] for key in ("format", "step", "parameters")}
    except (ValueError, KeyError, TypeError) as error:
        raise RecipeError(f"{step.name}: {path} is damaged ({error}); write the index again") from error
    for key, value in _identity(step).items():
        if made[key] != value:
            raise RecipeError(
                f"{step.name}: the index in {folder} has {key} {json.dumps(made[key])}, but this step needs "
                f"{json.dumps(value)}; write the index again, or give the step the same parameters"
            )
    return described
