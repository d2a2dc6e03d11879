"""A worker process of a local run: Beam's own worker, quiet, and gone when its driver is."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from .local_driver import DRIVER_VARIABLE, WORK_VARIABLE, die_with_parent
from .lock import stay_alive

if __name__ == "__main__":
    stay_alive(Path(os.environ[WORK_VARIABLE]))
    die_with_parent(int(os.environ[DRIVER_VARIABLE]))
    logging.basicConfig(level=logging.ERROR)
    from apache_beam.runners.worker import sdk_worker_main

    logging.getLogger().setLevel(logging.ERROR)
    sdk_worker_main.main(sys.argv)
