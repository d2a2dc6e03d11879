"""A worker process of a local run: Beam's own worker, quiet, and gone when its driver is."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from ..files.lock import stay_alive
from .local_driver import DRIVER_VARIABLE, WORK_VARIABLE, die_with_parent
from .run_log import log_to

if __name__ == "__main__":
    work = Path(os.environ[WORK_VARIABLE])
    stay_alive(work)
    die_with_parent(int(os.environ[DRIVER_VARIABLE]))
    log_to(work)
    from apache_beam.runners.worker import sdk_worker_main

    logging.getLogger().setLevel(logging.ERROR)
    sdk_worker_main.main(sys.argv)
