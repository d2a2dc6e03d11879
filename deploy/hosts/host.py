"""One task manager on this host, for as long as standard input is open: ``python host.py FILE``.

``run.py`` starts this on every host, by ``srun`` or ``ssh``, and holds the other end of standard input: that closes
when the run is over, and also when the connection, ``run.py`` or its machine is lost. Nothing is left running then, and
the local temporary folder is removed. FILE, on the shared file system, says what to start.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

from standalone import end_group, end_with_parent  # in the folder above, which is no package

END_SECONDS = 10
ANY_PORT = 9


def address_towards(host: str) -> str:
    """This machine's own address on its way to another.

    Raises:
        OSError: when there is no such machine or no way to it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host, ANY_PORT))  # sends nothing
        return str(probe.getsockname()[0])


def run(command: Sequence[str], environment: Mapping[str, str], master: str) -> int:
    """Run the task manager until it ends or standard input does; returns the exit code."""
    address = address_towards(master)
    temporary = tempfile.mkdtemp(prefix="textmill-")
    process = None
    try:
        options = {"io.tmp.dirs": temporary, "taskmanager.host": address, "taskmanager.bind-host": address}
        process = subprocess.Popen(
            [*command, *(f"-D{key}={value}" for key, value in options.items())],
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
            cwd=temporary,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        threading.Thread(target=_end_with_input, daemon=True).start()
        return process.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if process is not None:
            _end(process)
        shutil.rmtree(temporary, ignore_errors=True)


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    end_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=END_SECONDS)
    end_group(process.pid, signal.SIGKILL)  # its Python workers too
    process.wait()


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sent, _stop)
    sys.exit(run(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
