"""What a pass over a split has left, written down beside its staged file, so that it need not be done twice.

A record appears after everything that it speaks of, and says by checksums what that is. A bundle that a runner tries
again and a run that is resumed find their results here; a record of another recipe, code or input is none.
"""

from __future__ import annotations

import pickle
from typing import Any

import xxhash

from ..files.storage import CHUNK_BYTES, exists, open_read, sha256, write_atomically
from ..job.job import Job
from ..job.results import PassResult


def recall(job: Job, number: int, split: int, fingerprint: str) -> PassResult | None:
    """The result that was recorded under this fingerprint, if all its files are as they were written."""
    path = _path(job, number, split)
    if not exists(path):
        return None
    with open_read(path) as source:
        head, body = source.read(len(_head(fingerprint, b""))), source.read()
    if head != _head(fingerprint, body):
        return None
    result: PassResult = pickle.loads(body)
    return result if _is_intact(job, result) else None


def remember(job: Job, number: int, fingerprint: str, result: PassResult) -> None:
    """Record a result; what it names must be written already."""
    body = pickle.dumps(result, protocol=5)
    with write_atomically(_path(job, number, result.staged.split.number)) as sink:
        sink.write(_head(fingerprint, body) + body)


def _path(job: Job, number: int, split: int) -> str:
    return job.staged_path(number, split).removesuffix(".arrow") + ".record"


def _head(fingerprint: str, body: bytes) -> bytes:
    return f"{fingerprint} {xxhash.xxh3_128_hexdigest(body)}\n".encode()


def _is_intact(job: Job, result: PassResult) -> bool:
    staged = result.staged
    if staged.path is None or _checksum(staged.path) != staged.checksum:
        return False
    written: list[tuple[str, Any]] = [
        ("ledger", staged.facts.ledger),
        ("removed", staged.facts.removed),
        ("quarantine", staged.facts.quarantine),
    ]
    return all(
        facts is None or (exists(path := job.folder(folder, facts.name)) and sha256(path) == facts.sha256)
        for folder, facts in written
    )


def _checksum(path: str) -> str:
    if not exists(path):
        return ""
    found = xxhash.xxh3_128()
    with open_read(path) as source:
        while chunk := source.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
