"""A run's structured log: one JSON object a line, from all processes of a local run, left only when the run fails."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

STRUCTURED_LOG = "log.jsonl"


class JsonLines(logging.Formatter):
    """Writes time, level, process, origin and message; and the traceback, where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Make one line of a record."""
        entry = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "process": os.getpid(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def log_to(work: Path) -> None:
    """Append what this package logs, and errors of others, to the log in a work folder."""
    handler = logging.FileHandler(
        work / STRUCTURED_LOG, encoding="utf-8", delay=True
    )  # appends: short lines stay whole
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    logging.getLogger(__package__.partition(".")[0]).setLevel(logging.INFO)
