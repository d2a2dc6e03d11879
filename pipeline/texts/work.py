"""Batches of texts through a recipe one after the other, in this process or by several that it starts."""

from __future__ import annotations

import itertools
import os
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa

from ...errors import InputError, TextmillError
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents
from .cleaning import TextCleaner
from .rows import result_rows

_LENGTH = struct.Struct("<Q")
DONE, FAILED = b"d", b"f"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is done with every batch."""

    recipe: RecipeDefinition
    language: str | None
    """Which all texts are in, where that is known."""
    schema: pa.Schema
    """Columns of the results."""


def results(
    task: Task, cleaner: TextCleaner, batches: Iterable[pa.RecordBatch], workers: int
) -> Iterator[pa.RecordBatch]:
    """The outcome of each batch, in order; batches are asked for as they are needed.

    Args:
        task: What to do.
        cleaner: Of the same recipe, for what is done in this process.
        batches: Documents.
        workers: Processes to start for it; with 1 the work is done here.

    Raises:
        InputError: for a number of workers below 1.
        TextmillError: when a worker process dies.
    """
    if not isinstance(workers, int) or workers < 1:
        raise InputError(f"workers is the number of processes, 1 or more, not {workers!r}")
    if workers == 1:
        return (work_on(task, cleaner, batch) for batch in batches)
    return _by_workers(task, batches, workers)


def work_on(task: Task, cleaner: TextCleaner, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The outcome of one batch."""
    return result_rows(cleaner.measure(Documents.read(batch, task.language)), task.schema)


def _by_workers(task: Task, batches: Iterable[pa.RecordBatch], count: int) -> Iterator[pa.RecordBatch]:
    with ExitStack() as stack:
        rest = iter(batches)
        first = list(itertools.islice(rest, count))
        # One batch at a time is with each worker: while it works it neither reads nor writes.
        busy: deque[_Worker] = deque()
        for batch in first:
            worker = stack.enter_context(_Worker(task))
            worker.give(batch)
            busy.append(worker)
        while busy:
            worker = busy.popleft()
            found = worker.take()
            batch = next(rest, None)
            if batch is not None:
                worker.give(batch)
                busy.append(worker)
            yield found


class _Worker:
    """A process that works on batches; it needs no ``if __name__ == "__main__"`` in the user's script."""

    def __init__(self, task: Task) -> None:
        import cloudpickle

        command = [sys.executable, "-P", "-m", f"{__package__}.worker"]
        paths = [path or os.getcwd() for path in sys.path]  # noqa: PTH109  # as Python itself takes it
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._send(cloudpickle.dumps(task))

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._from.close()
        with suppress(BrokenPipeError):
            self._to.close()

    def give(self, batch: pa.RecordBatch) -> None:
        """Have it work on a batch."""
        self._send(packed(batch))

    def take(self) -> pa.RecordBatch:
        """Wait for what it has made of the batch."""
        import cloudpickle

        frame = receive(self._from)
        if frame is None:
            raise self._lost()
        if frame[:1] == FAILED:
            raise cloudpickle.loads(frame[1:])
        return unpacked(frame[1:])

    def _send(self, content: bytes) -> None:
        try:
            send(self._to, content)
        except BrokenPipeError:
            raise self._lost() from None

    def _lost(self) -> TextmillError:
        status = self._process.wait()
        how = f"was ended by signal {-status}" if status < 0 else f"ended with {status}"
        return TextmillError(f"a worker process {how} before it was done; was there enough memory? take fewer workers")


def send(sink: IO[bytes], content: bytes) -> None:
    """Write a frame: its length, then its content."""
    sink.write(_LENGTH.pack(len(content)))
    sink.write(content)
    sink.flush()


def receive(source: IO[bytes]) -> bytes | None:
    """Read a frame; None where the other side has ended."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = source.read(length)
    return content if len(content) == length else None


def packed(batch: pa.RecordBatch) -> bytes:
    """A batch as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def unpacked(content: Any) -> pa.RecordBatch:
    """The batch of such bytes."""
    with pa.ipc.open_stream(content) as reader:
        return reader.read_next_batch()
