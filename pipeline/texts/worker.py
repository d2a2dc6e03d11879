"""A process that works on batches of texts: a task on standard input first, then batch after batch, until that ends."""

from __future__ import annotations

import os
import sys

import cloudpickle

from ...errors import TextmillError, describe_error
from .cleaning import TextCleaner
from .work import DONE, FAILED, Task, packed, receive, send, unpacked, work_on


def main() -> None:
    """Serve whoever started this process."""
    # What functions of the user and their subprocesses read are no batches of ours.
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    # What they print goes where it can be seen, and not between the results.
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    task: Task | None = None
    cleaner: TextCleaner | None = None
    while (frame := receive(source)) is not None:
        try:
            if task is None or cleaner is None:
                task = cloudpickle.loads(frame)
                cleaner = TextCleaner(task.recipe)
                continue
            answer = DONE + packed(work_on(task, cleaner, unpacked(frame)))
        except Exception as error:
            answer = FAILED + _portable(error)
        send(sink, answer)


def _portable(error: Exception) -> bytes:
    """An error as bytes; one that cannot travel is told of instead."""
    try:
        return bytes(cloudpickle.dumps(error))
    except Exception:
        return bytes(cloudpickle.dumps(TextmillError(describe_error(error))))


if __name__ == "__main__":
    main()
