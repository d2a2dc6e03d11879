"""Worker processes of a local run: copies of the driver, made when it has imported everything and started nothing.

A process started afresh takes more than a second of CPU time to import what a worker needs, and keeps it to itself; a
copy has it at once, and shares the memory as long as nobody writes to it. Copying is safe only before the driver has
threads: the copies are made first, and then wait until Beam has an address for them to call.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

PARENT_POLL_SECONDS = 0.5
PARTING_SECONDS = 2.0
"""What a worker may take to end when all is done."""


@dataclass(frozen=True, kw_only=True)
class WaitingWorker:
    """A process that does nothing yet."""

    process: int
    tell: int
    """Writing end of the pipe from which it reads for whom it works."""


def fork_workers(count: int, error_pipe: int) -> list[WaitingWorker]:
    """Make copies of this process, which must have no threads yet; only the driver keeps the pipe for its errors."""
    import apache_beam.runners.worker.sdk_worker_main  # noqa: F401  # once, for all workers

    driver = os.getpid()
    waiting = []
    for _ in range(count):
        listen, tell = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(tell)
            os.close(error_pipe)
            _work(listen, driver)
        os.close(listen)
        waiting.append(WaitingWorker(process=process, tell=tell))
    return waiting


def socket_address(folder: Path, number: int) -> str:
    """What stands in the place of a port."""
    return f"unix:{folder / str(number)}"


def employ(waiting: Sequence[WaitingWorker], sockets: Path) -> None:
    """Have Beam take these processes where it would start subprocesses of its own; they call by sockets in a folder."""
    from apache_beam.portability import python_urns
    from apache_beam.runners.portability.fn_api_runner.worker_handlers import GrpcWorkerHandler, WorkerHandler

    unemployed = list(waiting)

    class ForkedWorker(GrpcWorkerHandler):  # type: ignore[misc]
        """A process that was there before Beam asked for one."""

        def __init__(self, _command: bytes, *rest: Any) -> None:
            super().__init__(*rest)
            self.worker = unemployed.pop()
            self.is_over = False

        def port_from_worker(self, port: int) -> str:
            return socket_address(sockets, port)

        def start_worker(self) -> None:
            variables = {
                "WORKER_ID": self.worker_id,
                "CONTROL_API_SERVICE_DESCRIPTOR": f'url: "{self.control_address}"',
                "PIPELINE_OPTIONS": json.dumps({"options": {"default_sdk_harness_log_level": "ERROR"}}),
            }
            os.write(self.worker.tell, json.dumps(variables).encode() + b"\n")
            self.thread = threading.Thread(name="run_worker", target=self.wait)
            self.thread.start()

        def wait(self) -> None:
            code = os.waitstatus_to_exitcode(os.waitpid(self.worker.process, 0)[1])
            if code and not self.is_over:
                raise RuntimeError(f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}")

        def close(self) -> None:
            self.is_over = True
            super().close()

        def stop_worker(self) -> None:
            self.thread.join(PARTING_SECONDS)
            if self.thread.is_alive():  # in a short run it may not even have called yet
                os.kill(self.worker.process, signal.SIGKILL)
                self.thread.join()

    WorkerHandler.register_environment(python_urns.SUBPROCESS_SDK, bytes)(ForkedWorker)


def die_with_parent(parent: int, *remove: Path) -> None:
    """End this process soon after the one that started it, even if that was killed; folders of it go too."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        for folder in remove:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def _work(listen: int, driver: int) -> NoReturn:
    """Be Beam's own worker once it is told where to call; never returns into the code of the driver."""
    code = 1
    try:
        die_with_parent(driver)
        with os.fdopen(listen, "rb") as pipe:
            os.environ |= json.loads(pipe.readline())
        from apache_beam.runners.worker import sdk_worker_main

        sdk_worker_main.main(sys.argv)
        code = 0
    except BaseException:
        traceback.print_exc()
        logging.getLogger(__name__).exception("the worker failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
