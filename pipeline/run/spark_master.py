"""Notice that a Spark master is gone: Spark's driver would wait for it for ever, and a run with it."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
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


def addresses(master: str | None) -> list[Address]:
    """Those of standalone masters, one or several (``spark://a:7077,b:7077``); none for YARN and others."""
    if not master or not master.startswith(STANDALONE):
        return []
    found = (ADDRESS.match(one) for one in master.removeprefix(STANDALONE).split(","))
    return [Address(one["host"].strip("[]"), int(one["port"])) for one in found if one]


def while_it_answers(wait: Callable[[], None], master: str | None, *, patience: float = PATIENCE_SECONDS) -> None:
    """Wait for the end of a run in a thread, but no longer than any of its masters answers.

    Masters that cannot be reached from here, though a job server elsewhere may reach them, are not watched.

    Args:
        wait: Returns, or raises, when the run has ended.
        master: As Spark has it.
        patience: Seconds for which none may answer.

    Raises:
        TextmillError: when none has answered for so long, and whatever ``wait`` raises.
    """
    watched = [address for address in addresses(master) if address.answers()]
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
            raise TextmillError(
                f"the Spark master at {master} has not answered for {patience:.0f} s; start Spark again, "
                "then the same run with --resume, which keeps what is finished"
            )
    if failures:
        raise failures[0]
