"""A worker process of a local run: Beam's own worker, quiet, and gone when its driver is."""

from __future__ import annotations

import logging
import sys

from .local_driver import die_with_parent

if __name__ == "__main__":
    die_with_parent()
    logging.basicConfig(level=logging.ERROR)
    from apache_beam.runners.worker import sdk_worker_main

    logging.getLogger().setLevel(logging.ERROR)
    sdk_worker_main.main(sys.argv)
