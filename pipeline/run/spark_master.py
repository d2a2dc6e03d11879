"""Notice that a Spark master is gone: Spark's driver would wait for it for ever, and a run with it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from ...errors import TextmillError

CHECK_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""As long as Spark itself tries to reach a master when an application starts: three times 20 s."""
STANDALONE = "spark://"
ADDRESS = re.compile(r"(?P<host>.+):(?P<port>\d+)$")


class Address(NamedTuple):
    """Where a master listens."""

    host: str
    port: int

    def answers(self) -> bool:
        """Whether somebody listens there."""
        with suppress(OSError), socket.create_connection(self, timeout=CHECK_SECONDS):
            return True
        return False


def masters(url: str | None) -> list[Address]:
    """Those of a standalone Spark, one or several (``spark://a:7077,b:7077``); none for YARN and others."""
    if not url or not url.startswith(STANDALONE):
        return []
    found = (ADDRESS.match(one) for one in url.removeprefix(STANDALONE).split(","))
    return [Address(one["host"].strip("[]"), int(one["port"])) for one in found if one]


def within_reach(url: str | None) -> list[Address]:
    """The masters that answer; those that only a job server elsewhere can reach do not."""
    return [master for master in masters(url) if master.answers()]


def while_one_answers(
    watched: Sequence[Address], wait: Callable[[], None], *, patience: float = PATIENCE_SECONDS
) -> None:
    """Wait for the end of a run in a thread, but no longer than one of its masters answers.

    Args:
        watched: Those that answered before the run began; where there are none, the end is waited for in any case.
        wait: Returns, or raises, when the run has ended.
        patience: Seconds for which none may answer.

    Raises:
        TextmillError: when none has answered for so long, and whatever ``wait`` raises.
    """
    if not watched:
        wait()
        return
    failures: list[BaseException] = []

    def run() -> None:
        try:
            wait()
        except BaseException as error:
            failures.append(error)

    waiting = threading.Thread(target=run, name="wait-for-spark", daemon=True)
    waiting.start()
    answered = time.monotonic()
    while waiting.is_alive():
        waiting.join(min(CHECK_SECONDS, patience))
        if any(address.answers() for address in watched):
            answered = time.monotonic()
        elif waiting.is_alive() and time.monotonic() - answered > patience:
            where = " or ".join(f"{host}:{port}" for host, port in watched)
            raise TextmillError(
                f"no Spark master has answered at {where} for {patience:.0f} s; start Spark again, "
                "then the same run with --resume, which keeps what is finished"
            )
    if failures:
        raise failures[0]
