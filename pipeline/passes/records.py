"""What a pass over a split has left, written down beside its staged file, so that it need not be done twice.

A record appears after everything that it speaks of, and says by checksums what that is. A bundle that a runner tries
again and a run that is resumed find their results here; a record of another recipe, code or input is none.

It is a line with the fingerprint and a checksum of what follows, a line of JSON, and the packed messages behind each
other. Nothing in it can name a class, a function or a place of files: reading one that somebody else has written can
end in wrong numbers, never in running what they wish.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import xxhash

from ..files.ledger import FileFacts
from ..files.storage import CHUNK_BYTES, exists, open_read, read_bytes, sha256, write_atomically
from ..input.splits import Split
from ..job.facts import SplitFacts
from ..job.job import Job
from ..job.progress import Progress
from ..job.results import PassResult, Piece, StagedSplit
from ..job.written import from_json, to_json


@dataclass(frozen=True, kw_only=True)
class _Record:
    """What is not known beforehand of a result."""

    checksum: str
    facts: SplitFacts
    batches: tuple[tuple[int, int], ...] | None
    """Documents and text bytes of each batch of a piece of shards; None when the pass leaves none."""
    batch_folders: tuple[str, ...]
    seen: Progress
    messages: tuple[tuple[int, int], ...]
    """Number of the group and bytes of each message."""


def recall(job: Job, number: int, split: Split, splits: int, fingerprint: str) -> PassResult | None:
    """The result that was recorded under this fingerprint, if all its files are as they were written."""
    path = _path(job, number, split.number)
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        return None
    length = len(_head(fingerprint, b""))
    head, body = content[:length], content[length:]
    if head != _head(fingerprint, body):
        return None
    described, _, packed = body.partition(b"\n")
    try:
        record = from_json(_Record, json.loads(described))
    except (ValueError, TypeError):
        return None
    staged_path = job.staged_path(number, split.number)
    if not _is_intact(job, record, split.number, splits, staged_path):
        return None
    piece = None
    if record.batches is not None:
        piece = Piece(
            path=staged_path,
            batch_rows=tuple(rows for rows, _ in record.batches),
            batch_bytes=tuple(text_bytes for _, text_bytes in record.batches),
            batch_folders=record.batch_folders,
        )
    return PassResult(
        staged=StagedSplit(split=split, splits=splits, path=staged_path, checksum=record.checksum, facts=record.facts),
        messages=_unpacked(record, packed),
        piece=piece,
        seen=record.seen,
    )


def remember(job: Job, number: int, fingerprint: str, result: PassResult) -> None:
    """Record a result; what it names must be written already."""
    piece = result.piece
    record = _Record(
        checksum=result.staged.checksum,
        facts=result.staged.facts,
        batches=None if piece is None else tuple(zip(piece.batch_rows, piece.batch_bytes, strict=True)),
        batch_folders=() if piece is None else piece.batch_folders,
        seen=result.seen,
        messages=tuple((group, len(message)) for group, message in result.messages.items()),
    )
    described = json.dumps(to_json(record)).encode()
    body = b"".join([described, b"\n", *result.messages.values()])
    with write_atomically(_path(job, number, result.staged.split.number)) as sink:
        sink.write(_head(fingerprint, body) + body)


def _path(job: Job, number: int, split: int) -> str:
    return job.staged_path(number, split).removesuffix(".arrow") + ".record"


def _head(fingerprint: str, body: bytes) -> bytes:
    return f"{fingerprint} {xxhash.xxh3_128_hexdigest(body)}\n".encode()


def _unpacked(record: _Record, packed: bytes) -> Mapping[int, bytes]:
    messages, start = {}, 0
    for group, length in record.messages:
        messages[group] = packed[start : start + length]
        start += length
    return messages


def _is_intact(job: Job, record: _Record, split: int, splits: int, staged_path: str) -> bool:
    if _checksum(staged_path) != record.checksum:
        return False
    facts = record.facts
    written: list[tuple[str, FileFacts | None]] = [
        ("ledger", facts.ledger),
        ("removed", facts.removed),
        ("quarantine", facts.quarantine),
    ]
    for folder, file in written:
        path = job.part_path(folder, split, splits)
        if file is not None and not (path.endswith(f"/{file.name}") and exists(path) and sha256(path) == file.sha256):
            return False
    return True


def _checksum(path: str) -> str:
    if not exists(path):
        return ""
    found = xxhash.xxh3_128()
    with open_read(path) as source:
        while chunk := source.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
